"""The words in which controllers differ, as data. Facts: the firmwares' own documentation of 2026."""

from dataclasses import dataclass

from bottega.errors import InvalidOption


@dataclass(frozen=True, slots=True)
class Dialect:
    """`dynamic` and `constant` switch the beam on with power by speed or fixed ("" where S words alone do it).

    `max_power_s`: the usual S of full power. `modal`: a line may leave out the G word of the line before. `arcs`:
    G2 and G3 are understood. `max_line`: characters of the receive buffer. `spaced`: words are set apart, for parsers
    that want it. `note` goes into the header.
    """

    id: str
    title: str
    dynamic: str
    constant: str
    off: tuple[str, ...]
    end: tuple[str, ...]
    max_power_s: float
    power_decimals: int
    modal: bool
    arcs: bool
    max_line: int
    spaced: bool = False
    note: str = "laser mode ($32=1)"


DIALECTS: dict[str, Dialect] = {
    dialect.id: dialect
    for dialect in (
        Dialect("grbl", "GRBL 1.1", "M4", "M3", ("M5",), ("M2",), 1000, 0, True, True, 79),
        Dialect("grblhal", "grblHAL", "M4", "M3", ("M5",), ("M2",), 1000, 0, True, True, 79),
        Dialect("fluidnc", "FluidNC", "M4", "M3", ("M5",), ("M2",), 1000, 0, True, True, 79),
        # Inline mode (I): power is part of the move; without it every S word would stop the head.
        Dialect(
            "marlin",
            "Marlin 2.1",
            "M4 I",
            "M3 I",
            ("M5 I", "M5"),
            (),
            255,
            0,
            False,
            True,
            95,
            True,
            "inline laser power",
        ),
        # The laser module fires on G1 to G3 by S from 0 to 1, by speed always, and never on G0.
        Dialect(
            "smoothie", "Smoothieware", "", "", ("M5",), ("M2",), 1, 3, False, True, 120, True, "laser module"
        ),
    )
}


def find_dialect(name: str) -> Dialect:
    """The dialect of that id. Raises InvalidOption that lists the known ones."""
    found = DIALECTS.get(name.strip().lower())
    if found is None:
        raise InvalidOption(
            f"There is no G-code dialect called {name!r}.", hint=f"Known: {', '.join(DIALECTS)}."
        )
    return found
