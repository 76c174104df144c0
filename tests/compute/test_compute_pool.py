import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bottega.compute import ComputePool
from bottega.errors import ComputeError, ComputeTimeout, UnreadablePicture

sys.path.insert(0, str(Path(__file__).parent))
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
)
import compute_samples as samples


@pytest.fixture
async def pool() -> AsyncIterator[ComputePool]:
    pool = ComputePool(processes=2)
    yield pool
    await pool.close()


async def test_the_function_runs_in_another_process(pool: ComputePool) -> None:
    assert await pool.call(samples.add, 2, b=3) == 5
    assert await pool.call(samples.process_number) != os.getpid()


async def test_a_process_is_used_again(pool: ComputePool) -> None:
    assert await pool.call(samples.process_number) == await pool.call(samples.process_number)


async def test_named_errors_cross_the_border_whole(pool: ComputePool) -> None:
    with pytest.raises(UnreadablePicture) as caught:
        await pool.call(samples.refuse)
    assert (caught.value.message, caught.value.hint) == ("It is torn.", "Scan it again.")
    assert caught.value.details == {"page": 3}


async def test_other_faults_become_compute_errors(pool: ComputePool) -> None:
    with pytest.raises(ComputeError, match="ZeroDivisionError"):
        await pool.call(samples.divide_by_zero)
    assert await pool.call(samples.add, 1, 1) == 2


async def test_a_crash_of_native_code_ends_one_call_only(pool: ComputePool) -> None:
    with pytest.raises(ComputeError, match="signal 11"):
        await pool.call(samples.die)
    assert await pool.call(samples.add, 1, 1) == 2


async def test_an_overdue_call_is_killed(pool: ComputePool) -> None:
    started = time.monotonic()
    with pytest.raises(ComputeTimeout):
        await pool.call_with(samples.sleep_for, (60.0,), timeout_s=0.3)
    assert time.monotonic() - started < 50  # not the minute that it would take


async def test_a_cancelled_call_leaves_no_process_behind(pool: ComputePool) -> None:
    first = await pool.call(samples.process_number)
    task = asyncio.create_task(pool.call(samples.sleep_for, 60.0))
    await asyncio.sleep(0.2)  # let it begin
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not Path(f"/proc/{first}").exists()
    assert await pool.call(samples.add, 1, 1) == 2


async def test_progress_arrives_in_order(pool: ComputePool) -> None:
    seen: list[tuple[float, str]] = []
    await pool.call_with(samples.count_to, (4,), progress=lambda f, m: seen.append((f, m)))
    assert seen == [(0.25, "1 of 4"), (0.5, "2 of 4"), (0.75, "3 of 4"), (1.0, "4 of 4")]


async def test_what_libraries_print_does_not_disturb_the_answers(pool: ComputePool) -> None:
    assert await pool.call(samples.shout) == "clean"


async def test_no_more_processes_than_allowed_run_at_once(pool: ComputePool) -> None:
    started = time.monotonic()
    numbers = await asyncio.gather(*(pool.call(samples.sleep_for, 0.3) for _ in range(4)))
    assert len(set(numbers)) <= 2
    assert time.monotonic() - started >= 0.6


def test_the_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import asyncio, os, signal\n"
        "from bottega.compute import ComputePool\n"
        "import compute_samples as samples\n"
        "async def main():\n"
        "    pool = ComputePool(1)\n"
        "    print(await pool.call(samples.process_number), flush=True)\n"
        "    task = asyncio.create_task(pool.call(samples.sleep_for, 60.0))\n"
        "    await asyncio.sleep(0.2)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    answer = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    child = int(answer.stdout)
    deadline = time.monotonic() + 60
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").exists()
