"""Experiments as they are kept: begun once, one at a time on a workflow, ended for good; what users say of their arms."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from bottega.analytics import Kind, record
from bottega.analytics.experiment_store import ExperimentState, ExperimentStore, StoredExperiment
from bottega.analytics.experiments import newcombe, wilson
from bottega.errors import Conflict, NotFound
from bottega.store.database import Database
from bottega.store.schema import feedback


def wanted(name: str = "sharper", **fields: Any) -> StoredExperiment:
    arms = [{"name": "control"}, {"name": "sharp", "weight": 3, "changes": {"preference": "quality"}}]
    return StoredExperiment.model_validate(
        {"name": name, "workflow": "image_enhancement", "arms": arms} | fields
    )


async def test_an_experiment_is_kept_as_it_was_begun(database: Database) -> None:
    store = ExperimentStore(database)
    made = await store.start(wanted())
    assert made.created_at > 0
    assert await store.get("sharper") == made == (await store.list())[0]
    assert await store.start(wanted()) == made
    assert [arm.name for arm in made.arms] == ["control", "sharp"]
    assert made.assignment.arms == {"control": 1.0, "sharp": 3.0}


async def test_a_name_is_used_once(database: Database) -> None:
    store = ExperimentStore(database)
    await store.start(wanted())
    ended = await store.end("sharper")
    assert ended.state is ExperimentState.ENDED
    assert ended.ended_at is not None
    assert await store.end("sharper") == ended
    for again in (wanted(), wanted(unit="request")):
        with pytest.raises(Conflict, match="before"):
            await store.start(again)
    with pytest.raises(NotFound):
        await store.end("nobody")


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("image_enhancement", "image_enhancement", False),
        ("image_enhancement", None, False),
        (None, "image_enhancement", False),
        (None, None, False),
        ("image_enhancement", "laser", True),
    ],
)
async def test_one_runs_at_a_time_on_a_workflow(
    database: Database, first: str | None, second: str | None, together: bool
) -> None:
    store = ExperimentStore(database)
    await store.start(wanted("one", workflow=first))
    if together:
        await store.start(wanted("two", workflow=second))
        assert len(await store.running()) == 2
        return
    with pytest.raises(Conflict, match="one runs on"):
        await store.start(wanted("two", workflow=second))
    await store.end("one")
    await store.start(wanted("two", workflow=second))
    assert [each.name for each in await store.running()] == ["two"]


async def test_of_many_begun_at_once_one_runs(database: Database) -> None:
    store = ExperimentStore(database)
    told = await asyncio.gather(
        *(store.start(wanted(f"e{number}")) for number in range(8)), return_exceptions=True
    )
    assert sum(isinstance(each, StoredExperiment) for each in told) == 1
    assert sum(isinstance(each, Conflict) for each in told) == 7


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "A b"},
        {"arms": [{"name": "only"}]},
        {"arms": [{"name": "a"}, {"name": "a"}]},
        {"arms": [{"name": "a", "weight": 0}, {"name": "b", "weight": 0}]},
        {"arms": [{"name": "a", "weight": -1}, {"name": "b"}]},
        {"arms": [{"name": "a"}, {"name": "b", "changes": {"colour": "red"}}]},
    ],
)
def test_what_is_no_experiment_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        wanted(**fields)


async def test_satisfaction_is_compared_between_arms(database: Database) -> None:
    store = ExperimentStore(database)
    await store.start(wanted())
    said = [("control", 5, None)] * 6 + [("control", 2, None)] * 4 + [("sharp", None, True)] * 9
    said += [("sharp", 3, True), ("sharp", None, None)]  # stars count before the thumb; silence not at all

    def work(connection: sa.Connection) -> None:
        for number, (arm, stars, liked) in enumerate(said):
            common = {"job_id": f"j{number}", "owner": "ann", "workflow": "w", "model_id": "m"}
            record(
                connection,
                **{k: v for k, v in common.items() if k in ("owner", "job_id", "workflow", "model_id")},
                kind=Kind.ATTEMPT,
                at=2e9,
                accepted=True,
                data={"experiment": "sharper", "arm": arm},
            )
            connection.execute(
                sa.insert(feedback).values(
                    **common,
                    experiment="sharper",
                    arm=arm,
                    stars=stars,
                    liked=liked,
                    comment="",
                    at=1,
                    changed_at=1,
                )
            )

    await database.write(work)
    found = await store.results("sharper")
    control, sharp = found.arms
    assert (control.rated, control.satisfied, sharp.rated, sharp.satisfied) == (10, 6, 10, 9)
    assert sharp.satisfaction_interval == wilson(9, 10)
    (compared,) = found.comparisons
    assert compared.difference.satisfaction == pytest.approx(0.3)
    assert compared.difference.satisfaction_interval == newcombe(9, 10, 6, 10)
    assert (control.jobs, sharp.jobs) == (10, 11)
