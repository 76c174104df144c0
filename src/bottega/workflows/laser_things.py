"""What a sentence says of laser work that needs no picture: a box, letters, a test grid; in five languages.

Patterns of boxes and grids meet normalised text (lower case, single blanks); letters are taken as they were written.
"""

import re
from typing import Any

from bottega.laser.materials import mentioned_material, normalised
from bottega.workflows.lettering_names import names_to_burn

# --- Letters -------------------------------------------------------------------------------------------------

_QUOTED = (
    r"\"(?P<q1>[^\"]{1,1000})\"|“(?P<q2>[^“”]{1,1000})”|„(?P<q3>[^„“”]{1,1000})[“”]|«\s*(?P<q4>[^«»]{1,1000}?)\s*»"
    r"|‹\s*(?P<q5>[^‹›]{1,1000}?)\s*›|(?<!\w)['‘](?P<q6>[^'‘’]{1,1000})['’](?!\w)"
)
_SAID = (
    r"text|words?|names?|lettering|letters|inscription|message|saying|says|reading|title|initials|date|number"
    r"|текст\w*|надпис\w+|слов\w+|имя|имена|инициал\w*|дат\w"
    r"|texte|mots?|noms?|prénoms?|lettres|initiales"
    r"|texto|palabras?|nombres?|inscripción|mensaje|letras|iniciales"
    r"|wort|worte|wörter|namen?|schriftzug|inschrift|beschriftung|buchstaben|initialen"
)
_BURN = (
    r"engrave|etch|score|burn|write|cut(?: out)?|выгравируй\w*|гравируй|напиши|выжги|вырежи|grave[rz]?|écri[st]|découpe[rz]?"
    r"|graba|grabar|escribe|corta|graviere?|gravieren|schreibe?|brenne|schneide"
)
_LETTERS = re.compile(
    rf"(?:(?<!\w)(?:{_SAID})(?!\w)(?: (?:of|is|de|von|lautet))?[:,]?\s+|(?<!\w)(?:{_BURN})\s+(?:me\s+)?)(?:{_QUOTED})",
    re.IGNORECASE,
)
_OUTLINED = re.compile(
    r"\boutline[ds]? (?:letters?|text|lettering|font)|\b(?:letters?|text|lettering) (?:as|in) outlines?|\b(?:bold|filled|solid) (?:letters?|text|lettering|font)"
    r"|\bcontour|контур\w*|жирн\w+|\bcaractères? gras|\bnegrita|\bcontorno|\bkontur|\bumriss|\bfett\w*"
)
_STROKES = re.compile(
    r"\bsingle[ -](?:line|stroke)|\bone line\b|\bstrokes?\b|\bscor(?:e|ing|ed)\b|\bpen[ -]like|одной линией|однолинейн\w+|штрих\w*|\b(?:une seule|simple) ligne|\bmonotrait|\bfilaire"
    r"|\b(?:una sola|simple) línea|\btrazos?\b|\beinlinig\w*|\bstrichschrift|\bstriche\b"
)
_CAPS = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(?:mm|мм)(?:[ -](?:high|tall))? (?:letters|capitals|caps|text|lettering|букв\w*|lettres|letras|buchstaben)"
)
_CAPS_BEFORE = re.compile(
    r"(?:letters|capitals|lettering|букв\w+|lettres|letras|buchstaben)(?: of| de| von| высотой|,)? (\d+(?:[.,]\d+)?) ?(?:mm|мм)"
)


def letters(prompt: str) -> tuple[str, str]:
    """The quoted text, or the name, that is to be burnt, as written, and the sentence without it; no text is empty."""
    match = _LETTERS.search(prompt)
    if match is None:
        names = names_to_burn(prompt)
        return names, prompt.replace(names, " ", 1) if names else prompt
    name, text = next((name, part) for name, part in match.groupdict().items() if part is not None)
    return (
        text.strip(),
        f"{prompt[: match.start(name)]} {prompt[match.end(name) :]}" if text.strip() else prompt,
    )


def read_letters(text: str) -> dict[str, Any]:
    """How letters are to look, by the sentence without them."""
    found: dict[str, Any] = {}
    if _STROKES.search(text):
        found["lettering"] = "single-line"
    elif _OUTLINED.search(text):
        found["lettering"] = "outline"
    if match := _CAPS.search(text) or _CAPS_BEFORE.search(text):
        found["text_height_mm"] = _value(match[1])
    return found


# --- Boxes ---------------------------------------------------------------------------------------------------

_BOX = r"(?:box(?:es)?|case|\w*(?:schachtel|kiste|kästchen|kasten)\w*|\w*box|коробк\w*|коробочк\w*|ящик\w*|шкатулк\w*|bo[iî]tes?|coffrets?|cajas?|cajitas?)"
_DESIGNS = {
    "living-hinge": rf"living[ -]hinge|flex(?:ible)?[ -](?:hinge|lid)|гибк\w+ (?:крышк|петл)\w*|charnière (?:souple|vivante|flexible)|bisagra (?:viva|flexible)|biegescharnier|filmscharnier|{_BOX} (?:with|mit) (?:a )?(?:bending|biegsam\w+)",
    "sliding-lid": r"slid(?:ing|e)[ -](?:lid|top|cover)|(?:сдвижн|выдвижн|задвижн)\w+ крышк\w*|couvercle coulissant|tapa (?:corredera|deslizante)|schiebedeckel",
    "hinged-lid": r"hinged (?:lid|box|top)|lid on (?:pins|hinges)|крышк\w+ на (?:петл|штифт)\w*|откидн\w+ крышк\w*|couvercle (?:à charnières?|articulé)|tapa (?:con bisagras?|abatible)|klappdeckel|scharnierdeckel",
    "gift": r"(?:gift|present)[ -]?box|подарочн\w+ (?:коробк|шкатулк|ящик)\w*|boîte[ -]cadeau|coffret cadeau|caja (?:de|para) regalo|geschenk(?:box|schachtel|kiste|karton)",
    "card-box": r"(?:playing )?card[ -]box|box for cards|коробк\w+ (?:для|под) карт\w*|boîte (?:à|de) cartes|caja (?:para|de) (?:cartas|naipes)|kartenbox|spielkartenbox",
    "matchbox": r"match[ -]?box|tray in a sleeve|спичечн\w+ короб\w*|boîte d'allumettes|caja de cerillas|streichholzschachtel",
    "tissue-box": r"tissue (?:box|holder)|салфетниц\w*|(?:коробк\w+|короб) для салфеток|boîte à mouchoirs|caja (?:de|para) pañuelos|taschentuchbox|kosmetiktuchbox",
    "coin-bank": r"(?:coin|money|piggy)[ -]?(?:bank|box)|копилк\w*|tirelire|hucha|alcancía|spardose|sparbüchse",
    "birdhouse": r"bird[ -]?(?:house|box)|nesting box|скворечник\w*|nichoir|casa (?:para|de) pájaros|pajarera|vogelhaus|nistkasten",
    "cable-box": r"cable box|коробк\w+ для (?:кабел|провод)\w*|boîte à câbles|caja (?:para|de) cables|kabelbox",
    "divider-tray": r"(?:divider|compartment(?:ed)?|sorting) (?:tray|box)|(?:tray|box) with (?:\d+ )?(?:compartments|dividers)|type ?tray|(?:лоток|коробк\w+|ящик\w*) с (?:отделени|ячейк|перегородк)\w*|органайзер|(?:plateau|boîte) à compartiments|caja con (?:compartimentos|divisiones)|bandeja con (?:compartimentos|divisiones)|(?:sortier|fächer)(?:kasten|box)|(?:kasten|schachtel|box) mit fächern",
    "pen-holder": r"(?:pen|pencil|brush)[ -](?:holder|cup|pot|box)|карандашниц\w*|подставк\w+ для (?:ручек|карандаш\w*)|pot à crayons|porte-crayons|portalápices|lapicero|stifte(?:halter|box|becher)",
    "desk-organi": r"desk organi[sz]er|настольн\w+ органайзер|organiseur de bureau|organizador de escritorio|schreibtischorganizer",
    "magazine-file": r"magazine (?:file|holder|rack)|(?:лоток|подставк\w+) для журналов|porte-revues|revistero|stehsammler|zeitschriftenhalter",
    "book-sleeve": r"slip ?case|book sleeve|футляр для книг\w*|étui (?:à|de) livre|estuche para libros?|buchschuber|schuber",
    "pigeonholes": r"pigeon ?holes?|ячейк\w+ для (?:писем|бумаг)|casiers?|casillero|sortierfächer",
    "drawer": r"(?:cabinet|chest|box) (?:with|of) (?:\d+ )?drawers?|комод\w*|шкафчик\w* с ящик\w*|(?:meuble|boîte) à tiroirs?|cajonera|caja con cajones|schubladen(?:box|schrank|kasten)",
    "monitor-stand": r"monitor (?:stand|riser)|подставк\w+ (?:для|под) монитор\w*|support d'écran|soporte (?:para|de) monitor|monitorständer",
    "phone-stand": r"phone (?:stand|holder)|подставк\w+ (?:для|под) телефон\w*|support de téléphone|soporte (?:para|de) (?:móvil|teléfono)|handyständer|handyhalter",
    "tool-tote": r"tool (?:tote|box|carrier)|ящик\w* для инструмент\w*|caisse à outils|caja de herramientas|werkzeug(?:kiste|kasten|träger)",
    "shelf": r"(?:small |wall )?shelf|полк[аиу]|полочк\w*|étagère|estante(?:ría)?|regal",
    "planter": r"planter|plant pot|flower box|кашпо|jardinière|cache-pot|maceta|jardinera|pflanz(?:kasten|gefäß)|blumenkasten",
    "lantern": r"lantern|фонар\w*|lanterne|farol(?:illo)?|laterne",
    "crate": r"crate|ящик\w* с ручк\w*|caisse|cagette|cajón con asas|obstkiste",
    "frame": r"(?:picture|photo) frame|рамк\w+ для (?:фото|картин)\w*|фоторамк\w*|cadre photo|marco (?:de|para) fotos?|bilderrahmen",
    "grid": r"divider grid|решётк\w+ перегородок|grille de séparation|rejilla divisoria|trenngitter|fachteiler",
    "lidded": rf"lift[ -]off (?:lid|top)|{_BOX} with (?:a )?lid|lidded {_BOX}|{_BOX} с крышк\w*|{_BOX} (?:à|avec) couvercle|{_BOX} con tapa|{_BOX} mit deckel",
    "tray": rf"(?:open|lidless|topless) {_BOX}|(?:valet |serving )?tray|{_BOX} (?:without|no) (?:a )?lid|открыт\w+ {_BOX}|лоток|поднос\w*|{_BOX} ouverte?|plateau|{_BOX} abiert[ao]|bandeja|offene {_BOX}|tablett",
    "closed": _BOX,
}
_NAMES = {"desk-organi": "desk-organiser"}
_KNOWN = tuple(
    (_NAMES.get(name, name), re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")) for name, pattern in _DESIGNS.items()
)
_UPON = re.compile(
    r"(?:\b(?:on(?:to)?|upon|into|in|of|from|with|auf|in|aus|von|sur|dans|de|en|sobre|на|в|из|для)) (?:(?:the|a|an|my|this|that|his|her|our|der|die|das|den|dem|ein\w*|mein\w*|diese\w*|la|le|les|une?|ma|mon|cette|ce|el|los|las|una|mi|esta|este|мою|моей|эту|этой) )?(?:\w+ ){0,1}$"
)
_SHOWN = re.compile(r"\b(?:this|that|these|diese\w*|cette|cet|ce|est[ae]|эт\w+) (?:\w+ ){0,1}$")
_MAKE = re.compile(
    r"\b(?:make|design|build|create|draw up|i need|i want|generate|cut|laser[ -]?cut|сделай\w*|создай\w*|спроектируй\w*|построй\w*|нужн\w+|вырежи\w*|fais|faire|crée\w*|conçois|concevoir|fabrique\w*|découpe\w*|haz|hacer|crea\w*|diseña\w*|fabrica\w*|corta\w*|mach\w*|bau\w*|erstell\w*|entwirf|konstruier\w*|schneid\w*|ich brauche)(?: \w+){0,4} $"
)
_START = re.compile(r"^(?:please |bitte |пожалуйста,? |s'il te plaît,? |por favor,? )?(?:\w+ ){0,3}$")
_ENGRAVED = re.compile(r"engrav|\betch|гравир|выжг|выжиг|\bgrav[eéu]|\bgrab[aeo]|\bgravier|einbrenn")
_TIMES = r" ?(?:mm|cm|in|мм|см|\"|″)? ?(?:x|×|х|by|на|par|por|mal|auf|\*) ?"
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_UNIT = r" ?(?P<unit>mm|millimet(?:er|re)s?|cm|centimet(?:er|re)s?|inch(?:es)?|in(?!\w)|\"|″|мм|см|дюйм\w*|zoll|pouces?|pulgadas?)"
_TRIPLE = re.compile(rf"(?<![\d.,]){_NUMBER}{_TIMES}{_NUMBER}{_TIMES}{_NUMBER}{_UNIT}")
_PAIR = re.compile(rf"(?<![\d.,]){_NUMBER}{_TIMES}{_NUMBER}{_UNIT}")
_CUBE = re.compile(rf"(?<![\d.,]){_NUMBER}{_UNIT} ?-?(?:cube|куб\w*|cubo|würfel\w*)\b")
_SIDES = {
    "x_mm": r"wide|width|across|long|шир\w+|длин\w+|large|de large|longueur|largeur|ancho|largo|breit|breite|lang|länge",
    "y_mm": r"deep|depth|глуб\w+|de profondeur|profondeur|profund\w+|fondo|tief|tiefe",
    "z_mm": r"high|tall|height|выс\w+|haute?|de haut|hauteur|alt[oa]|altura|hoch|höhe",
}
_OUTER = re.compile(
    r"\bouts?ide\b|\bouter\b|\bexternal|снаружи|наружн\w+|внешн\w+|extérieur\w*|dehors|exterior\w*|\baußen\w*"
)
_THICK = re.compile(
    r"(\d+(?:[.,]\d+)?)[ -]?(?:mm|мм)[ -]?(?:thick|толщ\w+|d'épaisseur|épais\w*|gru?es[oa]\w*|dick\w*|stark\w*)"
    r"|(?:thickness|толщин\w+|épaisseur|grosor|espesor|dicke)(?: of| de| von|:| =|=)? (\d+(?:[.,]\d+)?) ?(?:mm|мм)"
)
_SHEET = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?)[ -]?(?:mm|мм)\b")
_THICKEST_MM = 12.0
_PARTS = {
    "count": r"(?<!\d)(\d{1,2}) (?:drawers?|shelves|выдвижн\w+ ящик\w*|полк\w*|полок|tiroirs?|étagères|cajones|estantes|schubladen|böden)",
    "columns": r"(?<!\d)(\d{1,2}) (?:columns?|столбц\w*|колонк\w*|colonnes?|columnas?|spalten)",
    "rows": r"(?<!\d)(\d{1,2}) (?:rows?|ряд\w*|rangées?|filas?|reihen)",
}


def read_box(text: str) -> dict[str, Any]:
    """The box that is asked for, with its sizes; empty where a box is only what is worked on or shown."""
    sizes = _TRIPLE.search(text)
    sized = sizes is not None or _CUBE.search(text) is not None
    if not any(_meant(text, pattern, sized=sized) for _, pattern in _KNOWN):
        return {}
    design = next(name for name, pattern in _KNOWN if pattern.search(text))
    found: dict[str, Any] = {"process": "box", "design": design}
    if sizes:
        found |= dict(zip(("x_mm", "y_mm", "z_mm"), (_scaled(sizes, i) for i in (1, 2, 3)), strict=True))
    elif cube := _CUBE.search(text):
        found |= dict.fromkeys(("x_mm", "y_mm", "z_mm"), _scaled(cube, 1))
    elif pair := _PAIR.search(text):
        found |= {"x_mm": _scaled(pair, 1), "y_mm": _scaled(pair, 2)}
    for name, words in _SIDES.items():
        side = re.search(rf"(?<![\d.,]){_NUMBER}{_UNIT}[ -]?(?:{words})(?!\w)", text)
        if side and not (sizes and side.start() < sizes.end() <= side.end()):
            found.setdefault(name, _scaled(side, 1))
    if _OUTER.search(text):
        found["outer"] = True
    if thickness := _thickness(text):
        found["thickness_mm"] = thickness
    for name, words in _PARTS.items():
        if match := re.search(words, text):
            found[name] = int(match[1])
    return found


def _meant(text: str, pattern: re.Pattern[str], *, sized: bool) -> bool:
    """Whether a find is the thing to make: three sides are given, or it is made, or the sentence begins with it."""
    for match in pattern.finditer(text):
        before = text[: match.start()]
        if _UPON.search(before) or (_SHOWN.search(before) and not sized):
            continue
        if sized or _MAKE.search(before) or (_START.match(before) and not _ENGRAVED.search(text)):
            return True
    return False


def _thickness(text: str) -> float | None:
    """What is called thick, or the small length beside a material."""
    if match := _THICK.search(text):
        return _value(match[1] or match[2])
    for match in _SHEET.finditer(text):
        before = text[: match.start()].removesuffix("de ")
        near = " ".join(before.split()[-1:]), " ".join(text[match.end() :].split()[:2])
        if _value(match[1]) <= _THICKEST_MM and any(mentioned_material(words) for words in near):
            return _value(match[1])
    return None


# --- Test grids ----------------------------------------------------------------------------------------------

_GRID = re.compile(
    r"\b(?:test|calibration|burn)[ -]?(?:grid|card|chart|matrix|burn|pattern)|\bmaterial test|\bpower[ -/]*(?:and |vs\.? |x |× )?speed (?:grid|test|card|chart)"
    r"|\b(?:kerf|focus|interval) test|тестов\w+ (?:сетк|карт|таблиц|решётк|матриц)\w*|тест (?:материала|мощности|реза|фокуса)"
    r"|\b(?:grille|carte|mire) (?:de )?(?:test|d'essai|d'étalonnage)|\b(?:rejilla|cuadrícula|tarjeta|matriz) de (?:prueba|ensayo|calibración)s?"
    r"|\btest(?:raster|karte|gitter|matrix|muster|feld)|\bmaterialtest|\bprobe(?:raster|karte)|\b(?:schnittfugen|fokus)test"
)
_GRIDS = {
    "interval": r"\binterval|\bline (?:spacing|distance)|интервал|шаг\w*|\bintervalle|\bintervalo|zeilenabstand|\bdpi\b",
    "passes": r"\bpasse?s\b|проход|\bpassages|\bpasadas|durchg[äa]ng",
    "kerf": r"\bkerf|ширин\w+ реза|saignée|sangría|schnittfuge|schnittbreite",
    "focus": r"\bfocus|фокус|\bmise au point|\benfoque|\bfoco\b|\bfokus",
}


def read_grid(text: str) -> dict[str, Any]:
    """The test card that is asked for; empty where none is."""
    if not _GRID.search(text):
        return {}
    kind = next((name for name, words in _GRIDS.items() if re.search(words, text)), None)
    return {"process": "testgrid"} | ({"grid": kind} if kind else {})


_GENERAL = frozenset({"closed", "tray", "lidded"})


def without_thing(text: str) -> str:
    """The sentence without the names of special boxes and of test cards, which may contain a material's."""
    for name, pattern in _KNOWN:
        if name not in _GENERAL:
            text = pattern.sub(" ", text)
    return _GRID.sub(" ", text)


_AUTO = re.compile(
    r"\b(?:best|suitable|right|most fitting) (?:laser )?process|\bwhatever (?:suits|fits|works)|\b(?:laser|laser[ -]cut|cutter)[ -]ready\b|\bready for (?:the |my |a )?laser"
    r"|\bautomatic|автоматическ|подходящ\w+ (?:способ|процесс|режим)|для лазера\b|\bautomatiqu|\bprocédé (?:adapté|approprié)|\bprêt\w* pour (?:le |la )?(?:laser|découpe)"
    r"|\bautomátic|\bproceso (?:adecuado|apropiado)|\blist[oa] para (?:el |la )?láser|\bautomatisch|\bgeeignet\w* verfahren|\blaserfertig|\bfür (?:den|einen|meinen) laser\b"
)


def reads_auto(text: str) -> bool:
    """Whether the sentence leaves it to the machine what is done with the picture."""
    return bool(_AUTO.search(normalised(text)))


def _scaled(match: re.Match[str], index: int) -> float:
    unit = match["unit"]
    per = 10.0 if unit.startswith(("c", "см")) else 1.0 if unit.startswith(("mm", "mil", "мм")) else 25.4
    return round(_value(match[index]) * per, 4)


def _value(text: str) -> float:
    return float(text.replace(",", "."))
