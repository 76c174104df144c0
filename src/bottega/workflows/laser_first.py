"""The picture that a sentence wants lasered and that nobody gave, as a step before the laser's."""

import math
from typing import Any, Final

from bottega.domain.asset import MediaInfo
from bottega.domain.request import Role
from bottega.workflows.image_generation import ImageGeneration
from bottega.workflows.laser_options import LaserOptions
from bottega.workflows.laser_refusals import no_picture
from bottega.workflows.laser_subject import describes_a_picture, picture_wording
from bottega.workflows.protocol import FirstStep

_SIZES: Final = ("1024x1024", "1536x1024", "1024x1536")
"""What every model takes that makes pictures. At 0.1 mm between the lines the square is enough for 100 mm; beyond that a
model's pictures gain nothing by more pixels that a laser could show."""


def first_picture(prompt: str, options: LaserOptions) -> FirstStep | None:
    """How to make the picture that the sentence describes; None where it describes none. Raises as `picture_wording`."""
    if not describes_a_picture(prompt):
        return None
    process, stencil = options.process, options.bridges_mm > 0
    wording = picture_wording(prompt, process, stencil=stencil)
    said = ImageGeneration().read_options(prompt)
    size = _size(options, said)
    width, height = (int(side) for side in size.split("x"))
    wanted: dict[str, Any] = {"size": size, "negative_prompt": wording.negative_prompt}
    if "seed" in said:
        wanted["seed"] = said["seed"]
    return FirstStep(
        workflow=ImageGeneration.name,
        prompt=wording.prompt,
        options=wanted,
        role=Role.WORKING,
        media=MediaInfo(media_type="image/png", width=width, height=height),
        missing=no_picture(prompt, process=process, stencil=stencil),
    )


def _size(options: LaserOptions, said: dict[str, Any]) -> str:
    """The nearest shape to the place that it is for; what the sentence calls it where no place is given."""
    if options.width_mm is None or options.height_mm is None:
        return str(said.get("size", _SIZES[0]))
    wanted = math.log(options.width_mm / options.height_mm)

    def off(size: str) -> float:
        width, height = (int(side) for side in size.split("x"))
        return abs(math.log(width / height) - wanted)

    return min(_SIZES, key=off)
