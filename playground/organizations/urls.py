from django.urls import path
from django.views.generic import RedirectView

from playground.organizations.views import connections, members

app_name = "organizations"
urlpatterns = [
    path(
        "",
        RedirectView.as_view(pattern_name="organizations:connection_list"),
        name="settings",
    ),
    path("connections/", connections.connection_list, name="connection_list"),
    path("connections/new/", connections.connection_create, name="connection_create"),
    path("connections/defaults/", connections.defaults, name="defaults"),
    path(
        "connections/retired-models/",
        connections.retired_models,
        name="retired_models",
    ),
    path(
        "connections/of/<slug:name>/",
        connections.connection_edit,
        name="connection_edit",
    ),
    path(
        "connections/of/<slug:name>/enable/",
        connections.connection_enable,
        name="connection_enable",
    ),
    path(
        "connections/of/<slug:name>/delete/",
        connections.connection_delete,
        name="connection_delete",
    ),
    path(
        "connections/of/<slug:name>/check/",
        connections.connection_check,
        name="connection_check",
    ),
    path("members/", members.member_list, name="member_list"),
    path("members/new/", members.member_create, name="member_create"),
    path("members/<int:user_id>/remove/", members.member_remove, name="member_remove"),
    path("members/keys/", members.api_key_create, name="api_key_create"),
    path(
        "members/keys/<str:public_id>/revoke/",
        members.api_key_revoke,
        name="api_key_revoke",
    ),
]
