"""How servers that speak OpenAI's Images API differ, as data.

"Compatible" is no yes or no: sizes, file forms, headers and the names of parameters
differ. Each preset below is a kind of connection; `openai` is also what an unknown
server is taken for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Auth = Literal["bearer", "api-key"]
SizeStyle = Literal["WxH", "W*H", "width+height", "ratio+tier"]
Base64Wish = Literal["omit", "b64_json", "base64"]
EditBody = Literal["multipart", "json", "none"]
PictureForm = Literal["file", "image_url", "data_url", "base64"]
MaskStyle = Literal["alpha", "white", "none"]
CostSource = Literal["header", "ticks"]
PromptRule = Literal["", "extra_args_tag", "bar"]

GENERATIONS = "/images/generations"
EDITS = "/images/edits"
MINUTES = 60.0


@dataclass(frozen=True)
class Dialect:
    """The differences of one kind of server; the defaults are OpenAI's own ways.

    - `address` `azure`: the base URL is read by `playground.lib.azure`.
    - `size_style`: `1024x1024`, `1024*1024`, two numbers, or a ratio and a tier.
    - `ask_b64`: what `response_format` must say for base64; `omit` sends none.
    - `allowed`: the parameters besides model, prompt, n and size that are sent;
      None sends whatever the request has. `spelling` maps our names to the server's.
    - `in_kwargs`: parameters that travel as JSON text in the field `kwargs`.
    - `edits`: how pictures are sent to `edits_path`: one under `one_image`, several
      under `more_images`, each as `picture`. The same name twice is always a list.
    - `formats`: the picture types that may be sent; others are converted to the first.
    - `mask`: transparent where the picture shall change, or white there.
    - `prompt`: what must be taken out of a user's prompt (see `dialect_prompts.py`).
    - `unreadable`: endings of model names whose answers are no pixels.
    - `cost`: where the server says what it charged.
    - `read_seconds`: how long an answer may take.
    """

    address: Literal["plain", "azure"] = "plain"
    auth: Auth = "bearer"
    sends_model: bool = True
    size_style: SizeStyle = "WxH"
    ask_b64: Base64Wish = "omit"
    allowed: frozenset[str] | None = None
    spelling: Mapping[str, str] = field(default_factory=dict)
    in_kwargs: frozenset[str] = frozenset()
    edits: EditBody = "multipart"
    edits_path: str = EDITS
    one_image: str = "image"
    more_images: str = "image[]"
    picture: PictureForm = "file"
    formats: tuple[str, ...] = ()
    mask: MaskStyle = "alpha"
    prompt: PromptRule = ""
    unreadable: tuple[str, ...] = ()
    cost: CostSource = "header"
    read_seconds: float = 5 * MINUTES


OPENAI = Dialect()

AZURE = Dialect(address="azure", auth="api-key")

# It sends parameters on or drops them, as its own configuration says.
LITELLM = Dialect(read_seconds=10 * MINUTES)

LOCALAI = Dialect(
    ask_b64="b64_json",
    allowed=frozenset({"steps", "negative_prompt"}),
    spelling={"steps": "step"},
    edits="json",
    edits_path=GENERATIONS,
    one_image="ref_images",
    more_images="ref_images",
    picture="base64",
    mask="none",
    prompt="bar",
    read_seconds=30 * MINUTES,
)

SD_SERVER = Dialect(
    sends_model=False,  # it serves the one model that it was started with
    allowed=frozenset({"output_format", "output_compression"}),
    mask="white",
    prompt="extra_args_tag",
    read_seconds=30 * MINUTES,
)

VLLM_OMNI = Dialect(
    ask_b64="b64_json",
    allowed=frozenset(
        {"negative_prompt", "steps", "guidance_scale", "true_cfg_scale", "seed"}
    ),
    spelling={"steps": "num_inference_steps"},
    more_images="image",
    mask="none",
    read_seconds=30 * MINUTES,
)

SGLANG = Dialect(
    ask_b64="b64_json",
    allowed=frozenset(
        {
            "negative_prompt",
            "steps",
            "guidance_scale",
            "seed",
            "background",
            "output_format",
        }
    ),
    spelling={"steps": "num_inference_steps"},
    more_images="image",
    mask="none",
    read_seconds=30 * MINUTES,
)

XINFERENCE = Dialect(
    size_style="W*H",
    ask_b64="b64_json",
    allowed=frozenset({"negative_prompt", "steps", "guidance_scale", "seed"}),
    spelling={"steps": "num_inference_steps"},
    in_kwargs=frozenset({"negative_prompt", "steps", "guidance_scale", "seed"}),
    more_images="image",
    mask="white",
    read_seconds=30 * MINUTES,
)

LEMONADE = Dialect(
    ask_b64="b64_json",
    allowed=frozenset({"steps", "guidance_scale", "seed"}),
    spelling={"guidance_scale": "cfg_scale"},
    formats=("image/png",),
    mask="white",
    read_seconds=30 * MINUTES,
)

TOGETHER = Dialect(
    size_style="width+height",
    ask_b64="base64",
    allowed=frozenset({"output_format", "steps", "seed", "negative_prompt"}),
    edits="json",
    edits_path=GENERATIONS,
    one_image="reference_images",
    more_images="reference_images",
    picture="data_url",
    mask="none",
)

XAI = Dialect(
    size_style="ratio+tier",
    ask_b64="b64_json",
    allowed=frozenset({"quality"}),
    edits="json",
    more_images="images",
    picture="image_url",
    mask="none",
    cost="ticks",
)

DEEPINFRA = Dialect(
    ask_b64="b64_json", allowed=frozenset(), more_images="image", mask="none"
)

RECRAFT = Dialect(
    ask_b64="b64_json",
    allowed=frozenset({"style", "style_id"}),
    edits="none",
    mask="none",
    unreadable=("_vector",),  # these answer SVG
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "openai": OPENAI,
        "azure": AZURE,
        "litellm": LITELLM,
        "localai": LOCALAI,
        "sd-server": SD_SERVER,
        "vllm-omni": VLLM_OMNI,
        "sglang": SGLANG,
        "xinference": XINFERENCE,
        "lemonade": LEMONADE,
        "together": TOGETHER,
        "xai": XAI,
        "deepinfra": DEEPINFRA,
        "recraft": RECRAFT,
    }
)
"""Each dialect by its kind of connection."""
