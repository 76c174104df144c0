"""A process that runs jobs with the real engines and kills itself when its job's story reaches a given event.

`mortal_process.py submit FILE KIND[:N] [WORKFLOW SENTENCE]` makes a job and dies at its N-th event of that kind (`-` lives
on; `progress@0.6` dies when the work says that so much is done, before anything else can happen);
`mortal_process.py resume JOB` runs what waits until that job has ended. Prints the job's id.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable

from bottega import Bottega
from bottega.app import make_request
from bottega.domain.job import Event
from bottega.jobs.run import JobRun

seen: Counter[str] = Counter()
look_at: list[Callable[[Event], None]] = []


def die_in_progress(share: float) -> None:
    progress = JobRun.progress

    def look(run: JobRun, fraction: float, message: str) -> None:
        progress(run, fraction, message)
        if fraction >= share:
            os.kill(os.getpid(), signal.SIGKILL)

    JobRun.progress = look  # type: ignore[method-assign]


def die_at(moment: str) -> None:
    kind, _, number = moment.partition(":")

    def look(event: Event) -> None:
        seen[event.kind] += 1
        if event.kind == kind and seen[kind] == int(number or 1):
            os.kill(os.getpid(), signal.SIGKILL)

    look_at.append(look)


async def main() -> None:
    mode, argument, *rest = sys.argv[1:]
    bottega = Bottega()
    await bottega.start(run_jobs=False)
    if mode == "submit":
        if rest[0].startswith("progress@"):
            die_in_progress(float(rest[0].partition("@")[2]))
        else:
            die_at(rest[0])
        workflow, sentence = rest[1:] or ("image_enhancement", "sharpen this and enlarge it three times")
        request = make_request(
            prompt=sentence, inputs=await bottega.add_inputs([argument]), workflow=workflow
        )
        job = await bottega.submit(request)
        print(job.id, flush=True)
        job_id = job.id
    else:
        job_id = argument
    await bottega.work()
    await bottega.finished(job_id, on_event=lambda event: [look(event) for look in look_at])
    await bottega.close()


asyncio.run(main())
