"""What a picture for the laser is to show, by a sentence that came without one; and how to ask an image model for it.

Five languages. A sentence that points at a picture ("engrave this photo", "my dog") describes none: only the user has it.
"""

import re
from typing import Final

from bottega.laser.materials import mentioned_material
from bottega.laser.prompts import LaserPrompt, StyleName, detect_style, enhance_prompt

_BURN = (
    r"(?:laser[ -]?)?(?:engrave|etch|burn|cut(?: out)?|score|laser|make|выгравируй\w*|гравируй|вырежи|выжги|grave[rz]?|"
    r"découpe[rz]?|graba|grabar|corta|cortar|graviere?|gravieren|schneide|brenne)"
)
_VERB = re.compile(
    rf"^(?:please |bitte |пожалуйста,? |por favor,? )?{_BURN}(?: (?:and|und|et|y|и) {_BURN})*(?:\s+|$)(?:me |mir |moi |мне )?",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"(?:,|\s)+(?:on(?:to)?|into|out of|from|auf|aus|sur|dans|en|sobre|на|из|по)\s+(?!top\b)(?:(?:a|an|the|ein\w*|un|une|una|du|de)\s+)?(?P<material>)"
    r"|(?:,|\s)+\d+(?:[.,]\d+)?(?: ?[x×х] ?\d+(?:[.,]\d+)?)?\s*(?:mm|cm|мм|см|inch(?:es)?|zoll|pouces?|pulgadas?)\b.*$",
    re.IGNORECASE,
)

_PICTURE = (
    r"(?:pictures?|images?|photos?|photographs?|drawings?|sketch(?:es)?|artwork|graphics?|logos?|silhouettes?|outlines?|files?|svg"
    r"|картинк\w*|изображени\w*|фото\w*|снимок|рисун\w+|лого\w*|силуэт\w*|контур\w*|файл\w*"
    r"|dessins?|silhouettes?|contours?|fichiers?|imagen(?:es)?|fotos?|dibujos?|logotipos?|siluetas?|archivos?"
    r"|bild(?:er|es)?|zeichnung(?:en)?|umrisse?|datei(?:en)?)"
)
_POINTS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # What stands for something that is at hand, first in the description.
        r"^(?:it|them|this|these|that|those|эт(?:о|от|у|а|и|ой|ого|их|им)|dies\w*|jene\w*|ce|cet|cette|ces|ça|ceci|cela"
        r"|est[eao]s?|es[eao]s?)\b",
        r"^(?:das|es|ihn|sie|le|la|les|lo|los|las|его|её|ее|их)$",
        # "The picture", and "a picture" of nothing.
        rf"^(?:the|das|die|der|den|l['’]|la|le|el)\s?(?:\w+ )?{_PICTURE}\b",
        rf"^(?:(?:an?|some|eine?[nrs]?|une?|una) )?{_PICTURE}$",
        # What only the user has; "for my laser" is none of it.
        r"(?<!\bfor )(?<!\bfür )(?<!\bpour )(?<!\bpara )(?<!\bдля )\b(?:my|our|mein\w*|unser\w*|mon|ma|mes|notre|nos|mis?|nuestr\w+"
        r"|мо(?:й|я|ё|е|ю|и|его|ей|их|им)|наш\w*)\b",
        r"\b(?:attached|enclosed|uploaded|приложенн\w*|прикрепл[её]нн\w*|загруженн\w*|ci-jointe?s?|(?:image|photo) jointe"
        r"|adjunt[ao]s?|beigefügt\w*|angehängt\w*|beiliegend\w*|hochgeladen\w*)\b",
        r"^(?:do not|don['’]t|not|nicht|ne|не)\b",
    )
)

_STYLES: Final[dict[str, tuple[StyleName, ...]]] = {
    "cut": ("silhouette", "cutting", "ornament"),
    "score": ("line_art", "silhouette", "ornament"),
}
"""Styles whose lines can be followed; the first one where the words name none of them. Other processes take any."""


def subject_of(prompt: str) -> str:
    """The sentence without the verb, the material and the sizes: what a picture is to show."""
    return _shown(prompt) or prompt


def describes_a_picture(prompt: str) -> bool:
    """Whether the sentence says what a picture is to show, and does not point at one."""
    subject = _shown(prompt)
    words = subject.split()
    if not words or (subject.isascii() and len(subject) < 3):
        return False
    if len(words) == 1 and mentioned_material(subject) is not None:
        return False
    return not any(points.search(subject) for points in _POINTS)


def picture_wording(prompt: str, process: str = "engrave", *, stencil: bool = False) -> LaserPrompt:
    """What to ask an image model for, in the style that the words name and the process can follow.

    Raises InvalidOption for what becomes longer than an image model takes, and for forbidden materials.
    """
    subject = subject_of(prompt)
    named = detect_style(subject)
    style: StyleName = named.id
    fitting = _STYLES.get(process)
    if fitting is not None and (not named.words or style not in fitting):
        style = "cutting" if stencil else fitting[0]
    return enhance_prompt(subject, style=style)


def _shown(prompt: str) -> str:
    """Empty where nothing is left."""
    text = " " + _VERB.sub("", " ".join(prompt.split()), count=1)
    for match in _HOW.finditer(text):
        behind = " ".join(text[match.end() :].split()[:2])
        if match["material"] is None or mentioned_material(behind) is not None:
            text = text[: match.start()]
            break
    text = text.strip(" .,;!")
    return text if any(letter.isalpha() for letter in text) else ""
