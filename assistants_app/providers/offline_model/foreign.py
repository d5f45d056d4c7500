"""A little German, French and Spanish: enough to be asked for a picture.

The painter's grammar is English, so words that are known here are added in English.
"""

from __future__ import annotations

import re

_GERMAN = re.compile(
    r"^(?:(?:hallo|hi|bitte|und|jetzt|ok|dann)[\s,!]+)*(?:(?:kannst|könntest|würdest) du "
    r"(?:mir |uns |bitte )*(?P<late>.+?) (?:zeichnen|malen|erstellen|machen|zeigen|"
    r"generieren)|(?:zeichne|zeichnen sie|male|mal|skizziere|erstelle|generiere|zeig|"
    r"zeige|mach|mache|erzeuge)\s+(?:mir |uns |bitte |mal )*(?P<early>.+)|(?:ich "
    r"(?:möchte|will|hätte gern|hätte gerne|brauche))\s+(?P<wish>.+?bild.+))$",
    re.I,
)
_FRENCH = re.compile(
    r"^(?:(?:bonjour|salut|s'il (?:te|vous) plaît|et|maintenant|ok)[\s,!]+)*(?:(?:peux-tu|"
    r"pouvez-vous|pourrais-tu|tu peux)\s+(?:me |nous )?(?:dessiner|peindre|créer|générer|"
    r"montrer|faire)|dessine(?:z)?(?:[\s-]moi)?|peins(?:[\s-]moi)?|cré(?:e|ez)(?:[\s-]moi)?"
    r"|génère(?:[\s-]moi)?|montre[\s-]moi|illustre|je (?:voudrais|veux) (?:voir )?"
    r"(?=une? (?:image|dessin|peinture|illustration)))\s*(?P<early>.+)$",
    re.I,
)
_SPANISH = re.compile(
    r"^(?:(?:hola|por favor|y|ahora|ok)[\s,!]+)*(?:¿?(?:puedes|podrías)\s+(?:dibujar|"
    r"pintar|crear|generar|hacer|mostrar)(?:me|nos)?|dib[uú]ja(?:me|nos)?|p[ií]nta(?:me)?|"
    r"cr[eé]a(?:me)?(?= una? (?:imagen|dibujo|ilustración))|genera(?:me)?(?= una?)|"
    r"mu[eé]strame|quiero (?:ver )?(?=una? (?:imagen|dibujo|ilustración)))"
    r"\s+(?P<early>.+)$",
    re.I,
)
_LANGUAGES = {"de": _GERMAN, "fr": _FRENCH, "es": _SPANISH}
_PICTURE = re.compile(
    r"^(?:ein(?:e|en)?|une?|un|una)\s+(?:schönes |belle |bonita )?(?:bild|zeichnung|"
    r"gemälde|image|dessin|peinture|imagen|dibujo)\s+(?:vo[nm]|mit|d'une?|d'|de|du|des|"
    r"avec|con)\s*",
    re.I,
)
# One line per thing: English, then its words in the three languages.
_GLOSSARY = """
mountain: berg berge bergen gebirge montagne montagnes montaña montañas
sunset: sonnenuntergang coucher atardecer
sunrise: sonnenaufgang lever aube amanecer
night: nacht nachts nuit noche
sea: meer ozean mer océan mar océano
beach: strand plage playa
forest: wald wälder forêt bosque
city: stadt ville ciudad
house: haus maison casa
castle: schloss burg château castillo
tree: baum bäume arbre arbres árbol árboles
flower: blume blumen fleur fleurs flor flores
field: feld felder wiese champ champs campo campos
desert: wüste désert desierto
river: fluss rivière río
lake: see lac lago
boat: boot boote schiff bateau bateaux barco barcos
lighthouse: leuchtturm phare faro
cat: katze katzen chat chats gato gatos
dog: hund hunde chien chiens perro perros
fox: fuchs füchse renard renards zorro zorros
horse: pferd pferde cheval chevaux caballo caballos
bird: vogel vögel oiseau oiseaux pájaro pájaros
fish: fisch fische poisson poissons pez peces
otter: otter loutre nutria
moon: mond lune luna
sun: sonne soleil sol
stars: sterne étoiles estrellas
snow: schnee neige nieve
rain: regen pluie lluvia
fog: nebel brouillard brume niebla
sheep: schaf schafe mouton moutons oveja ovejas
day: tag tags jour día
bridge: brücke pont puente
storm: sturm gewitter tempête orage tormenta
autumn: herbst automne otoño
winter: winter hiver invierno
spring: frühling printemps primavera
still life: stillleben
apple: apfel äpfel pomme pommes manzana manzanas
balloon: ballon ballons heißluftballon montgolfière globo globos
oil painting: ölgemälde óleo
watercolour: aquarell acuarela
"""


def _read_glossary() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for line in _GLOSSARY.strip().splitlines():
        english, words = line.split(":")
        pairs.update(dict.fromkeys(words.split(), english))
    return pairs


_ENGLISH = _read_glossary()


_PRONOUN = re.compile(r"^(?:es|das|dies|ihn|sie|le|la|lo|ça|cela|esto)\b\s*", re.I)
_CHANGES = (
    (re.compile(r"^(?:füge?|ajoute[zr]?|añade|agrega|mit|avec|con)\s+(.+)$", re.I), "add"),
    (re.compile(r"^(?:ohne|sans|sin|entferne|enlève|quita)\s+(.+)$", re.I), "without"),
    (re.compile(r"^(?:mach|mache|male|zeichne|fais|rends?|mets|haz|hazlo|pon)\s*-?\s*"
                r"(?:es|das|le|la|lo|ça)?\b(.*)$", re.I), "make it"),
)  # fmt: skip


def read_foreign_change(text: str) -> str:
    """Give a change of a picture in English ("mach es nachts": "make it night"), or ""."""
    for pattern, verb in _CHANGES:
        match = pattern.match(text.strip(" .!?"))
        known = _known(match[1]) if match else []
        if known:
            article = "" if verb != "add" or known[0].endswith("s") else "a "
            return f"{verb} {article}{known[0]}"
    return ""


def read_foreign_wish(text: str) -> tuple[str, str] | None:
    """Return the language and the wished thing with its English words, or None."""
    for language, pattern in _LANGUAGES.items():
        if match := pattern.match(text.strip(" .!?")):
            found = next(value for value in match.groupdict().values() if value)
            if _PRONOUN.match(found):
                return None
            return language, _with_english(_PICTURE.sub("", found.strip()))
    return None


def _with_english(phrase: str) -> str:
    known = _known(phrase)
    return f"{phrase} ({', '.join(known)})" if known else phrase


def _known(phrase: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+", phrase.lower())
    return list(dict.fromkeys(_ENGLISH[word] for word in words if word in _ENGLISH))
