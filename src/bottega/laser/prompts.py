"""Sentences for image models whose pictures are to be lasered: style, wording, what cannot work, variations.

The six templates are data (`prompts.toml`). Plain Python; which model makes the picture is routing's. Words of a
content policy are not judged here: that is the policy's, for every kind of work.
"""

import random
import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import Field

from bottega.domain.base import Value
from bottega.errors import InvalidOption, MissingInput
from bottega.laser.materials import mentioned_forbidden

StyleName = Literal["line_art", "silhouette", "halftone", "engraving", "cutting", "ornament"]
MAX_PROMPT = 2000
MAX_VARIATIONS = 16
DEFAULT_STYLE: StyleName = "engraving"


class Template(Value):
    """A way of asking. `{subject}` in `prompt` is the wish; `process` is what the laser does with the picture."""

    id: StyleName
    title: str
    summary: str
    process: Literal["engrave", "score", "cut"]
    words: tuple[str, ...]
    prompt: str
    negative: str
    variations: tuple[str, ...] = Field(min_length=1)
    engraving: dict[str, Any]


class Style(Value):
    """The style that a wish asks for, with the words that said so; without any, the default at confidence 0.3."""

    id: StyleName
    confidence: float = Field(ge=0, le=1)
    words: tuple[str, ...] = ()
    scores: dict[StyleName, float] = Field(default_factory=dict[StyleName, float])


class Advice(Value):
    """Something in a wish that a laser cannot show; `words` as found."""

    id: str
    words: tuple[str, ...]
    advice: str


class Validation(Value):
    """`allowed` is False only where the job must not be made; `refusal` says why. `advice` is about the look."""

    allowed: bool
    refusal: str = ""
    hint: str = ""
    advice: tuple[Advice, ...] = ()


class LaserPrompt(Value):
    """What to send to an image model, and what it is meant for."""

    original: str
    prompt: str
    negative_prompt: str
    style: StyleName
    confidence: float
    process: Literal["engrave", "score", "cut"]
    options: dict[str, Any]
    """Options of the laser workflow that suit such a picture."""
    variation: str = ""
    seed: int | None = None
    advice: tuple[Advice, ...] = ()


def templates() -> tuple[Template, ...]:
    """The six templates."""
    return _data()[0]


def template(style: str) -> Template:
    """Raises InvalidOption that lists the known ones."""
    wanted = style.strip().casefold().replace("-", "_").replace(" ", "_")
    found = next((each for each in templates() if each.id == wanted), None)
    if found is None:
        known = ", ".join(each.id for each in templates())
        raise InvalidOption(f"There is no laser style called {style[:60]!r}.", hint=f"Known: {known}.")
    return found


def detect_style(wish: str) -> Style:
    """The style that the words ask for, in five languages. Longer finds count more; ties go to the earlier template.

    Confidence is the winner's share of all that was found, lowered where little was found.
    """
    text = _folded(wish)
    found: dict[StyleName, list[str]] = {
        each.id: [word for word in dict.fromkeys(each.words) if _begins(word, text)] for each in templates()
    }
    # A phrase that contains another of the same style says no more than itself.
    kept: dict[StyleName, list[str]] = {
        style: [w for w in words if not any(w != o and w in o for o in words)]
        for style, words in found.items()
    }
    scores: dict[StyleName, float] = {
        style: float(sum(1 + len(word) / 8 for word in words)) for style, words in kept.items()
    }
    best: StyleName = max(scores, key=lambda style: scores[style])
    total = sum(scores.values())
    if total == 0:
        return Style(id=DEFAULT_STYLE, confidence=0.3)
    evidence = min(1.0, 0.7 + 0.1 * scores[best])
    return Style(
        id=best,
        confidence=round(scores[best] / total * evidence, 3),
        words=tuple(kept[best]),
        scores={style: round(score, 3) for style, score in scores.items() if score},
    )


def validate_prompt(wish: str) -> Validation:
    """Whether a wish can be made safely, and what about it a laser cannot show.

    A material that must never be lasered (PVC and the like, in five languages) refuses it.
    """
    forbidden = mentioned_forbidden(wish)
    text = _folded(wish)
    advice = tuple(
        Advice(id=trouble.id, words=words, advice=trouble.advice)
        for trouble in _data()[1]
        if (words := tuple(dict.fromkeys(word for word in trouble.words if _begins(word, text))))
    )
    if forbidden is not None:
        return Validation(
            allowed=False,
            refusal=f"{forbidden.title} must never be lasered: {forbidden.reason}.",
            hint="Choose another material, such as plywood, cork or vegetable-tanned leather.",
            advice=advice,
        )
    return Validation(allowed=True, advice=advice)


def enhance_prompt(wish: str, *, style: str | None = None, variation: str = "") -> LaserPrompt:
    """The wish worded so that the picture can be lasered: contrast, edges, background, connected shapes.

    Raises MissingInput for an empty wish, InvalidOption for an unknown style, for one that becomes longer than 2000
    characters, and for forbidden materials.
    """
    subject = " ".join(wish.split()).rstrip(" .,;!")
    if not re.search(r"\w", subject):
        raise MissingInput("There is nothing to draw.", hint="Say what the picture is to show.")
    checked = validate_prompt(wish)
    if not checked.allowed:
        raise InvalidOption(checked.refusal, hint=checked.hint)
    guess = detect_style(wish) if style is None else Style(id=template(style).id, confidence=1.0)
    chosen = template(guess.id)
    # One replacement only, so that braces in the wish are text.
    text = chosen.prompt.replace("{subject}", subject, 1)
    if variation:
        text = f"{text}, {variation}"
    if len(text) > MAX_PROMPT:
        raise InvalidOption(
            f"With the words for the laser the sentence has {len(text)} characters; at most {MAX_PROMPT} are taken.",
            hint="Shorten it.",
        )
    return LaserPrompt(
        original=wish,
        prompt=text,
        negative_prompt=chosen.negative,
        style=chosen.id,
        confidence=guess.confidence,
        process=chosen.process,
        options={"process": chosen.process, **chosen.engraving},
        variation=variation,
        advice=checked.advice,
    )


def prompt_variations(
    wish: str, *, count: int = 4, seed: int = 0, style: str | None = None
) -> tuple[LaserPrompt, ...]:
    """`count` different wordings; the same `seed` gives the same ones. Each has a seed for the image model.

    Raises InvalidOption for a count outside 1 to 16, and what `enhance_prompt` raises.
    """
    if not 1 <= count <= MAX_VARIATIONS:
        raise InvalidOption(f"{count} variations were asked for; it can be 1 to {MAX_VARIATIONS}.")
    plain = enhance_prompt(wish, style=style)
    order = random.Random(seed)  # noqa: S311 - a choice of words, no secret
    words = list(template(plain.style).variations)
    pairs = [f"{a}, {b}" for a in words for b in words if a < b]
    order.shuffle(words)
    order.shuffle(pairs)
    chosen = (*words, *pairs)[:count]
    return tuple(
        enhance_prompt(wish, style=plain.style, variation=each).model_copy(
            update={"seed": order.randrange(2**31), "confidence": plain.confidence}
        )
        for each in chosen
    )


class _Trouble(Value):
    id: str
    words: tuple[str, ...]
    advice: str


@cache
def _data() -> tuple[tuple[Template, ...], tuple[_Trouble, ...]]:
    text = resources.files("bottega.laser").joinpath("prompts.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    return (
        tuple(Template.model_validate(each) for each in raw["template"]),
        tuple(_Trouble.model_validate(each) for each in raw["trouble"]),
    )


def _folded(text: str) -> str:
    """Case and accents aside, single blanks; letters of other alphabets stay letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def _begins(word: str, text: str) -> bool:
    return _beginning(word).search(text) is not None


@cache
def _beginning(word: str) -> re.Pattern[str]:
    folded = re.escape(_folded(word)).replace(r"\ ", "[ -]").replace(r"\-", "[ -]?")
    return re.compile(rf"(?<!\w){folded}")
