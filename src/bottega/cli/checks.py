"""What a check of `bottega doctor` finds."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """`broken` is essential and makes the exit code 1; `note` is worth knowing."""

    name: str
    state: Literal["ok", "note", "broken"]
    detail: str
    hint: str = ""
