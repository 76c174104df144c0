"""What a check finds."""

from typing import Literal

from bottega.domain.base import Value


class Finding(Value):
    """`broken` is essential; `note` is worth knowing."""

    name: str
    state: Literal["ok", "note", "broken"]
    detail: str
    hint: str = ""


def ok(name: str, detail: str, hint: str = "") -> Finding:
    return Finding(name=name, state="ok", detail=detail, hint=hint)


def note(name: str, detail: str, hint: str = "") -> Finding:
    return Finding(name=name, state="note", detail=detail, hint=hint)


def broken(name: str, detail: str, hint: str = "") -> Finding:
    return Finding(name=name, state="broken", detail=detail, hint=hint)
