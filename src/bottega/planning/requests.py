"""A Request out of what callers have: loose values, files to work on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bottega.domain.money import micro_usd
from bottega.domain.request import Request, Role
from bottega.errors import InputError


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to work on, and what it is for."""

    source: Path | bytes
    role: Role = Role.WORKING
    name: str = ""

    @classmethod
    def of(cls, image: "Path | str | bytes | InputFile") -> "InputFile":
        """A path or bytes alone is a picture to work on."""
        if isinstance(image, InputFile):
            return image
        return cls(Path(image).expanduser() if isinstance(image, str) else image)


def make_request(*, max_cost_usd: str | None = None, **fields: Any) -> Request:
    """A Request from loose values; what is wrong with them is said as an InputError."""
    try:
        cap = None if max_cost_usd is None else micro_usd(max_cost_usd)
        return Request.model_validate({**fields, "max_cost": cap})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InputError(f"The {name} cannot be used: {first['msg']}.", field=name) from None
    except ValueError as error:
        raise InputError(f"The limit on the cost cannot be used: {error}.", field="max_cost_usd") from None
