"""A wish, put into words for each family of picture models. What the user said is in all of them, word for word.

One function per way of asking, one line per family; the families are named by the catalogue (`Model.family`). What is
wished, and what must stay, is said by the workflows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

GENERAL: Final = ""
"""The family of models for which the catalogue names none."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become of the pictures, in parts that a family puts together its own way.

    `said` is the user's sentence. `order` tells an editor what to do ("Change only the hair of the person."),
    `result` describes the finished picture ("A photograph of the person with new hair"). `details` narrow both,
    `keep` names what must stay, `avoid` what must not be seen. `pictures` says what each input picture is, in
    their order. `target` and `subject` are for models that take an object and what it becomes apart from each
    other: in "replace the lamp with a fern" the lamp is the subject, a fern the target.
    """

    said: str = ""
    order: str = ""
    result: str = ""
    details: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    avoid: str = ""
    pictures: tuple[str, ...] = ()
    target: str = ""
    subject: str = ""
    masked: bool = False


def prompts_for(wish: Wish) -> dict[str, str]:
    """The wish by family, ready for `Task.prompts`; the general wording is under `GENERAL`."""
    return {family: put(wish) for family, put in FAMILIES.items()}


# --- editors that follow instructions --------------------------------------------------------------------------------


def instruct(wish: Wish) -> str:
    """For models that read at length: what each picture is, what to do, what must stay."""
    return _editor(wish, "Picture {}: {}.")


def instruct_by_image(wish: Wish) -> str:
    """For models that were trained to hear their inputs called `image 1`, `image 2`."""
    return _editor(wish, "Image {}: {}.")


def instruct_shortly(wish: Wish) -> str:
    """For models that read some hundred tokens and forget what stands far back: the order first, few words."""
    named = " ".join(
        f"The {place} picture shows {what}."
        for place, what in zip(("first", "second", "third", "fourth"), _several(wish.pictures), strict=False)
    )
    keep = f"Keep {_list(wish.keep)} exactly the same." if wish.keep else ""
    return _joined(wish.order, wish.said, _details(wish), named, keep, _without(wish), _in_mask(wish))


def make_picture(wish: Wish) -> str:
    """For models that also talk: a picture is asked for when there is none to change. What to avoid is told by the
    engine."""
    if wish.pictures or wish.order:
        return instruct(replace(wish, avoid=""))
    return _joined(f"Make a picture: {wish.said}", _details(wish))


# --- models that are given a description ------------------------------------------------------------------------------


def describe(wish: Wish) -> str:
    """For models that were trained on captions: the finished picture, not the way to it."""
    described = _sentence(", ".join(part for part in (wish.result, *wish.details) if part))
    return _joined(described, wish.said, _without(wish))


def describe_wanted(wish: Wish) -> str:
    """As `describe`, for models that take what to avoid in a field of its own."""
    return _joined(_sentence(", ".join(part for part in (wish.result, *wish.details) if part)), wish.said)


def tags(wish: Wish) -> str:
    """For models that were trained on tags: short pieces between commas, what was said first."""
    pieces = [wish.said.strip().rstrip("."), *wish.details, wish.result]
    return ", ".join(piece for piece in pieces if piece)


def fill(wish: Wish) -> str:
    """For models that paint into a mask: what is to be seen there."""
    return _joined(_sentence(wish.target), _sentence(", ".join(wish.details)), wish.said)


def target_only(wish: Wish) -> str:
    """For models that are told the object apart: what it becomes, in the user's own words for it."""
    return wish.target or describe_wanted(wish)


FAMILIES: Final[dict[str, Callable[[Wish], str]]] = {
    GENERAL: instruct,
    "gpt-image": instruct,
    "gemini-image": make_picture,
    "flux-kontext": instruct_shortly,
    "flux-2": instruct_by_image,
    "qwen-image": instruct_by_image,
    "seedream": instruct_by_image,
    "p-image": instruct_shortly,
    "flux": describe,
    "imagen": describe,
    "dall-e": describe,
    "stable-image": describe_wanted,
    "stable-image-fill": fill,
    "stable-image-search": target_only,
    "flux-fill": fill,
    "stable-diffusion": tags,
    "try-on": describe_wanted,
}
"""By the catalogue's `family`. `-fill` paints into masks; `-search` is told an object and finds it; `try-on` wants the
garment described; `stable-diffusion` are versions 1.5 and XL and what was tuned from them."""


# --- parts ------------------------------------------------------------------------------------------------------------


def _editor(wish: Wish, naming: str) -> str:
    named = " ".join(
        naming.format(number, what) for number, what in enumerate(_several(wish.pictures), start=1)
    )
    said = _quoted(wish) if wish.order else wish.said
    keep = (
        f"Keep everything else as it is: {_list(wish.keep)}. Change nothing that was not asked for."
        if wish.keep
        else ""
    )
    return _joined(named, wish.order, said, _details(wish), keep, _without(wish), _in_mask(wish))


def _quoted(wish: Wish) -> str:
    return f"What is wished: {wish.said}" if wish.said else ""


def _details(wish: Wish) -> str:
    return f"In detail: {'; '.join(wish.details)}." if wish.details else ""


def _without(wish: Wish) -> str:
    return f"Without: {wish.avoid}." if wish.avoid else ""


def _in_mask(wish: Wish) -> str:
    return "Change only the masked area; everything outside it stays as it is." if wish.masked else ""


def _several(pictures: tuple[str, ...]) -> tuple[str, ...]:
    """One picture needs no name."""
    return pictures if len(pictures) > 1 else ()


def _list(things: tuple[str, ...]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def _joined(*parts: str) -> str:
    """The parts one after the other; what was said ends as it ended where nothing follows."""
    given = [part.strip() for part in parts if part.strip()]
    return " ".join([*(_sentence(part) for part in given[:-1]), *given[-1:]])
