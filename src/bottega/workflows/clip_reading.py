"""What a sentence says of a clip: length, shape, resolution, sound, camera, seed; in English, Russian, French, Spanish
and German.

Only what is said of the clip itself: three seconds after which something happens are part of the story.
"""

import math
import re
from typing import Any, Final

from bottega.intent.lexicon import default_lexicon
from bottega.intent.normalise import clean, normalise

# All patterns meet normalised text: lower case, no accents, "ё" as "е" and "й" as "и".

_CLIP: Final = (
    r"(?:videos?|videoclips?|vids?|clips?|movies?|films?|filmchen|footage|animations?|animacion(?:es)?|gifs?|loops?"
    r"|shots?|scenes?|sequences?|teasers?|trailers?|reels?|shorts?|ads?|spots?"
    r"|commercials?|time-? ?lapses?|zeitraffer\w*|plan|escenas?|tomas?|szenen?|aufnahmen?|cortometrajes?"
    r"|ролик\w*|видео\w*|клип\w*|анимаци\w*|сцен\w*|фильм\w*)"
)
_WORDS: Final = {
    1: ("one", "одна", "одну", "une", "una", "eine"),
    2: ("two", "две", "deux", "dos", "zwei"),
    3: ("three", "три", "trois", "tres", "drei"),
    4: ("four", "четыре", "quatre", "cuatro", "vier"),
    5: ("five", "пять", "cinq", "cinco", "funf"),
    6: ("six", "шесть", "seis", "sechs"),
    7: ("seven", "семь", "sept", "siete", "sieben"),
    8: ("eight", "восемь", "huit", "ocho", "acht"),
    9: ("nine", "девять", "neuf", "nueve", "neun"),
    10: ("ten", "десять", "dix", "diez", "zehn"),
    12: ("twelve", "двенадцать", "douze", "doce", "zwolf"),
    15: ("fifteen", "пятнадцать", "quinze", "quince", "funfzehn"),
    20: ("twenty", "двадцать", "vingt", "veinte", "zwanzig"),
    30: ("thirty", "тридцать", "trente", "treinta", "dreissig"),
}
_NUMBERS: Final = {word: number for number, words in _WORDS.items() for word in words}
_GENITIVES: Final = {
    "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8, "девяти": 9, "десяти": 10,
    "пятнадцати": 15, "двадцати": 20, "тридцати": 30,
}  # fmt: skip
"""As in `восьмисекундныи`."""

_NUMBER: Final = r"(?<![\d.,])(?P<n>\d{1,3}(?:[.,]\d)?|" + "|".join([*_NUMBERS, *_GENITIVES]) + ")"
_UNIT: Final = (
    r"(?P<unit>(?:secs?|seconds?|secondes?|segs?|segundos?|sek|sekunden?|sekundig\w*|секунд\w*|сек)"
    r"|(?P<minutes>mins?|minutes?|minutos?|minuten?|minutig\w*|минут\w*|мин)|(?P<letter>s))\b\.?"
)
_LENGTH: Final = rf"\b{_NUMBER}(?P<gap>[ -]?){_UNIT}"
_LENGTHS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_LENGTH}[ -](?:long |lang\w* )?(?!the |this |that |der |die |das |le |la |el )(?:[\w-]+ ){{0,2}}{_CLIP}\b",
        rf"\b{_CLIP}(?: [\w:]+){{0,2}} (?:of|von|de|lasting|lasts|на|по|dure|dura|dauert) {_LENGTH}",
        rf"\b{_CLIP}(?: (?:that|which|qui|que|das|der))?[ ,:(]+(?:of|lasting|lasts|for|de|d'|von|mit|на|по|dure|dura|dauert|de unos)? ?{_LENGTH}",
        rf"{_LENGTH} (?:long\b|lang\w*\b|in length\b|of (?:video|footage|motion)\b|de (?:long|duree|duracion)\b|длин\w*|длительн\w*)",
        r"\b(?:length|duration|lasting|lasts|longueur|duree|dauer|lange|duracion|dauert|dure|dura|длин\w*|длительн\w*|продолжительн\w*)"
        rf"[ :=]{{1,3}}(?:(?:of|about|de|von|в|около) )?{_LENGTH}",
        rf"(?:^|[,;.(:])\s*(?:(?:for|about|pendant|durante|fur|на) )?{_LENGTH}\s*(?=$|[,;.!)])",
        rf"\b(?:for|pendant|durante|fur|на|в течение) {_LENGTH}\s*[.!]*$",
    )
)
_STORY: Final = re.compile(
    r"\b(?:after|every|each|wait|waits|within|in|last|first|next|at|nach|alle|jede|через|каждые|спустя|первые|последние"
    r"|apres|chaque|toutes les|tras|cada|despues de|dans)(?: the| les| los| den)? ?$"
)
"""What stands before seconds that are not the clip's length."""

_SHAPE_WORDS: Final = (
    r"(?:format|orientation|mode|aspect(?: ratio)?|layout|ratio|формат\w*|кадр\w*|orientierung)"
)
_END: Final = r"(?=\s*(?:$|[,.;!)]))"


_BETWEEN: Final = (
    r"(?:,? [\w-]*(?:\d|second|sekund|секунд|segund)[\w-]*| (?:seconds?|secs?|s|short|silent|looping|slow|full|hd|kurze\w*"
    r"|stumme\w*|langes?|коротк\w*|немо\w*)){0,3}"
)
"""What may stand between a shape and the clip that has it: "a vertical 5-second clip"."""


def _shape(words: str) -> str:
    """The words beside a clip or a format, or alone between commas or at the end."""
    return (
        rf"\b(?:{words}){_BETWEEN} (?:{_CLIP}|{_SHAPE_WORDS})\b|\b(?:{_CLIP}|{_SHAPE_WORDS}) (?:{words})\b"
        rf"|(?:^|[,;.(]|\bin|\bas|\ben|\bals?)\s*(?:{words}){_END}"
    )


_SHAPES: Final = tuple(
    (re.compile(pattern), aspect)
    for pattern, aspect in (
        (
            _shape(r"vertical(?:es|e)?|вертикальн\w*|vertikal\w*|senkrecht\w*")
            + r"|\b(?:portrait|portrat) (?:format|orientation|mode|video|clip)\b|\bhochformat\w*|\bhochkant\w*|format portrait"
            r"|\b(?:for|fur|pour|para|для) (?:an? |the )?(?:tiktok|reels?|shorts|instagram story|instagram stories|stories|сторис|рилс)\b",
            "9:16",
        ),
        (
            _shape(r"horizontal(?:es|e)?|горизонтальн\w*|waagerecht\w*")
            + r"|\blandscape (?:format|orientation|mode)\b|\bquerformat\w*|format paysage|\bwide ?screen\b|\bbreitbild\w*"
            r"|широкоэкранн\w*|\bpanoramico\b|formato apaisado",
            "16:9",
        ),
        (_shape(r"square|quadratisch\w*|carree?s?|cuadrad[oa]s?|квадратн\w*"), "1:1"),
    )
)
_RATIO: Final = re.compile(
    r"(?<![\d:.])(16 ?: ?9|9 ?: ?16|1 ?: ?1|4 ?: ?3|3 ?: ?4|3 ?: ?2|2 ?: ?3|21 ?: ?9)(?![\d:]|\s*[ap]\.?m\b)"
)
_SIZE: Final = re.compile(r"\b(\d{3,4}) ?[x×х] ?(\d{3,4})\b")
_SIZES: Final = {
    (1280, 720): ("720p", "16:9"),
    (1920, 1080): ("1080p", "16:9"),
    (3840, 2160): ("2160p", "16:9"),
}
_LINES: Final = re.compile(r"\b(480|720|768|1080|2160) ?[pпр]\b")
_QUALITY: Final = r"(?:clip|video|quality|resolution|footage|format|qualitat|auflosung|qualite|resolution|calidad|resolucion|качеств\w*|разрешени\w*)"
_NAMED_LINES: Final = tuple(
    (re.compile(pattern), lines)
    for pattern, lines in (
        (r"\bfull ?-?hd\b|\bfhd\b", "1080p"),
        (rf"\b(?:in|en|в) (?:4k|uhd|ultra ?hd)\b|\b(?:4k|uhd) ?{_QUALITY}\b", "2160p"),
        (rf"(?<!ultra )(?<!full )\b(?:in|en|в) hd\b|(?<!ultra )(?<!full )\bhd ?-?{_QUALITY}\b", "720p"),
    )
)
_SEED: Final = re.compile(
    r"(?:(?:^|[,;(])\s*seed\s+|\b(?:with|using|use|same|mit|avec|con|с)\s+(?:the\s+)?seed\s*[:=]?|\bseed\s*[:=])\s*(?P<seed>\d{1,10})\b"
)
_SAYS: Final = re.compile(
    r"\b(?:say|says|saying|sing|sings|singing|speak|speaks|speaking|tells? (?:us|me)|скаж\w*|говор\w*|споет|спои|поет"
    r"|dise|dire|dit|chante|chanter|parle|diga|dice|cante|hable|sagt|sagen|singt|singen|spricht|sprechen)\b"
)

_NO_SOUND: Final = re.compile(r"\b(?:ohne|kein|keinen) (?:ton|sound|klang)\b")
"""In German the word alone is no sound: it is also clay and a shade."""

_TO: Final = r"(?:to the |vers la |hacia la |a la |nach |a )?"
_LEFT: Final = rf"{_TO}(?:left|gauche|izquierda|links)"
_RIGHT: Final = rf"{_TO}(?:right|droite|derecha|rechts)"
_PAN: Final = r"\b(?:pan|pans|panning|panoramique|paneo|panoramica|schwenk|schwenkt|kameraschwenk)(?: slowly| gently| langsam)?"
_RU: Final = r"\bкамера (?:медленно |плавно )?(?:\w+ )?"
_CAMERAS: Final = tuple(
    (re.compile(pattern), move)
    for pattern, move in (
        (
            r"\b(?:static|fixed|locked[- ]off) (?:camera|shot)|\bcamera (?:stays|remains|is) (?:still|static|fixed)|\btripod shot"
            r"|неподвижн\w+ камер\w*|статичн\w+ (?:камер|кадр)\w*|камера (?:неподвижна|не двигается)|\bcamera fixe|\bplan fixe"
            r"|\bcamara (?:fija|estatica)|\bplano fijo|\b(?:feste|statische) kamera|\bkamera (?:steht|bleibt) (?:still|fest)",
            "static",
        ),
        (rf"{_PAN} {_LEFT}\b(?! (?:on|in|at|over|behind))|{_RU}влево", "pan_left"),
        (rf"{_PAN} {_RIGHT}\b(?! (?:on|in|at|over|behind))|{_RU}вправо", "pan_right"),
        (rf"\b(?:tilt|tilts|tilting) up\b|{_RU}вверх|\bkamera schwenkt nach oben|\bcamara (?:\w+ )?hacia arriba|vers le haut", "tilt_up"),
        (rf"\b(?:tilt|tilts|tilting) down\b|{_RU}вниз|\bkamera schwenkt nach unten|\bcamara (?:\w+ )?hacia abajo|vers le bas", "tilt_down"),
        (
            r"\bzoom(?:s|ing)?[ -]out\b|\bzoom arriere|\bzoom hacia (?:fuera|atras)|\baleja la camara|\b(?:heraus|raus)zoom\w*"
            rf"|\bzoomt? (?:heraus|raus)|{_RU}отдал\w*|отдали\w* камер\w*",
            "zoom_out",
        ),
        (
            r"\bzoom(?:s|ing)?[ -]in\b|\bslow zoom\b|\bzoom (?:avant|lent)\b|\bzoom (?:hacia dentro|de acercamiento|lento)"
            r"|\bacerca la camara|\b(?:hinein|heran)zoom\w*|\bzoomt? (?:hinein|heran)|\blangsamer zoom"
            rf"|{_RU}приближ\w*|приблизь\w* камер\w*|наезд камеры",
            "zoom_in",
        ),
        (
            r"\bdolly[- ]in\b|\bcamera push(?:es)? in\b|\bslow push[- ]in\b|\bcamera moves (?:closer|forward)\b|\btravelling avant"
            rf"|\bkamera fahrt (?:nach vorn\w*|heran|naher)|{_RU}(?:въезжает|подъезжает)|\btravelling hacia adelante",
            "dolly_in",
        ),
        (
            r"\bdolly[- ]out\b|\bcamera pulls? (?:back|out)\b|\bcamera moves (?:back|away)\b|\btravelling arriere"
            rf"|\bkamera fahrt zuruck|{_RU}отъезжает|\btravelling hacia atras",
            "dolly_out",
        ),
        (
            r"\bcamera (?:slowly |gently )?(?:orbits?|circles?)\b|\borbit(?:al|ing)? (?:shot|camera)|\bcamera tourne autour"
            rf"|\bcamara (?:gira alrededor|orbita)|\bkamera (?:umkreist|kreist)|{_RU}(?:облетает|кружит)|облет камер\w*",
            "orbit",
        ),
        (
            r"\bhand ?-?held\b|\bhandkamera|\bwackelkamera|\bcamera a l.epaule|\bcamara en mano|съемк\w* с рук",
            "handheld",
        ),
    )
)  # fmt: skip
_NEGATED: Final = re.compile(
    r"\b(?:no|not|don.?t|never|without|без|не|sans|pas de|sin|kein\w*|ohne|nicht)(?: \w+)? ?$"
)


def read_clip_options(prompt: str) -> dict[str, Any]:
    """`seconds`, `resolution`, `aspect`, `camera` and `seed`, as far as they are said. What no model offers is returned
    as it was said, so that the answer is a plain refusal and not a smaller order than was placed."""
    text = normalise(prompt)
    read: dict[str, Any] = {}
    if (seconds := _read_seconds(text)) is not None:
        read["seconds"] = seconds
    read |= _read_size(text)
    if (camera := read_camera(text)) is not None:
        read["camera"] = camera
    if seed := _SEED.search(text):
        read["seed"] = int(seed["seed"])
    return read


def read_sound(prompt: str) -> bool | None:
    """Whether the sentence asks for sound (True), refuses it (False), or says nothing of it (None)."""
    reading = default_lexicon().read(clean(prompt))
    if (
        _NO_SOUND.search(normalise(prompt))
        or reading.refuses("audio")
        or (reading.has("silent") and not reading.has("audio"))
    ):
        return False
    if reading.has("audio") or (_SAYS.search(normalise(prompt)) and not reading.refuses("speech")):
        return True
    return None


def read_camera(text: str) -> str | None:
    """The move that a normalised text asks for first."""
    found: list[tuple[int, str]] = []
    for pattern, move in _CAMERAS:
        match = pattern.search(text)
        if match and (move == "static" or not _NEGATED.search(text[: match.start()])):
            found.append((match.start(), move))
    return min(found)[1] if found else None


def _read_seconds(text: str) -> int | None:
    for pattern in _LENGTHS:
        for found in pattern.finditer(text):
            if not _STORY.search(text[: found.start("n")]) and (seconds := _seconds(found)):
                return seconds
    return None


def _seconds(found: re.Match[str]) -> int | None:
    """Whole seconds, rounded up; None for the eighties."""
    word = found["n"]
    number = float(_NUMBERS.get(word) or _GENITIVES.get(word) or word.replace(",", "."))
    if found["letter"] and not found["gap"] and number >= 20 and number % 10 == 0:
        return None
    return math.ceil(number * (60 if found["minutes"] else 1)) or None


def _read_size(text: str) -> dict[str, str]:
    read: dict[str, str] = {}
    for size in _SIZE.finditer(text):
        width, height = int(size[1]), int(size[2])
        if known := _SIZES.get((max(width, height), min(width, height))):
            read["resolution"] = known[0]
            read["aspect"] = "16:9" if width > height else "9:16"
            return read
    if lines := _LINES.search(text):
        read["resolution"] = f"{lines[1]}p"
    else:
        named = next((lines for pattern, lines in _NAMED_LINES if pattern.search(text)), None)
        read |= {"resolution": named} if named else {}
    if ratio := _RATIO.search(text):
        read["aspect"] = ratio[1].replace(" ", "")
    else:
        shape = next((aspect for pattern, aspect in _SHAPES if pattern.search(text)), None)
        read |= {"aspect": shape} if shape else {}
    return read
