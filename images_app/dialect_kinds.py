"""The kinds of connections to servers that speak OpenAI's Images API their own way."""

from __future__ import annotations

from images_app.providers.checks import check_openai
from images_app.providers.dialect_checks import (
    check_azure,
    check_recraft,
    check_sglang,
)
from playground.organizations.kinds import Check, Kind, register


def register_dialects() -> None:
    """Tell the settings pages which of these servers there are."""
    for kind in (*_services(), *_own_servers()):
        register(kind)


def _services() -> tuple[Kind, ...]:
    return (
        _service(
            "azure",
            "Azure OpenAI",
            "OpenAI's models in an Azure resource. The base URL is"
            " https://RESOURCE.openai.azure.com and a model's name is the name of its"
            " deployment; with /openai/deployments behind it the calls name the"
            " deployment in their path.",
            check=check_azure,
        ),
        _service(
            "xai",
            "xAI",
            "Grok's pictures: a ratio and one or two thousand pixels, no masks. xAI tells"
            " what each call has cost.",
            base_url="https://api.x.ai/v1",
            key_hint="xai-…",
            image_model="grok-imagine-image",
        ),
        _service(
            "together",
            "Together AI",
            "Open models such as FLUX. Name the model as Together does, for example"
            " black-forest-labs/FLUX.1-schnell.",
            base_url="https://api.together.xyz/v1",
        ),
        _service(
            "deepinfra",
            "DeepInfra",
            "Open models such as FLUX. Name the model as DeepInfra does, for example"
            " black-forest-labs/FLUX-1.1-pro.",
            base_url="https://api.deepinfra.com/v1/openai",
        ),
        _service(
            "recraft",
            "Recraft",
            "Pictures in a chosen style. Its vector models are refused: their answers"
            " are no pictures of pixels.",
            check=check_recraft,
            base_url="https://external.api.recraft.ai/v1",
            image_model="recraftv3",
        ),
    )


def _own_servers() -> tuple[Kind, ...]:
    return (
        _own_server(
            "litellm",
            "LiteLLM proxy",
            "A gateway to many providers, which tells what each call has cost. With its"
            " setting drop_params it leaves parameters out without a word.",
            "http://localhost:4000/v1",
        ),
        _own_server(
            "localai",
            "LocalAI",
            "Your own server. Easel writes each “|” of a prompt as “/”, since LocalAI"
            " would split the prompt there.",
            "http://localhost:8080/v1",
        ),
        _own_server(
            "sd-server",
            "stable-diffusion.cpp (sd-server)",
            "Your own server with one model. Easel takes the tag sd_cpp_extra_args out"
            " of prompts, since the server would obey it.",
            "http://localhost:1234/v1",
            image_model="sd-cpp-local",
        ),
        _own_server(
            "vllm-omni",
            "vLLM-Omni",
            "Your own server with one model, which calls must name as it does.",
            "http://localhost:8000/v1",
        ),
        _own_server(
            "sglang",
            "SGLang diffusion",
            "Your own server with one model.",
            "http://localhost:30000/v1",
            check=check_sglang,
        ),
        _own_server(
            "xinference",
            "Xinference",
            "Your own server. A model is called by the UID that it was launched with.",
            "http://localhost:9997/v1",
        ),
        _own_server(
            "lemonade",
            "Lemonade",
            "Your own computer. Without a graphics card a picture takes minutes.",
            "http://localhost:13305/v1",
        ),
    )


def _service(
    name: str,
    label: str,
    description: str,
    *,
    check: Check = check_openai,
    base_url: str = "",
    key_hint: str = "",
    image_model: str = "",
) -> Kind:
    """Somebody else's server, which wants a key."""
    return Kind(
        name=name,
        label=label,
        description=description,
        check=check,
        base_url=base_url,
        key_hint=key_hint,
        services=frozenset({"image"}),
        image_model=image_model,
        group="openai",
    )


def _own_server(
    name: str,
    label: str,
    description: str,
    base_url: str,
    *,
    check: Check = check_openai,
    image_model: str = "",
) -> Kind:
    """A server of one's own, where a key is a matter of its set-up."""
    return Kind(
        name=name,
        label=label,
        description=description,
        check=check,
        needs_key=False,
        base_url=base_url,
        services=frozenset({"image"}),
        image_model=image_model,
        group="own",
    )
