"""The database admin for pictures: to look at; only the services write them.

No bytes are shown, and nothing that a provider was sent or answered in raw form.
"""

from __future__ import annotations

from django.contrib import admin

from images_app.models import File, Generation, Picture
from playground.organizations.admin import ReadOnly


@admin.register(File)
class FileAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "public_id",
        "name",
        "organization",
        "purpose",
        "mime",
        "size",
        "created_at",
    )
    list_filter = ("purpose", "mime", "organization")
    list_select_related = ("organization",)
    search_fields = ("public_id", "name")
    exclude = ("content",)


class PictureInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Picture
    extra = 0
    fields = ("index", "file", "revised_prompt", "seed")


@admin.register(Generation)
class GenerationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "public_id",
        "organization",
        "connection_name",
        "model",
        "status",
        "cost",
        "created_at",
    )
    list_filter = ("status", "kind", "organization")
    list_select_related = ("organization",)
    search_fields = ("public_id", "reference", "model")
    exclude = ("sent", "received", "error_admin_text")
    inlines = (PictureInline,)


@admin.register(Picture)
class PictureAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("generation", "index", "file", "seed")
    list_select_related = ("generation", "file")
    search_fields = ("generation__public_id", "file__public_id")
