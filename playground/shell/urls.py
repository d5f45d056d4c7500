from django.urls import path

from playground.shell.views import home, join, sign_in

app_name = "shell"
urlpatterns = [
    path("", home.home, name="home"),
    path("welcome/", home.welcome, name="welcome"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/<str:token>/", sign_in.sign_in_link, name="sign_in_link"),
    path("join/<str:token>/", join.join, name="join"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("password/", sign_in.password, name="password"),
    path("organization/", home.organization_switch, name="organization_switch"),
    path("no-organization/", home.no_organization, name="no_organization"),
]
