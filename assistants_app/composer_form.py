"""What a person says next: text, pictures, and how pictures are to be made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from assistants_app.tools.image_options import MODES
from images_app.services.files import NotAPictureError, measure

MAX_TEXT = 256_000


class PicturesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures, each recognised by its own bytes; cleaned to bytes and name."""

    widget = PicturesInput(
        attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}
    )

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        uploads: list[UploadedFile[bytes]] = [upload for upload in data or [] if upload]
        if len(uploads) > settings.UPLOAD_MAX_PICTURES:
            raise ValidationError(
                f"At most {settings.UPLOAD_MAX_PICTURES} pictures can be attached."
            )
        return [self._checked(upload) for upload in uploads]

    def _checked(self, upload: UploadedFile[bytes]) -> tuple[str, bytes]:
        name = upload.name or "picture"
        limit = settings.UPLOAD_MAX_PICTURE_BYTES
        if upload.size and upload.size > limit:
            raise ValidationError(
                f"{name} is larger than {limit // (1024 * 1024)} MiB."
            )
        content = upload.read()
        try:
            measure(content)
        except NotAPictureError as exc:
            raise ValidationError(f"{name}: {exc}") from exc
        return name, content


class ComposerForm(forms.Form):
    """The message form of a thread; the text may be missing when pictures are there."""

    text = forms.CharField(
        required=False,
        strip=True,
        label="Message",
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    pictures = PicturesField(required=False, label="Attach pictures")
    mode = forms.ChoiceField(
        required=False,
        choices=[("", "As the assistant says"), *((m, m) for m in MODES)],
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\x00", "")
        if len(text) > MAX_TEXT:
            raise ValidationError(
                f"The message has {len(text):,} characters; the limit is {MAX_TEXT:,}."
            )
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("text") and not cleaned.get("pictures"):
            self.add_error("text", "Write a message, or attach a picture.")
        return cleaned

    @property
    def image_options(self) -> dict[str, str]:
        """This message's own options for pictures."""
        mode = self.cleaned_data.get("mode")
        return {"mode": mode} if mode else {}
