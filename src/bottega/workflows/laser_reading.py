"""What a sentence says of a laser job: lengths, figures and words, in five languages.

All patterns meet normalised text (lower case, single blanks).
"""

import re
from typing import Any

from bottega.laser.materials import Material, mentioned_material
from bottega.laser.size import MM_PER_INCH

_NUMBER = r"(?<![\d.,])(\d+(?:[.,]\d+)?)"
_UNIT = (
    r"(?P<mm>mm|millim[eè]t(?:er|re|ern)s?|мм|миллиметр\w*|mil[ií]metros?)"
    r"|(?P<cm>cm|cent[ií]met(?:er|re|ern|ro)s?|centim[eè]tres?|zentimetern?|см|сантиметр\w*)"
    r"|(?P<inch>inch(?:es)?|in(?= ?(?:wide|high|tall|across|x|by|[,.;]|$))|[\"″”]|дюйм\w*|pouces?|pulgadas?|zoll)"
    r"|(?P<m>m|met(?:er|re)s?|м|метр\w*|m[eè]tres?|metros?)"
)
_LENGTH = re.compile(rf"{_NUMBER} ?-?(?:{_UNIT})(?![\w/])")
_PAIR = re.compile(
    rf"{_NUMBER} ?(?:mm|cm|in|[\"″”]|мм|см)? ?(?:x|×|х|by|на|par|por|mal|auf|\*) ?{_NUMBER} ?(?:{_UNIT})(?![\w/])"
)
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "inch": MM_PER_INCH, "m": 1000.0}

_BED = r"bed|work ?area|стол\w*|рабоч\w+ (?:пол|зон|област)\w*|plateau|cama|mesa|bett|arbeitsfl[äa]che"
_OF = r"(?: of| de| von|:| =|=)? ?$"
_HIGH_AFTER = re.compile(
    r"[ -]?(?:(?:in|en|de|в) )?(?:high|tall|height|выс\w+|haut\w*|alt[oa]|altura|hoch|höhe)\b"
)
_HIGH_BEFORE = re.compile(rf"(?:height|высот\w+|hauteur|altura|alto|höhe){_OF}")
_THICK = re.compile(r"[ -]?(?:thick|толщ\w+|d'épaisseur|épais\w*|gru?es[oa]\w*|dick\w*|stark\w*)\b")
_THICK_BEFORE = re.compile(rf"(?:thick\w*|толщин\w+|épaisseur|grosor|espesor|dicke){_OF}")
_PITCH_AFTER = re.compile(
    r" ?(?:line )?(?:interval|pitch|spacing|шаг\w*|intervalle|intervalo|zeilenabstand)\b"
)
_PITCH_BEFORE = re.compile(
    rf"(?:interval|pitch|spacing|шаг\w*|интервал\w*|intervalle|intervalo|paso|abstand|zeilenabstand){_OF}"
)
_BEAM_AFTER = re.compile(r" ?(?:beam|spot|луч\w*|пятн\w*|faisceau|haz|strahl\w*)\b")
_BEAM_BEFORE = re.compile(rf"(?:beam|spot|луч\w*|пятн\w*|faisceau|haz|strahl\w*)(?: width| size)?{_OF}")
_KERF_AFTER = re.compile(r" ?(?:kerf|ширин\w+ реза|saignée|sangría|schnittfuge|schnittbreite)\b")
_KERF_BEFORE = re.compile(
    rf"(?:kerf|ширин\w+ реза|saignée|sangría|schnittfuge|schnittbreite)(?: width)?{_OF}"
)
_SHEET_MM = 12.0
"""Up to here a length beside a material's name is the sheet's thickness."""


def read_lengths(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    rest = text
    for match in _PAIR.finditer(text):
        scale = _scale(match)
        first, second = (round(_value(match[index]) * scale, 4) for index in (1, 2))
        around = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 24]
        if re.search(rf"\b(?:{_BED})\w*{_OF}", around[0]) or re.match(rf" ?-?(?:{_BED})\b", around[1]):
            found |= {"bed_width_mm": first, "bed_height_mm": second}
        else:
            found |= {"width_mm": first, "height_mm": second}
        rest = rest.replace(match[0], " " * len(match[0]), 1)
    for match in _LENGTH.finditer(rest):
        value = round(_value(match[1]) * _scale(match), 4)
        if name := _meaning(rest[: match.start()], rest[match.end() :], value):
            found.setdefault(name, value)
    return found


def _meaning(before: str, after: str, value: float) -> str | None:
    """Which option a length is, by the words around it; None for the thickness of the material."""
    if _KERF_AFTER.match(after) or _KERF_BEFORE.search(before):
        return "kerf_mm"
    if _PITCH_AFTER.match(after) or _PITCH_BEFORE.search(before):
        return "interval_mm"
    if _BEAM_AFTER.match(after) or _BEAM_BEFORE.search(before):
        return "beam_mm"
    if _THICK.match(after) or _THICK_BEFORE.search(before):
        return None
    # "plywood 3 mm", "contreplaqué de 3 mm", "3 mm plywood", "3 mm thick plywood"
    neighbours = " ".join(before.removesuffix("de ").split()[-1:]), " ".join(after.split()[:2])
    if value <= _SHEET_MM and any(mentioned_material(words) for words in neighbours):
        return None
    if _HIGH_AFTER.match(after) or _HIGH_BEFORE.search(before):
        return "height_mm"
    return "width_mm"


_ON = re.compile(
    r"\b(?:on(?:to| to)?|upon|from|out of|made of|into|in(?! (?:a|an|the|einem|einer|der|dem)\b)|material:?|auf|aus|sur|dans|en|sobre|на|из|по) "
)
"""What stands before the material; \"in a glass\" is a picture, \"in leather\" is not."""
_BETWEEN = re.compile(
    r"^(?:(?:a|an|the|some|my|this|piece|sheet|of|natural|thin|thick|real|eine?[rmns]?|der|die|das|dem|den|mein\w*|diese\w*|un|une|du|de|la|le|les|l'|d'|uno|una|el|los|mi|"
    r"кус\w+|лист\w*|тонк\w+|толст\w+|мо\w+|эт\w+|\d+(?:[.,]\d+)?|mm|мм|\d+(?:[.,]\d+)?-?(?:mm|мм)|white|black|grey|red|blue|brown|dark|light|clear|[\w-]+(?:ed|en|y|ый|ой|ая|ую|ом)) ?)*$"
)
"""Articles, thickness and adjectives between that word and the material."""
_NEXT = re.compile(
    r"^,? ?(?:coasters?|key ?(?:ring|chain)s?|tags?|wallets?|signs?|plaques?|boards?|panels?|sheets?|plates?|blanks?|tiles?|подставк\w+|брелок\w*|кошел\w+|табличк\w+|untersetzer|anhänger|schild\w*|platte\w*)\b"
)
_OBJECT = re.compile(
    r"\b(?:engrave|etch|score|cut|laser|гравир\w+|выгравируй|graviere?|schneide|grave[rz]?|découpe[rz]?|graba|corta) (?:the |this |my )?$"
)
_END = re.compile(r"^ ?(?:$|[,.;!]|with\b|mit\b|avec\b|con\b|\d)")
_FILLED = re.compile(
    r"^ (?:(?:full )?of |de |d['’])(?!\d)\w|^ (?:wine|beer|water|milk|wein|bier|wasser|milch|вин\w+|пив\w+|вод\w+|молок\w+)\b"
)
"""Behind a glass: what it holds. Such a glass is drawn; none is burnt."""
_BESIDE = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?)[ -]?(?:mm|мм)[ -]?(?:thick |dick\w* |толст\w+ )?$")
_BEHIND = re.compile(r"^[ -]?(\d+(?:[.,]\d+)?)[ -]?(?:mm|мм)\b")


def named_material(text: str, *, anywhere: bool = False) -> Material | None:
    """The material that is burnt, not one that the picture shows ("a glass of wine"): it stands behind "on", "from" and
    their like, beside its thickness, before a thing that is lasered ("slate coaster"), as the object of the verb, or
    first in the sentence. `anywhere` takes any mention."""
    text = _without_filled(text)
    for start, end in _spans(text):
        before, after = text[:start], text[end:]
        # With what stands before it, so that "not on plywood" is no mention.
        said = " ".join([*before.split()[-3:], text[start:end].rstrip(".")])
        if mentioned_material(text[start:end].rstrip(".")) is None or mentioned_material(said) is None:
            continue
        if anywhere or _burnt(before, after):
            return _exactly(text, start, end)
    return mentioned_material(text) if anywhere else _phrase(text)


def _spans(text: str) -> list[tuple[int, int]]:
    """Where its words are."""
    return [match.span() for match in re.finditer(r"[^\s,;:!?()\"“”«»]+", text)]


def _without_filled(text: str) -> str:
    """Blanks in place of glasses that hold something: "a glass of wine"."""
    for start, end in _spans(text):
        material = mentioned_material(text[start:end])
        if material is not None and material.id == "glass" and _FILLED.match(text[end:]):
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _burnt(before: str, after: str) -> bool:
    leads = [match.end() for match in _ON.finditer(before)]
    if any(_BETWEEN.match(before[lead:]) for lead in leads):
        return True
    if _BESIDE.search(before) or _BEHIND.match(after) or _NEXT.match(after):
        return True
    return _END.match(after) is not None and bool(_OBJECT.search(before) or _BETWEEN.match(before))


def _exactly(text: str, start: int, end: int) -> Material | None:
    """The material at that place, by its longest name there and by its thickness beside it."""
    word = text[start:end].rstrip(".")
    before, after = text[:start], text[end:]
    names = [" ".join([*before.split()[-1:], word]), " ".join([word, *after.split()[:1]])]
    thickness = _BESIDE.search(before) or _BEHIND.match(after)
    if thickness and _value(thickness[1]) <= _SHEET_MM:
        names += [f"{word} {thickness[1]} mm", f"{word} {thickness[1]} мм"]
    plain = mentioned_material(word)
    found = (mentioned_material(name) for name in names)
    return next((material for material in found if material not in (None, plain)), plain)


def _phrase(text: str) -> Material | None:
    """A material whose name has several words, behind "on" and its like."""
    for match in _ON.finditer(text):
        following = text[match.end() :].split()
        for count in range(2, min(5, len(following)) + 1):
            phrase = " ".join(following[:count])
            single = any(mentioned_material(word) for word in following[:count])
            if not single and (found := mentioned_material(phrase)) is not None:
                return found
    return None


_DPI = re.compile(rf"{_NUMBER} ?(?:dpi|lpi|ppi)\b")
_SPEED = re.compile(rf"{_NUMBER} ?(?:mm|мм) ?/ ?(min|мин|s|sec|с|сек|seg)\b")
_POWER_WORD = r"(?:power|мощност\w*|puissance|potencia|leistung)"
_POWER = re.compile(
    rf"{_NUMBER} ?%(?: (?:of|de))? {_POWER_WORD}|{_POWER_WORD}(?: of| at| de| von| на|:)? {_NUMBER} ?%"
)
_PASSES = re.compile(r"(?<!\d)(\d+) (?:pass(?:es)?|проход\w*|passages?|passes|pasadas?|durchg[äa]ng\w*)\b")


def read_figures(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (match := _DPI.search(text)) and _value(match[1]) > 0:
        found["interval_mm"] = round(MM_PER_INCH / _value(match[1]), 4)
    if match := _SPEED.search(text):
        found["speed_mm_min"] = round(_value(match[1]) * (1 if match[2] in ("min", "мин") else 60), 3)
    if match := _POWER.search(text):
        found["power_percent"] = _value(match[1] or match[2])
    if match := _PASSES.search(text):
        found["passes"] = int(match[1])
    return found


_NOT = re.compile(
    r"\b(?:not|n't|no|never|without|don't|ne|pas|sans|sin|nicht|kein\w*|ohne|не|без)(?: \w+){0,1} $"
)
_DITHERS = {
    "floyd-steinberg": r"floyd|steinberg|флойд|штейнберг",
    "jarvis": r"jarvis|\bjjn\b|джарвис",
    "stucki": r"stucki|стаки|штуки",
    "atkinson": r"atkinson|аткинсон",
    "bayer": r"\bbayer|байер|ordered dither",
    "threshold": r"threshold|line[ -]?art|порог\w*|seuil|umbral|schwellwert",
}
_INVERT = r"\binvert|\bnegativ|инверт|негатив|\binvers|négatif"
_CONTRAST = r"(?:more|high|strong|extra) contrast|больше контраст|контрастн|plus de contraste|más contraste|mehr kontrast"
_ENGRAVE = r"engrav|\betch|гравир|выжг|выжиг|\bgrav(?:e[rz]?|é|ure|ier)|\bgrab(?:a|e|o)|einbrenn|\bbrenn"
_CUT = (
    r"\bcut(?:s|ting)?\b|вырез|вырежи|разреж|\bdécoup|\bdecoup|\brecort|\bcort(?:a|e)|schneid|ausgeschnitten"
)
_SCORE = r"\bscor(?:e|ing)\b|\bvector|вектор|vectori|vektor|line engraving"


_CENTRE = r"cent(?:er|re)[ -]?lines?|single[ -]line|одной линией|осев\w+ лини|средн\w+ лини|ligne centrale|une seule ligne|línea central|linea central|una sola línea|mittellinie|einlinig"
_TABS = re.compile(r"(?<!\d)(\d{1,2}) (?:tabs?|перемыч\w+|attaches?|pestañas?|stege?n?|haltestege?n?)\b")
_STENCIL = r"\bstencil|трафарет|\bpochoir|\bplantilla|\bestarcid|\bschablon"


def read_words(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, pattern in _DITHERS.items():
        if _says(text, pattern):
            found["dither"] = name
    if _says(text, _INVERT):
        found["invert"] = True
    if _says(text, _CONTRAST):
        found["contrast"] = 0.6
    if _says(text, _CUT):
        found["process"] = "engrave_and_cut" if _says(text, _ENGRAVE) else "cut"
    elif _says(text, _SCORE):
        found["process"] = "score"
    if _says(text, _CENTRE):
        found |= {"centerline": True, "process": found.get("process", "score")}
    if match := _TABS.search(text):
        found["tabs"] = int(match[1])
    if _says(text, _STENCIL):
        found |= {"bridges_mm": 1.0, "process": "cut"}
    return found


def says_engrave(text: str) -> bool:
    """Whether the sentence asks for engraving in so many words."""
    return _says(text, _ENGRAVE)


def _says(text: str, pattern: str) -> bool:
    return any(not _NOT.search(text[: match.start()]) for match in re.finditer(pattern, text))


def _scale(match: re.Match[str]) -> float:
    return next(factor for unit, factor in _MILLIMETRES.items() if match[unit] is not None)


def _value(text: str) -> float:
    return float(text.replace(",", "."))
