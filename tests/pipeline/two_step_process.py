"""A process that has a picture made and lasered, and kills itself when the job's story reaches a given event.

`two_step_process.py submit KIND[:N]` makes the job and dies at its N-th event of that kind; `resume JOB` runs what waits
until that job has ended. Prints the job's id.
"""

import asyncio
import os
import signal
import sys
from collections import Counter

from bottega import Bottega
from bottega.app import make_request
from bottega.domain.job import Event

seen: Counter[str] = Counter()


async def main() -> None:
    mode, argument = sys.argv[1:]
    kind, _, number = argument.partition(":")

    def look(event: Event) -> None:
        seen[event.kind] += 1
        if mode == "submit" and event.kind == kind and seen[kind] == int(number or 1):
            os.kill(os.getpid(), signal.SIGKILL)

    bottega = Bottega()
    await bottega.start(run_jobs=False)
    job_id = argument
    if mode == "submit":
        job_id = (await bottega.submit(make_request(prompt="engrave a wolf on plywood, 20 mm"))).id
        print(job_id, flush=True)
    await bottega.work()
    await bottega.finished(job_id, on_event=look)
    await bottega.close()


asyncio.run(main())
