"""The only ways to reach a file or a generation: through its organization, or 404."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from images_app.models import File, Generation
from playground.lib.clock import now
from playground.organizations.models import Organization


def living(files: QuerySet[File]) -> QuerySet[File]:
    """Those whose time is not over; the others are gone, removed already or not."""
    return files.filter(Q(expires_at=None) | Q(expires_at__gt=now()))


def files(organization: Organization) -> QuerySet[File]:
    """Its files."""
    return living(File.objects.filter(organization=organization))


def get_file(organization: Organization, public_id: str) -> File:
    """A file of this organization."""
    return get_files(organization, [public_id])[0]


def get_files(organization: Organization, public_ids: list[str]) -> list[File]:
    """These files in this order; 404 names the first that is missing."""
    found = files_of(organization, public_ids)
    present = {file.public_id for file in found}
    for public_id in public_ids:
        if public_id not in present:
            raise Http404(f"No file found with id '{public_id}'.")
    return found


def files_of(organization: Organization, public_ids: list[str]) -> list[File]:
    """Those of these files that this organization has, in this order."""
    found = {
        file.public_id: file
        for file in files(organization).filter(public_id__in=public_ids)
    }
    return [found[public_id] for public_id in public_ids if public_id in found]


def generations(organization: Organization) -> QuerySet[Generation]:
    """Its generations, with all that a card reads."""
    return (
        Generation.objects.filter(organization=organization)
        .select_related("partial", "mask", "created_by")
        .prefetch_related("pictures__file", "sources")
    )


def get_generation(organization: Organization, public_id: str) -> Generation:
    """A generation of this organization."""
    return get_object_or_404(generations(organization), public_id=public_id)
