"""What a request wants: one of thirteen classes of work, and how sure we are."""

from enum import StrEnum

from pydantic import Field

from bottega.domain.base import Value


class WorkClass(StrEnum):
    """The taxonomy; the names are part of the API."""

    IMAGE_GENERATION = "image_generation"
    IMAGE_EDITING = "image_editing"
    IMAGE_ENHANCEMENT = "image_enhancement"
    STYLE_TRANSFER = "style_transfer"
    HAIR_STYLING = "hair_styling"
    REFERENCE_STYLING = "reference_styling"
    IMAGE_TO_VIDEO = "image_to_video"
    TEXT_TO_VIDEO = "text_to_video"
    VIDEO_GENERATION = "video_generation"
    VIDEO_ENHANCEMENT = "video_enhancement"
    LASER = "laser"
    STYLE_ADVICE = "style_advice"
    OUTFIT = "outfit"


class IntentContext(Value):
    """What the classifier may know beside the sentence: how many pictures and clips are at hand."""

    working_images: int = Field(default=0, ge=0)
    uploaded_images: int = Field(default=0, ge=0)
    working_videos: int = Field(default=0, ge=0)
    references: int = Field(default=0, ge=0)


class Alternative(Value):
    workflow: WorkClass
    confidence: float = Field(ge=0, le=1)


class Intent(Value):
    """`classifier` names who spoke: `user` (named the workflow), `rules`, `embedded`, or a language model."""

    workflow: WorkClass
    subkind: str | None = None
    confidence: float = Field(ge=0, le=1)
    reasoning: str
    classifier: str
    runner_up: Alternative | None = None
    requires_web_search: bool = False
    web_search_query: str | None = None
    enhancement_needed: bool = False
    needs_clarification: str | None = None
    """A question to the user when something is plainly missing, such as the picture to work on."""
    out_of_scope: bool = False
    flagged: tuple[str, ...] = ()
