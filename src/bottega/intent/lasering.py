"""Orders for a laser that never say "laser": something is cut out of a sheet ("cut a fox out of card"), or engraved.

In five languages, on folded words (see `normalise.fold`). What else speaks of laser work is the lexicon's.
"""

import re
from typing import Final

from bottega.intent.lexicon import Reading

# Sheets that are cut; stems, for languages with cases. A wooden table is no sheet, and a photograph neither.
_SHEETS: Final = (
    r"card(?:stock| ?board)?|(?:card|construction|kraft) (?:stock|paper)|paper|chipboard|(?:birch |poplar )?ply(?:wood)?"
    r"|wood|birch|balsa|basswood|mdf|hdf|hardboard|veneer|acrylic|perspex|plexiglass?|delrin|leather|felt|cork|foam"
    r"|(?:well|foto|birken|bastel)?(?:pappe|karton|papier|sperrholz|holz)|furnier|acryl(?:glas)?|leder|filz|kork|moosgummi"
    r"|carton|papier|contreplaque|bois|placage|acrylique|plexiglas|cuir|feutr(?:e|ine)|liege"
    r"|cartulina|papel|contrachapado|madera|chapa|acrilico|metacrilato|cuero|fieltro|corcho"
    r"|картон\w*|бумаг\w*|фанер\w*|дерев\w*|шпон\w*|мдф|бальз\w*|акрил\w*|оргстекл\w*|кож[аиуе]\w*|фетр\w*|воилок\w*|пробк\w*|ватман\w*"
)
_CUT: Final = (
    r"cut|laser|slice|schneide?|schneiden|lasere?|decoupez?|decouper|recorta|corta|recorte|corte|cortar|recortar"
    r"|вырежи(?:те)?|вырезать|режь|вырезаи\w*"
)
_OUT_OF: Final = r"out of|from|aus|dans|из"
_IN: Final = r"in|into|en|de"
"""These lead to a sheet too, but a definite thing in or of it is one that a picture shows: "the woman in leather"."""
_DEFINITE: Final = (
    r"the|this|that|my|her|his|him|der|die|das|den|dem|diese\w*|meine?\w*|le|la|les|l|cette|ce|cet|mon|ma|mes"
    r"|el|los|las|esta|este|mi|mis|a la|al"
)
_OF_A_SHEET: Final = r"(?:(?:a|the|this|some|my) )?(?:sheet|piece|scrap|bit)s? of|(?:un |ein )?(?:stuck|blatt|bogen|morceau de|feuille de|trozo de|hoja de)|лист\w*|кус\w*"
# What may stand before the sheet's name: an article that points at no picture's part, its thickness, adjectives.
_BEFORE_SHEET: Final = (
    rf"(?:(?:{_OF_A_SHEET}|a|an|some|this|my|eine?[mrn]?|diese[mrn]|un|une|du|de la|uno|una|mi|\d+|mm|мм|thin|thick|strong|stiff"
    r"|white|black|red|blue|green|yellow|brown|grey|gray|coloured|colored|natural|clear|birch|dick\w*|dunn\w*|weiss\w*|schwarz\w*"
    r"|rot\w*|bunt\w*|epais\w*|fin\w*|blanc\w*|noir\w*|grues\w*|blanc[oa]|negr[oa]|roj[oa]|тонк\w*|толст\w*|бел\w*|черн\w*|цветн\w*) )*"
)
_COLOUR_BEHIND: Final = r"(?: (?:negr|blanc|roj|verd|azul|noir|vert|roug|bleu)\w*)?"
_END: Final = (
    r"(?= (?:\d|with|for|on|by|at|and|to|mit|fur|und|avec|pour|et|con|para|y|с|для|и|aus|sheets?|board)\b|$)"
)
_POLITE: Final = r"^(?:(?:please|bitte|пожалуиста|hi|hello|hey|can|could|would|you|kannst|konntest|du|mir|i|want|to|id|like) )*"

_CUT_OUT: Final = re.compile(
    rf"{_POLITE}(?:{_CUT})\b(?: out| me)? (?:\S+ ){{1,8}}?(?:{_OUT_OF}) {_BEFORE_SHEET}(?:{_SHEETS}){_COLOUR_BEHIND}{_END}"
)
_CUT_IN: Final = re.compile(
    rf"{_POLITE}(?:{_CUT})\b(?: out| me)? (?!(?:{_DEFINITE})\b)(?:\S+ ){{1,8}}?(?:{_IN}) {_BEFORE_SHEET}(?:{_SHEETS}){_COLOUR_BEHIND}{_END}"
)
_ENGRAVE: Final = re.compile(
    rf"{_POLITE}(?:engrave|etch|graviere?|gravez?|graver|grab[ae]|grabar|(?:вы)?гравируи(?:те)?|выгравировать|выжги(?:те)?) (?=\S)"
)
_FROM_PICTURE: Final = re.compile(
    rf"{_POLITE}(?:{_CUT}|detoure[rz]?|silhouetter)\b (?:\S+ ){{1,8}}?(?:out of|from|aus|vom|von|de|du|del|из|с|со) (?:\S+ ){{0,2}}?"
    r"(?:photos?|photographs?|pictures?|images?|background|foto\w*|bild\w*|hintergrund|fond|imagen|fondo|фото\w*|картин\w*|снимк\w*|изображени\w*|фона)\b"
)
# The Spanish verb is also to record.
_RECORD: Final = re.compile(
    r"\b(?:videos?|clips?|audios?|voz|voces|sonidos?|musica|cancion\w*|peliculas?|escenas?|film\w*)\b"
)
_FEW_WORDS: Final = 2
"""A first clause as short as this is a greeting."""


def orders_laser(reading: Reading) -> bool:
    """Whether the first thing that the sentence asks for is to be cut out of a sheet, or engraved."""
    return any(
        _CUT_OUT.search(clause)
        or _CUT_IN.search(clause)
        or (_ENGRAVE.search(clause) and not _RECORD.search(clause))
        for clause in _asked(reading)
    )


def cuts_from_picture(reading: Reading) -> bool:
    """Whether the first thing that it asks for is to be cut out of a picture, and nothing speaks of a laser."""
    return not reading.has("laser") and any(_FROM_PICTURE.search(clause) for clause in _asked(reading))


def _asked(reading: Reading) -> list[str]:
    """The first clause, and the second behind a greeting; folded words."""
    clauses = [" ".join(words) for words in reading.words]
    return clauses[:2] if clauses and len(reading.words[0]) <= _FEW_WORDS else clauses[:1]
