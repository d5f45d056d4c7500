"""The kinds of connections that make pictures."""

from __future__ import annotations

from images_app.providers import checks
from playground.organizations.kinds import Kind, register


def register_kinds() -> None:
    """Tell the settings pages which wire formats there are."""
    register(
        Kind(
            name="openai",
            label="OpenAI, or any compatible server",
            description=(
                "OpenAI itself, or a server that speaks its API: chat completions"
                " and pictures. The base URL includes /v1."
            ),
            check=checks.check_openai,
            base_url="https://api.openai.com/v1",
            key_hint="sk-…",
            services=frozenset({"image"}),
            image_model="gpt-image-2",
        )
    )
    register(
        Kind(
            name="clipdrop",
            label="ClipDrop",
            description="Pictures of 1024 × 1024 from a text. One credit each.",
            check=checks.check_clipdrop,
            base_url="https://clipdrop-api.co",
            services=frozenset({"image"}),
            image_model="clipdrop-text-to-image",
        )
    )
    register(
        Kind(
            name="offline",
            label="Offline demonstration",
            description=(
                "Built in, needs no key and calls nobody. A demonstration: its chat is"
                " no language model, its painter draws what it knows."
            ),
            check=checks.check_offline,
            needs_key=False,
            is_free=True,
            needs_base_url=False,
            services=frozenset({"image"}),
            image_model="offline-painter",
        )
    )
