"""Families of things that are drawn often: what a phrase shows, roughly.

A family decides which light and which depth suit a picture. A thing that is not listed
is still drawn; it only gets the general advice.
"""

from __future__ import annotations

import re

from assistants_app.providers.offline_model.phrases import word_set

FAMILIES: dict[str, str] = {
    "graphic": "poster logo icon emblem sticker pattern banner mascot symbol",
    "abstract": "abstract shapes geometry geometric circles spiral mandala gradient",
    "person": "person people man woman girl boy child children knight wizard witch king "
    "queen princess dancer sailor astronaut samurai pirate farmer chef musician figure "
    "portrait ghost angel robot hiker runner cyclist reader face violinist",
    "animal": "animal cat cats kitten dog dogs puppy fox foxes wolf bear otter otters "
    "horse horses bird birds owl eagle penguin penguins whale dolphin fish shark deer "
    "elephant lion tiger rabbit hare mouse frog turtle snake dragon unicorn cow sheep "
    "goat pig duck swan parrot butterfly bee crab octopus leopard monkey squirrel "
    "hedgehog raven crow giraffe zebra panda dinosaur",
    "vehicle": "boat boats ship ships sailboat car cars train bicycle bike balloon "
    "balloons airship zeppelin plane airplane aeroplane rocket spaceship truck bus tram "
    "submarine canoe kayak",
    "still life": "still-life fruit fruits apple apples pear pears lemon lemons orange "
    "oranges bowl vase bottle cup teapot coffee tea table bread cake book books candle "
    "lamp chair guitar violin piano clock shoes pancakes pizza cheese",
    "plant": "flower flowers rose roses tulip tulips sunflower sunflowers cactus leaf "
    "leaves bouquet daisy poppy poppies mushroom mushrooms orchid",
    "space": "space planet planets galaxy nebula stars star moon sun comet saturn mars "
    "earth sky milky constellation aurora eclipse",
    "city": "city cities town village street streets skyline skyscraper skyscrapers "
    "bridge market harbour harbor alley building buildings paris london tokyo venice "
    "oslo berlin rome york amsterdam lisbon cafe café station rooftops cityscape",
    "building": "house houses cottage cabin castle tower temple church barn windmill "
    "lighthouse ruins palace hut igloo library pyramid pyramids farmhouse treehouse",
    "sea": "sea ocean beach coast shore wave waves island bay cliff cliffs seascape reef "
    "lagoon fjord",
    "forest": "forest forests wood woods tree trees jungle pine pines birch grove oak "
    "rainforest garden",
    "desert": "desert dune dunes canyon savanna oasis mesa",
    "mountain": "mountain mountains alps peak peaks ridge volcano hill hills valley "
    "glacier himalaya everest fuji matterhorn",
    "water": "lake river pond waterfall stream",
    "field": "field fields meadow meadows farm vineyard lavender wheat prairie landscape "
    "path road park countryside rainbow cloud clouds sunset sunrise",
}
_FAMILY_OF = {
    word: family for family, words in FAMILIES.items() for word in words.split()
}
_LANDSCAPES = word_set("city sea forest desert mountain water field space")


def families_of(text: str) -> list[str]:
    """Name the families whose words occur, in the order of mention."""
    words = re.findall(r"[^\W\d_][\w'-]*", text.lower())
    found = [_FAMILY_OF[word] for word in words if word in _FAMILY_OF]
    return list(dict.fromkeys(found))


def main_family(text: str) -> str:
    """Name the family of the first thing in the phrase, or an empty string."""
    head = re.split(
        r"\s(?:in|on|at|with|over|under|near|above|below|behind|by|beside|before)\s|[,;.]",
        text,
        maxsplit=1,
    )[0]
    found = families_of(head) or families_of(text)
    if not found:
        return ""
    # "a sea otter", "a mountain goat": the being counts, wherever it is named.
    return next(
        (name for name in found if name in ("graphic", "animal", "person")), found[0]
    )


def names_a_thing(text: str) -> bool:
    return bool(families_of(text))


def is_landscape(text: str) -> bool:
    return main_family(text) in _LANDSCAPES
