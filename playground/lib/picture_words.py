"""The words of styles, lights and compositions, under one name each.

Names are what `picture_prompt.read_prompt` returns.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


# Canonical name -> the words people use for it. Names are what `read_prompt` returns.
STYLES: dict[str, tuple[str, ...]] = {
    "oil painting": _words(
        "oil painting, oil on canvas, oil paint, oils, oil, impasto, impressionist, "
        "impressionism, van gogh, monet, acrylic, painterly, brush strokes, "
        "brushstrokes"
    ),
    "watercolour": _words(
        "watercolour, watercolor, water colour, water color, aquarelle, gouache, ink "
        "wash"
    ),
    "line art": _words(
        "line art, line-art, lineart, line drawing, line drawn, ink drawing, pen and "
        "ink, pencil drawing, pencil sketch, pencil, sketch, etching, engraving, "
        "doodle, outline drawing, coloring page, colouring page, black and white "
        "drawing"
    ),
    "flat vector": _words(
        "flat vector, flat-vector, vector illustration, vector art, vector graphic, vector, flat "
        "design, flat illustration, flat colours, flat colors, poster, screen print, "
        "screenprint, paper cut, papercut, low poly, cartoon"
    ),
    "pixel art": _words(
        "pixel art, pixel-art, pixelart, pixelated, pixel, 8-bit, 8 bit, 8bit, "
        "16-bit, 16 bit, retro game"
    ),
    "photorealistic": _words(
        "photorealistic, photo-realistic, photo realistic, photorealism, photo-real, "
        "photographic, photograph, photography, photo, hyperrealistic, "
        "hyper-realistic, realistic, cinematic, film still, 35mm, dslr, 3d render"
    ),
    "minimalist": _words("minimalist, minimalistic, minimalism, minimal"),
}

LIGHTS: dict[str, tuple[str, ...]] = {
    "golden hour": _words(
        "golden hour, golden light, golden sunlight, warm light, late afternoon"
    ),
    "sunset": _words("sunset, sundown, setting sun, evening, twilight, dusk"),
    "sunrise": _words("sunrise, dawn, daybreak, rising sun, early morning, morning"),
    "night": _words(
        "night, nighttime, night-time, night time, midnight, moonlight, moonlit, "
        "starry night, starry, starlight, nocturnal, after dark"
    ),
    "fog": _words("fog, foggy, mist, misty, haze, hazy, in the clouds"),
    "noon": _words(
        "noon, midday, daylight, daytime, bright day, sunny day, sunny, blue sky, "
        "clear sky, afternoon"
    ),
    "storm": _words(
        "storm, stormy, thunderstorm, thunder, lightning, tempest, hurricane"
    ),
    "rain": _words("rain, rainy, raining, drizzle, downpour"),
    "overcast": _words("overcast, cloudy, grey day, gray day"),
    "snow": _words(
        "snow, snowy, snowing, snowfall, snow-covered, winter, wintry, frosty, blizzard"
    ),
    "autumn": _words(
        "autumn, autumnal, fall colors, fall colours, fall foliage, the fall, october"
    ),
    "spring": _words("spring, springtime, spring time, cherry blossom season"),
    "pastel": _words(
        "pastel, pastels, soft colors, soft colours, soft light, dreamy, gentle"
    ),
    "dramatic": _words(
        "dramatic, dramatic shadows, chiaroscuro, high contrast, moody, epic, "
        "backlit, backlight, silhouetted"
    ),
    "neon": _words("neon, cyberpunk, synthwave, vaporwave"),
    "vivid": _words("vivid, vibrant, bright colors, bright colours, saturated"),
    "monochrome": _words(
        "monochrome, black and white, black-and-white, greyscale, grayscale, sepia"
    ),
    "calm": _words("calm, peaceful, serene, tranquil, quiet, cozy, cosy"),
}

COMPOSITIONS: dict[str, tuple[str, ...]] = {
    "wide angle": _words(
        "wide angle, wide-angle, wide shot, wide view, panorama, panoramic, vast, "
        "sweeping view, wider, long shot"
    ),
    "close-up": _words(
        "close-up, close up, closeup, macro, extreme close-up, detail shot, zoomed in"
    ),
    "portrait": _words("portrait, head and shoulders, headshot, bust"),
    "bird's eye view": _words(
        "bird's eye view, birds eye view, bird's-eye view, bird's eye, bird's-eye, "
        "birds-eye view, birdseye view, aerial view, aerial, from above, top-down, "
        "top down, overhead, drone shot, drone view, seen from the air"
    ),
    "low angle": _words("low angle, low-angle, worm's eye view, from below"),
    "centered": _words("centered, centred, symmetrical, symmetric, in the middle"),
    "rule of thirds": _words("rule of thirds, off-center, off-centre"),
}

# Phrases in which a style or light word is part of a thing's name and stays in the
# subject. Those of the first kind name a light as well.
LIT_THINGS: dict[str, str] = {
    "night sky": "night",
    "storm cloud": "storm",
    "storm clouds": "storm",
    "neon sign": "neon",
}
THINGS = _words(
    "snow leopard, snow white, snow globe, rain boots, rain coat, morning glory, "
    "spring roll, spring rolls, hot spring, hot springs, oil lamp, oil rig, "
    "oil tanker, photo album, photo camera, pencil case, night owl, night light, "
    "bust of"
)
