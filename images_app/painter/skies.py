"""Skies: colour, sun and moon, stars, clouds, and what falls from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .canvas import Canvas, Patch, circle, polygon_patch
from .colours import gradient, mix, rgb
from .light import Light
from .noise import Array, Rng, noise2, resize


@dataclass(frozen=True)
class Sun:
    """Where the light comes from, in pixels; `shows` is whether its disc is seen."""

    x: float
    y: float
    radius: float
    shows: bool

    def towards(self, x: float, y: float) -> tuple[float, float]:
        """The direction of the light, seen from a point; never from below."""
        dx, dy = self.x - x, min(self.y - y, -abs(self.x - x) * 0.35 - 1)
        length = float(np.hypot(dx, dy)) + 1e-6
        return dx / length, dy / length


def place_sun(
    canvas: Canvas,
    light: Light,
    horizon: float,
    rng: Rng,
    *,
    shows: bool = True,
    lift: float = 0.0,
    grow: float = 1.0,
) -> Sun:
    """Choose a place for the sun or moon near one of the thirds.

    `lift` raises it, `grow` says how much larger than usual it is.
    """
    third = (0.32, 0.36, 0.62, 0.67)[int(rng.integers(4))]
    x, y = canvas.place(third + rng.uniform(-0.04, 0.04), horizon * (1 - light.height))
    radius = light.disc * canvas.unit * rng.uniform(0.9, 1.15) * grow
    y = max(y - lift * canvas.height, radius * 2.2)
    return Sun(x, y, radius, shows and light.sun_shows)


def paint_sky(
    canvas: Canvas, light: Light, sun: Sun, horizon: float, rng: Rng, *, shows_sun: bool
) -> None:
    """Fill the whole canvas with sky; `horizon` is a fraction of the height."""
    t = np.clip((np.arange(canvas.height) + 0.5) / (horizon * canvas.height), 0, 1)
    if canvas.flat:
        t = np.round(t * 6) / 6
    canvas.pixels[:] = gradient(light.sky, t)[:, None, :]
    if light.stars:
        paint_stars(canvas, light, horizon, rng)
    glow = rgb(light.glow)
    strength = 0.5 if not light.moon else 0.22
    if sun.shows or not light.sun_shows:
        canvas.glow(sun.x, sun.y, 0.44, glow, strength)
        canvas.glow(sun.x, sun.y, 0.16, mix(glow, rgb(light.sun), 0.5), strength)
    if shows_sun and sun.shows:
        paint_disc(canvas, light, sun)


def paint_disc(canvas: Canvas, light: Light, sun: Sun) -> None:
    """The sun, or the moon with its seas."""
    patch = polygon_patch(canvas, [circle(sun.x, sun.y, sun.radius)])
    if patch is None:
        return
    canvas.stamp(patch, rgb(light.sun))
    if light.moon:
        for dx, dy, r in ((-0.3, -0.2, 0.24), (0.25, 0.15, 0.3), (-0.1, 0.45, 0.16)):
            spot = circle(
                sun.x + dx * sun.radius, sun.y + dy * sun.radius, r * sun.radius
            )
            sea = polygon_patch(canvas, [spot])
            if sea is not None:
                canvas.blend(
                    mix(rgb(light.sun), rgb(light.glow), 0.5),
                    sea.mask * 0.35,
                    top=sea.top,
                    left=sea.left,
                )


def paint_stars(canvas: Canvas, light: Light, horizon: float, rng: Rng) -> None:
    """Stars of several sizes, thinning out towards the horizon."""
    area = canvas.width * canvas.height / 1e6
    count = int(900 * light.stars * area + 60)
    top = horizon * canvas.height
    x = rng.integers(0, canvas.width - 2, count)
    y = (rng.random(count) ** 1.4 * top * 0.92).astype(int)
    bright = rng.random(count).astype(np.float32) ** 3.2
    bright *= np.clip(1 - y / top, 0.1, 1).astype(np.float32)
    warm = rng.random((count, 1)).astype(np.float32)
    tint = rgb("#cfe0ff") + (rgb("#fff1d8") - rgb("#cfe0ff")) * warm
    big = bright > 0.45
    y = np.minimum(y, canvas.height - 2)
    for dx, dy, share, chosen in (
        (0, 0, 1.0, slice(None)), (1, 0, 0.7, big), (0, 1, 0.7, big), (1, 1, 0.5, big)
    ):  # fmt: skip
        px, py = x[chosen] + dx, y[chosen] + dy
        glow = np.clip(bright[chosen] * 1.6 * share, 0, 1)[:, None]
        canvas.pixels[py, px] += glow * (tint[chosen] - canvas.pixels[py, px])


def paint_clouds(
    canvas: Canvas, light: Light, sun: Sun, horizon: float, rng: Rng
) -> None:
    """Layered clouds, bright where they face the sun."""
    if light.clouds <= 0.05:
        return
    height = max(8, int(canvas.height * horizon))
    if canvas.flat:
        flat_clouds(canvas, light, horizon, rng)
        return
    wide, high = max(8, canvas.width // 2), max(8, height // 2)
    field = cloud_field(wide, high, light.clouds, canvas.width / canvas.unit, rng)
    shift = max(2, canvas.unit // 60)
    down = -1 if sun.y > height * 0.45 else 1
    across = np.tanh((np.arange(wide)[None, :] * 2 - sun.x) / (canvas.unit * 0.25))
    moved = np.roll(field, shift * down, axis=0)
    side = np.roll(field, shift, axis=1) * (0.5 + across / 2)
    side = side + np.roll(field, -shift, axis=1) * (0.5 - across / 2)
    lit = np.clip(0.5 + (field - (moved + side) / 2) * 3.0, 0, 1).astype(np.float32)
    density, lit = (
        resize(field, canvas.width, height),
        resize(lit, canvas.width, height),
    )
    colour = mix(rgb(light.cloud_shade), rgb(light.cloud), np.clip(lit * 1.15, 0, 1))
    strength = 0.92 if light.clouds >= 0.9 else 0.8
    canvas.blend(colour, np.clip(density, 0, 1) * strength)


def cloud_field(wide: int, high: int, amount: float, aspect: float, rng: Rng) -> Array:
    """Density of clouds at half size: heaps above, long bands near the horizon."""
    cells = 2.4 * aspect
    heaps = noise2(wide, high, rng, cells=cells, octaves=6, stretch=1.5)
    bands = noise2(wide, high, rng, cells=cells * 0.7, octaves=5, stretch=6.0)
    t = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    field = heaps * (1 - t) + bands * t
    threshold = 0.66 - 0.26 * amount
    field = np.clip((field - threshold) * 4.2, 0, 1)
    fade = np.clip((1 - t) * 5, 0, 1) * (
        1 if amount > 0.85 else np.clip(t * 5 + 0.35, 0, 1)
    )
    return np.asarray(field * field * (3 - 2 * field) * fade, np.float32)


def flat_clouds(canvas: Canvas, light: Light, horizon: float, rng: Rng) -> None:
    """Clouds of a poster: rows of discs on a flat foot."""
    for _ in range(int(2 + light.clouds * 5)):
        cx = rng.random() * canvas.width
        cy = rng.uniform(0.08, 0.7) * horizon * canvas.height
        size = canvas.unit * rng.uniform(0.02, 0.045)
        polygons = [
            circle(cx + i * size * 1.1, cy - rng.random() * size * 0.5, size * (1.2 - abs(i) * 0.28))
            for i in (-2, -1, 0, 1, 2)
        ]  # fmt: skip
        patch = polygon_patch(canvas, polygons)
        if patch is not None:
            rows = np.arange(patch.mask.shape[0])[:, None] + patch.top
            mask = patch.mask * (rows < cy + size * 0.35)
            canvas.stamp(Patch(mask, patch.left, patch.top), rgb(light.cloud))


def paint_rays(canvas: Canvas, light: Light, sun: Sun, strength: float) -> None:
    """Shafts of light that fan out from the sun."""
    angle = np.arctan2(
        canvas.y[:, None] - sun.y / canvas.unit, canvas.x[None, :] - sun.x / canvas.unit
    )
    fan = np.sin(angle * 17) * np.sin(angle * 29 + 1.7) + np.sin(angle * 11 + 0.6)
    far = np.hypot(
        canvas.y[:, None] - sun.y / canvas.unit, canvas.x[None, :] - sun.x / canvas.unit
    )
    mask = np.clip(fan * 0.5, 0, 1) * np.exp(-far / 0.55) * strength
    mask = mask * np.clip(far * canvas.unit / sun.radius - 1.05, 0, 1)
    canvas.blend(rgb(light.glow), mask.astype(np.float32))


def paint_fog(
    canvas: Canvas, light: Light, top: float, bottom: float, strength: float, rng: Rng
) -> None:
    """A bank of mist between two heights (fractions)."""
    first, last = int(max(0, top) * canvas.height), int(min(1, bottom) * canvas.height)
    if last - first < 4:
        return
    high = last - first
    field = noise2(
        canvas.width // 2, max(2, high // 2), rng, cells=2.2, octaves=4, stretch=4.0
    )
    field = resize(field, canvas.width, high)
    t = np.linspace(-1, 1, high, dtype=np.float32)[:, None]
    band = (1 - t * t) ** 1.2
    mask = np.clip((field - 0.25) * 1.9, 0, 1) * band * strength
    canvas.blend(rgb(light.haze), mask.astype(np.float32), top=first)
