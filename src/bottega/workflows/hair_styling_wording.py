"""What a sentence says about hair and beards: cut, colour, length, beard, in English, Russian, French, Spanish, German.

Names of cuts and colours are those that ready-made haircut models take. Patterns match normalised text: lower case, no
accents, so that "й" reads "и".
"""

import re
from typing import Any, Final

from bottega.intent.normalise import normalise

CUTS: Final = (
    "Straight", "Wavy", "Curly", "Bob", "Pixie Cut", "Layered", "Messy Bun", "High Ponytail", "Low Ponytail",
    "Braided Ponytail", "French Braid", "Dutch Braid", "Fishtail Braid", "Space Buns", "Top Knot", "Undercut",
    "Mohawk", "Crew Cut", "Faux Hawk", "Slicked Back", "Side-Parted", "Center-Parted", "Blunt Bangs",
    "Side-Swept Bangs", "Shag", "Lob", "Angled Bob", "A-Line Bob", "Asymmetrical Bob", "Graduated Bob",
    "Inverted Bob", "Layered Shag", "Choppy Layers", "Razor Cut", "Perm", "Ombré", "Soft Waves", "Glamorous Waves",
    "Hollywood Waves", "Finger Waves", "Tousled", "Feathered", "Pageboy", "Pigtails", "Pin Curls", "Twist Out",
    "Bantu Knots", "Dreadlocks", "Cornrows", "Box Braids", "Waterfall Braid", "Crown Braid", "Bubble Braid",
    "Bubble Ponytail", "Milkmaid Braids", "Bohemian Braids", "Chignon", "French Twist", "Updo", "Messy Updo",
    "Ballerina Bun", "Beehive", "Bouffant", "Half-Up, Half-Down", "Victory Rolls",
)  # fmt: skip
"""Cuts that a ready-made model knows by name (its input schema as of 2025-09)."""

COLOURS: Final = (
    "Blonde", "Brunette", "Black", "Dark Brown", "Medium Brown", "Light Brown", "Auburn", "Copper", "Red",
    "Strawberry Blonde", "Platinum Blonde", "Silver", "White", "Blue", "Purple", "Pink", "Green", "Blue-Black",
    "Golden Blonde", "Honey Blonde", "Caramel", "Chestnut", "Mahogany", "Burgundy", "Jet Black", "Ash Brown",
    "Ash Blonde", "Titanium", "Rose Gold",
)  # fmt: skip
"""Colours that it knows."""

_BLONDE = r"(?:blond\w*|rubi[oa]s?\b|блонд\w*|светлы\w*|русы\w*)"
_BROWN = r"(?:brown|braun\w*|brune?s?\b|marron\w*|castan[oa]s?|коричнев\w*|каштанов\w*)"

_SPOKEN: Final = {"Blunt Bangs": "bangs", "Crew Cut": "buzz cut"}

# At the same place the longer match wins.
_CUT_WORDS: Final[dict[str, str]] = {
    "Bob": r"\b(?:bobs?|bob ?(?:cut|schnitt|frisur)|каре|carre)\b",
    "Lob": r"\b(?:lobs?|long bob|carre long|удлинен\w* каре|langer bob)\b",
    "Pixie Cut": r"\b(?:pixie\w*(?: ?(?:cut|schnitt))?|пикси|coupe garconne|corte pixie)\b",
    "Curly": r"\b(?:curl(?:y|s|ed)\b|locken|lockig\w*|gelockt\w*|boucl\w+|frise\w*|rizad\w*|rizos|кудр\w*|кучеряв\w*|завит\w*)",
    "Wavy": r"\b(?:wav(?:y|es)\b|wellen|wellig\w*|gewellt\w*|ondul\w*|ondas|волнист\w*|волнам\w*)",
    "Straight": r"\b(?:straight(?:en\w*)?\b|glatt\w*|glatte\w*|lisses?\b|raides?\b|lisser?\b|lis[oa]s?\b|alis\w*|прям(?:ые|ыми|ых)\b|выпрям\w*)",
    "Layered": r"\b(?:layer(?:s|ed)\b|stufig\w*|stufenschnitt|gestuft\w*|degrad[ea]\w*|en capas|каскад\w*|слоям\w*)",
    "Blunt Bangs": r"\b(?:(?:blunt )?bangs|fringe|pony\b|frange|flequillo|челк\w*)",
    "Side-Swept Bangs": r"\b(?:side[- ]?swept (?:bangs|fringe)|curtain (?:bangs|fringe)|schrage[rn]? pony|frange (?:sur le cote|rideau)"
    r"|flequillo (?:ladeado|cortina)|косо\w* челк\w*|челк\w* шторк\w*)",
    "Mohawk": r"\b(?:mohawk|irokese\w*|iro(?:kesen)?schnitt|crete(?: iroquoise)?|iroquois\w*|cresta|ирокез\w*)\b",
    "Undercut": r"\b(?:undercut\w*|андеркат\w*)\b",
    "Crew Cut": r"\b(?:crew ?cut|buzz ?cut|burstenschnitt|igelschnitt|coupe (?:en )?brosse|corte militar|ежик\w*|полубокс)\b",
    "Slicked Back": r"\b(?:slick(?:ed)?[- ]?back|zuruckgegelt\w*|nach hinten (?:gegelt|gekammt)|plaques? en arriere|gomina\w*"
    r"|hacia atras|зачесан\w* назад|зачесать назад)\b",
    "Dreadlocks": r"\b(?:dread\w*|rastas?\b|rastalocken|дред\w*)",
    "Box Braids": r"\b(?:box braids|afro ?(?:zopfe|braids)|афрокос\w*)\b",
    "French Braid": r"\b(?:french braid|braids?|braided|zopf\w*|geflocht\w*|tresses?|nattes?|trenzas?|кос[уыа]\b|косичк\w*)\b",
    "High Ponytail": r"\b(?:(?:high )?pony ?tail|pferdeschwanz|queue de cheval|coleta|cola de caballo|хвост(?:ик)?)\b",
    "Messy Bun": r"\b(?:(?:messy )?buns?|dutt|chignon|mono\b(?! ?chrom)|пучок|пучк\w*)\b",
    "Updo": r"\b(?:up ?-?do|hochsteckfrisur|hochgesteckt\w*|recogido|высок\w* прическ\w*)\b",
    "Perm": r"\b(?:perm(?:ed)?\b|dauerwelle\w*|permanente|химическ\w* завивк\w*)",
    "Shag": r"\b(?:shag(?:gy)?|шэг)\b",
    "Ombré": r"\b(?:ombre|балаяж|омбре|balayage)\b",
    "Tousled": r"\b(?:tousled|zerzaust\w*|decoiffe\w*|despeinad\w*|растрепан\w*)",
}
_COLOUR_WORDS: Final[dict[str, str]] = {
    "Platinum Blonde": rf"\b(?:platin\w*[ -]?{_BLONDE}?|платинов\w*(?: {_BLONDE})?|rubi[oa] platin\w*|blond\w* platin\w*)",
    "Strawberry Blonde": rf"\b(?:strawberry[ -]?{_BLONDE}|erdbeer{_BLONDE}|blond\w* venitien\w*|rubi[oa] fresa)",
    "Honey Blonde": rf"\b(?:honey[ -]?{_BLONDE}|honig{_BLONDE}|blond\w* miel|rubi[oa] miel|медов\w*(?: {_BLONDE})?)",
    "Golden Blonde": rf"\b(?:golden[ -]?{_BLONDE}|gold{_BLONDE}|blond\w* dore\w*|rubi[oa] dorad\w*|золотист\w*(?: {_BLONDE})?)",
    "Ash Blonde": rf"\b(?:ash(?:y)?[ -]{_BLONDE}|asch{_BLONDE}|blond\w* cendre\w*|rubi[oa] ceniza|пепельн\w*(?: {_BLONDE})?)",
    "Blonde": rf"\b{_BLONDE}",
    "Dark Brown": rf"\b(?:dark[ -]?{_BROWN}|dunkel{_BROWN}|{_BROWN} fonce\w*|{_BROWN} oscur\w*|темно-?{_BROWN})",
    "Light Brown": rf"\b(?:light[ -]?{_BROWN}|hell{_BROWN}|{_BROWN} clair\w*|{_BROWN} clar\w*|светло-?{_BROWN})",
    "Medium Brown": rf"\bmedium[ -]?{_BROWN}",
    "Titanium": r"\btitan\w*",
    "Ash Brown": rf"\b(?:ash(?:y)?[ -]{_BROWN}|asch{_BROWN})",
    "Brunette": rf"\b(?:brunett?e?s?\b|брюнет\w*|шатен\w*|moren[oa]s?\b|{_BROWN})",
    "Chestnut": r"\b(?:chestnut|kastanien\w*|chatain\w*)\b",
    "Caramel": r"\b(?:caramel\w*|karamel\w*|карамел\w*)",
    "Auburn": r"\b(?:auburn|rotbraun\w*|acajou|caoba rojiz\w*)\b",
    "Copper": r"\b(?:copper\w*|ginger|kupfer\w*|cuivr\w*|cobriz\w*|медн\w*|рыж\w*)(?:[ -]red)?",
    "Burgundy": r"\b(?:burgundy|bordeaux\w*|weinrot\w*|burdeos|granate|бордов\w*)",
    "Mahogany": r"\b(?:mahogany|mahagoni\w*|caoba|красного дерева)",
    "Red": r"\b(?:red(?:head)?|rot(?:e[nrms]?|haarig\w*)?|rouges?|roux|rousses?|roj[oa]s?|pelirroj\w*|красн\w*)\b",
    "Jet Black": r"\b(?:jet[- ]black|raven(?:[- ]black)?|pechschwarz\w*|tiefschwarz\w*|noir (?:de )?jais|negro azabache|иссиня-?черн\w*)",
    "Blue-Black": r"\b(?:blue[- ]black|blauschwarz\w*|noir bleute|negro azulad\w*)",
    "Black": r"\b(?:black|schwarz\w*|noire?s?|negr[oa]s?|черн\w*)\b",
    "Silver": r"\b(?:silver\w*|gr[ae]y|silber\w*|silbrig\w*|grau\w*|argente\w*|gris\w*|platead\w*|серебр\w*|сед(?:ые|ои|ым\w*|ыми)|серы\w*)\b",
    "White": r"\b(?:white|weiss\w*|blanc(?:he)?s?|blanc[oa]s?|белы\w*)\b",
    "Rose Gold": r"\b(?:rose ?gold|rosegold\w*|or rose|oro rosa|розов\w* золот\w*)",
    "Pink": r"\b(?:pink\w*|rosa\w*|roses?|розов\w*)\b",
    "Purple": r"\b(?:purple|violet\w*|lila\w*|lavend\w*|morad[oa]s?|фиолет\w*|лилов\w*|сиренев\w*)",
    "Blue": r"\b(?:blue|blau\w*|bleue?s?|azul\w*|син(?:ии|ие|ии|им|ими|юю|еи|еи)|голуб\w*)\b",
    "Green": r"\b(?:green|grun\w*|verte?s?|verdes?|зелен\w*)\b",
}  # fmt: skip
_LENGTHS: Final[dict[str, str]] = {
    "shaved": r"\b(?:bald|shav(?:e|ed|en) (?:head|hair|off)|shave (?:my|his|her) (?:head|hair)|glatze|kahl\w*|chauve|rase[rz]? (?:la|ma|sa) tete"
    r"|calv[oa]|rapad[oa]|лыс\w*|побреи голову|наголо)\b",
    "shorter": r"\b(?:shorter|kurzer\w*|plus courts?|mas cort[oa]s?|короче|покороче)\b",
    "longer": r"\b(?:longer|langer(?!\w* bob)\w*|plus longs?|mas larg[oa]s?|длиннее|подлиннее)\b",
    "chin": r"\b(?:chin[- ]length|kinnlang\w*|au menton|a la barbilla|до подбородка)\b",
    "shoulder": r"\b(?:shoulder[- ]length|to (?:the |her |my |his )?shoulders|schulterlang\w*|mi-longs?|aux epaules|por los hombros"
    r"|media melena|до плеч)\b",
    "short": r"\b(?:short|kurz\w*|courts?|courtes?|cort[oa]s?|коротк\w*|подстриг\w*)\b",
    "long": r"\b(?:long|lang\w*|longs|longues?|larg[oa]s?|длинн\w*)\b",
}
_BEARD = r"(?:beard|bart|barbe|barba|бород\w*)"
_BEARDS: Final[dict[str, str]] = {
    "none": rf"\b(?:clean[- ]?shaven|glatt rasiert|bien rase|afeitad[oa]|(?:without|no|remove|shave(?: off)?|ohne|entferne|rasiere|sans|enleve|rase"
    rf"|sin|quita|afeita|без|убери|сбреи|побреи) (?:(?:the|a|his|my|her|den|die|seinen|meinen|la|sa|ma|el|ему|мне) )*{_BEARD})",
    "stubble": r"\b(?:stubble|five o'?clock shadow|dreitagebart|stoppel\w*|barbe de (?:trois|3) jours|barba de (?:tres|3) dias|щетин\w*)",
    "goatee": r"\b(?:goatee|ziegenbart|spitzbart|kinnbart|bouc\b|perilla|эспаньолк\w*|козлин\w* бород\w*)",
    "moustache": r"\b(?:mou?stache\w*|schnurrbart\w*|schnauzer|oberlippenbart|bigotes?|усы|усам\w*)\b",
    "short": rf"\b(?:short|trimmed|kurze[rn]?|gestutzte[rn]?|courte|corta|коротк\w*) {_BEARD}|\b{_BEARD} (?:courte|corta|de quelques jours)",
    "full": rf"\b(?:(?:full|thick|long|big|bushy|voll|dichte[rn]?|lange[rn]?|longue|larga|poblada|густ\w*|окладист\w*|длинн\w*)[ -]?)?(?:{_BEARD}|vollbart)\b",
}
_NOT = re.compile(
    r"\b(?:not|n.?t|no|never|without|instead of|rather than|ne|pas|sans|sin|nicht|kein\w*|ohne|statt|не|без|вместо)(?: \w+){0,2} $"
)
_FROM = re.compile(
    r"\b(?:from|von|de|из|с)(?: \w+){0,1} $|\b(?:my|her|his|their|mein\w*|ihr\w*|sein\w*|mes|ses|mon|mi|su|мои|ее|его) $"
)
_WITHOUT_FRINGE = re.compile(
    r"\b(?:no|without|ohne|sans|sin|без)(?: \w+)? (?:bangs|fringe|pony|frange|flequillo|челк\w*)"
)
_KEEP = re.compile(
    r"(?:\b(?:keep|leave|but not|don.?t (?:touch|change)|do not (?:touch|change)|behalt\w*|lass\w*|garde\w*|sans (?:toucher|changer)|ne (?:touche|change)\w* pas"
    r"|manten\w*|conserva\w*|sin (?:tocar|cambiar)|no (?:toques|cambies)|оставь\w*|сохран\w*|не (?:трога\w*|меня\w*))\b)\s*(?P<what>[^.,;!?]{3,80})"
)
_ORDINARY = re.compile(
    r"(?:hairs?|hair ?(?:cut|style|do)|cut|dye|dyed|colou?r\w*|chang\w*|mak\w*|giv\w*|turn\w*|put|style[ds]?|try|want|would|like|look|need|let|get|have|"
    r"my|me|i|im|her|his|him|she|he|their|them|the|this|that|it|a|an|to|into|in|with|and|of|on|for|please|person|woman|man|girl|boy|photo|picture|short|long|nice|new|"
    r"haare?|haaren|frisur|haarschnitt|schnitt|farb\w*|mach\w*|gib|gebe|schneid\w*|ander\w*|mir|mich|mein\w*|ihr\w*|ihm|sein\w*|die|der|den|das|ein\w*|mit|und|zu|in|von|auf|bitte|ich|mochte|frau|mann|"
    r"cheveux|coiffure|coupe|couleur|tein\w*|color\w*|donne\w*|fais|mets|change\w*|moi|lui|mes|ses|mon|ma|sa|son|la|le|les|en|un|une|des|du|de|avec|et|au|aux|svp|plait|il|vous|te|je|veux|femme|homme|"
    r"pelo|cabello|peinado|corte|tin\w*|tinel[oa]|pon\w*|dame|haz\w*|cambia\w*|mi|su|el|los|las|lo|un|una|con|y|por|favor|quiero|mujer|hombre|"
    r"волос\w*|прическ\w*|стрижк\w*|цвет\w*|покрас\w*|перекрас\w*|крас\w*|сдела\w*|даи|поменя\w*|измени\w*|мне|меня|мои|мою|ее|еи|еи|его|ему|в|на|с|со|и|пожалуиста|хочу|девушк\w*|женщин\w*|мужчин\w*|она|он)"
)
_WORD = re.compile(r"[^\W\d_]+")


def read_hair(prompt: str) -> dict[str, Any]:
    """`haircut`, `colour`, `length`, `beard` and `keep` as far as the sentence names them. Raises InputError for one
    that is too long."""
    text = normalise(prompt)
    read: dict[str, Any] = {}
    if kept := _KEEP.search(text):
        read["keep"] = kept["what"].strip()
        text = f"{text[: kept.start()]} {text[kept.end() :]}"
    for name, pattern in _BEARDS.items():
        if (found := re.search(pattern, text)) and (name == "none" or not _NOT.search(text[: found.start()])):
            read["beard"] = name
            text = f"{text[: found.start()]} {text[found.end() :]}"
            break
    if cuts := [name for *_, name in _spans(text, _cut_patterns())]:
        read["haircut"] = " with ".join(dict.fromkeys(_SPOKEN.get(cut, cut.lower()) for cut in cuts))
    colours = _colours(text)
    if colours:
        read["colour"] = " and ".join(colour.lower() for colour in colours)
    for name, pattern in _LENGTHS.items():
        if (found := re.search(pattern, text)) and not _NOT.search(text[: found.start()]):
            read["length"] = name
            break
    return read


def known_cut(name: str) -> str | None:
    """The cut as ready-made models call it, for a name in any spelling."""
    spoken = {said: cut for cut, said in _SPOKEN.items()}
    return spoken.get(normalise(name)) or _known(name, CUTS)


def known_colour(name: str) -> str | None:
    """The colour as ready-made models call it, for a name in any spelling."""
    return _known(name, COLOURS)


def says_more(prompt: str) -> bool:
    """Whether the sentence has words that the names of a cut and a colour do not cover."""
    text = normalise(prompt)
    for pattern in (p for each in (_BEARDS, _cut_patterns(), _COLOUR_WORDS, _LENGTHS) for p in each.values()):
        text = re.sub(pattern, " ", text)
    words: list[str] = _WORD.findall(text)
    return any(not _ORDINARY.fullmatch(word) for word in words) or bool(
        _WITHOUT_FRINGE.search(normalise(prompt))
    )


def _cut_patterns() -> dict[str, str]:
    return {
        **{name: rf"\b{re.escape(normalise(name))}\b" for name in CUTS if name not in _CUT_WORDS},
        **_CUT_WORDS,
    }


def _spans(text: str, patterns: dict[str, str]) -> list[tuple[int, int, str]]:
    """Start, end and name of what is named and not denied, in the order of the text; of two at the same place the
    longer one."""
    found = [
        (match.start(), match.end(), name)
        for name, pattern in patterns.items()
        for match in re.finditer(pattern, text)
        if not _NOT.search(text[: match.start()])
    ]
    spans: list[tuple[int, int, str]] = []
    for span in sorted(found, key=lambda item: (item[0], -item[1])):
        if not spans or span[0] >= spans[-1][1]:
            spans.append(span)
    return spans


def _colours(text: str) -> list[str]:
    """The colours asked for, in their order; a colour that the hair has now ("from brown", "my brown hair") only where
    no other is named. Of two that stand side by side the second one tells more ("rojo cobrizo")."""
    spans = _spans(text, _COLOUR_WORDS)
    spans = [
        span
        for span, after in zip(spans, (*spans[1:], None), strict=False)
        if not after or after[0] > span[1] + 1
    ]
    wanted = [name for start, _, name in spans if not _FROM.search(text[:start])]
    return list(dict.fromkeys(wanted or [name for *_, name in spans]))


def _known(name: str, names: tuple[str, ...]) -> str | None:
    plain = re.sub(r"\W+", "", normalise(name))
    return next((known for known in names if re.sub(r"\W+", "", normalise(known)) == plain), None)
