"""Lights: which colours the sky, the haze and the shadows have at which hour."""

from __future__ import annotations

from dataclasses import replace

from .colours import Stops
from .light import Light
from .noise import Rng


def _sky(text: str) -> Stops:
    """Stops from the top of the sky to the horizon, evenly spread."""
    colours = text.split()
    last = len(colours) - 1
    return tuple((i / last, colour) for i, colour in enumerate(colours))


def _light(name: str, sky: str, ramp: str, **values: object) -> Light:
    return Light(name=name, sky=_sky(sky), ramp=_sky(ramp), **values)  # type: ignore[arg-type]


_SUNSETS = (
    _light(
        "sunset", "#2b2f5e #57447a #a5557f #dd7272 #f5a06c #fcd08c",
        "#b9707f #8a5478 #5a4068 #2f2850 #171733",
        haze="#f2a07f", sun="#fff3cf", glow="#ffb478", key="#ffc792", shade="#6b5a86",
        dusk=0.62, height=0.13, cloud="#ffc39a", cloud_shade="#7d4f7e",
    ),
    _light(
        "sunset", "#3a1f3f #6a2a4c #ad3b48 #e2603c #f68b40 #fdb953",
        "#bb4a42 #8a2f43 #5c2340 #3a1a34 #190d1c",
        haze="#f28d4c", sun="#ffeeb4", glow="#ffa552", key="#ffb877", shade="#6a4468",
        dusk=0.66, height=0.12, disc=0.075, cloud="#ffab62", cloud_shade="#7c2c4c",
    ),
    _light(
        "sunset", "#1d3a5f #3d5f82 #8a8794 #d8a583 #f3c48a #fae0ae",
        "#a4909a #76758f #4c5f80 #2b4263 #12203a",
        haze="#f0c39a", sun="#fff6d8", glow="#ffd09a", key="#ffdcae", shade="#667493",
        dusk=0.5, height=0.15, cloud="#f6d3b4", cloud_shade="#5d6b88",
    ),
    _light(
        "sunset", "#2f2f70 #61509a #a96fae #e58fa5 #ffb79a #ffe2b8",
        "#c08bb0 #8d68a0 #5d4c88 #352f63 #1a1a3e",
        haze="#f6aea6", sun="#fff4dc", glow="#ffc2a0", key="#ffd0b4", shade="#6b62a0",
        dusk=0.58, height=0.14, disc=0.06, cloud="#ffc6b4", cloud_shade="#75579a",
    ),
)  # fmt: skip
_SUNRISES = (
    _light(
        "sunrise", "#6d9cc6 #9dbfd8 #cfd9dd #f3dccb #ffd9b4 #ffcf9e",
        "#c1c3cf #98a9c0 #6f8aa8 #46678a #1f3c5a",
        haze="#f7dccb", sun="#fffaf0", glow="#ffe2bf", key="#fff0dc", shade="#8794b4",
        dusk=0.28, height=0.17, cloud="#fff1e4", cloud_shade="#a9b4cc", haze_depth=0.65,
    ),
    _light(
        "sunrise", "#45689c #7f8fbb #c0a6c0 #eebcb4 #ffd3ae #ffe7c2",
        "#c9a9b8 #9b8bac #6d7098 #455480 #222f58",
        haze="#f7cdbd", sun="#fff8e2", glow="#ffdcb0", key="#ffe6cc", shade="#7a80ac",
        dusk=0.35, height=0.14, cloud="#ffe0cc", cloud_shade="#9587b0", haze_depth=0.6,
    ),
    _light(
        "sunrise", "#3f8793 #7fb0ac #bdd0b8 #ecdfb6 #fbdc9c #fbcb82",
        "#b9b79c #8ea796 #5f8a86 #376a6c #163f48",
        haze="#f3dcae", sun="#fffbe6", glow="#ffe9ae", key="#fff2cc", shade="#6f9094",
        dusk=0.3, height=0.16, cloud="#fff4da", cloud_shade="#8fb0ac", haze_depth=0.6,
    ),
)  # fmt: skip
_NIGHTS = (
    _light(
        "night", "#060a1c #0d1733 #16294f #24416d #3d618c #5f86a8",
        "#3f5f86 #2b476c #1d3354 #12223c #070e1e",
        haze="#4a6c94", sun="#f6f4e6", glow="#8fb0da", key="#8fa6d0", shade="#2c3a60",
        dusk=0.55, height=0.62, disc=0.045, clouds=0.3, cloud="#4d6a94",
        cloud_shade="#1a2a4c", stars=1.0, moon=True,
    ),
    _light(
        "night", "#0b0a24 #1a1440 #2c2460 #46407f #6b5f97 #9a86a8",
        "#5d5688 #433f70 #2d2c56 #1c1c3c #0b0b1e",
        haze="#6f6498", sun="#fff6e6", glow="#b9a6e0", key="#a79cd4", shade="#34305e",
        dusk=0.55, height=0.58, disc=0.06, clouds=0.3, cloud="#6d649c",
        cloud_shade="#2a2650", stars=1.0, moon=True,
    ),
    _light(
        "night", "#04141c #08262f #0f3d46 #1d5a60 #3b7d7c #6ba39a",
        "#3c7474 #285a5e #1a4248 #0f2c32 #05151a",
        haze="#4a8482", sun="#f4f8e8", glow="#8fd0c0", key="#8fc4bc", shade="#254a52",
        dusk=0.55, height=0.6, disc=0.05, clouds=0.3, cloud="#4a8484",
        cloud_shade="#133840", stars=1.0, moon=True,
    ),
)  # fmt: skip
_NOONS = (
    _light(
        "noon", "#2f7fc4 #4f98d2 #7cb4dd #a8cfe6 #cfe4ea #e9f1ea",
        "#a3bccb #7d9fb4 #5a8498 #3d6a72 #254a48",
        haze="#d3e4ea", sun="#fffdf2", glow="#fff6da", key="#fffaf0", shade="#8492b0",
        dusk=0.02, height=0.78, disc=0.045, clouds=0.75, cloud="#ffffff",
        cloud_shade="#b4c8dc", haze_depth=0.5,
    ),
    _light(
        "noon", "#2a8fb0 #4faabf #82c4cc #b4dad6 #dcebdc #f3f2dc",
        "#a6c4bd #7ea9a4 #588d8a #3a7068 #224d42",
        haze="#d8e8dc", sun="#fffdf0", glow="#fff3cc", key="#fff8e4", shade="#7f9aa8",
        dusk=0.02, height=0.75, disc=0.045, clouds=0.7, cloud="#fffdf6",
        cloud_shade="#aecbd0", haze_depth=0.5,
    ),
    _light(
        "noon", "#4a78b8 #6d94c8 #96b3d6 #bdd0e2 #dde4e6 #f4efe2",
        "#b3b9c6 #8f9cb2 #6c8098 #4c657a #2f4654",
        haze="#dde3e6", sun="#fffcf2", glow="#fff0d4", key="#fff6e8", shade="#8690b0",
        dusk=0.02, height=0.72, disc=0.05, clouds=0.8, cloud="#ffffff",
        cloud_shade="#b7c3d8", haze_depth=0.5,
    ),
)  # fmt: skip
_GOLDENS = (
    _light(
        "golden hour", "#6f9fb8 #9fbcbf #cfd0b4 #f0d79c #fbcf85 #fdbf6e",
        "#d3b489 #ab9270 #7f7458 #545641 #2b3126",
        haze="#fbd79c", sun="#fffbe4", glow="#ffdf9a", key="#ffdf9f", shade="#8a7c78",
        dusk=0.22, height=0.24, disc=0.06, cloud="#fff0cf", cloud_shade="#c0a891",
        haze_depth=0.6,
    ),
    _light(
        "golden hour", "#8a8fae #b3a4ae #dcb9a0 #f5c98e #fdc377 #fbb060",
        "#d6a578 #b2825f #86624f #5b463f #30272a",
        haze="#fcc98c", sun="#fff6da", glow="#ffd28a", key="#ffd391", shade="#86707e",
        dusk=0.25, height=0.2, disc=0.065, cloud="#ffe4bc", cloud_shade="#b58f90",
        haze_depth=0.6,
    ),
)  # fmt: skip
_FOGS = (
    _light(
        "fog", "#9fb9b6 #b4c8c2 #c8d6cd #d8e1d6 #e4e9dc #eceee2",
        "#b6c8c0 #8aa9a1 #5c837d #325b58 #123634",
        haze="#dfe8de", sun="#fbf8e8", glow="#fbf6e0", key="#eef0e2", shade="#7f9494",
        dusk=0.3, height=0.5, disc=0.05, clouds=0.2, cloud="#eef2e8",
        cloud_shade="#b6c8c4", haze_depth=0.9,
    ),
    _light(
        "fog", "#a5b0c2 #b8c1ce #cad0d8 #d9dce0 #e6e5e4 #f0ece6",
        "#bcc6d2 #93a2b6 #677b94 #3d536e #1a2c44",
        haze="#e2e4e6", sun="#fdfaf2", glow="#fbf3e4", key="#f0eef0", shade="#8a92a8",
        dusk=0.3, height=0.48, disc=0.055, clouds=0.2, cloud="#f4f3f2",
        cloud_shade="#bcc4d0", haze_depth=0.9,
    ),
    _light(
        "fog", "#c0a89c #d2b9a6 #e2cab2 #eed8bf #f5e3cb #f8ead6",
        "#d8bfaa #b39787 #846c68 #54464e #261f2e",
        haze="#f0dcc6", sun="#fff8e8", glow="#fff0d4", key="#fbe8d4", shade="#94848c",
        dusk=0.34, height=0.4, disc=0.055, clouds=0.2, cloud="#fbf0e2",
        cloud_shade="#d0b8aa", haze_depth=0.9,
    ),
)  # fmt: skip
_STORMS = (
    _light(
        "storm", "#141b2a #232f42 #37485c #50657a #738894 #9aa9a8",
        "#5f7484 #465b6c #304354 #1e2d3c #0d1722",
        haze="#74899a", sun="#dfe6e2", glow="#a9bac0", key="#b9c6cc", shade="#48586e",
        dusk=0.42, height=0.4, clouds=1.0, cloud="#8fa0ac", cloud_shade="#1f2a3a",
        haze_depth=0.6, sun_shows=False,
    ),
    _light(
        "storm", "#1a1828 #2b2a40 #42435a #5f6274 #8a8788 #b8a892",
        "#6d6c7c #504f64 #38384e #242438 #11111e",
        haze="#8a8488", sun="#f0e4cc", glow="#c8b49a", key="#cfc4b8", shade="#504e68",
        dusk=0.42, height=0.4, clouds=1.0, cloud="#a49c9c", cloud_shade="#242334",
        haze_depth=0.6, sun_shows=False,
    ),
)  # fmt: skip
_OVERCASTS = (
    _light(
        "overcast", "#7d8d9c #94a3ae #aab6be #bfc8cc #d2d7d6 #e0e1dc",
        "#a4b1b8 #82939e #627682 #455a64 #293b42",
        haze="#cfd6d6", sun="#f6f5ee", glow="#ecebe2", key="#dfe2e2", shade="#7c8898",
        dusk=0.15, height=0.6, clouds=0.9, cloud="#e6e9e8", cloud_shade="#8796a4",
        haze_depth=0.65, sun_shows=False,
    ),
)  # fmt: skip
_WINTERS = (
    _light(
        "snow", "#86a9cc #a3bfd9 #bfd2e3 #d8e1ea #ecebec #f8efe6",
        "#cfdae6 #a9bdd2 #7f9bb8 #577698 #2f4a6a",
        haze="#e6ecf2", sun="#fffdf6", glow="#fff0dc", key="#fff8f0", shade="#8ca4cc",
        dusk=0.08, height=0.34, clouds=0.5, cloud="#ffffff", cloud_shade="#b4c6dc",
        haze_depth=0.6,
    ),
    _light(
        "snow", "#7a86b4 #9fa4c8 #c4bfd6 #e4d4da #f8dfd2 #ffe6c8",
        "#d3cddc #aeb0cc #8390b4 #596c98 #303f68",
        haze="#ecdfe2", sun="#fffaf0", glow="#ffe6cc", key="#fff0e6", shade="#8c98c8",
        dusk=0.1, height=0.24, clouds=0.5, cloud="#fff0ea", cloud_shade="#b0accc",
        haze_depth=0.6,
    ),
)  # fmt: skip
_AUTUMNS = (
    _light(
        "autumn", "#7fa0b4 #a4b9bc #cbcdb8 #ead9b0 #f6d69c #f7c987",
        "#cbb394 #b08a5c #8e5f37 #633f2b #33241f",
        haze="#f3dcb4", sun="#fff9e2", glow="#ffe2a8", key="#fff0cc", shade="#8a7c88",
        dusk=0.14, height=0.32, cloud="#fff4de", cloud_shade="#b4b4b0", haze_depth=0.6,
    ),
)  # fmt: skip
_PASTELS = (
    _light(
        "pastel", "#b3c3e6 #c6c9ea #d9cfe8 #ecd5e0 #f8dfd8 #fdeadb",
        "#d6c8e2 #bcb6dc #a2a8d2 #8693bf #66769f",
        haze="#f3e2e6", sun="#fff8ec", glow="#ffeedd", key="#fff4ee", shade="#b0a8cc",
        dusk=0.04, height=0.34, disc=0.075, cloud="#fff6f2", cloud_shade="#cfc2e0",
    ),
    _light(
        "pastel", "#a9d6d6 #bfdfd8 #d6e8da #ebeedb #f8ecd6 #fde3cf",
        "#cfdccb #b0cfc4 #92bcb8 #76a3a8 #5b8290",
        haze="#eef0e0", sun="#fffaf0", glow="#fff0dc", key="#fff8f0", shade="#a4b8bc",
        dusk=0.04, height=0.36, disc=0.075, cloud="#fffaf4", cloud_shade="#bcd6d4",
    ),
)  # fmt: skip
_NEONS = (
    _light(
        "neon", "#0d0628 #220a48 #430f6a #7d1a84 #c82f8e #ff6a9a",
        "#7a2a8c #52207a #331660 #1c0d42 #0b0622",
        haze="#b02f94", sun="#ffe27a", glow="#ff5fa8", key="#d78cff", shade="#3a2a7c",
        dusk=0.5, height=0.2, disc=0.14, clouds=0.1, cloud="#ff7ac0",
        cloud_shade="#43106a", stars=0.7,
    ),
)  # fmt: skip

# Canonical light -> its variants; the seed chooses one.
LIGHT_VARIANTS: dict[str, tuple[Light, ...]] = {
    "sunset": _SUNSETS,
    "sunrise": _SUNRISES,
    "night": _NIGHTS,
    "noon": _NOONS,
    "golden hour": _GOLDENS,
    "fog": _FOGS,
    "storm": _STORMS,
    "rain": _OVERCASTS,
    "overcast": _OVERCASTS,
    "snow": _WINTERS,
    "autumn": _AUTUMNS,
    "spring": (*_NOONS[:2], _SUNRISES[2]),
    "pastel": _PASTELS,
    "neon": _NEONS,
}
# What hangs over a scene when the prompt names no light.
_BY_DAY = (*_SUNRISES, *_GOLDENS, *_NOONS)
_UNNAMED = (*_SUNSETS[2:], *_SUNRISES, *_GOLDENS, *_NOONS)
# Of several lights named together, the earlier in this list decides the sky.
_ORDER = (
    "neon", "night", "storm", "sunset", "sunrise", "golden hour", "noon", "rain",
    "snow", "autumn", "pastel", "spring", "overcast", "fog",
)  # fmt: skip


def choose_light(moods: tuple[str, ...], rng: Rng, *, by_day: bool = False) -> Light:
    """The light of these moods; the others change its colours.

    `by_day` keeps a light that nobody named bright, for scenes full of colour.
    """
    named = [name for name in _ORDER if name in moods]
    unnamed = _BY_DAY if by_day else _UNNAMED
    variants = LIGHT_VARIANTS[named[0]] if named else unnamed
    light = variants[int(rng.integers(len(variants)))]
    if "fog" in moods and light.name != "fog":
        light = replace(light, haze_depth=0.92, clouds=light.clouds * 0.4)
    if "calm" in moods:
        light = replace(light, clouds=light.clouds * 0.6)
    return light
