from django.urls import path
from django.views.generic import RedirectView

import playground.lib.path_numbers  # noqa: F401  (for `<number:…>`)
from playground.organizations.views import (
    audit,
    budgets,
    connection_edit,
    connection_models,
    connections,
    local_servers,
    members,
    prices,
    usage,
)

app_name = "organizations"
urlpatterns = [
    path(
        "",
        RedirectView.as_view(pattern_name="organizations:connection_list"),
        name="settings",
    ),
    path("connections/", connections.connection_list, name="connection_list"),
    path(
        "connections/new/",
        connection_edit.connection_create,
        name="connection_create",
    ),
    path(
        "connections/local/",
        local_servers.local_server_search,
        name="local_server_search",
    ),
    path(
        "connections/check/",
        connections.connection_check_all,
        name="connection_check_all",
    ),
    path("connections/defaults/", connections.defaults, name="defaults"),
    path(
        "connections/retired-models/",
        connections.retired_models,
        name="retired_models",
    ),
    path(
        "connections/of/<slug:name>/",
        connection_edit.connection_edit,
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
    path(
        "connections/of/<slug:name>/models/",
        connection_models.model_list,
        name="model_list",
    ),
    path(
        "connections/of/<slug:name>/models/one/",
        connection_models.model_edit,
        name="model_edit",
    ),
    path(
        "connections/of/<slug:name>/models/reset/",
        connection_models.model_reset,
        name="model_reset",
    ),
    path("members/", members.member_list, name="member_list"),
    path("members/invite/", members.invitation_create, name="invitation_create"),
    path(
        "members/invitations/<number:number>/revoke/",
        members.invitation_revoke,
        name="invitation_revoke",
    ),
    path("members/<number:user_id>/role/", members.member_role, name="member_role"),
    path(
        "members/<number:user_id>/remove/", members.member_remove, name="member_remove"
    ),
    path("members/keys/", members.api_key_create, name="api_key_create"),
    path(
        "members/keys/<str:public_id>/revoke/",
        members.api_key_revoke,
        name="api_key_revoke",
    ),
    path("audit/", audit.audit_list, name="audit_list"),
    path("usage/", usage.usage_page, name="usage"),
    path("usage/export/", usage.usage_export, name="usage_export"),
    path("budget/", budgets.budget_page, name="budget"),
    path("budget/new/", budgets.budget_create, name="budget_create"),
    path("budget/<number:number>/", budgets.budget_edit, name="budget_edit"),
    path("budget/<number:number>/remove/", budgets.budget_delete, name="budget_delete"),
    path("budget/prices/new/", prices.price_create, name="price_create"),
    path("budget/prices/of/<slug:name>/", prices.price_edit, name="price_edit"),
    path(
        "budget/prices/of/<slug:name>/remove/", prices.price_remove, name="price_remove"
    ),
]
