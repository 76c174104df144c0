"""What the pictures and clips at hand make of a guess: named rules that move the probability of a class that
cannot be meant to the one that is meant then.

They work on probabilities, so that every classifier can use them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bottega.domain.intent import IntentContext, WorkClass
from bottega.intent.lasering import cuts_from_picture, orders_laser
from bottega.intent.lexicon import Reading

_GEN, _EDIT = WorkClass.IMAGE_GENERATION, WorkClass.IMAGE_EDITING
_I2V, _T2V, _VIDEO = WorkClass.IMAGE_TO_VIDEO, WorkClass.TEXT_TO_VIDEO, WorkClass.VIDEO_GENERATION

# A command or a pointer is no description of a scene.
_NO_CAPTION: Final = frozenset(
    {
        "edit",
        "convert",
        "quality",
        "resize",
        "framerate",
        "tryon",
        "look",
        "advice",
        "outfit",
        "laser",
        "picture",
        "clip",
    }
)
_CAPTION_WORDS: Final = 3
_WORTH_NAMING: Final = 0.1


@dataclass(frozen=True, slots=True)
class Cues:
    """What the sentence says about the pictures at hand."""

    picture_at_hand: bool
    """A picture is there, and the sentence does not ask for a new one."""
    points_at_picture: bool
    points_at_clip: bool
    asks_new: bool
    asks_sound: bool
    refuses_sound: bool
    reads_like_caption: bool
    commands_edit: bool
    about_self: bool
    orders_laser: bool
    """Something is to be cut out of a sheet, or engraved."""
    cuts_from_picture: bool
    """Something is to be cut out of a picture, without a word of a laser."""


def find_cues(reading: Reading, context: IntentContext) -> Cues:
    """Read the cues off a sentence's concepts."""
    pictures = context.working_images + context.uploaded_images + context.references
    asks_new = reading.has("new")
    # "My photo" is one to be given; in a caption "the picture" may hang on a wall.
    points = reading.has("picture") or bool(reading.mentions)
    return Cues(
        picture_at_hand=pictures > 0 and not asks_new,
        points_at_picture=points and not asks_new,
        points_at_clip=reading.has("clip"),
        asks_new=asks_new,
        asks_sound=reading.has("audio") or (reading.has("speech") and reading.has("video")),
        refuses_sound=reading.refuses("audio") or reading.has("silent"),
        reads_like_caption=_reads_like_caption(reading),
        commands_edit=_commands(reading),
        about_self=reading.has("self"),
        orders_laser=orders_laser(reading),
        cuts_from_picture=cuts_from_picture(reading),
    )


@dataclass(frozen=True, slots=True)
class ContextRule:
    """When it applies, the probability of each class of `moves` goes to the class behind it."""

    name: str
    sentence: str
    applies: Callable[[Cues, IntentContext], bool]
    moves: Mapping[WorkClass, WorkClass]


CONTEXT_RULES: Final[tuple[ContextRule, ...]] = (
    ContextRule(
        "laser ordered",
        "something is to be cut out of a sheet or engraved",
        lambda cues, context: cues.orders_laser,
        dict.fromkeys(
            (_EDIT, _GEN, WorkClass.STYLE_TRANSFER, WorkClass.HAIR_STYLING, WorkClass.REFERENCE_STYLING),
            WorkClass.LASER,
        ),
    ),
    ContextRule(
        "cut out of a picture",
        "something is to be cut out of a picture",
        lambda cues, context: cues.cuts_from_picture and not cues.orders_laser,
        dict.fromkeys(
            (
                WorkClass.LASER,
                WorkClass.STYLE_TRANSFER,
                WorkClass.HAIR_STYLING,
                WorkClass.REFERENCE_STYLING,
            ),
            _EDIT,
        ),
    ),
    ContextRule(
        "clip at hand",
        "a clip is at hand and no picture",
        lambda cues, context: context.working_videos > 0 and not cues.picture_at_hand and not cues.asks_new,
        {WorkClass.IMAGE_ENHANCEMENT: WorkClass.VIDEO_ENHANCEMENT},
    ),
    ContextRule(
        "clip meant",
        "it speaks of a clip",
        lambda cues, context: cues.points_at_clip and not context.working_videos,
        {WorkClass.IMAGE_ENHANCEMENT: WorkClass.VIDEO_ENHANCEMENT},
    ),
    ContextRule(
        "picture at hand",
        "a picture is at hand and no new one is asked for",
        lambda cues, context: cues.picture_at_hand,
        {_T2V: _I2V, _VIDEO: _I2V},
    ),
    ContextRule(
        "no picture to move",
        "no picture is at hand or meant",
        lambda cues, context: not cues.picture_at_hand and not cues.points_at_picture and cues.asks_sound,
        {_I2V: _VIDEO},
    ),
    ContextRule(
        "no picture to move",
        "no picture is at hand or meant",
        lambda cues, context: not cues.picture_at_hand and not cues.points_at_picture,
        {_I2V: _T2V},
    ),
    ContextRule(
        "sound asked for",
        "sound is asked for",
        lambda cues, context: cues.asks_sound and not cues.refuses_sound,
        {_T2V: _VIDEO},
    ),
    ContextRule(
        "no sound asked for",
        "no sound is asked for",
        lambda cues, context: not cues.asks_sound,
        {_VIDEO: _T2V},
    ),
    ContextRule(
        "picture meant",
        "it speaks of a picture that is to be given",
        lambda cues, context: not cues.picture_at_hand and cues.points_at_picture,
        {_T2V: _I2V, _VIDEO: _I2V},
    ),
    ContextRule(
        "nothing to restyle",
        "no picture is at hand or meant",
        lambda cues, context: not cues.picture_at_hand and not cues.points_at_picture,
        {WorkClass.STYLE_TRANSFER: _GEN},
    ),
    ContextRule(
        "nobody to style",
        "no picture of a person is at hand or meant",
        lambda cues, context: not cues.picture_at_hand and not cues.points_at_picture and not cues.about_self,
        {WorkClass.HAIR_STYLING: _GEN, WorkClass.REFERENCE_STYLING: _GEN},
    ),
    ContextRule(
        "nothing to edit",
        "no picture is at hand or meant",
        lambda cues, context: (
            not cues.picture_at_hand and not cues.points_at_picture and not cues.commands_edit
        ),
        {_EDIT: _GEN},
    ),
)


def apply_context(
    probabilities: Mapping[WorkClass, float],
    cues: Cues,
    context: IntentContext,
    rules: tuple[ContextRule, ...] = CONTEXT_RULES,
) -> tuple[dict[WorkClass, float], tuple[ContextRule, ...]]:
    """The probabilities after the rules, and those rules that moved a share worth naming."""
    moved = dict(probabilities)
    fired: list[ContextRule] = []
    for rule in rules:
        if not rule.applies(cues, context):
            continue
        share = 0.0
        for source, goal in rule.moves.items():
            share += moved[source]
            moved[goal] += moved[source]
            moved[source] = 0.0
        if share >= _WORTH_NAMING:
            fired.append(rule)
    return moved, tuple(fired)


def _reads_like_caption(reading: Reading) -> bool:
    """A noun with an article ("a cat"), or at least three words with a preposition ("cat on a sofa")."""
    if reading.is_question or not reading.words:
        return False
    if any(hit.concept in _NO_CAPTION and not hit.negated for hit in reading.hits):
        return False
    first = [hit for hit in reading.hits if hit.clause == 0]
    if any(hit.concept == "article" and hit.start == 0 for hit in first):
        return len(reading.words[0]) >= 2
    return len(reading.words[0]) >= _CAPTION_WORDS and any(hit.concept == "preposition" for hit in first)


def _commands(reading: Reading) -> bool:
    """Whether the sentence begins with an order to change something."""
    return any(
        hit.concept == "edit" and hit.clause == 0 and hit.start <= 1 and not hit.negated
        for hit in reading.hits
    )
