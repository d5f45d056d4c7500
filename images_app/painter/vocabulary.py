"""The words that the painter knows: things, places, features, and names for groups."""

from __future__ import annotations

from dataclasses import dataclass

from . import (
    animals,
    beasts,
    buildings,
    figures,
    people,
    things,
    treats,
    vehicles,
    wildlife,
)
from .sprites import Sprite


@dataclass(frozen=True)
class Thing:
    """Something the painter can draw.

    `home` is the place it brings along when the prompt names none. `scale` is its
    height beside a grown person.
    """

    name: str
    words: str
    home: str
    scale: float
    sprite: Sprite | None = None
    kind: str = "animal"


_ANIMALS = (
    Thing("otter", "otter, sea otter", "sea", 0.5, wildlife.OTTER),
    Thing("whale", "whale, dolphin, orca, shark", "sea", 2.4, wildlife.WHALE),
    Thing("swan", "swan, duck, goose", "lake", 0.6, wildlife.SWAN),
    Thing("fish", "fish, goldfish, clownfish", "underwater", 0.4, wildlife.FISH),
    Thing("cat", "cat, kitten, kitty", "window", 0.55, animals.CAT),
    Thing("dog", "dog, puppy, retriever, labrador, hound", "meadow", 0.6, animals.DOG),
    Thing("horse", "horse, pony, foal, donkey, zebra", "fields", 1.15, animals.HORSE),
    Thing("deer", "deer, stag, reindeer, elk, moose, doe", "forest", 1.0, animals.DEER),
    Thing("fox", "fox, wolf, coyote", "meadow", 0.6, animals.FOX),
    Thing("rabbit", "rabbit, bunny, hare", "meadow", 0.45, animals.RABBIT),
    Thing("elephant", "elephant, mammoth", "savanna", 1.7, animals.ELEPHANT),
    Thing("camel", "camel, dromedary", "desert", 1.3, animals.CAMEL),
    Thing("bear", "bear, grizzly", "forest", 0.95, animals.BEAR),
    Thing("polar bear", "polar bear", "snowfield", 0.95, animals.BEAR),
    Thing("sheep", "sheep, lamb, goat", "fields", 0.7, animals.SHEEP),
    Thing("cow", "cow, calf, bull, ox", "fields", 0.95, beasts.COW),
    Thing("unicorn", "unicorn", "meadow", 1.2, beasts.UNICORN),
    Thing("dinosaur", "dinosaur, dino, t-rex, stegosaurus, brontosaurus", "savanna", 1.7, beasts.DINOSAUR),
    Thing("teddy bear", "teddy bear, teddy, stuffed bear, stuffed animal", "window", 0.55, beasts.TEDDY),
    Thing("owl", "owl", "forest", 0.5, wildlife.OWL),
    Thing("penguin", "penguin", "snowfield", 0.7, wildlife.PENGUIN),
    Thing("butterfly", "butterfly, moth", "meadow", 0.35, wildlife.BUTTERFLY),
    Thing("songbird", "songbird, robin, sparrow, bluebird, parrot, hummingbird, kingfisher, finch", "meadow", 0.4, wildlife.BIRD),
    Thing("bird", "bird, gull, seagull, swallow, crow, eagle, hawk", "", 0.1, wildlife.GULL),
    Thing("dragon", "dragon, wyvern", "mountains", 3.0, wildlife.DRAGON),
    Thing("robot", "robot, android, droid, cyborg, machine", "city", 1.0, wildlife.ROBOT, "figure"),
)  # fmt: skip


_FIGURES = (
    Thing("person", "person, man, boy, guy, human, someone, hiker, traveller, traveler, wanderer, knight, fisherman, people, team, crowd, colleague, coworker, friend, farmer, chef, doctor, teacher", "fields", 1.0, people.FACING_MAN, "person"),
    Thing("woman", "woman, girl, lady, dancer, princess, bride, queen", "fields", 0.98, people.FACING_WOMAN, "person"),
    Thing("child", "child, kid, toddler", "meadow", 0.85, people.FACING_CHILD, "person"),
    Thing("couple", "couple, lover", "beach", 1.0, people.FACING_COUPLE, "person"),
    Thing("astronaut", "astronaut, cosmonaut, spaceman", "space", 1.0, people.ASTRONAUT, "person"),
    Thing("astronaut on a horse", "", "fields", 1.25, people.ASTRONAUT_RIDER, "person"),
    Thing("rider", "horse rider, horseman, horsewoman, cowboy, cowgirl, jockey", "fields", 1.25, people.RIDER, "person"),
    Thing("santa", "santa, santa claus, father christmas", "snowfield", 1.0, people.SANTA, "person"),
    Thing("snowman", "snowman", "snowfield", 0.95, beasts.SNOWMAN, "figure"),
    Thing("portrait", "", "portrait", 1.0, figures.BUST, "person"),
    Thing("portrait of a man", "", "portrait", 1.0, figures.BUST_OF_MAN, "person"),
)  # fmt: skip


_BUILT = (
    Thing("lighthouse", "lighthouse", "sea", 5.0, buildings.LIGHTHOUSE, "building"),
    Thing("house", "house, cottage, cabin, hut, farmhouse, barn, home, chalet, church, temple", "fields", 2.6, buildings.HOUSE, "building"),
    Thing("castle", "castle, fortress, palace", "hills", 6.0, buildings.CASTLE, "building"),
    Thing("tree", "tree, oak, maple, birch, willow", "hills", 3.5, things.TREE, "plant"),
    Thing("windmill", "windmill, mill", "fields", 4.0, buildings.WINDMILL, "building"),
    Thing("sailboat", "boat, sailboat, sailing boat, yacht, sail", "sea", 1.9, buildings.SAILBOAT, "boat"),
    Thing("rowboat", "rowboat, rowing boat, canoe, kayak, dinghy, fishing boat", "lake", 0.7, buildings.ROWBOAT, "boat"),
    Thing("ship", "ship, steamer, ferry, vessel, cruise ship", "sea", 2.4, buildings.SHIP, "boat"),
    Thing("hot air balloon", "hot air balloon, hot-air balloon, airship", "hills", 3.2, buildings.HOT_AIR_BALLOON, "flyer"),
    Thing("balloon", "balloon", "fields", 2.2, buildings.BALLOON, "flyer"),
    Thing("rocket", "rocket, spaceship, spacecraft, space shuttle, launch, liftoff", "space", 3.0, buildings.ROCKET, "flyer"),
    Thing("pirate ship", "pirate ship, galleon, tall ship, sailing ship", "sea", 3.4, vehicles.PIRATE_SHIP, "boat"),
    Thing("car", "car, truck, van, automobile, taxi, jeep", "fields", 0.9, buildings.CAR, "vehicle"),
    Thing("sports car", "sports car, sport car, race car, racing car, ferrari, porsche, lamborghini, supercar", "hills", 0.85, vehicles.SPORTS_CAR, "vehicle"),
    Thing("bicycle", "bicycle, bike, mountain bike, cycle", "hills", 0.9, vehicles.BICYCLE, "vehicle"),
    Thing("train", "train, locomotive, steam train, steam locomotive, steam engine, railway", "hills", 1.4, vehicles.TRAIN, "vehicle"),
    Thing("tree house", "tree house, treehouse", "hills", 6.0, buildings.TREE_HOUSE, "building"),
    Thing("heart", "heart, valentine", "studio", 1.0, treats.HEART, "flyer"),
    Thing("star", "", "space", 1.0, treats.STAR, "flyer"),
)  # fmt: skip


_TABLE = (
    Thing("vase", "vase, jug, pitcher, pot, teapot, urn", "table", 0.55, things.VASE, "object"),
    Thing("bouquet", "bouquet, flower, tulip, daisy, peony, poppy, blossom", "table", 0.5, things.BOUQUET, "flower"),
    Thing("rose", "rose", "studio", 0.9, treats.ROSE, "flower"),
    Thing("cake", "cake, birthday cake, cupcake", "table", 0.62, treats.CAKE, "object"),
    Thing("pizza", "pizza", "table", 0.4, treats.PIZZA, "object"),
    Thing("guitar", "guitar, ukulele, violin", "studio", 0.95, treats.GUITAR, "object"),
    Thing("gift", "gift, present, parcel", "table", 0.42, treats.GIFT, "object"),
    Thing("sunflower", "sunflower", "meadow", 0.8, things.FLOWER, "flower"),
    Thing("apple", "apple, peach, plum, cherry, tomato", "table", 0.22, things.APPLE, "object"),
    Thing("pear", "pear, avocado, fig", "table", 0.24, things.PEAR, "object"),
    Thing("orange", "orange, tangerine, pumpkin", "table", 0.24, things.ORANGE, "object"),
    Thing("lemon", "lemon", "table", 0.22, things.LEMON, "object"),
    Thing("grapes", "grape", "table", 0.3, things.GRAPES, "object"),
    Thing("banana", "banana", "table", 0.3, things.BANANA, "object"),
    Thing("bowl", "bowl, basket", "table", 0.24, things.BOWL, "object"),
    Thing("cup", "cup, mug, coffee, tea", "table", 0.26, things.CUP, "object"),
    Thing("bottle", "bottle, wine", "table", 0.42, things.BOTTLE, "object"),
    Thing("book", "book", "table", 0.4, things.BOOK, "object"),
    Thing("candle", "candle", "table", 0.4, things.CANDLE, "object"),
    Thing("plant", "plant, cactus, succulent", "window", 0.5, things.POTTED_PLANT, "object"),
)  # fmt: skip


THINGS: dict[str, Thing] = {
    thing.name: thing for thing in (*_ANIMALS, *_FIGURES, *_BUILT, *_TABLE)
}


# Place -> the words that ask for it. The first place named in a prompt wins, except
# that a narrower one (a windowsill) wins over a wider one (a city seen through it).
PLACES: dict[str, str] = {
    "emblem": "logo, icon, emblem, badge, sticker, logotype",
    "studio": "studio, plain background, white background",
    "window": "window, windowsill, window sill, room, indoors, sofa, bedroom, kitchen",
    "table": "still life, table, fruit, breakfast, dessert",
    "waterfall": "waterfall, cascade, cataract",
    "abstract": "abstract, pattern, geometric, shapes, circles, triangles, bauhaus, kandinsky",
    "space": "space, galaxy, milky way, planet, nebula, cosmos, night sky, starry sky, aurora",
    "underwater": "underwater, under water, below water, coral reef, reef, coral, aquarium, under the sea, deep sea",
    "city": "city, skyline, town, street, downtown, metropolis, skyscraper, tokyo, paris, london, new york, lisbon, berlin, rome, madrid, vienna, amsterdam, prague, istanbul, barcelona, porto, chicago, san francisco, shanghai, hong kong, sydney, dubai, stockholm, munich, hamburg, cityscape, building, station, bar, venice, eiffel tower",
    "beach": "beach, shore, seaside, tropical island, palm",
    "sea": "sea, ocean, coast, coastline, wave, bay, harbor, harbour, cliff, island, seascape, water, pier",
    "lake": "lake, pond, river, stream, fjord, canal",
    "snowfield": "snowfield, glacier, arctic, antarctica, ice, tundra, north pole",
    "desert": "desert, dune, sahara, sand, oasis, mars",
    "mountains": "mountain, mountains, alps, peak, summit, alpine, ridge, volcano, canyon, himalaya, everest, fuji",
    "forest": "forest, wood, woods, woodland, jungle, pine, taiga",
    "savanna": "savanna, savannah, africa, safari",
    "meadow": "meadow, garden, park, wildflower, flower field, lawn, orchard",
    "hills": "hill, valley, countryside, village, highland, tuscany",
    "fields": "field, farm, farmland, wheat, prairie, grassland, vineyard, landscape, lavender",
}  # fmt: skip


# Features that a prompt may add to or take away from any open scene.
FEATURES: dict[str, str] = {
    "sun": "sun, sunshine",
    "moon": "moon",
    "stars": "star",
    "clouds": "cloud",
    "bridge": "bridge",
    "trees": "tree, palm, oak, birch, pine, palm tree",
    "rainbow": "rainbow",
    "lightning": "lightning, thunderbolt",
    "flowers": "flower, wildflower, poppy, tulip, lavender, blossom, daisy",
    "house": "village",
    "road": "road, path, street, trail, highway, lane, footpath",
    "party": "celebrating, celebration, party, celebrate, confetti, fireworks, firework",
    "lavender": "lavender",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(text.split(", "))


# Features that prose about light may bring; others must be asked for.
ATMOSPHERE = frozenset(("sun", "moon", "stars", "clouds", "lightning"))
# Words that prose uses of any picture: they choose a place only in what is asked.
VAGUE_PLACES = _words("pattern shapes shape geometric space water wave street station bar building field "
     "landscape ridge background badge icon studio wood woods ice room table park summit peak road island")  # fmt: skip
# Phrases in which a known word names neither the thing nor the place.
SET_PHRASES = _phrases("open space, empty space, negative space, white space, more space, blank space, ice cream, "
     "hot dog, rock star, pine cone, field of view, depth of field, focal plane, coffee shop sign, "
     "sense of space, in the room")  # fmt: skip


# Plain words for whole groups, for exclusions such as "no animals".
GROUPS = {
    "people": {"person", "woman", "child", "couple", "portrait", "portrait of a man"},
    "person": {"person", "woman", "child", "couple", "portrait", "portrait of a man"},
    "human": {"person", "woman", "child", "couple", "portrait", "portrait of a man"},
    "figure": {
        "person",
        "woman",
        "child",
        "couple",
        "portrait",
        "portrait of a man",
        "robot",
    },
    "animal": {thing.name for thing in _ANIMALS},
    "boat": {"sailboat", "rowboat", "ship", "pirate ship"},
    "ship": {"sailboat", "rowboat", "ship", "pirate ship"},
    "building": {"house", "castle", "lighthouse", "windmill"},
    "flower": {"bouquet", "sunflower", "flowers", "rose"},
    "bird": {"bird", "songbird"},
    "tree": {"trees", "tree"},
    "balloon": {"balloon", "hot air balloon"},
}


# Things that are drawn like another, in a colour of their own.
OWN_COLOURS = {
    "wolf": "#7f858c", "coyote": "#a08a68", "zebra": "#d9d7d2", "crow": "#25262c",
    "seagull": "#e9ebec", "gull": "#e9ebec", "goat": "#d8cbb6", "lemon": "#e6c93a", "peach": "#e8a070",
    "plum": "#5f3a6a", "tomato": "#c8392b", "pumpkin": "#d9772a", "robin": "#8a5a44", "parrot": "#3f9a58",
    "sparrow": "#8a6a4c", "orca": "#26303c", "shark": "#7d8a94", "dolphin": "#7a95ab", "tulip": "#d9604a",
    "panda": "#e9e6e0", "bride": "#f3f0ea", "kingfisher": "#2f8ab0", "hummingbird": "#2f9a7a",
}  # fmt: skip


# Common things that nobody can draw here although people ask for them. A volcano and the
# like choose a place (mountains), but the thing itself is not in the picture.
NO_SHAPE = _words("giraffe lion tiger leopard cheetah panda koala kangaroo monkey gorilla ape hippo "
     "hippopotamus rhino rhinoceros crocodile alligator frog toad turtle tortoise snake lizard octopus "
     "squid jellyfish crab lobster snail spider bee ant ladybug mouse rat hamster squirrel hedgehog "
     "beaver raccoon pig piglet chicken rooster hen turkey ostrich flamingo peacock mermaid centaur "
     "helicopter airplane aeroplane plane submarine tractor motorcycle motorbike tank bulldozer "
     "piano drum trumpet saxophone flute violinist clock telephone laptop computer keyboard television "
     "camera umbrella scissors hammer chair shoe hat crown sword burger hamburger sandwich sushi "
     "volcano pyramid igloo mosque cathedral")  # fmt: skip
# Phrases in which such a word names something else.
KNOWN_PHRASES = (
    "sea lion",
    "mountain lion",
    "plain background",
    "focal plane",
    "chicken coop",
)
# Words for what every landscape shows: a wish for them is fulfilled.
SCENERY = _words("sky horizon nature scenery outdoors wilderness summer sunlight sunbeam panorama "
     "season weather hillside backdrop")  # fmt: skip
# Words that ask for no particular thing.
PLAIN_WORDS = _words("a an the one some any something anything nice beautiful pretty cool lovely random "
     "picture image drawing painting scene thing artwork art illustration photo me for please wallpaper "
     "it this that with of in and or day evening time place somewhere colourful colorful big small surprise")  # fmt: skip
