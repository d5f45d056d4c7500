"""What rolls: a sports car, a bicycle, a train, a pirate ship."""

from __future__ import annotations

import numpy as np

from .sprites import Part, Sprite, blob, edge, oval, tube_part

_T, _B, _E, _O = tube_part, blob, edge, oval


def _ring(
    role: str, x: float, y: float, radius: float, thick: float
) -> tuple[Part, ...]:
    """A circle drawn as a line."""
    turns = np.linspace(0, 2 * np.pi, 17)
    knots = (
        (x + float(np.cos(t)) * radius, y + float(np.sin(t)) * radius, thick)
        for t in turns
    )
    return (_T(role, *knots),)


def _spokes(role: str, x: float, y: float, radius: float, count: int) -> tuple[Part, ...]:  # fmt: skip
    turns = np.linspace(0, np.pi, count, endpoint=False) + 0.2
    return tuple(
        _T(role, (x - float(np.cos(t)) * radius, y - float(np.sin(t)) * radius, 0.0035), (x + float(np.cos(t)) * radius, y + float(np.sin(t)) * radius, 0.0035))
        for t in turns
    )  # fmt: skip


def _car_wheel(x: float) -> tuple[Part, ...]:
    return (
        _O("tyre", x, -0.125, 0.128, 0.128), _O("rim", x, -0.125, 0.082, 0.082),
        *(_T("hub", (x, -0.125, 0.014), (x + 0.062 * float(np.cos(t)), -0.125 + 0.062 * float(np.sin(t)), 0.011)) for t in np.linspace(0.3, 2 * np.pi + 0.3, 5, endpoint=False)),
        _O("tyre", x, -0.125, 0.018, 0.018),
    )  # fmt: skip


SPORTS_CAR = Sprite(
    (
        _B("tyre", (-0.7, -0.16), (0.7, -0.16), (0.68, -0.08), (-0.68, -0.08)),
        _B("main", (-0.78, -0.2), (-0.79, -0.31), (-0.72, -0.36), (-0.5, -0.385), (-0.3, -0.5), (-0.08, -0.545), (0.12, -0.52), (0.32, -0.39), (0.56, -0.345), (0.72, -0.29), (0.79, -0.21), (0.77, -0.12), (0.6, -0.085), (-0.62, -0.085), (-0.76, -0.12)),
        _B("lamp", (-0.4, -0.385), (-0.27, -0.475), (-0.07, -0.51), (-0.06, -0.385)), _B("lamp", (-0.03, -0.385), (-0.035, -0.51), (0.1, -0.49), (0.255, -0.385)),
        _T("main far", (-0.72, -0.28, 0.006), (-0.3, -0.3, 0.009), (0.3, -0.3, 0.009), (0.68, -0.265, 0.005)),
        _T("main far", (-0.045, -0.385, 0.006), (-0.055, -0.25, 0.006), (-0.03, -0.12, 0.006)), _T("main far", (-0.17, -0.335, 0.01), (-0.1, -0.335, 0.01)),
        _T("main", (-0.78, -0.4, 0.022), (-0.62, -0.41, 0.018)), _T("main far", (-0.68, -0.4, 0.012), (-0.65, -0.35, 0.012)),
        _B("light", (0.62, -0.305), (0.71, -0.28), (0.75, -0.235), (0.64, -0.25)), _B("red", (-0.785, -0.3), (-0.72, -0.3), (-0.73, -0.25), (-0.785, -0.25)),
        *_car_wheel(-0.47), *_car_wheel(0.47),
        _T("shine", (-0.25, -0.53, 0.006), (-0.08, -0.535, 0.009), (0.08, -0.515, 0.005)), _T("shine", (0.36, -0.375, 0.005), (0.54, -0.335, 0.007), (0.64, -0.305, 0.004)),
    ),
    {"main": "#c23a30", "main far": "#8e2922", "lamp": "#ffe0a0", "tyre": "#202126", "rim": "#aeb3b8", "hub": "#e9ebec", "light": "#fff3cf", "red": "#ef6a4a", "shine": "#fff1e6"},
    tall=0.55, wide=1.62, volume=0.7,
)  # fmt: skip

BICYCLE = Sprite(
    (
        *_spokes("spoke", -0.42, -0.29, 0.27, 9), *_spokes("spoke", 0.42, -0.29, 0.27, 9),
        *_ring("tyre", -0.42, -0.29, 0.27, 0.02), *_ring("tyre", 0.42, -0.29, 0.27, 0.02),
        _T("steel", (-0.42, -0.29, 0.012), (-0.06, -0.28, 0.012)),
        _T("main", (-0.42, -0.29, 0.015), (-0.17, -0.61, 0.017)), _T("main", (-0.06, -0.28, 0.02), (-0.2, -0.68, 0.018)),
        _T("main", (-0.06, -0.28, 0.021), (0.27, -0.62, 0.021)), _T("main", (-0.17, -0.61, 0.018), (0.26, -0.66, 0.018)), _T("main", (-0.42, -0.29, 0.014), (-0.06, -0.28, 0.015)),
        _T("main", (0.25, -0.73, 0.019), (0.31, -0.53, 0.018), (0.36, -0.4, 0.016), (0.42, -0.29, 0.014)),
        _T("steel", (0.25, -0.73, 0.014), (0.235, -0.8, 0.014), (0.32, -0.83, 0.014), (0.4, -0.8, 0.014)), _T("saddle", (0.34, -0.825, 0.02), (0.41, -0.795, 0.02)),
        _T("steel", (-0.2, -0.68, 0.012), (-0.215, -0.74, 0.012)), _B("saddle", (-0.36, -0.775), (-0.3, -0.8), (-0.1, -0.765), (-0.09, -0.74), (-0.22, -0.735), (-0.34, -0.735)),
        *_ring("steel", -0.06, -0.28, 0.07, 0.012), _T("steel", (-0.06, -0.28, 0.014), (0.0, -0.14, 0.012)), _T("saddle", (-0.04, -0.135, 0.016), (0.05, -0.135, 0.016)),
        _O("steel", -0.42, -0.29, 0.03, 0.03), _O("steel", 0.42, -0.29, 0.03, 0.03),
    ),
    {"main": "#2f7f86", "tyre": "#24262b", "spoke": "#b9bfc3", "steel": "#8d959b", "saddle": "#5b3a28"},
    tall=0.85, wide=1.45, volume=0.8,
)  # fmt: skip


def _box(role: str, left: float, top: float, right: float, bottom: float) -> Part:
    return _E(role, (left, top), (right, top), (right, bottom), (left, bottom))


def _wheels(y: float, radius: float, *xs: float) -> tuple[Part, ...]:
    return tuple(
        part
        for x in xs
        for part in (_O("dark", x, y, radius, radius), *_ring("rim", x, y, radius * 0.68, radius * 0.13), _O("rim", x, y, radius * 0.2, radius * 0.2))
    )  # fmt: skip


def _wagon(left: float, right: float, role: str) -> tuple[Part, ...]:
    panes = np.linspace(left + 0.05, right - 0.17, 4)
    return (
        _box("dark", left - 0.06, -0.14, right + 0.06, -0.1), _box(role, left, -0.46, right, -0.11),
        _B("roof", (left - 0.03, -0.46), (left + 0.08, -0.51), (right - 0.08, -0.51), (right + 0.03, -0.46), (right, -0.45), (left, -0.45)),
        *(_box("lamp", float(x), -0.4, float(x) + 0.12, -0.26) for x in panes), _box("trim", left, -0.22, right, -0.195),
        *_wheels(-0.06, 0.06, left + 0.12, left + 0.27, right - 0.27, right - 0.12),
    )  # fmt: skip


TRAIN = Sprite(
    (
        _O("smoke", -0.12, -1.02, 0.2, 0.12), _O("smoke", 0.14, -0.9, 0.17, 0.11), _O("smoke", 0.36, -0.79, 0.12, 0.09), _O("smoke", 0.47, -0.68, 0.07, 0.06),
        _T("rail", (-2.4, 0.012, 0.014), (1.3, 0.012, 0.014)),
        *_wagon(-1.72, -0.98, "second"), *_wagon(-0.86, -0.12, "second"),
        _box("dark", -0.1, -0.17, 0.86, -0.1), _box("main", 0.0, -0.56, 0.3, -0.13), _box("lamp", 0.06, -0.5, 0.24, -0.34), _box("roof", -0.04, -0.61, 0.35, -0.555),
        _T("main", (0.3, -0.29, 0.135), (0.8, -0.29, 0.135)), _O("main far", 0.84, -0.29, 0.07, 0.13), *(_T("trim", (x, -0.42, 0.011), (x, -0.165, 0.011)) for x in (0.42, 0.58, 0.74)),
        _E("main far", (0.66, -0.42), (0.64, -0.6), (0.8, -0.6), (0.78, -0.42)), _box("trim", 0.63, -0.62, 0.81, -0.585), _O("trim", 0.48, -0.43, 0.05, 0.045),
        _O("light", 0.9, -0.3, 0.035, 0.04), _E("red", (0.82, -0.15), (1.04, 0.0), (0.82, 0.0)),
        *_wheels(-0.1, 0.1, 0.14, 0.38, 0.6), *_wheels(-0.055, 0.055, 0.76), _T("rim", (0.14, -0.07, 0.014), (0.6, -0.07, 0.014)),
    ),
    {"main": "#2e6352", "main far": "#234a3e", "second": "#a23c33", "roof": "#3a3d45", "trim": "#e2bd62", "lamp": "#ffdf9a", "dark": "#26272d", "rim": "#b2493c", "red": "#a23c33", "light": "#fff3cf", "smoke": "#eeeae4", "rail": "#5a5450"},
    tall=0.85, wide=2.8, volume=0.6,
)  # fmt: skip


def _sail(left: float, right: float, top: float, foot: float) -> Part:
    belly = (right - left) * 0.16
    return _B("sail", (left, top), ((left + right) / 2, top - 0.012), (right, top), (right + belly * 0.4, (top + foot) / 2), (right + 0.02, foot), ((left + right) / 2 + belly * 0.3, foot - 0.035), (left - 0.02, foot), (left - belly * 0.4, (top + foot) / 2))  # fmt: skip


PIRATE_SHIP = Sprite(
    (
        *(_T("mast", (x, -top, 0.012), (x, -0.2, 0.017)) for x, top in ((-0.34, 0.95), (0.04, 1.12), (0.4, 0.9))),
        _T("mast", (0.52, -0.3, 0.014), (0.92, -0.5, 0.009)), _T("rope", (0.04, -1.05, 0.004), (0.9, -0.49, 0.004)), _T("rope", (-0.34, -0.92, 0.004), (-0.68, -0.4, 0.004)),
        _E("sail far", (0.46, -0.82), (0.84, -0.47), (0.5, -0.4)),
        _sail(-0.5, -0.18, -0.86, -0.63), _sail(-0.53, -0.15, -0.6, -0.35), _sail(-0.14, 0.22, -1.0, -0.75), _sail(-0.18, 0.26, -0.71, -0.36), _sail(0.26, 0.54, -0.8, -0.6), _sail(0.23, 0.57, -0.57, -0.35),
        _B("dark", (0.04, -1.13), (-0.1, -1.17), (-0.24, -1.12), (-0.24, -1.0), (-0.1, -1.05), (0.04, -1.02)), _O("light", -0.105, -1.095, 0.028, 0.028), _T("light", (-0.14, -1.055, 0.007), (-0.07, -1.07, 0.007)),
        _B("main", (-0.74, -0.44), (-0.42, -0.4), (-0.4, -0.26), (0.3, -0.24), (0.46, -0.32), (0.68, -0.34), (0.62, -0.16), (0.48, 0.06), (-0.56, 0.06), (-0.68, -0.12)),
        _T("trim", (-0.73, -0.42, 0.014), (-0.43, -0.385, 0.014)), _T("trim", (-0.4, -0.25, 0.014), (0.3, -0.225, 0.014), (0.66, -0.325, 0.014)), _T("trim", (-0.68, -0.13, 0.01), (0.0, -0.09, 0.01), (0.6, -0.15, 0.01)),
        *(_box("dark", x, -0.2, x + 0.06, -0.14) for x in (-0.3, -0.14, 0.02, 0.18, 0.34)), *(_box("lamp", x, -0.35, x + 0.06, -0.27) for x in (-0.68, -0.58, -0.48)),
    ),
    {"main": "#6a4127", "trim": "#c99a4a", "mast": "#4b3424", "rope": "#5a4a3c", "sail": "#e9dcc0", "sail far": "#cfbf9e", "dark": "#211c1c", "light": "#f3ede0", "lamp": "#ffd98a"},
    tall=1.15, wide=1.7, floats=True, volume=0.55,
)  # fmt: skip
