"""How a garment is to be worn, as people and the try-on workflow say it, as the options of the geometric try-on."""

from collections.abc import Mapping
from typing import Any, Final

from bottega.errors import InvalidOption
from bottega.fashion.garment.values import GarmentKind
from bottega.fashion.tryon.values import Category, Fit, SleeveWish, TryOnOptions

_CATEGORIES: Final[dict[str, Category]] = {
    "upper": "top",
    "lower": "bottom",
    "dress": "dress",
    "other": "auto",
}
_FITS: Final[tuple[Fit, ...]] = ("fitted", "regular", "loose")
_SLEEVES: Final[dict[str, SleeveWish]] = {"down": "as_is", "rolled": "rolled"}


def tryon_options(given: Mapping[str, Any], kind: GarmentKind = "unknown") -> TryOnOptions:
    """From `category`, `fit`, `tucked` and `sleeves` of the try-on workflow; what is left out or None has its default.
    `kind` of the parsed garment says whether the category `upper` is a top or outerwear; `other` leaves it to the picture.

    Raises InvalidOption for another value.
    """
    category, fit = given.get("category"), given.get("fit")
    tucked, sleeves = given.get("tucked"), given.get("sleeves")
    for value, known in ((category, _CATEGORIES), (fit, _FITS), (sleeves, _SLEEVES)):
        if value is not None and value not in known:
            raise InvalidOption(
                f"{value!r} says nothing of how a garment is worn.", hint=f"One of: {', '.join(known)}."
            )
    wanted = _CATEGORIES[category] if category else "auto"
    return TryOnOptions(
        fit=fit or "regular",
        tucked="auto" if tucked is None else "in" if tucked else "out",
        sleeves=_SLEEVES[sleeves] if sleeves else "as_is",
        category="outerwear" if wanted == "top" and kind == "outerwear" else wanted,
    )
