"""Django's database admin. Keys and hashes are never shown, not even encrypted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from playground.organizations.models import (
    ApiKey,
    AuditEntry,
    Connection,
    Invitation,
    Membership,
    Organization,
    SignInLink,
    UsageEntry,
    User,
)

admin.site.site_header = "Easel database"
admin.site.site_title = "Easel database"
admin.site.unregister(Group)


class ReadOnly:
    """Rows that are written by the product alone."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PersonCreationForm(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email.lower()


class PersonChangeForm(UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = "__all__"


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    form = PersonChangeForm
    add_form = PersonCreationForm
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("created_at", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ("created_at", "last_login")
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()
    inlines = (MembershipInline,)


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "public_id", "created_at")
    readonly_fields = ("public_id", "created_at")
    search_fields = ("name", "public_id")
    inlines = (MembershipInline,)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "organization", "role", "created_at")
    list_filter = ("role", "organization")
    list_select_related = ("user", "organization")
    search_fields = ("user__email", "organization__name")


@admin.register(Connection)
class ConnectionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The key is changed in the organization's settings, where its use is known."""

    list_display = (
        "name",
        "organization",
        "kind",
        "base_url",
        "is_enabled",
        "check_ok",
    )
    list_filter = ("kind", "is_enabled", "organization")
    list_select_related = ("organization",)
    search_fields = ("name", "base_url")
    readonly_fields = (
        "organization",
        "kind",
        "base_url",
        "checked_at",
        "check_ok",
        "check_text",
        "check_ms",
        "created_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Connection]:
        return super().get_queryset(request).defer("api_key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "key_end", "organization", "created_at", "revoked_at")
    list_filter = ("organization",)
    list_select_related = ("organization",)
    exclude = ("key_hash",)


@admin.register(SignInLink)
class SignInLinkAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "created_at", "expires_at", "used_at")
    list_select_related = ("user",)
    exclude = ("token_hash",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("organization", "email", "role", "created_at", "used_at")
    list_select_related = ("organization",)
    exclude = ("token_hash",)


@admin.register(UsageEntry)
class UsageEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "created_at",
        "organization",
        "kind",
        "model",
        "cost",
        "cost_origin",
    )
    list_filter = ("kind", "cost_origin", "organization")
    list_select_related = ("organization",)
    search_fields = ("reference", "model")
    date_hierarchy = "created_at"


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("created_at", "organization", "user", "action", "subject")
    list_filter = ("action", "organization")
    list_select_related = ("organization", "user")
    search_fields = ("subject",)
    date_hierarchy = "created_at"
