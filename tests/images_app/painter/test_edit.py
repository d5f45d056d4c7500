from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from images_app.painter import PaintingStopped, paint, repaint
from images_app.painter.changes import merge_prompts

SIZE = (192, 160)


@pytest.fixture(scope="module")
def own():
    return paint("A mountain at noon", width=SIZE[0], height=SIZE[1], seed=5)


@pytest.fixture(scope="module")
def foreign():
    """A picture without notes: nothing says how it was made."""
    ramp = np.linspace(230, 60, SIZE[1])[:, None, None]
    sky = np.broadcast_to(ramp * [0.8, 0.9, 1.0], (SIZE[1], SIZE[0], 3))
    return Image.fromarray(sky.astype(np.uint8))


def array(image):
    return np.asarray(image.convert("RGB"), np.float32)


@pytest.mark.parametrize(
    ("old", "change", "merged"),
    [
        ("A mountain at sunset", "make it night", "A mountain, night"),
        ("A mountain at sunset", "make it foggy", "A mountain, sunset, fog"),
        ("a lake, oil painting", "make it watercolour", "a lake, watercolour"),
        ("the sea", "add a boat", "the sea with a boat"),
        ("the sea", "make it wider", "the sea, wide angle"),
        ("a meadow with a dog", "without the dog", "a meadow with a dog, no dog"),
        ("the sea at night", "make it a desert", "a desert, night"),
    ],
)
def test_a_change_joins_the_prompt_it_changes(old, change, merged):
    assert merge_prompts(old, change) == merged


def test_our_own_picture_keeps_its_land_when_the_hour_changes(own):
    night = repaint(own, "make it night", seed=9)
    assert array(night).mean() < 0.6 * array(own).mean()
    assert night.info["easel-layout"] == "A mountain at noon"
    assert night.info["easel-seed"] == "5"


def test_a_thing_that_is_added_in_the_air_leaves_the_others_where_they_are():
    otter = paint("sea otter", width=160, height=160, seed=2)
    with_balloon = array(repaint(otter, "add a red balloon", seed=3))
    moved = np.abs(with_balloon - array(otter)).max(axis=-1) > 8
    assert moved.any()
    assert moved[110:].mean() < 0.05


def test_a_second_change_builds_on_the_first(own):
    night = repaint(own, "make it night", seed=9)
    with_boat = repaint(night, "add a boat", seed=9)
    assert with_boat.info["easel-prompt"] == "A mountain with a boat, night"


@pytest.mark.parametrize(
    "change",
    ["make it night", "add a boat", "make it foggy", "make it wider", "watercolour",
     "line art", "make it blue", "brighter", "snow", "", "blockchain", "zoom in"],
)  # fmt: skip
def test_a_foreign_picture_keeps_its_size_whatever_is_asked(foreign, change):
    assert repaint(foreign, change, seed=1).size == SIZE


@pytest.mark.parametrize(
    "change", ["make it night", "add a boat", "line art", "brighter"]
)
def test_a_foreign_picture_changes_as_asked(foreign, change):
    changed = array(repaint(foreign, change, seed=1))
    assert np.abs(changed - array(foreign)).mean() > 0.5


def test_night_darkens_a_foreign_picture(foreign):
    assert array(repaint(foreign, "night", seed=1)).mean() < 0.6 * array(foreign).mean()


@pytest.mark.parametrize("kind", ["transparent", "white"])
@pytest.mark.parametrize("made_here", [True, False])
def test_a_mask_changes_its_area_and_nothing_else(own, foreign, kind, made_here):
    source = own if made_here else foreign
    area = np.zeros((SIZE[1], SIZE[0]), bool)
    area[30:130, 40:150] = True
    if kind == "transparent":
        mask = Image.new("RGBA", SIZE, (0, 0, 0, 255))
        mask.putalpha(Image.fromarray(np.where(area, 0, 255).astype(np.uint8)))
    else:
        mask = Image.fromarray(np.where(area, 255, 0).astype(np.uint8))
    changed = array(repaint(source, "a castle at night", seed=2, mask=mask))
    moved = np.abs(changed - array(source)).max(axis=-1)
    assert moved[~area].max() == 0
    assert (moved[area] > 8).mean() > 0.5


def test_a_mask_of_another_size_is_stretched(own):
    mask = Image.new("L", (20, 20), 255)
    assert repaint(own, "night", seed=1, mask=mask).size == SIZE


def test_a_change_stops_when_asked(own):
    with pytest.raises(PaintingStopped):
        repaint(own, "make it night", seed=1, should_stop=lambda: True)


def test_notes_that_make_no_sense_do_no_harm(foreign):
    odd = foreign.copy()
    odd.info.update({"easel-prompt": "x" * 9_000, "easel-seed": "nine"})
    assert repaint(odd, "make it night", seed=1).size == SIZE
