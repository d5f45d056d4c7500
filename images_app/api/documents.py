"""Forms in the API's document; Ninja knows only what it reads itself."""

from __future__ import annotations

from typing import Any

from images_app.api.schemas_files import UploadForm
from images_app.api.schemas_images import EditBody, EditForm, VariationForm

_PICTURE = "The picture to start from: PNG, JPEG or WebP."
_MASK = (
    "A PNG of the same size as the first picture; its transparent part is what may"
    " change."
)


def _file(about: str) -> dict[str, str]:
    return {"type": "string", "format": "binary", "description": about}


_IMAGES = {
    "type": "array",
    "items": {"type": "string", "format": "binary"},
    "maxItems": 16,
    "description": "The pictures to start from: PNG, JPEG or WebP. The field is repeated"
    " for each, as `image` or as `image[]`.",
}


def form(schema: Any, files: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """The schema of a form: its texts, and its files."""
    body = inlined(schema.model_json_schema())
    return {
        **body,
        "properties": {**files, **body["properties"]},
        "required": [*required, *body.get("required", [])],
    }


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without references: what it refers to stands in their places."""
    parts = schema.pop("$defs", {})

    def resolve(value: Any) -> Any:
        if isinstance(value, list):
            return [resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return resolve(parts[value["$ref"].rpartition("/")[2]])
        return {key: resolve(item) for key, item in value.items()}

    return {key: resolve(value) for key, value in schema.items()}


EDIT = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": form(
                    EditForm,
                    {"image": _IMAGES, "mask": _file(_MASK)},
                    ["image"],
                )
            },
            "application/json": {"schema": inlined(EditBody.model_json_schema())},
        },
    }
}
VARIATION = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": form(VariationForm, {"image": _file(_PICTURE)}, ["image"])
            }
        },
    }
}
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": form(
                    UploadForm,
                    {"file": _file("The file, kept byte for byte.")},
                    ["file"],
                )
            }
        },
    },
}
