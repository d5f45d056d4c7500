"""The kinds of connections whose servers speak JSON of their own making."""

from __future__ import annotations

from images_app.providers import json_checks
from playground.organizations.kinds import Kind, register


def register_json_kinds() -> None:
    """Tell the settings pages of Gemini, OpenRouter and the web UI."""
    register(
        Kind(
            name="gemini",
            label="Google Gemini",
            description=(
                "Google's models that draw and change pictures. One picture in one"
                " call; sizes are made of a ratio and a tier."
            ),
            check=json_checks.check_gemini,
            base_url="https://generativelanguage.googleapis.com",
            key_hint="AIza…",
            services=frozenset({"image"}),
            image_model="gemini-3.1-flash-image",
        )
    )
    register(
        Kind(
            name="openrouter",
            label="OpenRouter",
            description=(
                "One key for the models of many makers. It tells what each picture"
                " has cost."
            ),
            check=json_checks.check_openrouter,
            base_url="https://openrouter.ai/api/v1",
            key_hint="sk-or-…",
            services=frozenset({"image"}),
            image_model="google/gemini-3.1-flash-image",
            group="openai",
        )
    )
    register(
        Kind(
            name="a1111",
            label="Automatic1111, Forge or SD.Next",
            description=(
                "A web UI on your own machine, started with --api. The key is"
                " user:password where it was started with --api-auth."
            ),
            check=json_checks.check_a1111,
            base_url="http://127.0.0.1:7860",
            needs_key=False,
            is_free=True,
            key_hint="user:password",
            services=frozenset({"image"}),
            image_model="a1111-current",
            group="own",
        )
    )
