from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from playground.lib.origin import validate_base_url
from playground.lib.secrets import EncryptedTextField
from playground.organizations.models.organization import Organization

name_validator = RegexValidator(
    r"^[a-z0-9-]{1,40}\Z",
    "Use 1 to 40 lower-case letters, digits and hyphens.",
)


class Connection(models.Model):
    """An organization's own access to a provider: wire format, address, key, models."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="connections"
    )
    name = models.CharField(max_length=40, validators=[name_validator])
    kind = models.CharField(max_length=40)
    # No URLField: it refuses a host without a dot, as containers and boxes have.
    base_url = models.CharField(
        "base URL", max_length=500, blank=True, validators=[validate_base_url]
    )
    api_key = EncryptedTextField(blank=True, default="", editable=False)
    # The last four characters, kept apart so that no page has to decrypt a key.
    api_key_end = models.CharField(max_length=4, blank=True, editable=False)
    chat_model = models.CharField("default chat model", max_length=200, blank=True)
    image_model = models.CharField("default image model", max_length=200, blank=True)
    # Allowed model names; an empty list allows all.
    allowed_models = models.JSONField("allowed models", default=list, blank=True)
    # What the server listed at the last test that worked; pages read it, calls do not.
    listed_models = models.JSONField(default=list, blank=True, editable=False)
    # What the admin says of models here, over what the catalogs know: by service
    # ("chat", "image") and name, in the form of a catalog's entry.
    model_entries = models.JSONField(default=dict, blank=True)
    # Switches of the kind's dialect, by name.
    options = models.JSONField(default=dict, blank=True)
    is_enabled = models.BooleanField("offered to members", default=True)
    is_default_chat = models.BooleanField(default=False)
    is_default_image = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    check_ok = models.BooleanField(null=True, blank=True)
    check_text = models.TextField(blank=True)
    check_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="connection_name_in_organization",
                violation_error_message="Another connection has this name.",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(is_default_chat=True),
                name="one_default_chat_connection",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(is_default_image=True),
                name="one_default_image_connection",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_api_key(self, value: str) -> None:
        """Replace the key and what may be shown of it."""
        self.api_key = value
        self.api_key_end = value[-4:] if len(value) >= 12 else ""

    @property
    def has_api_key(self) -> bool:
        """Whether a key is stored, even one that can no longer be read."""
        return bool(self.api_key_end or self.api_key)

    def allows(self, model: str) -> bool:
        """Whether the admin lets members use this model here."""
        return not self.allowed_models or model in self.allowed_models
