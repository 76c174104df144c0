"""What a sentence says of an occasion, the weather, the season, the budget and who wears it.

English, German, French, Spanish and Russian. Patterns match normalised text: lower case, no accents, so that "й" reads "и".
"""

import re
from typing import Any, Final

from bottega.errors import InvalidOption
from bottega.intent.normalise import normalise
from bottega.shop.money import decimals
from bottega.shop.query import read_wish

_FIGURE: Final = r"(?P<sign>[-−]|minus |moins |menos |минус )?\s?(?P<n>\d{1,3})"
_DEGREES: Final = re.compile(
    rf"{_FIGURE}\s?(?:°\s?(?P<unit>[cfсф])?(?![a-zа-я])|(?:degrees?|grad|degres?|grados?|градус\w*)"
    r"(?:\s(?P<named>celsius|fahrenheit|c|f|цельси\w*|фаренгейт\w*))?|(?P<short>[cf])(?![a-zа-я]))"
)
_WEATHER: Final[tuple[tuple[str, float], ...]] = (
    (r"\b(?:freezing|frost\w*|eiskalt|eisig\w*|glacial\w*|gele?\b|helad[oa]|congelad\w*|мороз\w*)", -5.0),
    (r"\b(?:heat ?wave|scorching|hitze\w*|canicule|ola de calor|жар[аеуык]\w*|зно[йи]\w*)", 33.0),
    (
        r"\b(?:hot (?:day|weather|summer)|it is hot|its hot|heiss\w*|(?:il fait|temps) (?:tres )?chaud|hace (?:mucho )?calor|жарк\w*)",
        29.0,
    ),
    (
        r"\b(?:cold (?:day|weather|evening|night)|it is cold|its cold|kalt\w*|(?:il fait|temps) froid|hace frio|холодн\w*)",
        3.0,
    ),
    (
        r"\b(?:cool (?:day|weather|evening|night)|chilly|kuhl\w*|(?:il fait|temps) frais|fresquito|hace fresco|прохладн\w*)",
        12.0,
    ),
    (
        r"\b(?:warm (?:day|weather|evening|night)|mild|(?:warme[rsn]?|milde[rsn]?) (?:tag|abend|wetter)|il fait doux|temps doux|templado|тепл\w* (?:день|вечер|погод\w*))",
        21.0,
    ),
)
"""Words for the weather, and the air temperature in degrees Celsius that each stands for."""
_RAIN: Final = re.compile(
    r"\b(?:rain\w*|drizzl\w*|regen\w*|regnet|regnerisch\w*|nieselt|pluie|pleut|pluvieux|lluvi\w*|llueve|llover|дожд\w*)"
)
_DRY: Final = re.compile(
    r"\b(?:no rain|without rain|not rain\w*|kein\w* regen|ohne regen|pas de pluie|sans pluie|sin lluvia|без дожд\w*)"
)
_SEASONS: Final[dict[str, str]] = {
    "summer": r"\b(?:summer\w*|june|july|august|sommer\w*|juni|juli|ete\b|juin|juillet|aout|verano|junio|julio|agosto|лет(?:о|а|ом|н\w*)\b|июн\w*|июл\w*|август\w*)",
    "winter": r"\b(?:winter\w*|december|january|february|dezember|januar|februar|hiver\w*|decembre|janvier|fevrier|invierno|diciembre|enero|febrero|зим\w*|декабр\w*|январ\w*|феврал\w*)",
    "spring": r"\b(?:spring\b|march\b|april|in may\b|fruhling\w*|fruhjahr\w*|marz\b|im mai\b|printemps|mars\b|avril|en mai\b|primavera|marzo|abril|en mayo|весн\w*|весен\w*|март\w*|апрел\w*|в мае\b)",
    "autumn": r"\b(?:autumn\w*|in (?:the )?fall\b|september|october|november|herbst\w*|oktober|automne|septembre|octobre|novembre|otono|septiembre|octubre|noviembre|осен\w*|сентябр\w*|октябр\w*|ноябр\w*)",
}
_COUNT: Final = re.compile(
    r"\b(?P<n>[1-9])\s(?:different |verschiedene |differentes? |distintos |разных )?(?:looks?|outfits?|tenues?|conjuntos?|лук\w*|образ\w*|комплект\w*)\b"
)
_FEMALE: Final = re.compile(
    r"\b(?:for (?:a |my )?(?:woman|women|wife|girlfriend|her)\b|fur (?:eine |meine )?(?:frau|freundin)|pour (?:une |ma )?(?:femme|copine)|para (?:una |mi )?(?:mujer|novia)|для (?:женщин\w*|жен[ыа]|девушк\w*)|женск\w*|womens?\b|damen\w*)"
)
_MALE: Final = re.compile(
    r"\b(?:for (?:a |my )?(?:man|men|husband|boyfriend|him)\b|fur (?:einen |meinen )?(?:mann|freund)\b|pour (?:un |mon )?(?:homme|mari|copain)|para (?:un |mi )?(?:hombre|marido|novio)\b|для (?:мужчин\w*|мужа|парня)|мужск\w*|mens\b|herren\w*)"
)


def read_outfit(prompt: str) -> dict[str, Any]:
    """The options of the outfit workflow as far as the sentence names them."""
    # Loaded here: both bring numpy, which whoever only lists workflows does not need.
    from bottega.fashion.outfits.data import occasion_of
    from bottega.fashion.style.profile import styles_in

    text = normalise(prompt)
    read: dict[str, Any] = {}
    try:
        if occasion := occasion_of(prompt).id:
            read["occasion"] = occasion
    except InvalidOption:
        pass  # the sentence names no occasion that is known: any
    if (degrees := _temperature(text)) is not None:
        read["temperature_c"] = degrees
    if _RAIN.search(text) and not _DRY.search(text):
        read["rain"] = True
    if season := _first(text, _SEASONS):
        read["season"] = season
    most = read_wish(prompt).most
    if most is not None and most.currency:
        read["budget"] = f"{most.value.quantize(_unit(most.currency))} {most.currency}"
    if found := _COUNT.search(text):
        read["count"] = int(found["n"])
    if _FEMALE.search(text) is not None:
        read["gender"] = "female"
    elif _MALE.search(text) is not None:
        read["gender"] = "male"
    if styles := styles_in(prompt):
        read["styles"] = list(styles)
    return read


def _unit(currency: str) -> Any:
    from decimal import Decimal

    return Decimal(1).scaleb(-decimals(currency))


def _temperature(text: str) -> float | None:
    """In degrees Celsius: the figure, else what the words for the weather stand for."""
    if found := _DEGREES.search(text):
        value = float(found["n"]) * (-1 if found["sign"] else 1)
        unit = found["unit"] or found["named"] or found["short"] or "c"
        celsius = (value - 32) / 1.8 if unit[0] in "fф" else value
        return round(celsius, 1) if -60 <= celsius <= 60 else None
    return next((degrees for pattern, degrees in _WEATHER if re.search(pattern, text)), None)


def _first(text: str, patterns: dict[str, str]) -> str | None:
    """The name whose pattern is found first in the text."""
    places = {
        name: found.start() for name, pattern in patterns.items() if (found := re.search(pattern, text))
    }
    return min(places, key=lambda name: places[name]) if places else None
