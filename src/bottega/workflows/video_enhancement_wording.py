"""What a sentence says about enhancing a clip: its size, pictures a second, slow motion, noise, style and sound.

English, and the usual words in Russian, French, Spanish and German. Patterns match normalised text: lower case, no
accents, so that "й" reads "и". What the options mean is left to `video_enhancement`.
"""

import re
from typing import Any

from bottega.intent.normalise import normalise
from bottega.workflows.clip_reading import read_sound
from bottega.workflows.image_enhancement_wording import read_enhancement
from bottega.workflows.style_transfer import LOCAL_STYLES, StyleTransfer

_RATE_UNIT = (
    r"(?:fps\b|f/s\b|(?:frames?|pictures?|images?) (?:per|a|/|each) ?(?:second|sec|s)\b|(?:кадр\w*|к) ?(?:в секунду|/ ?с(?:ек)?)\b"
    r"|кадр/с\w*|ips\b|images? (?:par|/) ?s(?:econde)?\b|fotogramas (?:por|/) ?s(?:egundo)?\b|cuadros por segundo"
    r"|bilder[n]? (?:pro|/|je) ?s(?:ekunde)?\b|hz\b|к/с\b)"
)
_RATE = re.compile(rf"(?<![\d.,])(\d{{1,3}}(?:[.,]\d{{1,3}})?)\s?-?{_RATE_UNIT}")
_NOW = re.compile(r"\b(?:from|is|only|с|из|de|von|nur|solo|seulement|только)\s*$")
"""What stands before a rate that the clip has already."""
_SMOOTH = re.compile(
    r"\b(?:smooth(?:er|ly)?\b|fluid(?:er|ity)?\b|less (?:choppy|jerky)|interpolat\w*|(?:more|extra|new) (?:frames|fps)|(?:higher|double the|increase the) frame ?rate"
    r"|плавн\w*|интерполир\w*|больше кадров|fluid\w*|plus d.images|interpol\w*|mas (?:suave|fluid\w*|fotogramas)|suaviza\w*|flussig\w*|ruckelfrei\w*"
    r"|mehr bilder)"
)
_SLOW = re.compile(
    r"\b(?:slow(?:er|ed|s)?(?:[ -]?mo(?:tion)?)?\b|slo-?mo\b|замедл\w*|медленнее|слоу-?мо\w*|ralenti\w*|plus lent\w*|camara lenta|ralentiz\w*|mas lent\w*"
    r"|zeitlupe\w*|verlangsam\w*|langsamer)"
)
_NUMBER = r"(\d{1,2}(?:[.,]\d{1,2})?)"
_TIMES = re.compile(
    rf"(?<![\w.])(?:[xх×]|by|fois|por|faktor|factor|в|a|um)\s?{_NUMBER}(?![\d%])|(?<![\d.]){_NUMBER}[ -]?(?:[xх×]\b|times\b|fold\b|раза?\b|fois\b"
    r"|veces\b|mal\b|fach)"
)
_TIMES_WORDS = {
    2.0: r"\b(?:twice|two times|half (?:the )?speed|to half|вдвое|в два раза|deux fois|dos veces|doppelt|zweimal|zweifach\w*|halbe\w* (?:geschwindigkeit|tempo)"
    r"|moitie|mitad)\b",
    3.0: r"\b(?:three times|втрое|в три раза|trois fois|tres veces|dreimal|dreifach\w*)\b",
    4.0: r"\b(?:four times|quarter (?:of the )?speed|вчетверо|в четыре раза|quatre fois|cuatro veces|viermal|vierfach\w*)\b",
    8.0: r"\b(?:eight times|в восемь раз|huit fois|ocho veces|achtmal|achtfach\w*)\b",
}
_USUAL_SLOW, _USUAL_FACTOR = 2.0, 2
_BREAK = re.compile(r"[.,;:!?](?:\s|$)|\s(?:and|then|und|et|puis|y|e|и|а|затем)\s")
_NOT = re.compile(r"\b(?:not|no|don.?t|never|without|ne|pas|sans|sin|nicht|kein\w*|ohne|не|без)\b")
_MUTE = re.compile(
    r"\b(?:mute|(?:remove|drop|strip|cut)(?: [\w-]+){0,3} (?:sound|audio|music)|(?:убери|удали)\w*(?: \w+){0,2} (?:звук|музык\w*)"
    r"|(?:coupe|supprime|enleve)\w*(?: \w+){0,3} son|quita\w*(?: \w+){0,3} (?:sonido|audio)|ton (?:entfernen|weg)"
    r"|entfern\w*(?: \w+){0,3} ton|stumm\w*)\b"
)

_STEADY = re.compile(
    r"\b(?:stabili[sz]\w*|steady\w*|less shaky|стабилиз\w*|трясет\w*|estabiliz\w*|verwackel\w*)"
)


def asks_to_steady(prompt: str) -> bool:
    """Whether a shaky clip shall be made steady, which is something else than smooth motion."""
    return bool(_STEADY.search(normalise(prompt)))


def read_video_enhancement(prompt: str) -> dict[str, Any]:
    """The options of `VideoEnhancement` that a sentence names, by name. Raises InputError for one that is too long.

    What a sentence asks for by name is all that is done; slow motion without a number is twofold, and so is a clip that
    shall be smoother.
    """
    text = normalise(prompt)
    read: dict[str, Any] = {}
    rest = [clause for clause in _clauses(text) if not _read_motion(clause, read)]
    _read_pictures(", ".join(rest), read)
    style = StyleTransfer().read_options(prompt)
    if style.get("style") in LOCAL_STYLES:
        read |= {key: style[key] for key in ("style", "strength") if key in style}
    if _MUTE.search(text) or read_sound(prompt) is False:
        read["keep_audio"] = False
    return read


def _clauses(text: str) -> list[str]:
    """The parts of a sentence; "slow motion, 3 times" is one."""
    clauses: list[str] = []
    for clause in (piece.strip() for piece in _BREAK.split(text)):
        bare = _times(clause) is not None and len(clause.split()) <= 3
        if clauses and bare and _SLOW.search(clauses[-1]) and _times(clauses[-1]) is None:
            clauses[-1] += f" {clause}"
        elif clause:
            clauses.append(clause)
    return clauses


def _read_motion(clause: str, read: dict[str, Any]) -> bool:
    """Put what a clause says of time into `read`; whether it is about time, so that its numbers are no sizes."""
    rate = next((found for found in _RATE.finditer(clause) if not _NOW.search(clause[: found.start()])), None)
    slow, smooth = _SLOW.search(clause), _SMOOTH.search(clause)
    if rate is not None:
        read["fps"] = float(rate[1].replace(",", "."))
        read.pop("factor", None)
    if slow is not None and not _NOT.search(clause[: slow.start()]):
        read["slow"] = _times(clause) or _USUAL_SLOW
    elif smooth is not None and "fps" not in read and not _NOT.search(clause[: smooth.start()]):
        read["factor"] = max(2, round(_times(clause) or _USUAL_FACTOR))
    return rate is not None or slow is not None or smooth is not None


def _times(clause: str) -> float | None:
    without_rates = _RATE.sub(" ", clause)
    for factor, words in _TIMES_WORDS.items():
        if re.search(words, without_rates):
            return factor
    found = _TIMES.search(without_rates)
    return None if found is None else float((found[1] or found[2]).replace(",", "."))


def _read_pictures(text: str, read: dict[str, Any]) -> None:
    """What holds of every picture, read as for a still."""
    seen = read_enhancement(text)
    if (longest := seen.get("long_side")) is not None:
        # "4K" and the like name the width of a wide clip; the box holds upright ones too.
        seen |= {"width": longest, "height": longest}
    for name in ("width", "height", "sharpen"):
        if seen.get(name):
            read[name] = seen[name]
    if (scale := seen.get("scale")) is not None and not {"width", "height"} & read.keys() and scale > 1:
        read["scale"] = scale
    if seen.get("denoise") or seen.get("restore"):
        read["restore"] = seen.get("denoise") or 0.5
