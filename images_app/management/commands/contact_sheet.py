"""`manage.py contact_sheet FILE.png`: what the built-in painter can do, on one sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from PIL import Image, ImageDraw

from images_app.painter import paint

CELL, LABEL, COLUMNS = 320, 22, 7  # pixels, pixels, pictures in a row
SQUARE, WIDE, TALL = (1, 1), (3, 2), (2, 3)
PROMPTS: tuple[tuple[str, tuple[int, int]], ...] = (
    ("A mountain at sunset", SQUARE),
    ("sea otter on its back", SQUARE),
    ("a forest in fog", TALL),
    ("a city at night", WIDE),
    ("a lighthouse by the sea in a storm", TALL),
    ("a desert with camels at noon", WIDE),
    ("a still life with fruit, oil painting", SQUARE),
    ("a cat on a windowsill", SQUARE),
    ("a red balloon over fields", TALL),
    ("an abstract composition", SQUARE),
    ("a portrait of a woman", TALL),
    ("a fox in snow, watercolour", SQUARE),
    ("a pixel art castle", SQUARE),
    ("line art of a sailing boat", SQUARE),
    ("bird's-eye view of a coast", WIDE),
    ("a robot", SQUARE),
    ("a dragon over mountains, golden hour", WIDE),
    ("a lighthouse by the sea with a boat, foggy morning", WIDE),
    ("three birds over the sea at sunrise", (3, 1)),
    ("a deer in an autumn forest", SQUARE),
    ("an elephant in the savanna at sunset", WIDE),
    ("a blue vase with flowers, watercolour", TALL),
    ("two boats on a lake, oil painting", WIDE),
    ("a couple on the beach at sunset", SQUARE),
    ("the night sky over mountains", TALL),
    ("a whale at golden hour", SQUARE),
    ("flat vector mountains at sunrise", WIDE),
    ("photorealistic mountains at noon", WIDE),
    ("an orange fish under water", SQUARE),
    ("a house in a winter landscape", SQUARE),
    ("a minimalist poster of a desert at sunset", TALL),
    ("a neon city, cyberpunk", SQUARE),
    ("a horse in a meadow, spring", WIDE),
    ("hot air balloons over hills, soft pastel colors", TALL),
    ("a child with a dog in a field, golden hour", SQUARE),
    ("a coffee cup and books on a table", SQUARE),
    ("a bridge over a lake at night, oil painting", WIDE),
    ("an owl in the forest, line art", SQUARE),
    ("a beach at noon, pixel art", SQUARE),
    ("lavender fields at sunset, watercolour", (1, 3)),
    ("a penguin family in the arctic", SQUARE),
    ("a sunflower in a meadow, no people", SQUARE),
)


class Command(BaseCommand):
    """Paint one picture per prompt and print the file's path."""

    help = "Paint a labelled contact sheet of many prompts with the offline painter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.png")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--cell", type=int, default=CELL, help="pixels per picture")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if not file.parent.is_dir():
            raise CommandError(f"The folder {file.parent} does not exist.")
        sheet = contact_sheet(options["seed"], options["cell"])
        try:
            sheet.save(file)
        except (OSError, ValueError) as exc:
            raise CommandError(f"The sheet cannot be written to {file}: {exc}") from exc
        self.stdout.write(str(file))


def contact_sheet(seed: int, cell: int = CELL) -> Image.Image:
    """All prompts, each in its own shape inside a square cell, with its words."""
    rows = -(-len(PROMPTS) // COLUMNS)
    size = (COLUMNS * (cell + 8), rows * (cell + LABEL + 8))
    sheet = Image.new("RGB", size, "#ffffff")
    draw = ImageDraw.Draw(sheet)
    for index, (prompt, ratio) in enumerate(PROMPTS):
        left = index % COLUMNS * (cell + 8) + 4
        top = index // COLUMNS * (cell + LABEL + 8) + 4
        longest = max(ratio)
        width, height = (cell * edge // longest for edge in ratio)
        picture = paint(prompt, width=width * 2, height=height * 2, seed=seed + index)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        sheet.paste(picture, (left + (cell - width) // 2, top + (cell - height) // 2))
        draw.text((left + 2, top + cell + 5), prompt, fill="#333333")
    return sheet
