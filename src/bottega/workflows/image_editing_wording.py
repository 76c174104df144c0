"""What a sentence says about editing a picture: crop, turn, size, light, colour, background; and what it asks for that
only a generative model can do.

Read clause by clause from word tables in English, Russian, French, Spanish and German. What the options mean is left to
`image_editing`.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from bottega.intent.normalise import clean, fold, normalise
from bottega.workflows.image_editing_things import one_thing

MAX_SIDE = 30_000

# All patterns meet normalised text: lower case, no accents, "ё" as "е" and "й" as "и".


_ONE_WORD = re.compile(
    r"black ?(and|&|n|'n') ?white|\bb ?& ?w\b|gr[ae]y ?scale|monochrom\w*|черно ?-? ?бел\w*|чб\b|noir et blanc"
    r"|(remove|take out|without) (the |all |all the )?colou?rs?\b(?! of)|blanco y negro|schwarz ?-? ?weiss\w*"
)
_CLAUSES = re.compile(
    r"(?<!\d)[,.](?!\d)|[,.](?=\s|$)|[;!?]|\b(?:and|but|then|also|plus(?= de)|и|но|а|затем|et|mais|puis|y|pero|luego|und|aber|dann)\b"
)
_NEGATION = re.compile(
    r"\b(don.?t|do not|not|never|without|no|не|без|ne|n'|pas|sans|sin|nicht|ohne|kein\w*|keep|оставь|garde\w*|manten\w*|behalt\w*)\b"
)
_LESS = re.compile(
    r"\b(less|lower|reduc\w*|decreas\w*|remove|менее|меньше|уменьш\w*|сниз\w*|убав\w*|moins|redui\w*|diminue\w*|baisse\w*"
    r"|menos|reduc\w*|baja\w*|disminuy\w*|weniger|reduzier\w*|verringer\w*|senke?)\b"
)
_SLIGHT = re.compile(
    r"a (little|bit|touch|tad)|slight|subtl|чуть|немного|слегка|un peu|leger|un poco|liger|etwas|ein wenig|bisschen|leicht"
)
_STRONG = re.compile(
    r"\b(much|a lot|lots|way|very|far|strong\w*|significantly|намного|сильно|гораздо|очень|beaucoup|tres|bien plus|fort\w*"
    r"|mucho|muy|viel|sehr|deutlich|stark\w*)\b"
)
_PERCENT = re.compile(r"(\d{1,3}) ?(?:%|percent|процент\w*|prozent|por ciento|pour ?cent)")
_STOPS = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?|one|two|half a) ?(?:ev\b|f-?stops?|stops?|ступен\w*|стоп\w*|blenden?\w*|diafragma\w*)"
)

# option -> (its unit step, words that raise it, words that lower it, its noun)
_TONES: dict[str, tuple[float, str, str, str]] = {
    "temperature": (
        0.35,
        r"\bwarm(er|th|ly)?\b|тепл(ее|ым|ыи|ую|ые|ых|о)|потеплее|\bchaude?s?\b|\bcalid[oa]s?\b|\bwarmer\w*",
        r"\bcool(er)?\b|\bcold(er)?\b|холодн\w*|похолоднее|\bfroide?s?\b|\bfri[oa]s?\b|\bkuhler\w*|\bkalter\w*",
        r"warmth|colou?r temperature|температур\w*|temperature|farbtemperatur",
    ),
    "exposure": (
        0.6,
        r"\bbrighte(r|n\w*)\b|\blighte(r|n\w*)\b|more light|too dark|underexposed|ярче|поярче|светлее|посветлее|осветл\w*"
        r"|plus (clair|lumineu)\w*|eclairci\w*|mas (clar|brillant|luminos)\w*|aclara\w*|ilumina\w*|\bheller\w*|aufhell\w*"
        r"|zu dunkel",
        r"\bdarke(r|n\w*)\b|\bdimmer\b|too (bright|light)\b|overexposed|темнее|потемнее|затемн\w*|plus (sombre|fonce)\w*"
        r"|assombri\w*|mas oscur\w*|oscurec\w*|\bdunkler\w*|abdunk\w*|zu hell",
        r"exposure|brightness|яркост\w*|экспозици\w*|luminosite|exposition|brillo|exposicion|helligkeit|belichtung",
    ),
    "contrast": (
        0.3,
        r"contrast(y|ier)|контрастнее|punchier|контрастн\w*|contraste\b|kontrastreich\w*",
        r"flatter tones|kontrastarm\w*",
        r"contrast\w*|контраст\w*|kontrast\w*",
    ),
    "saturation": (
        0.3,
        r"saturated|vivid|vibrant|more colou?rful|colou?rs? pop|насыщенн(ее|ым|ыми|ыи|ые)|сочнее|\bvi(f|fs|ve|ves)\b"
        r"|vivos|saturad\w*|farbenfroh\w*|kraftiger\w*|gesattigt\w*|bunter",
        r"desaturat\w*|muted|washed out|приглуш\w*|desatur\w*|entsattig\w*|blasser\w*",
        r"saturat\w*|vibrance|насыщенност\w*|saturacion|sattigung|satur\w*",
    ),
}
_TONE_NOUNS = re.compile("|".join(noun for *_, noun in _TONES.values()) + "|monochrome")

_ROTATE = (
    r"\brotat\w*|поверн\w*|поворот\w*|\bpivote\w*|\bgira(r|la|lo)?\b|\brota(r|la|lo)?\b|\bdreh\w*|\brotier\w*"
)
_TURN = r"\bturn\b|\btourne\w*"
_LEFT = r"\bleft\b|counter ?-?clockwise|anti ?-?clockwise|влево|налево|против час\w*|gauche|antihoraire|izquierda|antihorario|\blinks\b|gegen den uhr\w*"
_RIGHT = (
    r"\bright\b|\bclockwise|вправо|направо|по часов\w*|droite|horaire|derecha|horario|\brechts\b|im uhr\w*"
)
_DEGREES = re.compile(r"([+-]?\d{1,3}(?:[.,]\d+)?) ?(?:°|deg\w*|degre\w*|grad\w*|градус\w*|o\b)")
_FLIP = r"\bflip\w*|\bmirror(ed)?\b|отрази\w*|отзеркал\w*|зеркальн\w*|en miroir|\bretourne\w*|espejo|voltea\w*|\bspiegel(n|e|verkehrt)?\b"
_VERTICALLY = r"vertical\w*|top to bottom|вертикал\w*|senkrecht|vertikal"
_UPSIDE = r"upside ?-?down|вверх ногами|a l'envers|boca abajo|auf den kopf"

_CROP = r"\bcrop\w*|обрез\w*|обреж\w*|кадрир\w*|recadr\w*|rogn\w*|recort\w*|zuschneid\w*|beschneid\w*|zuschnitt|schneid\w*|\bcut\b"
_SQUARE = r"\bsquare\b|квадрат\w*|\bcarre\b|cuadrad\w*|quadrat\w*"
_FRAME_WORD = r"format|ratio|aspect|формат|пропорц\w*|\b(to|into|as|make it)( a)? square|square (crop|picture|image|photo)|в квадрат|квадратн\w*|en carre|quadratisch"
_RATIO = re.compile(r"\b(\d{1,2}) ?: ?(\d{1,2})\b")
_RATIO_BY = re.compile(r"\b(\d{1,2}) ?(?:x|×|by|na|на|par|por|zu) ?(\d{1,2})\b(?! ?(?:px|pix|°))")
_NAMED_RATIOS = (
    (r"\b(story|stories|reels?|tiktok|сторис\w*)\b", "9:16"),
    (r"widescreen|wide ?screen|cinemascope|широкоэкран\w*|breitbild|panorami\w*", "16:9"),
)
_UNIT = r"(?:px|pixels?|пикс\w*|pixeln?|pixeles)?"
_SIZE = re.compile(rf"\b(\d{{2,5}}) ?{_UNIT} ?(?:x|×|by|на|par|por|mal) ?(\d{{2,5}}) ?{_UNIT}")
_WIDTH = re.compile(
    rf"(\d{{2,5}}) ?{_UNIT} ?(?:wide|in width|в ширину|шириной|de large\w*|de ancho|breit)"
    rf"|(?:width|ширин\w+|largeur|ancho|breite)(?: (?:of|to|is|до|в|de|a|auf|von))?:? ?(\d{{2,5}})"
)
_HEIGHT = re.compile(
    rf"(\d{{2,5}}) ?{_UNIT} ?(?:tall|high|in height|в высоту|высотой|de haut\w*|de alto|hoch)"
    rf"|(?:height|высот\w+|hauteur|alto|hohe)(?: (?:of|to|is|до|в|de|a|auf|von))?:? ?(\d{{2,5}})"
)

_BACKGROUND = r"backgrounds?\b|backdrop|\bфон\w*|arriere ?-?plan|\bfond\b|\bfondo\b|hintergrund\w*"
_BLUR = r"blur\w*|bokeh|боке|defocus\w*|out of focus|размо\w*|размы\w*|\bflou\w*|desenfo\w*|difumin\w*|borros\w*|unscharf\w*|verschw\w*|weichzeichn\w*"
_BLUR_ALONE = r"\bbokeh\b|\bбоке\b|portrait mode"
_TAKE_AWAY = r"remov\w*|eras\w*|delet\w*|\bcut ?out|transparen\w*|прозрачн\w*|убер\w*|убра\w*|удал\w*|вырез\w*|supprim\w*|enlev\w*|retir\w*|detour\w*|quita\w*|elimin\w*|borra\w*|entfern\w*|freistell\w*"
_WITHOUT = r"\b(without|no|без|sans|sin|ohne|kein\w*)( \w+)? ?(background|backdrop|фон\w*|arriere ?-?plan|fond|fondo|hintergrund\w*)"
_CUT_OUT_ALONE = (
    r"(cut ?out|isolate) the (subject|person|product|object)|transparent background|freistellen|freigestellt"
)

_EXTEND = re.compile(
    r"\b(extend|outpaint|uncrop|zoom out|erweiter\w*|etends|agrandis le cadre|extiende|расширь|дорисуи края)\b"
)
_CHANGE = re.compile(
    r"\b(recolou?r|paint|dye|relight|open|close|dress|перекрась|раскрась|нарисуи|peins|colore|pinta|farbe|remove|erase|delete|get rid of|take out|add|insert|put|replace|swap|change|turn (him|her|them|it|the \w+) into"
    r"|convert|transform|write|swap out|fill in|убери|убрать|удали\w*|добав\w*|замени\w*|поменя\w*|вставь|преврати|надень|напиши"
    r"|supprime\w*|enleve\w*|retire\w*|ajoute\w*|remplace\w*|change\w*|mets|insere\w*|transforme\w*|ecris"
    r"|quita\w*|elimina\w*|borra\w*|anade\w*|agrega\w*|pon|ponle|reemplaza\w*|cambia\w*|inserta\w*|convierte\w*|transforma\w*"
    r"|entfern\w*|losch\w*|hinzufug\w*|fuge?|ersetz\w*|tausch\w*|verwandel\w*|verander\w*|setze?|schreib\w*)\b"
)
_REWORK = re.compile(
    r"\b(make (him|her|them|(the|his|her|their|my) (?!picture|image|photo|colou?rs?|whole)\w+)|give (him|her|them|me|the \w+) )"
    r"|\bсдела\w* (ему|еи|его|ее|их|неб\w*|волос\w*)|\b(mach|gib) (ihm|ihr|ihn|den|die)\b|\b(hazl[oea]|ponle)\b"
)


def _read_clause(clause: str) -> tuple[dict[str, Any], bool]:
    """The edits of one clause, and whether it asks for what only a generative model can do."""
    background = _read_background(clause)
    if background is not None:
        return background
    if _NEGATION.search(clause):
        return {}, False
    if _EXTEND.search(clause):
        return _read_frame(clause, strict=True), True
    change = bool(_CHANGE.search(clause))
    edits: dict[str, Any] = {}
    edits |= _read_turn(clause) | _read_frame(clause, strict=change)
    if not change or _TONE_NOUNS.search(clause):
        tones = _read_tones(clause)
        if tones and one_thing(clause):
            return edits, True
        edits |= tones
    return edits, not edits and (change or bool(_REWORK.search(clause)))


def _read_background(clause: str) -> tuple[dict[str, Any], bool] | None:
    """What a clause about the background asks for; None for a clause that is not about it."""
    if re.search(_BLUR_ALONE, clause) and not _NEGATION.search(clause):
        return {"background": "blur"}, False
    named = re.search(_BACKGROUND, clause)
    if not named:
        return ({"background": "remove"}, False) if re.search(_CUT_OUT_ALONE, clause) else None
    takes_away = re.search(_TAKE_AWAY, clause)
    if re.search(_WITHOUT, clause) and not takes_away and not re.search(_BLUR, clause):
        return {"background": "remove"}, False
    if _NEGATION.search(clause):
        return {}, False
    if re.search(_BLUR, clause):
        return {"background": "blur"}, False
    # "Remove the car from the background" is about the car.
    if takes_away and not re.search(
        rf"\b(from|in|из|с|на|de l'|du|del|im|vom|aus dem) ?(the )?({_BACKGROUND})", clause
    ):
        return {"background": "remove"}, False
    return {}, True


def _read_turn(clause: str) -> dict[str, Any]:
    degrees = _DEGREES.search(clause)
    left, right = re.search(_LEFT, clause), re.search(_RIGHT, clause)
    if re.search(_FLIP, clause):
        return {"flip": "vertical" if re.search(f"{_VERTICALLY}|{_UPSIDE}", clause) else "horizontal"}
    if re.search(_UPSIDE, clause):
        return {"rotate": 180.0}
    if not re.search(_ROTATE, clause) and not (re.search(_TURN, clause) and (degrees or left or right)):
        return {}
    angle = float(degrees.group(1).replace(",", ".")) if degrees else 90.0
    turned = -abs(angle) if left and not (right and right.start() < left.start()) else angle
    return {"rotate": turned} if -360 <= turned <= 360 else {}


def _read_frame(clause: str, *, strict: bool) -> dict[str, Any]:
    """Aspect ratio and size. `strict`: a square may be a thing in the picture."""
    found: dict[str, Any] = {}
    crops = bool(re.search(_CROP, clause))
    framed = crops or bool(re.search(_FRAME_WORD, clause))
    ratio = _RATIO.search(clause) or (_RATIO_BY.search(clause) if framed else None)
    if ratio and int(ratio.group(1)) and int(ratio.group(2)):
        found["aspect"] = f"{int(ratio.group(1))}:{int(ratio.group(2))}"
    elif re.search(_SQUARE, clause) and (framed or not strict):
        found["aspect"] = "1:1"
    elif framed or not strict:
        for words, value in _NAMED_RATIOS:
            if re.search(words, clause):
                found["aspect"] = value
    if size := _SIZE.search(clause):
        found |= {"width": int(size.group(1)), "height": int(size.group(2))} if not ratio else {}
    for name, pattern in (("width", _WIDTH), ("height", _HEIGHT)):
        if match := pattern.search(clause):
            found[name] = int(match.group(1) or match.group(2))
    return {
        name: value for name, value in found.items() if not isinstance(value, int) or 1 <= value <= MAX_SIDE
    }


def _read_tones(clause: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "monochrome" in clause:
        found["saturation"] = -1.0
    less = bool(_LESS.search(clause))
    for name, (step, higher, lower, noun) in _TONES.items():
        if name in found:
            continue
        if re.search(lower, clause):
            sign = 1 if less and name != "saturation" else -1
        elif re.search(higher, clause) or re.search(noun, clause):
            sign = -1 if less else 1
        else:
            continue
        found[name] = round(sign * _amount(clause, name, step, sign), 2)
    return found


def _amount(clause: str, name: str, step: float, sign: int) -> float:
    """How far: stops, per cent, or the usual step with its "a bit" or "much"."""
    if name == "exposure":
        if stops := _STOPS.search(clause):
            words = {"one": 1.0, "two": 2.0, "half a": 0.5}
            number = words.get(stops.group(1)) or abs(float(stops.group(1).replace(",", ".")))
            return min(3.0, number)
        if percent := _PERCENT.search(clause):
            share = int(percent.group(1)) / 100
            return min(3.0, abs(math.log2(1 + share if sign > 0 else max(1 - share, 0.125))))
    elif percent := _PERCENT.search(clause):
        return min(1.0, int(percent.group(1)) / 100)
    if _SLIGHT.search(clause):
        return step / 2
    return step * 1.8 if _STRONG.search(clause) else step


def read_edits(prompt: str) -> dict[str, Any]:
    """The edits that the sentence asks for, clause by clause ("don't crop" asks for none).

    A clause that asks for something else to be made, removed or replaced puts the whole sentence into
    `instruction`. Raises InputError for a sentence that is too long.
    """
    text = _ONE_WORD.sub(" monochrome ", normalise(prompt))
    found: dict[str, Any] = {}
    for clause in _CLAUSES.split(text):
        edits, is_generative = _read_clause(clause)
        found |= edits
        if is_generative:
            found["instruction"] = prompt.strip()
    return found


def is_denial(prompt: str) -> bool:
    """Whether every clause only says what is not to be done, or says nothing that can be shown ("make it nice")."""
    clauses = [clause.strip() for clause in _CLAUSES.split(normalise(prompt)) if clause.strip()]
    return all(_DENIAL.match(clause) or _VAGUE.fullmatch(clause) for clause in clauses)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a generative edit comes to, where the sentence says nothing else. `feature` is its name in the catalogue;
    `subject` and `target` are the sentence's own words for what is changed and for what it becomes."""

    feature: str = "edit:instruction"
    subject: str = ""
    target: str = ""


def aim_of(sentence: str) -> Aim:
    """The aim of a sentence of one clause; `edit:instruction` for everything that is not plainly one of the others."""
    said = clean(sentence).strip(" .!")
    text = fold(said)
    if len(text) != len(said) or _SEVERAL.search(text) or _NEGATION.search(text):
        return Aim()
    for feature, pattern in _AIMS:
        if found := pattern.match(text):
            parts = {
                name: said[slice(*found.span(name))].strip()
                for name, part in found.groupdict().items()
                if part
            }
            subject = _ARTICLE.sub("", parts.get("subject", ""))
            if _POINTING.fullmatch(fold(subject)) and feature in ("edit:replace", "edit:recolour"):
                return Aim()
            return Aim(feature, subject, parts.get("target", ""))
    return Aim()


_DENIAL = re.compile(
    r"(?:please |bitte |пожалуиста )?(?:don.?t|do not|never|keep|leave|не|ne|n'|no|nicht|kein\w*|lass\w*|оставь|garde\w*|laisse\w*|manten\w*|deja)\b"
)
_VAGUE = re.compile(
    r"(?:please |bitte |пожалуиста )?(?:(?:make|edit|change|improve|fix|do|mach|bearbeite|andere|fais|modifie|rends|haz|edita|modifica|сделаи|измени|отредактируи)\b ?)?"
    r"(?:it|this|that|es|das|le|la|lo|его|это|something|etwas|quelque chose|algo|что-нибудь)?(?: (?:look )?(?:a bit |more )?(?:nicer?|better|good|pretty|cool|"
    r"schon(?:er)?|besser|gut|belle?|beau|mieux|joli|bonit[oa]|mejor|красив\w*|лучше|хорошо))?"
)
_PLEASE = r"(?:please |can you |could you |пожалуиста,? |bitte |s'il (?:te|vous) plait,? |por favor,? )?"
_ARTICLE = re.compile(r"(?i)^(?:the|this|that|my|der|die|das|den|le|la|les|l'|el|los|las)[ ]?")
_POINTING = re.compile(
    r"(?:it|this|that|him|her|them|picture|photo|image|everything|es|ihn|sie|ihm|ihr|bild|foto|le|la|les|lui|lo|los|его|ее|их|это|фото|все)?"
)
_SEVERAL = re.compile(r"[,;?]|:(?!\d)|\b(?:and|then|but|und|dann|et|puis|mais|y|luego|pero|и|а|потом|но)\b")
_ERASE_WORDS = r"(?:remove|erase|delete|get rid of|take out|убери|удали|сотри|supprime|enleve|efface|retire|quita|elimina|borra|entferne|losche)"
_REPLACE = (
    r"(?:replace|swap|exchange|замени|поменяи) (?P<subject>.{2,80}?) (?:with|for|by|на) (?P<target>.{2,200})",
    r"(?:remplace) (?P<subject>.{2,80}?) par (?P<target>.{2,200})",
    r"(?:reemplaza|sustituye|cambia) (?P<subject>.{2,80}?) por (?P<target>.{2,200})",
    r"(?:ersetze|tausche) (?P<subject>.{2,80}?) (?:durch|gegen) (?P<target>.{2,200})",
)
_COLOUR = (
    r"(?:(?:bright|dark|light|deep|pale|hell|dunkel)[ -]?)?(?:red|blue|green|yellow|orange|purple|pink|black|white|gr[ae]y|brown|beige|turquoise|gold|silver"
    r"|rot|blau|grun|gelb|schwarz|weiss|braun|lila|rosa|rouge|bleue?|verte?|jaune|noire?|blanc(?:he)?|rose|roj[oa]|azul|verde|amarill[oa]|negr[oa]|blanc[oa]"
    r"|красн\w+|син\w+|зелен\w+|желт\w+|черн\w+|бел\w+|розов\w+|фиолетов\w+|оранжев\w+)"
)
_BACKDROP = (
    r"(?:the |its |den |le |l'|el )?(?:backgrounds?|backdrop|hintergrund|arriere[- ]?plan|fond|fondo|фон)"
)
_AIMS = tuple(
    (feature, re.compile(_PLEASE + pattern + r"$"))
    for feature, pattern in (
        (
            "edit:text_remove",
            rf"{_ERASE_WORDS} (?:all )?(?:the |den |das |le |el )?(?:text|lettering|writing|caption|words|schrift|texte|texto|надпис\w+|текст)"
            r"(?: (?:from|in|on|aus|von|de|с|из)(?: .{2,40})?)?",
        ),
        (
            "edit:background_replace",
            rf"(?:replace|swap|change|замени|поменяи) {_BACKDROP} (?:with|for|by|to|на) (?P<target>.{{2,200}})",
        ),
        ("edit:background_replace", rf"(?:remplace|change) {_BACKDROP} par (?P<target>.{{2,200}})"),
        (
            "edit:background_replace",
            rf"(?:reemplaza|cambia|sustituye) {_BACKDROP} por (?P<target>.{{2,200}})",
        ),
        (
            "edit:background_replace",
            rf"(?:ersetze|tausche) {_BACKDROP} (?:durch|gegen) (?P<target>.{{2,200}})",
        ),
        *(("edit:replace", pattern) for pattern in _REPLACE),
        (
            "edit:recolour",
            rf"(?:recolou?r|paint|make|turn|dye|change the colou?r of|change|перекрась|сделаи|farbe|mach|peins|colore|rends|pinta|haz) (?P<subject>.{{2,80}}?)"
            rf"(?: (?:to|in|into|as|в|en|de))? (?P<target>{_COLOUR})(?: (?:ein|цвет))?",
        ),
        ("edit:erase", rf"{_ERASE_WORDS} (?P<subject>.{{2,120}})"),
        (
            "edit:extend",
            r"(?:extend|outpaint|uncrop|expand|zoom out(?: of)?|erweitere|etends|agrandis le cadre|extiende|amplia|расширь|дорисуи края)\b.{0,80}",
        ),
    )
)
