"""From what was decided about a request to a job that can be queued."""

from typing import Protocol

from bottega.domain.experiment import ExperimentTag
from bottega.jobs.identity import new_id
from bottega.jobs.queue import NewJob
from bottega.jobs.records import JobPayload
from bottega.workflows.tasks import Decided


class Planned(Decided, Protocol):
    """What planning gives, as far as a job needs it."""

    @property
    def experiment(self) -> ExperimentTag | None: ...


def new_job(planned: Planned, owner: str, submission_key: str | None) -> NewJob:
    payload = JobPayload(
        request=planned.request, intent=planned.intent, plan=planned.plan, experiment=planned.experiment
    )
    return NewJob(
        id=new_id("job"),
        owner=owner,
        payload=payload.model_dump(mode="json"),
        submission_key=submission_key,
    )
