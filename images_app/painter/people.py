"""People who look at us: man, woman, child, Santa, an astronaut, a rider."""

from __future__ import annotations

from dataclasses import replace

from .animals import HORSE
from .figures import CHILD, PERSON, WOMAN, moved
from .sprites import Part, Sprite, blob, edge, mirrored, oval, tube_part

_T, _B, _E, _O = tube_part, blob, edge, oval


def _face(y: float, wide: float) -> tuple[Part, ...]:
    """Eyes, cheeks and a smile; `wide` is half the width of the head."""
    return (
        *mirrored((_O("eye", wide * 0.38, y, wide * 0.105, wide * 0.13), _T("hair", (wide * 0.2, y - wide * 0.3, wide * 0.035), (wide * 0.4, y - wide * 0.37, wide * 0.05), (wide * 0.58, y - wide * 0.28, wide * 0.03)))),
        *mirrored((_O("blush", wide * 0.52, y + wide * 0.34, wide * 0.2, wide * 0.13),)),
        _T("skin far", (0.0, y + wide * 0.14, wide * 0.05), (wide * 0.04, y + wide * 0.3, wide * 0.07)),
        _T("lip", (-wide * 0.26, y + wide * 0.52, wide * 0.03), (0.0, y + wide * 0.63, wide * 0.06), (wide * 0.26, y + wide * 0.52, wide * 0.03)),
    )  # fmt: skip


_COLOURS = {"eye": "#2a1c18", "blush": "#e58f78", "lip": "#a8483f", "shirt": "#efe6d6"}


def _without_head(sprite: Sprite, y: float) -> tuple[Part, ...]:
    """The parts of a person seen from behind, without hair, head and scarf."""
    kept = []
    for part in sprite.parts:
        head = part.role == "skin" and part.kind == "oval" and part.data[0][1] < y
        hanging = part.role == "scarf" and part.data[0][0] > 0
        if part.role != "hair" and not hanging and (not head or abs(part.data[0][0]) > 0.2):  # fmt: skip
            kept.append(part)
    return tuple(kept)


FACING_MAN = replace(
    PERSON,
    parts=(
        *_without_head(PERSON, -0.8),
        _B("shirt", (-0.05, -0.82), (0.05, -0.82), (0.012, -0.66), (-0.012, -0.66)), _T("main far", (0.0, -0.67, 0.005), (0.0, -0.31, 0.005)), *(_O("trousers", 0.022, y, 0.007, 0.007) for y in (-0.6, -0.52, -0.44)),
        _T("skin far", (0.0, -0.86, 0.032), (0.0, -0.815, 0.036)), *mirrored((_O("skin", 0.066, -0.91, 0.012, 0.02),)),
        _B("skin", (-0.064, -0.94), (-0.062, -0.89), (-0.036, -0.845), (0.0, -0.832), (0.036, -0.845), (0.062, -0.89), (0.064, -0.94), (0.0, -0.985)), *_face(-0.912, 0.064),
        _B("hair", (-0.072, -0.92), (-0.074, -0.985), (-0.02, -1.02), (0.05, -1.01), (0.076, -0.97), (0.07, -0.92), (0.055, -0.957), (0.0, -0.955), (-0.055, -0.962)),
    ),
    colours={**PERSON.colours, **_COLOURS},
)  # fmt: skip
FACING_WOMAN = replace(
    WOMAN,
    parts=(
        _B("hair far", (-0.07, -0.93), (-0.09, -0.8), (-0.085, -0.7), (0.085, -0.7), (0.09, -0.8), (0.07, -0.93)),
        *_without_head(WOMAN, -0.8), _B("skin", (-0.05, -0.835), (0.05, -0.835), (0.02, -0.765), (-0.02, -0.765)), _T("main far", (-0.08, -0.59, 0.014), (0.0, -0.575, 0.016), (0.08, -0.59, 0.014)),
        _B("skin", (-0.062, -0.94), (-0.06, -0.89), (-0.034, -0.845), (0.0, -0.832), (0.034, -0.845), (0.06, -0.89), (0.062, -0.94), (0.0, -0.985)), *_face(-0.91, 0.062),
        *mirrored((_B("hair", (-0.005, -1.02), (0.045, -1.0), (0.078, -0.94), (0.085, -0.84), (0.094, -0.74), (0.068, -0.73), (0.06, -0.86), (0.052, -0.935), (0.015, -0.975)),)),
    ),
    colours={**WOMAN.colours, **_COLOURS, "main far": "#8c332d", "hair far": "#38211a"},
)  # fmt: skip
FACING_CHILD = replace(
    CHILD,
    parts=(
        *(part for part in CHILD.parts if part.role != "hair"), *_face(-0.675, 0.105),
        _B("hair", (-0.113, -0.68), (-0.12, -0.77), (-0.04, -0.83), (0.06, -0.83), (0.12, -0.77), (0.113, -0.68), (0.085, -0.745), (0.0, -0.735), (-0.085, -0.75)),
    ),
    colours={**CHILD.colours, **_COLOURS},
)  # fmt: skip
FACING_COUPLE = Sprite(
    (*moved(FACING_MAN.parts, -0.14, 1.0, ""), *moved(FACING_WOMAN.parts, 0.14, 0.93, "her ")),
    {**FACING_MAN.colours, **{f"her {role}": c for role, c in FACING_WOMAN.colours.items()}},
    wide=0.7,
)  # fmt: skip

SANTA = Sprite(
    (
        _B("sack", (0.14, -0.72), (0.3, -0.78), (0.44, -0.6), (0.46, -0.36), (0.34, -0.2), (0.16, -0.24)),
        *mirrored((_T("main far", (0.1, -0.28, 0.085), (0.1, -0.12, 0.075)), _B("boot", (0.015, -0.13), (0.19, -0.13), (0.21, -0.02), (0.2, 0.0), (0.02, 0.0)))),
        *mirrored((_T("main", (0.2, -0.66, 0.075), (0.3, -0.52, 0.07), (0.24, -0.4, 0.065)), _O("fur", 0.235, -0.385, 0.07, 0.045), _O("boot", 0.215, -0.345, 0.055, 0.05))),
        _B("main", (-0.1, -0.76), (-0.24, -0.66), (-0.28, -0.44), (-0.27, -0.24), (0.27, -0.24), (0.28, -0.44), (0.24, -0.66), (0.1, -0.76)), _T("fur", (-0.27, -0.235, 0.038), (0.0, -0.22, 0.04), (0.27, -0.235, 0.038)), _T("fur", (0.0, -0.66, 0.035), (0.0, -0.24, 0.035)),
        _T("boot", (-0.27, -0.41, 0.032), (0.0, -0.39, 0.034), (0.27, -0.41, 0.032)), _E("gold", (-0.055, -0.44), (0.055, -0.44), (0.055, -0.345), (-0.055, -0.345)), _E("boot", (-0.028, -0.415), (0.028, -0.415), (0.028, -0.37), (-0.028, -0.37)),
        _O("skin", 0.0, -0.86, 0.13, 0.12), _B("fur", (-0.145, -0.87), (-0.1, -0.81), (0.0, -0.825), (0.1, -0.81), (0.145, -0.87), (0.165, -0.74), (0.1, -0.62), (0.0, -0.57), (-0.1, -0.62), (-0.165, -0.74)),
        *mirrored((_B("fur 2", (0.0, -0.815), (0.05, -0.835), (0.115, -0.79), (0.05, -0.775)), _O("eye", 0.045, -0.885, 0.013, 0.016), _O("blush", 0.085, -0.845, 0.03, 0.022))), _O("nose", 0.0, -0.845, 0.026, 0.023), _O("lip", 0.0, -0.755, 0.026, 0.012),
        _B("main", (-0.14, -0.93), (-0.11, -1.06), (0.02, -1.16), (0.16, -1.12), (0.25, -0.98), (0.16, -1.03), (0.14, -0.93)), _O("fur", 0.25, -0.96, 0.042, 0.042), _T("fur", (-0.14, -0.935, 0.036), (0.0, -0.955, 0.038), (0.14, -0.935, 0.036)),
    ),
    {"main": "#bf3330", "main far": "#962724", "fur": "#f7f3ea", "fur 2": "#fffdf6", "boot": "#2a2526", "gold": "#e2b64c", "sack": "#8a6038", "skin": "#e2a884", "nose": "#d98a70", **_COLOURS},
    tall=1.15, wide=0.85, volume=0.75,
)  # fmt: skip

ASTRONAUT = Sprite(
    (
        _B("pack", (-0.19, -0.78), (0.19, -0.78), (0.21, -0.45), (0.17, -0.4), (-0.17, -0.4), (-0.21, -0.45)),
        *mirrored((_T("main", (0.085, -0.4, 0.085), (0.095, -0.2, 0.075), (0.1, -0.1, 0.07)), _T("main far", (0.02, -0.21, 0.012), (0.175, -0.21, 0.012)), _B("boot", (0.02, -0.1), (0.18, -0.1), (0.2, -0.02), (0.19, 0.0), (0.02, 0.0)))),
        *mirrored((_T("main", (0.15, -0.68, 0.07), (0.25, -0.55, 0.064), (0.27, -0.42, 0.058)), _O("boot", 0.272, -0.37, 0.052, 0.055), _T("accent", (0.215, -0.455, 0.02), (0.32, -0.44, 0.02)))),
        _B("main", (-0.1, -0.76), (-0.18, -0.68), (-0.175, -0.5), (-0.165, -0.36), (0.165, -0.36), (0.175, -0.5), (0.18, -0.68), (0.1, -0.76)), _E("pack", (-0.09, -0.61), (0.09, -0.61), (0.09, -0.49), (-0.09, -0.49)),
        _O("accent", -0.05, -0.57, 0.016, 0.016), _O("gold", 0.0, -0.57, 0.016, 0.016), _O("blue", 0.05, -0.57, 0.016, 0.016), _T("main far", (-0.05, -0.52, 0.008), (0.05, -0.52, 0.008)), _T("main far", (-0.165, -0.4, 0.014), (0.165, -0.4, 0.014)),
        _O("main", 0.0, -0.88, 0.175, 0.17), _O("main far", 0.0, -0.875, 0.14, 0.125), _O("visor", 0.0, -0.875, 0.125, 0.11), _B("glint", (-0.09, -0.89), (-0.06, -0.95), (0.0, -0.968), (-0.05, -0.91)), _O("glint", 0.06, -0.84, 0.016, 0.012),
    ),
    {"main": "#eceae6", "main far": "#b9bcc2", "pack": "#9aa0a8", "boot": "#7b828c", "accent": "#c8453a", "gold": "#e0b04a", "blue": "#4a86b8", "visor": "#27405e", "glint": "#9cc4dc"},
    tall=1.06, wide=0.65, volume=0.85,
)  # fmt: skip


def riding(rider: Sprite, mount: Sprite, prefix: str = "rider ") -> Sprite:
    """A rider in the saddle, one leg on our side."""
    seated = tuple(part for part in rider.parts if part.role not in ("boot", "trousers", "shoe") or part.data[0][1] < -0.3)  # fmt: skip
    upper = tuple(
        part for part in moved(seated, -0.02, 0.72, prefix)
        if not (part.kind == "tube" and part.data[0][1] > -0.31)
    )  # fmt: skip
    raised = tuple(_raised(part, -0.4) for part in upper)
    leg = "rider main" if "trousers" not in rider.colours else "rider trousers"
    shoe = "rider boot" if "boot" in rider.colours else "rider shoe"
    return Sprite(
        (
            *mount.parts, _B("saddle", (-0.16, -0.72), (-0.02, -0.69), (0.14, -0.73), (0.15, -0.6), (-0.02, -0.55), (-0.16, -0.6)), *raised,
            _T(leg, (-0.02, -0.68, 0.062), (0.1, -0.56, 0.054), (0.08, -0.4, 0.045)), _B(shoe, (0.03, -0.4), (0.13, -0.4), (0.19, -0.33), (0.04, -0.33)),
            _T("saddle", (0.14, -0.92, 0.008), (0.36, -0.86, 0.007), (0.52, -0.8, 0.006)),
        ),
        {**mount.colours, **{f"{prefix}{role}": c for role, c in rider.colours.items()}, "saddle": "#7a3f2a"},
        tall=1.5, wide=mount.wide, fur=mount.fur, volume=mount.volume,
    )  # fmt: skip


def _raised(part: Part, by: float) -> Part:
    if part.kind == "oval":
        x, y, rx, ry, turn = part.data[0]
        return _O(part.role, x, y + by, rx, ry, turn)
    return Part(
        part.role, part.kind, tuple((p[0], p[1] + by, *p[2:]) for p in part.data)
    )


RIDER = riding(FACING_MAN, HORSE)
ASTRONAUT_RIDER = riding(ASTRONAUT, HORSE)
