"""What the concepts of a sentence mean together: a table of rules that add to or take from the score of a class.

A rule holds when all its `when` concepts occur and none of its `unless` does. Beside the lexicon's concepts these
are known: `at_hand` (a picture is there and wanted), `nothing` (none is, or a new one is asked for), `clip_at_hand`,
`two_images`, `mention` (an @name), `asked` (it ends with a question mark), `name` (somebody's name), `caption` (reads like the description of a scene).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from types import MappingProxyType
from typing import Final

from bottega.domain.intent import IntentContext, WorkClass
from bottega.intent.context import Cues
from bottega.intent.lexicon import Hit, Reading
from bottega.intent.names import Names

_GEN, _EDIT, _ENHANCE = WorkClass.IMAGE_GENERATION, WorkClass.IMAGE_EDITING, WorkClass.IMAGE_ENHANCEMENT
_STYLE, _HAIR, _REFERENCE = WorkClass.STYLE_TRANSFER, WorkClass.HAIR_STYLING, WorkClass.REFERENCE_STYLING
_I2V, _T2V, _VIDEO = WorkClass.IMAGE_TO_VIDEO, WorkClass.TEXT_TO_VIDEO, WorkClass.VIDEO_GENERATION
_CLIP, _LASER, _ADVICE, _OUTFIT = (
    WorkClass.VIDEO_ENHANCEMENT,
    WorkClass.LASER,
    WorkClass.STYLE_ADVICE,
    WorkClass.OUTFIT,
)

# A later clause counts less, and what follows "then" much less: the first main ask decides.
_LATER_CLAUSE: Final = 0.85
_AFTER_SEQUENCE: Final = 0.5
_PER_FURTHER_WORD: Final = 0.1
_MOST_FURTHER_WORDS: Final = 3

Scores = dict[WorkClass, float]


@dataclass(frozen=True, slots=True)
class Rule:
    when: tuple[str, ...]
    adds: Mapping[WorkClass, float]
    says: str = ""
    """What the words ask for, read behind them: "'sharpen' asks for better quality"."""
    unless: tuple[str, ...] = ()
    same_clause: bool = False


def _rule(when: str, adds: Scores, says: str = "", *, unless: str = "", same_clause: bool = False) -> Rule:
    return Rule(tuple(when.split()), MappingProxyType(adds), says, tuple(unless.split()), same_clause)


_MOVING: Final = "asks for moving pictures"
_QUALITY: Final = "asks for better quality with the same content"
_LOOK: Final = "asks for somebody's or some time's look"

RULES: Final[tuple[Rule, ...]] = (
    # Priors: what a sentence without any hint is most likely to want.
    _rule("nothing", {_GEN: 0.8, _HAIR: -0.7, _REFERENCE: -0.7}),
    _rule("at_hand", {_EDIT: 0.8, _T2V: -2.0, _VIDEO: -2.0}),
    _rule("clip_at_hand", {_CLIP: 2.0}),
    # Moving pictures
    _rule("video", {_I2V: 2.5, _T2V: 2.5, _VIDEO: 2.3, _GEN: -1.5}, _MOVING, unless="still"),
    _rule("motion", {_I2V: 3.5, _T2V: 3.0}, "asks for movement"),
    _rule("motion at_hand", {_I2V: 1.5}),
    _rule("camera", {_I2V: 2.5, _T2V: 3.0, _GEN: -1.5}, "describes a camera movement", unless="still"),
    _rule(
        "duration", {_I2V: 2.0, _T2V: 2.5, _VIDEO: 0.5, _GEN: -1}, "gives a length in time", unless="still"
    ),
    _rule("video at_hand", {_I2V: 1.8}, unless="framerate quality"),
    _rule("video nothing", {_T2V: 1.0}, unless="framerate quality clip_at_hand clip"),
    _rule("video action", {_I2V: 0.5, _T2V: 0.5}),
    _rule("edit action at_hand", {_I2V: 2.0}, "asks for movement", same_clause=True),
    _rule("action at_hand", {_I2V: 1.5}, "describes a movement"),
    _rule("edit speech at_hand", {_I2V: 5.5}, "asks for somebody to speak", same_clause=True),
    _rule("speech at_hand", {_I2V: 1.5}, "asks for speech"),
    _rule("audio", {_VIDEO: 2.0}, "asks for sound"),
    _rule("audio edit at_hand", {_I2V: 2.5}, "asks for sound"),
    _rule("video audio", {_VIDEO: 2.0}),
    _rule("video speech", {_VIDEO: 2.0}, "asks for speech"),
    _rule("duration audio", {_VIDEO: 2.0}),
    _rule("motion audio", {_VIDEO: 1.0}),
    _rule("silent video", {_T2V: 1.0}, "wants no sound"),
    _rule("still", {_GEN: 4.5, _I2V: -2, _T2V: -2, _VIDEO: -2}, "asks for a still picture"),
    # A clip made better
    _rule("framerate", {_CLIP: 4.8}, "asks for a smoother, steadier or slower clip"),
    _rule("framerate video nothing", {_CLIP: -3.0, _T2V: 1.0}, unless="clip clip_at_hand"),
    _rule("framerate video", {_CLIP: 1.5}),
    _rule("framerate edit", {_EDIT: -2.0}),
    _rule("quality video", {_CLIP: 4.5, _I2V: -1.5}, "asks for a better clip"),
    _rule("smooth clip_at_hand", {_CLIP: 4.5}, "asks for a smoother clip"),
    _rule("clip", {_CLIP: 0.8}),
    _rule("video clip_at_hand", {_CLIP: 2.0}, "speaks of the clip", unless="new create"),
    _rule("edit clip_at_hand", {_CLIP: 1.0, _EDIT: -2.0}, unless="at_hand"),
    # A picture made better
    _rule("quality", {_ENHANCE: 4.8}, _QUALITY),
    _rule("resize", {_ENHANCE: 4.5}, "asks for a larger picture"),
    _rule("quality resize", {_ENHANCE: 1.0}),
    _rule("quality edit", {_EDIT: -2.5}),
    # A picture changed
    _rule("edit", {_EDIT: 3.8}, "asks for a change in the picture"),
    _rule("edit at_hand", {_EDIT: 1.0}),
    _rule("target at_hand", {_EDIT: 1.5}, "names what is to change"),
    _rule("edit target", {_EDIT: 0.7}),
    _rule("edit nothing", {_EDIT: -1.0}, unless="picture"),
    # Another art style
    _rule("style", {_STYLE: 4.6}, "names an art style"),
    _rule("style convert", {_STYLE: 1.2}),
    _rule("style nothing", {_GEN: 1.5}),
    _rule("style edit", {_EDIT: -2.0}),
    _rule("convert at_hand", {_STYLE: 0.5}, unless="hair garment"),
    _rule("style create at_hand", {_GEN: -1.5}, unless="new"),
    _rule("style video", {_STYLE: -2.0}),
    _rule("style look", {_REFERENCE: -3.0}),
    # Hair
    _rule("hair", {_HAIR: 4.6}, "is about hair or a beard"),
    _rule("hair edit", {_HAIR: 1.0, _EDIT: -2.2}),
    _rule("hair animal", {_HAIR: -5.0, _EDIT: 3.0}, "is about hair, but not a person's", same_clause=True),
    _rule("hair nothing", {_HAIR: -3.0, _GEN: 1.5}, unless="self edit picture"),
    _rule("hair video", {_HAIR: -3.0}),
    _rule("hair motion", {_HAIR: -3.0}),
    _rule("hair action", {_HAIR: -1.5}),
    _rule("hair advice", {_HAIR: -2.5}),
    _rule("hair name", {_HAIR: 0.5, _REFERENCE: -2.5}),
    _rule("hair style", {_STYLE: -1.0}),
    _rule("hair tryon", {_REFERENCE: -5.0}, unless="garment"),
    # Clothes and looks
    _rule("tryon", {_REFERENCE: 5.2}, "asks for clothes to be tried on"),
    _rule("garment place", {_REFERENCE: 2.0}, "asks for clothes on somebody"),
    _rule("garment two_images", {_REFERENCE: 1.5}),
    _rule("wear at_hand", {_REFERENCE: 2.0}, "asks for clothes on somebody"),
    _rule("wear garment at_hand", {_REFERENCE: 1.5}),
    _rule("wear mention", {_REFERENCE: 2.5}, "asks for clothes on somebody"),
    _rule("look", {_REFERENCE: 3.2}, _LOOK),
    _rule("look name", {_REFERENCE: 2.0}, "names whose look it is"),
    _rule("look era", {_REFERENCE: 2.0}, "names the time of the look"),
    _rule("look event", {_REFERENCE: 1.5}, "names the event of the look"),
    _rule("look edit", {_EDIT: -2.0}),
    _rule("tryon edit", {_EDIT: -2.5}),
    _rule("name at_hand", {_REFERENCE: 1.8}, _LOOK, unless="style hair"),
    _rule("event at_hand", {_REFERENCE: 2.5}, "names an event", unless="hair"),
    _rule("era at_hand", {_REFERENCE: 2.0}, "names a time of fashion", unless="hair style"),
    _rule("outfit name at_hand", {_REFERENCE: 4.0, _OUTFIT: -3.0}),
    # Advice in words
    _rule("advice", {_ADVICE: 5.2}, "asks what suits somebody"),
    _rule("advice tryon", {_ADVICE: -1.5}),
    _rule("asked asking hair", {_ADVICE: 4.0, _HAIR: -1.0}, "is a question about looks", same_clause=True),
    _rule("asked asking garment", {_ADVICE: 2.5}, "is a question about looks", unless="outfit tryon"),
    _rule("asked asking appearance", {_ADVICE: 3.0, _EDIT: -1.0}, "is a question about looks"),
    _rule("asked question appearance", {_ADVICE: 2.5, _EDIT: -1.0}, "is a question about looks"),
    _rule("asked question garment", {_OUTFIT: 2.5}, "is a question about clothes", unless="tryon advice"),
    _rule("asked question wear", {_OUTFIT: 3.0}, "is a question about clothes", unless="tryon"),
    _rule("occasion garment", {_OUTFIT: 2.5}, "names an occasion for clothes", unless="tryon caption"),
    _rule("outfit occasion", {_OUTFIT: 1.0}),
    _rule("outfit", {_OUTFIT: 5.5}, "asks what to wear"),
    _rule("outfit advice", {_ADVICE: -2.5}),
    _rule("outfit edit", {_EDIT: -2.0}),
    _rule("outfit look", {_REFERENCE: -1.5}, unless="name"),
    # Laser
    _rule("laser", {_LASER: 6.0}, "speaks of laser work"),
    _rule("cut material", {_LASER: 5.5}, "asks for a cut in a material"),
    _rule("engrave material", {_LASER: 3.0}, "asks for an engraving in a material"),
    _rule("material measure", {_LASER: 1.0}),
    _rule("laser style", {_STYLE: -3.0}),
    _rule("laser edit", {_EDIT: -2.0}),
    _rule("laser quality", {_ENHANCE: -2.0}),
    # A new picture
    _rule("create", {_GEN: 3.5}, "asks for something to be made"),
    _rule("create video", {_GEN: -2.5}, unless="still"),
    _rule("create motion", {_GEN: -2.5}),
    _rule("create laser", {_GEN: -2.0}),
    _rule("new", {_GEN: 3.0}, "asks for something new", unless="video motion"),
    _rule(
        "caption nothing",
        {_GEN: 4.2},
        "reads like the description of a picture",
        unless="video motion camera duration",
    ),
    _rule("caption at_hand", {_GEN: 1.2}, "reads like the description of a picture", unless="video motion"),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A rule that held, how strongly (0 to about 1.3), and the words that made it hold."""

    rule: Rule
    strength: float
    words: tuple[str, ...]


def weigh(
    reading: Reading, context: IntentContext, cues: Cues, names: Names
) -> tuple[Scores, tuple[Evidence, ...]]:
    """The score of each class, and the rules that made it."""
    overall, by_clause, words = _strengths(reading)
    facts = _facts(reading, context, cues, names)
    words |= {"name": [names.person]} if names.person else {}
    scores: Scores = dict.fromkeys(WorkClass, 0.0)
    held: list[Evidence] = []
    for rule in RULES:
        if any(concept in overall or concept in facts for concept in rule.unless):
            continue
        tables = by_clause if rule.same_clause else (overall,)
        strength = max((_all_of(rule.when, table, facts) for table in tables), default=0.0)
        if not strength:
            continue
        held.append(
            Evidence(
                rule,
                strength,
                tuple(dict.fromkeys(w for concept in rule.when for w in words.get(concept, ()))),
            )
        )
        for work_class, points in rule.adds.items():
            scores[work_class] += points * strength
    return scores, tuple(held)


def softmax(scores: Scores, temperature: float) -> Scores:
    """Probabilities from scores; a higher temperature is less sure."""
    top = max(scores.values())
    powers = {name: exp((score - top) / temperature) for name, score in scores.items()}
    total = sum(powers.values())
    return {name: power / total for name, power in powers.items()}


def _strengths(
    reading: Reading,
) -> tuple[dict[str, float], tuple[dict[str, float], ...], dict[str, list[str]]]:
    """How strongly each concept occurs, over all and by clause, and in which words."""
    by_clause: tuple[dict[str, float], ...] = tuple({} for _ in reading.words)
    words: dict[str, list[str]] = {}
    weight, asking_clause = 1.0, -1
    sequence = False
    for hit in reading.hits:
        if hit.negated or hit.concept in ("negation", "negation_behind", "contrast", "preserve", "nothing"):
            continue
        if hit.concept == "sequence":
            # "then" at the very start follows nothing.
            sequence = sequence or asking_clause >= 0
            continue
        if _asks(hit) and asking_clause < 0:
            asking_clause = hit.clause
        weight = _LATER_CLAUSE if 0 <= asking_clause < hit.clause else 1.0
        weight = _AFTER_SEQUENCE if sequence else weight
        table = by_clause[hit.clause]
        table[hit.concept] = max(table.get(hit.concept, 0.0), weight)
        if hit.words not in words.setdefault(hit.concept, []):
            words[hit.concept].append(hit.words)
    overall: dict[str, float] = {}
    for table in by_clause:
        for concept, strength in table.items():
            overall[concept] = max(overall.get(concept, 0.0), strength)
    for concept in overall:
        further = min(len(words[concept]) - 1, _MOST_FURTHER_WORDS)
        overall[concept] *= 1 + _PER_FURTHER_WORD * further
    return overall, by_clause, words


_UNASKING: Final = frozenset(
    {"article", "preposition", "deixis", "self", "question", "asking", "picture", "clip", "place"}
)


def _asks(hit: Hit) -> bool:
    return hit.concept not in _UNASKING


def _facts(reading: Reading, context: IntentContext, cues: Cues, names: Names) -> frozenset[str]:
    pictures = context.working_images + context.uploaded_images + context.references
    facts = {
        "at_hand": cues.picture_at_hand,
        "nothing": not cues.picture_at_hand and not context.working_videos,
        "clip_at_hand": context.working_videos > 0,
        "two_images": pictures >= 2,
        "mention": bool(reading.mentions),
        "asked": reading.is_question,
        "name": bool(names.person),
        "caption": cues.reads_like_caption,
    }
    return frozenset(name for name, holds in facts.items() if holds)


def _all_of(concepts: tuple[str, ...], table: Mapping[str, float], facts: frozenset[str]) -> float:
    strength = 9.0
    for concept in concepts:
        found = 1.0 if concept in facts else table.get(concept, 0.0)
        if not found:
            return 0.0
        strength = min(strength, found)
    return strength
