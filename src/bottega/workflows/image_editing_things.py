"""Whether a wish for other light or colour is about one thing in the picture, which only a generative model can find."""

import re
from typing import Final

# Normalised text: lower case, no accents, "й" reads "и".
_WHOLE: Final = re.compile(
    r"\b(?:pictures?|photo\w*|images?|shots?|pics?|scene|everything|all|whole|entire|overall|thing|result|it|this|that|colou?rs?"
    r"|tones?|hues?|light\w*|shadows?|shades|highlights?|midtones?|blacks|whites|areas?|parts?|regions?|exposure|brightness|contrast"
    r"|saturation|white balance|temperature|look|mood|atmosphere|edges|corners|frame"
    r"|bild\w*|fotos?|aufnahme|szene|alles|ganze\w*|gesamte\w*|farb\w*|ton\w*|licht\w*|schatten|lichter|stellen|bereiche?|stimmung"
    r"|image\w*|prises?|scene|tout\w*|couleurs?|tons?|teintes?|lumiere\w*|ombres?|zones?|parties|ensemble|ambiance"
    r"|imagen\w*|escena|todo|toda|colores|tonos|luz|luces|sombras?|partes|conjunto|ambiente"
    r"|фото\w*|картин\w*|изображени\w*|снимок|снимк\w*|кадр\w*|сцен\w*|все|его|ее|их|это|цвет\w*|тон\w*|тени|свет\w*|блики|участк\w*"
    r"|области|настроение)\b"
)
"""What stands for the picture, or for its light places and its dark ones."""
_A_BIT: Final = (
    r"(?:(?:a|bit|little|lot|slightly|much|more|less|far|way|too|look|appear|etwas|ein|wenig|bisschen|viel|deutlich|mehr|weniger"
    r"|un|peu|beaucoup|plus|moins|poco|mucho|mas|menos|чуть|немного|слегка|намного|сильно|более|менее) )*"
)
_TONE: Final = (
    r"(?:brighter|lighter|darker|dimmer|warmer|cooler|colder|saturated|vivid|vibrant|colou?rful|muted|contrast\w*"
    r"|heller|dunkler|warmer|kuhler|kalter|bunter|kraftiger|blasser|gesattigter|kontrastreicher"
    r"|claire?s?|lumineu\w*|sombres?|foncee?s?|chaude?s?|froide?s?|vi(?:f|fs|ve|ves)|saturee?s?|contraste\w*"
    r"|clar[oa]s?|brillantes?|luminos[oa]s?|oscur[oa]s?|calid[oa]s?|fri[oa]s?|vivos|vivas|saturad[oa]s?"
    r"|ярче|светлее|темнее|теплее|холоднее|насыщенн\w*|сочнее|контрастн\w*)"
)
_OF_IT: Final = r"(?:the|my|his|her|their|its|your|our|these|those)"
_DES: Final = r"(?:den|die|das|dem|der|mein\w*|sein\w*|ihr\w*|unser\w*)"
_DU: Final = r"(?:le|la|les|l|mon|ma|mes|son|sa|ses|leur|notre|votre)"
_DEL: Final = r"(?:el|la|los|las|mi|mis|su|sus|tu|tus)"
_THING: Final = r"(?P<thing>[^\W\d_][\w' -]{1,40}?)"
_WISHES: Final = tuple(
    re.compile(wish)
    for wish in (
        rf"\b(?:make|turn|get|keep|have) {_OF_IT} {_THING} {_A_BIT}{_TONE}\b",
        rf"\b(?:brighten|lighten|darken|dim|desaturate|saturate|warm|cool)(?: up| down)? {_OF_IT} {_THING}(?: {_A_BIT}(?:up|down))?$",
        rf"\bmach\w* {_DES} {_THING} {_A_BIT}{_TONE}\b",
        rf"\b(?:hell\w*|dunkl\w*) {_DES} {_THING} (?:auf|ab)\b|\b{_DES} (?P<other>[\w-]+) {_A_BIT}(?:aufhell\w*|abdunk\w*|entsattig\w*)",
        rf"\brend\w* {_DU}[' ]{_THING} {_A_BIT}{_TONE}\b|\b(?:eclairci\w*|assombri\w*) {_DU}[' ](?P<other>[\w -]+)$",
        rf"\bhaz(?:me)? (?:que )?{_DEL} {_THING} {_A_BIT}{_TONE}\b|\b(?:aclara|oscurece|ilumina) {_DEL} (?P<other>[\w -]+)$",
        rf"\bсдела\w* {_THING} {_A_BIT}{_TONE}|\b(?:осветли|затемни)\w* (?P<other>[\w -]+)$",
    )
)


def one_thing(clause: str) -> bool:
    """Whether a clause of a normalised sentence wants the light or the colour of something in the picture changed: "the sky
    darker", and not "the photo of the sky", "the shadows" or "it"."""
    for wish in _WISHES:
        if found := wish.search(clause.strip(" .!")):
            named = found["thing"] or found.groupdict().get("other") or ""
            return bool(named) and not _WHOLE.search(named)
    return False
