"""The names that the laser's options offer are those that the studio knows: neither list can grow without the other."""

from typing import Any, get_args

import pytest

from bottega.laser.boxes import DESIGNS
from bottega.laser.cut_gcode import ORIGINS, Origin
from bottega.laser.dialects import DIALECTS
from bottega.laser.dither import GREY, METHODS
from bottega.laser.studio_files import FORMATS, Format
from bottega.laser.studio_more import GRIDS
from bottega.workflows.laser_options import BoxDesign, DitherName, GridKind, LaserOptions


def offered(option: str) -> set[str]:
    """Every name in an option's type, whether it is one of them, a tuple of them or may be left out."""

    def names(kind: Any) -> set[str]:
        return {kind} if isinstance(kind, str) else set().union(*map(names, get_args(kind)))

    return names(LaserOptions.model_fields[option].annotation)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        pytest.param(DitherName, (*METHODS, GREY), id="dithers"),
        pytest.param(BoxDesign, DESIGNS, id="boxes"),
        pytest.param(GridKind, GRIDS, id="test grids"),
        pytest.param(Format, FORMATS, id="formats"),
        pytest.param(Origin, ("bed", *ORIGINS), id="origins"),
    ],
)
def test_a_type_names_exactly_what_the_studio_knows(typed: object, known: tuple[str, ...]) -> None:
    assert set(get_args(typed)) == set(known)


@pytest.mark.parametrize(
    ("option", "known"),
    [
        ("dither", {*METHODS, GREY}),
        ("design", set(DESIGNS)),
        ("grid", set(GRIDS)),
        ("dialect", set(DIALECTS)),
        # A preview of a job is a picture already; PNG is not asked for as a file.
        ("formats", set(FORMATS) - {"png"}),
    ],
)
def test_an_option_offers_exactly_what_the_studio_knows(option: str, known: set[str]) -> None:
    assert offered(option) == known
