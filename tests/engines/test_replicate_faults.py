"""The Replicate engine when things go wrong: whatever happens, an order is taken at most once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from given_pictures import taken
from replicate_bench import QUICK, SURE, Bench, bench_in, engine_for, model, picture, task

from bottega.engines.cloud.replicate_search import Certainty
from bottega.engines.protocol import Found, NeverArrived, StillUnknown, Stopped
from bottega.errors import (
    BottegaError,
    ContentRefused,
    Money,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
)
from bottega.simulator.replicate_create import limit_creates, predictions

SCHNELL = "black-forest-labs/flux-schnell"
KLING = "kwaivgi/kling-v2.1"  # takes no seed


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_in(tmp_path) as bench:
        yield bench


async def fails(bench: Bench, kind: type[BottegaError], **changes: Any) -> BottegaError:
    with pytest.raises(kind) as caught:
        await bench.engine.perform(task(), model(SCHNELL, **changes), bench.attempt())
    assert type(caught.value) is kind
    return caught.value


def fault(bench: Bench, kind: str, operation: str = "predictions.create", **more: Any) -> None:
    bench.sim.world.faults.add(kind, "replicate", operation, **more)


# --- the order ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rate_limit", "overloaded", "reset", "server_error", "bad_gateway"])
async def test_what_was_surely_not_taken_may_be_tried_again(bench: Bench, kind: str):
    fault(bench, kind, seconds=7)
    error = await fails(bench, ProviderUnavailable)
    assert error.money is Money.NOTHING_SPENT
    if kind == "rate_limit":
        assert error.details["retry_after"] == 7
    assert len(bench.calls("predictions.create")) == 1
    assert not bench.bought
    result = await bench.engine.perform(task(), model(SCHNELL), bench.attempt())
    assert len(bench.bought) == 1
    assert result.usage.cost > 0


@pytest.mark.parametrize("kind", ["auth", "quota", "bad_request"])
async def test_what_is_refused_is_not_tried_again(bench: Bench, kind: str):
    fault(bench, kind)
    error = await fails(bench, ProviderError)
    assert not error.retryable
    assert error.money is Money.NOTHING_SPENT
    assert not bench.bought


@pytest.mark.parametrize(
    "kind", ["reset_after_accept", "truncated", "garbage", "wrong_type", "hang_after_accept"]
)
async def test_an_order_whose_answer_was_lost_is_found_again(bench: Bench, kind: str):
    bench.engine.api.create_s = 1.0
    fault(bench, kind)
    result = await bench.engine.perform(task(), model(SCHNELL), bench.attempt())
    assert len(bench.bought) == len(bench.calls("predictions.create")) == 1
    (prediction,) = predictions(bench.sim.world).values()
    assert result.report["prediction"] == prediction.id
    assert [("id" in note) for note in bench.notes] == [False, True]
    assert bench.notes[-1]["id"] == prediction.id


async def test_an_order_that_hangs_was_not_taken_when_the_list_does_not_show_it(bench: Bench):
    bench.engine.api.create_s = 0.5
    fault(bench, "hang")
    error = await fails(bench, ProviderUnavailable)
    assert "nothing was bought" in error.hint
    assert not bench.bought


async def test_a_lost_order_stays_unknown_while_nobody_can_look(bench: Bench):
    fault(bench, "reset_after_accept")
    fault(bench, "server_error", "predictions.list", rate=1.0)
    error = await fails(bench, OutcomeUnknown)
    assert error.money is Money.UNKNOWN
    assert len(bench.bought) == 1


async def test_a_lost_order_is_told_from_its_like_by_the_file_that_was_uploaded(bench: Bench, tmp_path: Path):
    kling = model(KLING)
    stills = [taken(picture(tmp_path / f"{n}.png", seed=n)) for n in range(2)]
    works = [task("animate", still, prompt="it moves", parameters={"seconds": 5}) for still in stills]
    for _ in works:
        fault(bench, "reset_after_accept")
    results = await asyncio.gather(
        *(bench.engine.perform(work, kling, bench.attempt(f"job-{n}:a")) for n, work in enumerate(works))
    )
    assert len(bench.bought) == 2
    assert len({result.report["prediction"] for result in results}) == 2
    by_id = {one.id: one for one in predictions(bench.sim.world).values()}
    for result, still in zip(results, stills, strict=True):
        assert by_id[result.report["prediction"]].files[0].data == still.path.read_bytes()


async def test_two_lost_orders_that_look_the_same_stay_unknown(bench: Bench):
    work = task("generate", seed=5)
    for _ in range(2):
        fault(bench, "reset_after_accept")
    outcomes = await asyncio.gather(
        *(bench.engine.perform(work, model(SCHNELL), bench.attempt(f"job-{n}:a")) for n in range(2)),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes] == [OutcomeUnknown, OutcomeUnknown]
    assert len(bench.bought) == 2


async def test_the_vendor_s_limit_on_orders_is_said(bench: Bench):
    limit_creates(bench.sim.world, 1)
    await bench.engine.perform(task(), model(SCHNELL), bench.attempt())
    error = await fails(bench, ProviderUnavailable)
    assert 0 < error.details["retry_after"] <= 60


# --- the way -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["server_error", "rate_limit", "garbage", "reset", "truncated", "overloaded"]
)
async def test_a_vendor_that_is_away_for_a_while_is_waited_for(bench: Bench, kind: str):
    fault(bench, kind, "predictions.get", times=2, seconds=0)
    result = await bench.engine.perform(task(), model(SCHNELL), bench.attempt())
    assert len(bench.bought) == 1
    assert len(bench.calls("predictions.get")) == 3
    assert result.outputs


async def test_a_vendor_that_lets_nobody_ask_any_more(bench: Bench):
    fault(bench, "auth", "predictions.get", rate=1.0)
    error = await fails(bench, OutcomeUnknown)
    assert error.details["prediction"] in predictions(bench.sim.world)


@pytest.mark.parametrize(
    "kind", ["server_error", "reset", "truncated", "wrong_type", "bad_picture", "garbage"]
)
async def test_a_result_that_did_not_arrive_whole_is_fetched_again(bench: Bench, kind: str):
    fault(bench, kind, "output", times=1)
    result = await bench.engine.perform(task(), model(SCHNELL), bench.attempt())
    assert len(bench.calls("output")) == 2
    assert result.outputs[0].media_type == "image/png"
    assert len(bench.bought) == 1


# --- the end -----------------------------------------------------------------------------------------------------


async def test_a_result_that_is_broken_was_paid_for(bench: Bench):
    fault(bench, "bad_picture")
    error = await fails(bench, OutputError)
    assert error.money is Money.CHARGED
    assert error.details["cost"] == 3_000
    assert error.details["metered"]["images"] == 1
    assert len(bench.bought) == 1


async def test_refused_content_is_said_and_costs_nothing_at_an_official_model(bench: Bench):
    fault(bench, "refusal")
    error = await fails(bench, ContentRefused)
    assert error.money is Money.RELEASED
    assert "sensitive" in error.message


async def test_a_prediction_that_fails_is_not_bought_again(bench: Bench):
    fault(bench, "fail_later")
    error = await fails(bench, ProviderError)
    assert error.money is Money.RELEASED
    assert "interrupted" in error.message
    assert len(bench.bought) == 1


async def test_a_pinned_version_that_fails_is_billed_for_its_time(bench: Bench):
    version = "8c47da666861d081eeb4d1261853087de23923a268a69b63febdf5dc1dee08e4"
    ltx = model("lightricks/ltx-video", remote=f"lightricks/ltx-video:{version}")
    bench.sim.world.queue_answer("replicate", "predictions.create", seconds=8, error="CUDA out of memory")
    with pytest.raises(ProviderError) as caught:
        await bench.engine.perform(task("video"), ltx, bench.attempt())
    assert caught.value.money is Money.CHARGED
    assert caught.value.details["cost"] == 8 * 975
    assert "CUDA" in caught.value.message


async def test_a_prediction_that_never_began(bench: Bench):
    bench.sim.world.queue_answer("replicate", "predictions.create", aborted=True)
    error = await fails(bench, ProviderError)
    assert "before it began" in error.message
    assert error.details["cost"] == 0


async def test_a_result_at_another_host_is_not_fetched(bench: Bench):
    bench.sim.world.queue_answer(
        "replicate", "predictions.create", output="https://replicate.delivery.example/x.png"
    )
    error = await fails(bench, OutputError)
    assert error.money is Money.CHARGED
    assert "none of the provider's hosts" in error.message


async def test_an_output_that_is_there_early_is_not_taken_for_the_end(bench: Bench):
    bench.sim.world.queue_answer("replicate", "predictions.create", early_output=True, seconds=300)
    result = await bench.engine.perform(task(), model(SCHNELL), bench.attempt())
    assert result.usage.evidence["status"] == "succeeded"


async def test_lists_and_objects_of_files_are_read(bench: Bench):
    first = await bench.engine.perform(task(parameters={"n": 2}), model(SCHNELL), bench.attempt())
    urls = [
        f"{bench.sim.base('replicate')}/output/{first.report['prediction']}/{index}.png" for index in (0, 1)
    ]
    bench.sim.world.queue_answer(
        "replicate", "predictions.create", output={"image": urls[0], "other": [urls[1]]}
    )
    again = await bench.engine.perform(task(), model(SCHNELL), bench.attempt("job-2:a"))
    assert len(again.outputs) == 2


# --- the next life -----------------------------------------------------------------------------------------------


async def interrupted(bench: Bench, *, seconds: float = 400.0, key: str = "job-1:attempt:m") -> None:
    """A call that is given up by a process that dies while the prediction is under way."""
    bench.sim.world.queue_answer("replicate", "predictions.create", seconds=seconds)
    running = asyncio.create_task(bench.engine.perform(task(), model(SCHNELL), bench.attempt(key)))
    await bench.numbered.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_prediction_under_way_is_taken_up_by_its_number(bench: Bench):
    await interrupted(bench)
    next_life = engine_for(bench.sim)
    found = await next_life.reconcile(task(), model(SCHNELL), bench.attempt(remembered=bench.notes[-1]))
    assert isinstance(found, Found)
    assert found.result.report["prediction"] == bench.notes[-1]["id"]
    assert found.result.usage.cost == 3_000
    assert len(bench.bought) == 1


async def test_a_prediction_without_a_number_is_found_by_its_trace(bench: Bench):
    await interrupted(bench)
    found = await engine_for(bench.sim).reconcile(
        task(), model(SCHNELL), bench.attempt(remembered=bench.notes[0])
    )
    assert isinstance(found, Found)
    assert found.result.report["prediction"] == bench.notes[1]["id"]
    assert len(bench.bought) == 1


async def test_two_orders_that_look_the_same_are_told_apart_by_the_address_of_their_webhook(bench: Bench):
    engine = engine_for(bench.sim, replicate_webhook_url="http://127.0.0.1:9")  # nobody is there
    work = task("generate", seed=5)
    for key in ("job-1:a", "job-2:a"):
        await engine.perform(work, model(SCHNELL), bench.attempt(key))
    numbers = [note["id"] for note in bench.notes if "id" in note]
    for note, number in zip(bench.notes[::2], numbers, strict=True):
        found = await engine.reconcile(work, model(SCHNELL), bench.attempt(remembered=note))
        assert isinstance(found, Found)
        assert found.result.report["prediction"] == number
    assert len(bench.bought) == 2


async def test_an_order_that_was_never_sent_never_arrived(bench: Bench):
    await interrupted(bench, key="job-2:a")
    assert await bench.engine.reconcile(task(), model(SCHNELL), bench.attempt()) == NeverArrived()
    fault(bench, "reset")
    await fails(bench, ProviderUnavailable)
    other = await bench.engine.reconcile(task(), model(SCHNELL), bench.attempt(remembered=bench.notes[-1]))
    assert other == NeverArrived()


async def test_what_was_ordered_with_another_key_stays_unknown(bench: Bench):
    await interrupted(bench)
    other = engine_for(bench.sim, replicate_api_key="r8_another")
    for note in bench.notes:
        found = await other.reconcile(task(), model(SCHNELL), bench.attempt(remembered=note))
        assert isinstance(found, StillUnknown)


async def test_a_trace_whose_input_was_deleted_stays_unknown(bench: Bench):
    bench.sim.world.queue_answer("replicate", "predictions.create", expires=0.0)
    with pytest.raises(OutputError):
        await bench.engine.perform(task(), model(SCHNELL), bench.attempt())
    found = await bench.engine.reconcile(task(), model(SCHNELL), bench.attempt(remembered=bench.notes[0]))
    assert isinstance(found, StillUnknown)


# --- the user's cancel -------------------------------------------------------------------------------------------


async def test_a_cancel_stops_the_prediction_and_costs_what_it_used(bench: Bench):
    await interrupted(bench, seconds=60_000)
    found = await bench.engine.cancel(task(), model(SCHNELL), bench.attempt(remembered=bench.notes[-1]))
    assert isinstance(found, Stopped)
    assert found.usage.cost == 0
    assert found.usage.evidence["status"] == "canceled"
    assert len(bench.calls("predictions.cancel")) == 1


async def test_a_cancel_of_an_order_whose_number_is_not_known(bench: Bench):
    await interrupted(bench, seconds=60_000)
    found = await bench.engine.cancel(task(), model(SCHNELL), bench.attempt(remembered=bench.notes[0]))
    assert isinstance(found, Stopped)
    (prediction,) = predictions(bench.sim.world).values()
    assert prediction.status() == "canceled"


async def test_a_cancel_that_comes_too_late_brings_the_result(bench: Bench):
    await bench.engine.perform(task(), model(SCHNELL), bench.attempt())
    found = await bench.engine.cancel(task(), model(SCHNELL), bench.attempt(remembered=bench.notes[-1]))
    assert isinstance(found, Found)
    assert found.result.usage.cost == 3_000


async def test_the_vendor_ends_by_itself_before_our_patience_does(tmp_path: Path):
    async with bench_in(
        tmp_path,
        lambda sim: engine_for(sim, pace=QUICK, certainty=Certainty(SURE.settle_s, deadline_margin_s=2)),
        speed=10,
    ) as bench:
        bench.sim.world.queue_answer("replicate", "predictions.create", seconds=60)
        with pytest.raises(ProviderError) as caught:
            await bench.engine.perform(task(), model(SCHNELL), bench.attempt(timeout_s=8.0))
        assert bench.bought[0].headers["cancel-after"] == "6s"
        assert "ended the prediction" in caught.value.message
