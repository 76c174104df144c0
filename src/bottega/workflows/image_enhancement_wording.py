"""What a sentence says about enhancing a picture: its size, sharpness, noise, exposure and file format.

English, and the usual words in Russian, French, Spanish and German. Patterns match normalised text: lower case, no
accents, so that "й" reads "и". What the options mean is left to `image_enhancement`.
"""

import re
from dataclasses import dataclass
from typing import Any

from bottega.intent.normalise import normalise

_PX = r"(?:px|pixels?|pixeln?|pixeles|пикс\w*)"
_COUNT = r"(?P<n>\d{2,5})"
_WIDE = rf"{_COUNT}\s?{_PX}?\s?(?:wide|in width|(?:в )?(?:ширин\w*)|de large(?:ur)?|en largeur|de ancho|breit\w*)\b"
_WIDTH = rf"\b(?:width|ширин\w*|largeur|ancho|anchura|breite)(?:\s(?:of|to|is|de|von|auf|до|в))?\s?[=:]?\s?{_COUNT}\b"
_TALL = rf"{_COUNT}\s?{_PX}?\s?(?:tall|high|in height|(?:в )?(?:высот\w*)|de haut(?:eur)?|de alto|hoch)\b"
_HEIGHT = (
    rf"\b(?:height|высот\w*|hauteur|alto|altura|hohe)(?:\s(?:of|to|is|de|von|auf|до|в))?\s?[=:]?\s?{_COUNT}\b"
)
_SIDES = {
    "width": re.compile(rf"{_WIDE}|{_WIDTH}".replace("?P<n>", "")),
    "height": re.compile(rf"{_TALL}|{_HEIGHT}|\b(\d{{3,4}})p\b".replace("?P<n>", "")),
}
_BOX = re.compile(r"(?<!\d)(\d{2,5})\s?(?:[xх×*]|by|на)\s?(\d{2,5})(?!\d)")
_PIXELS = re.compile(rf"(?<!\d)(\d{{2,5}})\s?{_PX}\b")
_NAMED_SIZES = {r"\b(?:4k|uhd)\b": 3840, r"\b8k\b": 7680, r"\b5k\b": 5120, r"\bfull ?hd\b|\bfhd\b": 1920}
_FORMAT = re.compile(
    r"\b(?:as|to|in|into|als|en|au format|im format|в|como) (?:an? |ein |un )?(?P<format>png|jpe?g|webp)\b"
)
_THOUSANDS = re.compile(rf"(?<![\d.,])(\d{{1,2}})[., ](\d{{3}})(?=\s?(?:{_PX}|[xх×]|wide|tall|high))")

_BREAK = re.compile(
    r"[.,;:!?](?:\s|$)|\s(?:and|but|then|just|only|und|aber|sondern|nur|et|mais|puis|y|e|pero|solo|и|а|но|только)\s"
)
_WITHOUT = re.compile(r"\b(?:without|no|sans|sin|ohne|без)\b")
_NOT = re.compile(
    r"\b(?:not|do ?n.?t|does ?n.?t|no|never|without|avoid|ne|n|pas|sans|sin|nicht|kein\w*|ohne|не|без)\b"
)
_KEEP = re.compile(
    r"\b(?:keep|preserve|leave|retain|add|остав\w*|сохран\w*|добав\w*|gard\w*|conserv\w*|ajout\w*|mant[ei]\w*|anad\w*"
    r"|behalt\w*|lass\w*)\b"
)
_REMOVE = re.compile(
    r"\b(?:remov|reduc|touch|clean|lower|убира|убер|удал|трог|трон|enlev|redui|redui|supprim|quit|elimin|toqu|entfern"
    r"|verring)\w*"
)

_NUMBER = r"(\d{1,2}(?:[.,]\d{1,2})?)"
_FACTORS = (
    re.compile(
        rf"(?<![\w.])(?:[xх×]|(?:by a )?(?:factor|faktor|facteur)(?: (?:of|von|de))?|by|fois|por)\s?{_NUMBER}"
        rf"(?![\d%]|\s?(?:%|percent|{_PX}|[xх×]))"
    ),
    re.compile(
        rf"(?<![\d.]){_NUMBER}[ -]?(?:[xх×](?!\s?\d)|times\b|fold\b|раза?\b|fois\b|veces\b|mal\b|fach)"
    ),
)
_FACTOR_WORDS = {
    2.0: r"\bdoubl\w*|\btwice\b|\btwo times\b|\btwo-?fold\b|вдвое|в два раза|удво\w*|двукратн\w*|\bdeux fois|\bel doble\b"
    r"|\bal doble\b|\bduplic\w*|\bdos veces|doppelt\w*|verdoppel\w*|zweimal|zweifach\w*",
    3.0: r"\btripl\w*|\bthree times\b|\bthreefold\b|втрое|в три раза|утро\w*|\btrois fois|\btres veces|dreifach\w*|dreimal",
    4.0: r"\bquadrupl\w*|\bfour times\b|\bfourfold\b|вчетверо|в четыре раза|\bquatre fois|\bcuatro veces|vierfach\w*"
    r"|viermal",
}
_PERCENT = re.compile(
    r"(?P<by>\bby |\bна |\bum |\bde )?(?P<n>\d{1,3}) ?(?:%|percent|процент\w*|prozent|pour ?cent|por ciento)"
)
_ENLARGE = re.compile(
    r"\b(?:enlarg\w*|upscal\w*|up-?siz\w*|up-?res\w*|upsampl\w*|scale (?:it |this )?up|blow (?:it |this )?up|bigger|larger"
    r"|(?:higher|more|increase\w*|raise|boost) (?:the |its )?(?:resolution|size)|увелич\w*|апскеил\w*|крупнее|больше"
    r"|agrandi\w*|plus grand\w*|augment\w* (?:la |sa )?(?:taille|resolution)|agrand\w*|ampli\w*|mas grande"
    r"|aument\w* (?:el |la |su )?(?:tamano|resolucion)|vergrosser\w*|grosser|hochskalier\w*|hoher aufgelost)\b"
)
_SAME_SIZE = re.compile(
    r"\b(?:(?:keep|preserve|same|original|leave|current) (?:the |its |original )*(?:size|resolution|dimensions)|"
    r"(?:тот же|исходн\w*|прежн\w*) размер|размер не меня\w*|meme taille|mismo tamano|(?:gleiche|selbe)\w* grosse)\b"
)


_GENERATIVE = {
    "restore": re.compile(
        r"\b(?:restor\w*|repair\w*|scratch\w*|torn|damaged|creas\w*|faded|stains?|fix (?:the |her |his |their )?faces?|реставр\w*|отреставр\w*|восстанов\w*"
        r"|царапин\w*|поцарапан\w*|выцвет\w*|restaur\w*|repar\w*|ray(?:ure|e)\w*|abime\w*|arano?z\w*|aranaz\w*|rasgad\w*|rayad\w*|desteni\w*|desvaid\w*"
        r"|kratzer\w*|zerkratz\w*|beschadigt\w*|verblich\w*|vergilbt\w*)"
    ),
    "colourise": re.compile(
        r"\b(?:colou?ri[sz]\w*|add colou?rs?\b|раскрас\w*|колориз\w*|coloris\w*|colore[zr]?\b|colorea\w*|colorier\w*|kolorier\w*|einfarb\w*)"
    ),
    "creative": re.compile(
        r"\b(?:creativ\w*|imagin\w* (?:new )?detail\w*|invent\w* (?:new )?detail\w*|add(?:ing)? (?:new |more )?detail\w*|креативн\w*|дорисуи\w* детал\w*|creatif\w*|creativ[oa]\w*"
        r"|ajoute\w* des details|anade\w* detalle\w*|kreativ\w*|details? hinzufug\w*)"
    ),
}


_PURPOSES = {
    "print": re.compile(
        r"\bfor print(?:ing)?\b|\b(?:so (?:that )?i can|to) print it\b|\bдля печати\b|\bpour (?:l.)?(?:impression|imprimer)\b"
        r"|\bpara (?:la )?(?:imprimir|impresion)(?:l[ao])?\b|\b(?:fur|zum|fur den) (?:den )?(?:druck|drucken|ausdrucken)\b"
    ),
    "web": re.compile(
        r"\bfor (?:the |my |our |a )?(?:web|website|web ?page|internet)\b|\bдля (?:сайта|веба|интернета)\b"
        r"|\bpour (?:le |mon |un )?(?:web|site(?: web)?|internet)\b|\bpara (?:la |el |mi )?(?:web|sitio(?: web)?|internet)\b"
        r"|\bfurs? (?:das |die |meine )?(?:web|website|webseite|internet)\b"
    ),
    "screen": re.compile(
        r"\bfor (?:the |my |a )?(?:big |large |4k )?(?:screen|monitor|display|tv)\b|\bдля (?:экрана|монитора|телевизора)\b"
        r"|\bpour (?:l.|un |mon )?ecran\b|\bpara (?:la |una )?pantalla\b|\bfur (?:den |einen )?(?:bildschirm|monitor)\b"
    ),
    "archive": re.compile(
        r"\bfor (?:the |my |an |our )?archives?\b|\bдля архива\b|\bpour (?:l.|les )?archives?\b|\bpara (?:el )?archivo\b"
        r"|\bfurs? (?:das )?archiv\b"
    ),
}


@dataclass(frozen=True, slots=True)
class _Treatment:
    """How sentences speak of an option: what is to be done (`action`), or what is wrong (`problem`)."""

    option: str
    action: re.Pattern[str]
    problem: re.Pattern[str]
    amounts: tuple[float, float, float]
    """A little, plainly, a lot."""


_TREATMENTS = (
    _Treatment(
        "sharpen",
        re.compile(
            r"\b(?:sharp\w*|crisp\w*|deblur\w*|unsharp mask\w*|резк\w*|резче|четк\w*|четче|nettete|plus nette?s?|nett\w*|nitid\w*"
            r"|enfo[cq]\w*|scharf\w*|nachscharf\w*)"
        ),
        re.compile(
            r"\b(?:blurr?(?:y|ed|iness)?|soft focus|out of focus|размыт\w*|нерезк\w*|нечетк\w*|flous?|floues?|borros\w*"
            r"|desenfoc\w*|unscharf\w*|verschwommen\w*)\b"
            r"|\b(?:not|n.?t|не|nicht|pas|no esta) (?:(?:very|really|quite|so|очень|sehr|tres|muy) )?"
            r"(?:sharp|crisp|резк(?:ии|ая|ое|о)|четк(?:ии|ая|ое|о)|scharf|nette?|nitid[ao])\b"
        ),
        (0.3, 0.6, 0.9),
    ),
    _Treatment(
        "denoise",
        re.compile(
            r"\b(?:de-?nois\w*|noise (?:reduction|removal)|шумоподав\w*|шумопониж\w*|debruit\w*|entrausch\w*"
            r"|rauschunterdruck\w*)"
        ),
        re.compile(
            r"\b(?:nois(?:e|y)|grain(?:y|s)?|шум\w*|зерн\w*|bruits?|bruite\w*|ruido\w*|grano|granulad\w*|rausch(?:en|t)"
            r"|verrauscht\w*|kornig\w*)\b"
        ),
        (0.25, 0.5, 0.8),
    ),
)
_EXPOSURE = re.compile(
    r"\b(?:(?:auto[- ]?)?exposure|(?:under|over)-?exposed|too (?:dark|bright|dim)|washed[- ]out|экспозици\w*"
    r"|слишком (?:темн|светл)\w*|недосвет\w*|пересвет\w*|exposition|trop (?:sombre|claire?)|(?:sous|sur)-?expose\w*"
    r"|exposicion|demasiado (?:oscur|clar)\w*|(?:sub|sobre)-?expuest\w*|belichtung\w*|(?:unter|uber)belichtet\w*"
    r"|zu (?:dunkel|hell))\b"
)
_LITTLE = re.compile(
    r"\b(?:a (?:little|bit|touch)|slight\w*|subtl\w*|gentl\w*|mild\w*|немного|чуть|слегка|un peu|leger\w*|un poco"
    r"|liger\w*|etwas|leicht|ein (?:wenig|bisschen))\b"
)
_MUCH = re.compile(
    r"\b(?:a lot|strong\w*|very|heav\w*|much|really|extremely|сильно|очень|fort(?:ement)?|tres|beaucoup|mucho|muy"
    r"|fuerte\w*|stark|sehr|viel)\b"
)


def read_enhancement(prompt: str) -> dict[str, Any]:
    """The options of `ImageEnhancement` that a sentence names, by name. Raises InputError for one that is too long.

    What a sentence asks for by name is all that is done: one that only speaks of noise neither enlarges nor
    sharpens. An enlargement without a number is twofold.
    """
    text = _THOUSANDS.sub(r"\1\2", normalise(prompt))
    read = _read_size(text)
    in_pixels = bool(read)
    sized = in_pixels
    for clause in _clauses(text):
        _read_treatment(clause, read)
        sized = _read_scale(clause, read) or sized
        for option, pattern in _GENERATIVE.items():
            if found := pattern.search(clause):
                read[option] = not _negated(clause, found)
    if in_pixels:
        read.pop("scale", None)
    if purpose := next((name for name, pattern in _PURPOSES.items() if pattern.search(text)), None):
        # A factor is a size of its own; then the rest of what a purpose decides is asked for by name.
        read |= {} if "scale" in read else {"improve": purpose}
    named = ("sharpen", "denoise", "auto_exposure", *_GENERATIVE)
    if any(read.get(key) for key in named) and not sized and "improve" not in read:
        read["scale"] = 1.0
        read.setdefault("sharpen", 0.0)
    if found := _FORMAT.search(text):
        read["format"] = found["format"].replace("jpg", "jpeg")
    return read


def _clauses(text: str) -> list[str]:
    """The parts of a sentence that a negation reaches; "without x and y" is "without x", "without y"."""
    clauses: list[str] = []
    for part in (piece.strip() for piece in _BREAK.split(text)):
        carried = _WITHOUT.search(clauses[-1]) if clauses and len(part.split()) == 1 else None
        clauses.append(f"{carried.group()} {part}" if carried else part)
    return [clause for clause in clauses if clause]


def _read_size(text: str) -> dict[str, Any]:
    """A size in pixels: width, height or the longer side."""
    if (box := _BOX.search(text)) and min(int(box[1]), int(box[2])) >= 16:
        return {"width": int(box[1]), "height": int(box[2])}
    sides = {name: found for name, pattern in _SIDES.items() if (found := pattern.search(text))}
    if sides:
        return {name: int(next(n for n in found.groups() if n)) for name, found in sides.items()}
    for pattern, pixels in _NAMED_SIZES.items():
        if re.search(pattern, text):
            return {"long_side": pixels}
    pixels = _PIXELS.search(text)
    return {"long_side": int(pixels[1])} if pixels else {}


def _read_scale(clause: str, read: dict[str, Any]) -> bool:
    """Put the factor that a clause names into `read`; whether it speaks of the size at all."""
    enlarge = _ENLARGE.search(clause)
    if _SAME_SIZE.search(clause) or (enlarge and _negated(clause, enlarge)):
        read["scale"] = 1.0
        return True
    factor = _factor(clause, enlarging=enlarge is not None)
    if factor is not None:
        read["scale"] = factor
    elif enlarge:
        read.setdefault("scale", 2.0)
    return factor is not None or enlarge is not None


def _factor(clause: str, *, enlarging: bool) -> float | None:
    for pattern in _FACTORS:
        if found := pattern.search(clause):
            return float(found[1].replace(",", "."))
    for factor, words in _FACTOR_WORDS.items():
        if re.search(words, clause):
            return factor
    found = _PERCENT.search(clause)
    # "Sharpen by 50 %" is about the sharpening.
    if found is None or (not enlarging and any(t.action.search(clause) for t in _TREATMENTS)):
        return None
    percent = int(found["n"])
    if found["by"] or (enlarging and percent < 100):
        return 1 + percent / 100
    return percent / 100 if percent >= 100 else None


def _negated(clause: str, verb: re.Match[str]) -> bool:
    """Whether the clause denies `verb`: the denial comes first, but for the German "nicht", which may follow."""
    return bool(_NOT.search(clause[: verb.start()])) or bool(re.search(r"\bnicht\b", clause[verb.end() :]))


def _read_treatment(clause: str, read: dict[str, Any]) -> None:
    """Put what a clause says of sharpness, noise and exposure into `read`."""
    for treatment in _TREATMENTS:
        problem = treatment.problem.search(clause)
        action = treatment.action.search(clause)
        if problem:
            remove = _REMOVE.search(clause)
            unwanted = _KEEP.search(clause) or (remove and _negated(clause, remove))
            read[treatment.option] = 0.0 if unwanted else _amount(clause, treatment)
        elif action:
            read[treatment.option] = 0.0 if _negated(clause, action) else _amount(clause, treatment)
    if exposure := _EXPOSURE.search(clause):
        read["auto_exposure"] = not (_negated(clause, exposure) or _KEEP.search(clause))


def _amount(clause: str, treatment: _Treatment) -> float:
    little, plainly, much = treatment.amounts
    percent = _PERCENT.search(clause)
    if percent and not _ENLARGE.search(clause):
        return min(100, int(percent["n"])) / 100
    if _LITTLE.search(clause):
        return little
    return much if _MUCH.search(clause) else plainly
