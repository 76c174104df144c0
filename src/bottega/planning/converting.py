"""Sentences that ask for another file format and for nothing else, in five languages."""

import re
from typing import Final

_FORMAT: Final = re.compile(r"\b(?P<name>png|jpe?g|webp)\b")
_WORDS: Final = re.compile(
    r"convert|conversion|export|save|store|write|change|turn|transform|make|give|me|just|only|simply|please|can|could|you|i"
    r"|need|want|it|this|that|the|an?|my|image|picture|photo|photograph|file|format|version|as|to|in|into|from|is"
    r"|konvertier\w*|wand\w*|umwandeln|exportier\w*|speicher\w*|abspeichern|mach\w*|gib|mir|bitte|kannst|du|es|das|dies"
    r"|diese[sn]?|die|der|den|ein|eine|um|bild|foto|datei|dateiformat|als|im|ins|von|nur|nach|zu"
    r"|converti\w*|exporte\w*|enregistr\w*|sauvegard\w*|transforme\w*|passe|mets|l[ae]|les|l|cette|ce|un|une|fichier|en"
    r"|au|de|du|s|il|te|vous|plait|svp|juste|seulement"
    r"|convierte\w*|conviert\w*|exporta\w*|guarda\w*|pasa\w*|esta?|este|el|lo|imagen|archivo|formato|como|a|por|favor|solo"
    r"|конвертир\w*|преобразу\w*|преобразова\w*|сохрани\w*|экспортир\w*|перевед\w*|сделаи|это|эту|этот|фото|фотографию"
    r"|картинку|изображение|фаил|формат\w*|в|как|из|мне|пожалуиста|просто|только"
)
"""All that such a sentence may hold beside the format; normalised: lower case, no accents, "й" reads "и"."""


def format_alone(text: str) -> str | None:
    """The file format ("png", "jpeg", "webp") that a sentence, which went through `normalise`, asks for when it asks for nothing
    else: the last one of "from png to jpg". None: it says more, or no format."""
    names = [found["name"] for found in _FORMAT.finditer(text)]
    if not names:
        return None
    rest = re.findall(r"[^\W\d_]+|\d+", _FORMAT.sub(" ", text))
    return names[-1].replace("jpg", "jpeg") if all(_WORDS.fullmatch(word) for word in rest) else None
