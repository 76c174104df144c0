"""What is written into the files that an engine of this machine made."""

from bottega.domain.asset import Provenance
from bottega.domain.task import Task


def provenance_of(task: Task, model_id: str, source_type: str) -> Provenance:
    """`source_type` is a term of the IPTC's digital source types; the engine is the first part of the model's id."""
    return Provenance(
        workflow=task.workflow,
        model_id=model_id,
        engine=model_id.partition("/")[0],
        prompt=task.prompt,
        parameters=task.parameters,
        parents=tuple(item.asset_id for item in task.inputs),
        digital_source_type=source_type,
    )
