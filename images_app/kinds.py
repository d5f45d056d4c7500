"""The kinds of connections that make pictures."""

from __future__ import annotations

from images_app.dialect_kinds import register_dialects
from images_app.json_kinds import register_json_kinds
from images_app.providers import checks
from images_app.providers.stability_check import check_stability
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
            group="openai",
        )
    )
    register(
        Kind(
            name="clipdrop",
            label="ClipDrop",
            description=(
                "Pictures from a text, and changed ones: background, uncrop, upscale,"
                " clean-up, sketches. One credit each."
            ),
            check=checks.check_clipdrop,
            base_url="https://clipdrop-api.co",
            services=frozenset({"image"}),
            image_model="clipdrop-text-to-image",
            bills_credits=True,
        )
    )
    register(
        Kind(
            name="stability",
            label="Stability AI",
            description=(
                "Stable Image Core and Ultra, Stable Diffusion 3.5. A picture costs 3 to"
                " 8 credits of 0.01 USD."
            ),
            check=check_stability,
            base_url="https://api.stability.ai",
            key_hint="sk-…",
            services=frozenset({"image"}),
            image_model="stable-image-core",
            bills_credits=True,
        )
    )
    register_dialects()
    register_json_kinds()
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
            group="built_in",
        )
    )
