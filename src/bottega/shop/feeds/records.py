"""One record of a feed as its reader hands it on, before anybody knows whether it is an offer."""

from typing import Any, NamedTuple


class Record(NamedTuple):
    """`line` of the unpacked feed, from 1. Either `fields`, or the `problem` that kept them from being read."""

    line: int
    fields: dict[str, Any]
    problem: str = ""
