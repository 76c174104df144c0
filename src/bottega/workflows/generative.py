"""What the workflows share whose pictures a generative model makes from other pictures: options, the order of
inputs, size estimates, and criteria that hold for a result in any pixel size.
"""

from collections.abc import Iterable
from typing import Any, Final, Literal

from pydantic import Field

from bottega.domain.request import Role
from bottega.domain.task import TaskInput
from bottega.domain.verdict import Criterion
from bottega.errors import InvalidOption
from bottega.workflows.protocol import Options

MOST_REFERENCES: Final = 8
_LEAST_MEGAPIXELS: Final = 1.0
_MOST_MEGAPIXELS: Final = 4.0
"""What models of today make when they are left to choose the size."""


class GenerativeOptions(Options):
    n: int = Field(default=1, ge=1, le=4, description="How many pictures to make; each has its price.")
    seed: int | None = Field(
        default=None,
        ge=0,
        le=2**32 - 1,
        description="The same seed gives the same picture again, with models that take one.",
    )
    quality: Literal["auto", "low", "medium", "high"] = Field(
        default="auto", description="The model's own quality setting; auto leaves it to the model."
    )


def choice_features(options: Any) -> frozenset[str]:
    """`variants`, `seed` and `quality:<level>` as far as the options ask for them."""
    wanted = {
        "variants": options.n > 1,
        "seed": options.seed is not None,
        f"quality:{options.quality}": options.quality != "auto",
    }
    return frozenset(name for name, asked in wanted.items() if asked)


def choice_parameters(options: Any) -> dict[str, Any]:
    """`n` and `quality` for the engines, where they are not the default; the seed stands in the task."""
    parameters: dict[str, Any] = {"n": options.n} if options.n > 1 else {}
    return parameters | ({} if options.quality == "auto" else {"quality": options.quality})


def pictures_of(inputs: Iterable[TaskInput], *roles: Role) -> list[TaskInput]:
    """The pictures of these roles, in the order in which they were given."""
    return [item for item in inputs if item.role in roles and item.media.is_picture]


def as_role(items: Iterable[TaskInput], role: Role) -> tuple[TaskInput, ...]:
    return tuple(item.model_copy(update={"role": role}) for item in items)


def check_references(references: list[TaskInput], most: int = MOST_REFERENCES) -> None:
    """Raises InvalidOption for more pictures than any model looks at with care."""
    if len(references) > most:
        raise InvalidOption(
            f"{len(references)} pictures to look at were given; at most {most} are looked at.",
            hint="Leave out the ones that matter least.",
        )


def estimated_megapixels(source: TaskInput, count: int) -> float:
    """Of all results together, when the model chooses the size: about that of the source, 1 to 4 megapixels each."""
    return count * min(max(source.media.megapixels, _LEAST_MEGAPIXELS), _MOST_MEGAPIXELS)


# --- criteria ---------------------------------------------------------------------------------------------------------


def not_empty() -> Criterion:
    return Criterion(measure="detail", rule="at_least", threshold=0.005, why="The result is almost empty.")


def was_changed() -> Criterion:
    """Photographs of scikit-image saved again as JPEG of quality 60 to 95 measure at most 0.043; with a spot as wide as
    a fiftieth of them at half its brightness, 0.137 and more."""
    return Criterion(
        measure="change", rule="at_least", threshold=0.05, why="Nothing was changed in the picture."
    )


def same_shape() -> Criterion:
    """A vendor's nearest shape is allowed (16:9 as 3:2 is 1.19), a portrait as a square (1.5) is not."""
    return Criterion(
        measure="shape_ratio",
        rule="at_most",
        threshold=1.3,
        why="The result has another shape than the picture.",
    )


def same_scene(threshold: float) -> Criterion:
    """`threshold` for `likeness`: how alike light and dark are laid out. Of 136 pairs of different pictures of
    scikit-image two reach 0.3; photographs of which the upper half was darkened keep 0.58 and more."""
    return Criterion(
        measure="likeness",
        rule="at_least",
        threshold=threshold,
        why="The result does not show what the picture shows.",
    )
