"""What somebody asks for: a prompt, pictures with roles, preferences, options."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from bottega.domain.base import Value
from bottega.domain.money import MicroUsd


class Role(StrEnum):
    """What an input picture is for."""

    WORKING = "working"
    PERSON = "person"
    GARMENT = "garment"
    REFERENCE = "reference"
    MASK = "mask"
    CLIP = "clip"


FILE_ROLES = {
    "image": Role.WORKING,
    "person": Role.PERSON,
    "garment": Role.GARMENT,
    "reference": Role.REFERENCE,
    "mask": Role.MASK,
    "clip": Role.CLIP,
}
"""What the files of a form and the columns of a table are called."""


class Preference(StrEnum):
    SPEED = "speed"
    BALANCED = "balanced"
    QUALITY = "quality"


class InputRef(Value):
    """An asset in a role. `asset_id` is the content hash under which its owner stored it."""

    role: Role
    asset_id: str


class Request(Value):
    """Everything that decides what is done, so that a request can be run again as it was.

    `workflow` given by the user skips the classification. `options` are those of the workflow; what the
    sentence says fills the ones not given. `max_cost` caps this one job, in micro-dollars.
    """

    prompt: str = Field(default="", max_length=2000)
    inputs: tuple[InputRef, ...] = ()
    workflow: str | None = None
    preference: Preference = Preference.BALANCED
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    stay_local: bool = False
    max_cost: MicroUsd | None = Field(default=None, ge=0)
    model: str | None = Field(default=None, max_length=200)
    """The catalogue's id of the one model that may do it; None: routing decides."""
    fresh: bool = False
    """Do the work again even when an identical result is in the cache."""
