"""What requests about experiments and feedback bring."""

from typing import Any

from pydantic import Field

from bottega.analytics.experiment_store import MOST_ARMS, Name, Unit
from bottega.analytics.feedback import MOST_FEATURES, Comment, Feature, Stars, Thumb
from bottega.api.schemas import Body, JsonObject
from bottega.domain.request import Preference


class ChangesBody(Body):
    """What an arm does otherwise; nothing: as it is done without the experiment. What a user chooses always wins."""

    preference: Preference | None = None
    classifier: str | None = Field(default=None, max_length=40)
    options: JsonObject = Field(default_factory=dict[str, Any])
    model: str | None = Field(
        default=None, max_length=200, description="Tried first where it is a candidate."
    )
    learning: bool | None = None


class ArmBody(Body):
    name: Name
    weight: float = Field(default=1.0, ge=0, le=1e6, allow_inf_nan=False)
    changes: ChangesBody = ChangesBody()


class ExperimentBody(Body):
    """The first arm is the control. Without `workflow`: all of them."""

    name: Name
    workflow: str | None = Field(default=None, max_length=80)
    unit: Unit = Unit.USER
    arms: tuple[ArmBody, ...] = Field(min_length=2, max_length=MOST_ARMS)


class FeedbackBody(Body):
    """What is not given stays as it was; null takes it back. `features` are ratings of single aspects, such as
    `colours` or `speed`, and are replaced together."""

    job_id: str = Field(pattern="^[A-Za-z0-9_-]{1,80}$")
    stars: Stars | None = None
    thumb: Thumb | None = None
    comment: Comment | None = None
    features: dict[Feature, Stars] | None = Field(default=None, max_length=MOST_FEATURES)
