"""Experiments from the plan to the result: sticky arms, what arms change, whose choice wins, what users say of it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from shop_engine import Open, Shop, shop_catalogue

from bottega import Bottega
from bottega.analytics.experiment_store import StoredExperiment
from bottega.analytics.feedback import Said, Thumb
from bottega.analytics.insight_queries import Latency
from bottega.app import make_request
from bottega.domain.principal import Principal
from bottega.errors import Conflict, InputError, InvalidOption, NotFound, WorkflowUnknown
from bottega.models import Catalogue, PriceModel

PROMPT = "a cup of coffee on a wooden table, photograph"
USERS = [Principal(owner=f"user-{number}") for number in range(40)]


def experiment(second: dict[str, Any], **fields: Any) -> StoredExperiment:
    arms = [{"name": "control"}, {"name": "other", "changes": second}]
    return StoredExperiment.model_validate(
        {"name": "trial", "workflow": "image_generation", "arms": arms} | fields
    )


@pytest.fixture
async def bottega(open_shop: Open, good_picture: Path) -> Bottega:
    shop = Shop({"shop/fine": good_picture, "shop/cheap": good_picture})
    return await open_shop(shop, shop_catalogue(fine="0.04", cheap="0"), run_jobs=True)


async def planned(bottega: Bottega, who: Principal, **fields: Any) -> Any:
    given = {"prompt": PROMPT, "workflow": "image_generation"} | fields
    return await bottega.plan(make_request(**given), who)


async def test_a_user_keeps_the_arm_and_the_arm_decides_the_first_model(bottega: Bottega) -> None:
    before = {who.owner: (await planned(bottega, who)).plan.first.model_id for who in USERS[:2]}
    last = next(c.model_id for c in (await planned(bottega, USERS[0])).plan.candidates[::-1])
    started = await bottega.experiments.start(experiment({"model": last}))
    arms: Counter[str] = Counter()
    for who in USERS:
        first, again = await planned(bottega, who), await planned(bottega, who)
        assert first.experiment == again.experiment == started.tag(started.arm_of(who.owner))
        arms[first.experiment.arm] += 1
        wanted = before[USERS[0].owner] if first.experiment.arm == "control" else last
        assert first.plan.first.model_id == wanted
        assert len(first.plan.candidates) == 2
    assert min(arms["control"], arms["other"]) >= 10
    await bottega.experiments.end("trial")
    assert (await planned(bottega, USERS[0])).experiment is None


@pytest.mark.parametrize(
    ("changes", "choice"),
    [
        ({"preference": "speed"}, {"preference": "quality"}),
        ({"options": {"size": "1024x1024"}}, {"options": {"size": "1536x1024"}}),
        ({"model": "shop/cheap"}, {"model": "shop/fine"}),
    ],
)
async def test_what_the_user_chooses_wins_and_takes_no_part(
    bottega: Bottega, changes: dict[str, Any], choice: dict[str, Any]
) -> None:
    before = {who.owner: (await planned(bottega, who, **choice)).plan for who in USERS[:6]}
    await bottega.experiments.start(experiment(changes))
    for who in USERS[:6]:
        found = await planned(bottega, who, **choice)
        assert found.experiment is None
        assert found.plan == before[who.owner]


async def test_options_of_an_arm_are_defaults(bottega: Bottega) -> None:
    usual = (await planned(bottega, USERS[0])).plan.options
    await bottega.experiments.start(experiment({"options": {"size": "1536x1024"}}))
    for who in USERS[:10]:
        found = await planned(bottega, who)
        expected = usual["size"] if found.experiment.arm == "control" else "1536x1024"
        assert found.plan.options["size"] == expected


async def test_an_arm_that_cannot_be_planned_is_left_out(open_shop: Open, good_picture: Path) -> None:
    """Eight pictures cost more than this job may; the one that the user asks for does not."""
    shop = Shop({"shop/fine": good_picture})
    catalogue = Catalogue(
        [
            model.model_copy(update={"price": PriceModel(per_image="0.04", source="test")})
            for model in shop_catalogue(fine="0.04")
        ]
    )
    bottega = await open_shop(shop, catalogue, run_jobs=False)
    await bottega.experiments.start(experiment({"options": {"n": 8}}))
    left = 0
    for who in USERS[:10]:
        dear = await planned(bottega, who)
        assert dear.plan.options["n"] == (8 if dear.experiment.arm == "other" else 1)
        found = await planned(bottega, who, max_cost_usd="0.05")
        assert found.plan.options["n"] == 1
        assert (found.experiment is None) == (dear.experiment.arm == "other")
        left += found.experiment is None
    assert 0 < left < 10


async def test_each_request_can_be_assigned_by_itself(bottega: Bottega) -> None:
    await bottega.experiments.start(experiment({"preference": "quality"}, unit="request"))
    tags: dict[str, str] = {}
    for number in range(12):
        prompt = f"{PROMPT} {number}"
        tags[prompt] = (await planned(bottega, USERS[0], prompt=prompt)).experiment.arm
        again = await planned(bottega, USERS[0], prompt=prompt, fresh=True)
        assert again.experiment.arm == tags[prompt]
    assert set(tags.values()) == {"control", "other"}


async def test_of_all_workflows_the_classifier_can_be_tried(bottega: Bottega) -> None:
    await bottega.experiments.start(experiment({"classifier": "rules"}, workflow=None))
    told = {}
    for who in USERS[:12]:
        found = await planned(bottega, who, prompt="Generate an image of a red bicycle", workflow=None)
        told.setdefault(found.experiment.arm, set()).add(found.intent.classifier)
    assert told == {"control": {"embedded"}, "other": {"rules"}}
    assert (await planned(bottega, USERS[0])).experiment is None  # the workflow is named: nobody reads


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"second": {"options": {"nope": 1}}}, InvalidOption),
        ({"second": {"model": "shop/none"}}, InputError),
        ({"second": {"classifier": "rules"}}, InputError),
        ({"second": {"classifier": "crystal ball"}, "workflow": None}, InputError),
        ({"second": {"options": {"size": "1024x1024"}}, "workflow": None}, InputError),
        ({"second": {}, "workflow": "cooking"}, WorkflowUnknown),
    ],
)
async def test_what_no_arm_can_change_is_refused(
    bottega: Bottega, fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await bottega.experiments.start(experiment(**fields))
    assert await bottega.experiments.list() == ()


async def test_a_finished_job_counts_for_its_arm_and_can_be_rated(bottega: Bottega) -> None:
    await bottega.experiments.start(experiment({"preference": "quality"}))
    ann, bob = USERS[0], USERS[1]
    done = await bottega.run(PROMPT, workflow="image_generation", who=ann)
    tag = done.job.experiment
    assert tag is not None
    results = {arm.arm: arm for arm in (await bottega.experiments.results("trial")).arms}
    assert (results[tag.arm].jobs, results[tag.arm].accepted, results[tag.arm].rated) == (1, 1, 0)
    kept = await bottega.rate(done.job.id, Said(stars=2), ann)
    assert done.job.result is not None
    assert (kept.experiment, kept.model_id) == (tag, done.job.result.model_id)
    changed = await bottega.rate(done.job.id, Said(stars=5, comment=" better "), ann)
    assert (changed.stars, changed.comment, changed.at) == (5, "better", kept.at)
    results = {arm.arm: arm for arm in (await bottega.experiments.results("trial")).arms}
    assert (results[tag.arm].rated, results[tag.arm].satisfied) == (1, 1)
    with pytest.raises(NotFound):
        await bottega.rate(done.job.id, Said(stars=1), bob)
    with pytest.raises(NotFound):
        await bottega.feedback.get(done.job.id, bob.owner)


async def test_a_thumb_down_takes_the_acceptance_back_for_routing(bottega: Bottega) -> None:
    done = await bottega.run(PROMPT, workflow="image_generation")
    assert done.job.result is not None
    model = done.job.result.model_id

    async def accepted() -> tuple[int, int]:
        seen = (await bottega.analytics.observations("image_generation"))[model]
        return seen.accepted, seen.judged

    assert await accepted() == (1, 1)
    await bottega.rate(done.job.id, Said(thumb=Thumb.DOWN))
    assert await accepted() == (0, 1)
    await bottega.rate(done.job.id, Said(thumb=None, stars=4))
    assert await accepted() == (1, 1)
    await bottega.feedback.take_back(done.job.id, "local")
    with pytest.raises(NotFound):
        await bottega.feedback.get(done.job.id, "local")


async def test_of_a_job_under_way_nothing_can_be_said(open_shop: Open, good_picture: Path) -> None:
    bottega = await open_shop(Shop({"shop/fine": good_picture}), shop_catalogue(fine="0"), run_jobs=False)
    job = await bottega.submit(make_request(prompt=PROMPT, workflow="image_generation"))
    with pytest.raises(Conflict):
        await bottega.rate(job.id, Said(stars=3))


async def test_nothing_said_is_not_kept(bottega: Bottega) -> None:
    done = await bottega.run(PROMPT, workflow="image_generation")
    with pytest.raises(InputError, match="Nothing"):
        await bottega.rate(done.job.id, Said())
    assert await bottega.feedback.list("local") == ()


async def test_the_end_of_a_job_is_a_row_too(
    open_shop: Open, good_picture: Path, blank_picture: Path
) -> None:
    shop = Shop({"shop/first": blank_picture, "shop/second": good_picture})
    bottega = await open_shop(shop, shop_catalogue(first="0.04", second="0.04"))
    first = await bottega.run(PROMPT, workflow="image_generation", preference="quality")
    second = await bottega.run(PROMPT, workflow="image_generation", preference="quality")
    planned_first = [done.job.plan.first.model_id for done in (first, second)]
    assert planned_first == ["shop/first", "shop/second"]  # the first one's failure was noticed
    (row,) = await bottega.insights.rates()
    assert (row.jobs, row.fallbacks, row.cache_hits, row.errors) == (2, 1, 1, 0)
    (timed,) = await bottega.insights.latency(of=Latency.JOBS)
    assert (timed.model_id, timed.runs, timed.mean > 0) == ("shop/second", 2, True)
    assert (await bottega.analytics.summary()).jobs == 2
