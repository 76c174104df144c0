"""Experiments: two or more ways of doing the work, each for a share of the users, and what they show. For
administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError

from bottega.analytics.experiment_store import StoredExperiment
from bottega.analytics.experiments import ArmResult, Comparison
from bottega.api.bodies import ExperimentBody
from bottega.api.documents import takes
from bottega.api.security import Admin, Shop
from bottega.api.uploads import invalid, read_json
from bottega.domain.base import Value

router = APIRouter(prefix="/experiments", tags=["experiments"])


class ExperimentList(Value):
    experiments: tuple[StoredExperiment, ...]


class ResultsAnswer(Value):
    """Each other arm is compared with the control. Costs in micro-dollars, times in seconds, shares 0 to 1 with their
    95 % intervals."""

    experiment: StoredExperiment
    arms: tuple[ArmResult, ...]
    comparisons: tuple[Comparison, ...]


@router.post("", status_code=201, openapi_extra=takes(json=ExperimentBody))
async def start_experiment(request: Request, shop: Shop, _: Admin) -> StoredExperiment:
    """Begin an experiment. One at a time on a workflow; a name is used once."""
    body = await read_json(request, ExperimentBody)
    try:
        wanted = StoredExperiment.model_validate(body.model_dump())
    except ValidationError as error:
        raise invalid(error) from None
    return await shop.experiments.start(wanted)


@router.get("")
async def list_experiments(shop: Shop, _: Admin) -> ExperimentList:
    """All, the newest first."""
    return ExperimentList(experiments=await shop.experiments.list())


@router.get("/{name}")
async def get_experiment(name: str, shop: Shop, _: Admin) -> StoredExperiment:
    return await shop.experiments.get(name)


@router.get("/{name}/results")
async def get_experiment_results(
    name: str,
    shop: Shop,
    _: Admin,
    matters: Annotated[
        float,
        Query(gt=0, lt=1, description="The smallest difference in acceptance that would decide anything."),
    ] = 0.05,
) -> ResultsAnswer:
    """What the arms' jobs show by now, and in words whether that is enough to say something."""
    experiment = await shop.experiments.get(name)
    found = await shop.experiments.results(name, matters=matters)
    return ResultsAnswer(experiment=experiment, arms=found.arms, comparisons=found.comparisons)


@router.delete("/{name}")
async def end_experiment(name: str, shop: Shop, _: Admin) -> StoredExperiment:
    """Nobody takes part from now on; the results stay."""
    return await shop.experiments.end(name)
