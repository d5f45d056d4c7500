from django.urls import path

from playground.api import views

app_name = "reference"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("conformance/", views.conformance, name="conformance"),
    path("<slug:slug>/", views.surface_detail, name="surface_detail"),
]
