"""The assistants of a fresh installation: one for each thing there is to try."""

from __future__ import annotations

from typing import Any

from assistants_app.services.assistants import create_assistant
from playground.organizations.models import Organization, User

CREATE_IMAGE: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "create_image",
        "description": (
            "Create a picture with the Images API. Your own program carries this call"
            " out and submits the result."
        ),
        "parameters": {
            "type": "object",
            "properties": {
                "prompt": {
                    "type": "string",
                    "description": "What to draw: up to 1,000 characters for dall-e-2,"
                    " 4,000 for dall-e-3.",
                },
                "model": {
                    "type": "string",
                    "enum": ["dall-e-2", "dall-e-3"],
                    "default": "dall-e-2",
                    "description": "The image model.",
                },
                "n": {
                    "type": ["integer", "null"],
                    "default": 1,
                    "description": "How many pictures, 1 to 10; dall-e-3 makes one.",
                },
                "quality": {
                    "type": "string",
                    "enum": ["standard", "hd"],
                    "default": "standard",
                    "description": "hd gives finer details; dall-e-3 only.",
                },
                "response_format": {
                    "type": ["string", "null"],
                    "enum": ["url", "b64_json"],
                    "default": "url",
                    "description": "A link that lives an hour, or the bytes as base64.",
                },
                "size": {
                    "type": ["string", "null"],
                    "enum": [
                        "256x256",
                        "512x512",
                        "1024x1024",
                        "1792x1024",
                        "1024x1792",
                    ],
                    "default": "1024x1024",
                    "description": "Up to 1024x1024 for dall-e-2; from it on for"
                    " dall-e-3.",
                },
                "style": {
                    "type": ["string", "null"],
                    "enum": ["vivid", "natural"],
                    "default": "vivid",
                    "description": "vivid is dramatic, natural is calm; dall-e-3 only.",
                },
            },
            "required": ["prompt"],
        },
    },
}

SAMPLES: tuple[dict[str, Any], ...] = (
    {
        "name": "Studio with create_image",
        "description": "Pauses at a function call of your own program, to be answered.",
        "instructions": (
            "When the user wishes for a picture, call create_image with a prompt that"
            " names subject, style, composition and light. Then report its result."
        ),
        "tools": [CREATE_IMAGE],
    },
    {
        "name": "Storyteller",
        "description": "Only talks: image generation is off.",
        "instructions": "Tell short, vivid stories. You do not make pictures.",
        "tools": [{"type": "image_generation", "mode": "off"}],
    },
    {
        "name": "Postcard maker",
        "description": "Draws one picture for every message, in postcard format.",
        "instructions": (
            "Make a postcard of whatever the user writes. Answer in one or two"
            " sentences about what you drew."
        ),
        "tools": [
            {
                "type": "image_generation",
                "mode": "on",
                "aspect_ratio": "3:2",
                "style": "flat layered shapes, few colours, no text",
            }
        ],
    },
    {
        "name": "Illustrator",
        "description": "Talks, and draws when a picture is wished for.",
        "instructions": (
            "You illustrate. Draw when the user wishes for a picture, and edit the"
            " last one when it is to be changed. Say briefly what you made."
        ),
        "tools": [{"type": "image_generation", "mode": "auto"}],
    },
)


def create_samples(organization: Organization, user: User) -> None:
    """Make the sample assistants; the newest, Illustrator, stands first in lists."""
    for fields in SAMPLES:
        create_assistant(organization=organization, user=user, **fields)
