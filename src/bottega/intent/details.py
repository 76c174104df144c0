"""What an intent carries beside its class: sub-kind, web search, what is missing, whether a prompt is thin, and
whether this is work for us at all. Shared by every classifier."""

from typing import Final

from bottega.domain.intent import IntentContext, WorkClass
from bottega.intent.context import Cues
from bottega.intent.lexicon import Reading
from bottega.intent.names import Names

_THIN_PROMPT_WORDS: Final = 6
_FROM_WORDS: Final = frozenset(
    {WorkClass.IMAGE_GENERATION, WorkClass.TEXT_TO_VIDEO, WorkClass.VIDEO_GENERATION}
)
_ON_A_PICTURE: Final = {
    WorkClass.IMAGE_EDITING: "Which picture should be changed? Attach it.",
    WorkClass.IMAGE_ENHANCEMENT: "Which picture should be improved? Attach it.",
    WorkClass.STYLE_TRANSFER: "Which picture should get the new style? Attach it.",
    WorkClass.HAIR_STYLING: "Whose hair is it? Attach a picture of the person.",
    WorkClass.REFERENCE_STYLING: "Who should wear it? Attach a picture of the person.",
    WorkClass.IMAGE_TO_VIDEO: "Which picture should move? Attach it.",
}
_WHICH_CLIP: Final = "Which clip should be improved? Attach it."
# These name media so clearly that a word from elsewhere ("a clip of a chef and his recipe") changes nothing.
_SURELY_MEDIA: Final = frozenset(
    {"video", "still", "motion", "camera", "framerate", "style", "laser", "create", "picture", "clip"}
    | {"tryon", "outfit", "advice"}
)
_OF_MEDIA: Final = _SURELY_MEDIA | {
    "edit",
    "quality",
    "resize",
    "hair",
    "look",
    "garment",
    "wear",
    "appearance",
}
_EMPTY_WORDS: Final = ("article", "preposition", "deixis", "self", "create", "still", "video", "style")


def subkind(work_class: WorkClass, reading: Reading, names: Names, context: IntentContext) -> str | None:
    """`virtual_tryon`, `celebrity`, `event`, `fashion_reference`; `engrave`, `cut`, `score`, `both`."""
    if work_class is WorkClass.LASER:
        return _laser_kind(reading)
    if work_class is not WorkClass.REFERENCE_STYLING:
        return None
    pictures = context.working_images + context.uploaded_images + context.references
    given = pictures >= 2 and (reading.has("garment") or reading.has("wear") or reading.has("place"))
    if not names.person and (reading.has("tryon") or given or (reading.mentions and reading.has("wear"))):
        return "virtual_tryon"
    if names.person:
        return "celebrity"
    return "event" if names.event else "fashion_reference"


def _laser_kind(reading: Reading) -> str:
    engraves, scores = reading.has("engrave"), reading.has("score")
    cuts = any(
        hit.concept == "cut"
        and not hit.negated
        and hit.words.casefold() not in ("score", "scoring", "burn", "crease")
        for hit in reading.hits
    )
    if engraves and cuts:
        return "both"
    if cuts:
        return "cut"
    return "score" if scores and not engraves else "engrave"


def web_search_query(work_class: WorkClass, names: Names, reading: Reading) -> str | None:
    """What to look up when the sentence refers to somebody's look that only pictures can tell."""
    if work_class is WorkClass.REFERENCE_STYLING and (names.person or names.event):
        return " ".join(part for part in (names.person, names.event, "outfit") if part)
    if work_class is WorkClass.HAIR_STYLING and names.person:
        return f"{names.person} hairstyle"
    if work_class is WorkClass.OUTFIT and names.event:
        return f"{names.event} outfit"
    return None


def clarification(work_class: WorkClass, cues: Cues, context: IntentContext) -> str | None:
    """A question when the class works on a picture or clip and none is at hand."""
    pictures = context.working_images + context.uploaded_images + context.references
    if work_class is WorkClass.VIDEO_ENHANCEMENT:
        return None if context.working_videos else _WHICH_CLIP
    return None if pictures or context.working_videos else _ON_A_PICTURE.get(work_class)


def is_thin(work_class: WorkClass, reading: Reading) -> bool:
    """Whether a prompt for something new has so few words that describing it further would help."""
    if work_class not in _FROM_WORDS:
        return False
    empty = sum(1 for hit in reading.hits if hit.concept in _EMPTY_WORDS)
    return sum(len(clause) for clause in reading.words) - empty < _THIN_PROMPT_WORDS


def is_out_of_scope(reading: Reading) -> bool:
    """No media work: weather, code, recipes, general questions."""
    if reading.has("elsewhere"):
        return not any(reading.has(concept) for concept in _SURELY_MEDIA)
    asks = reading.is_question and reading.has("question")
    return asks and not any(reading.has(concept) for concept in _OF_MEDIA)
