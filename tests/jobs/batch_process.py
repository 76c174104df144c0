"""A process that makes a batch, begins to make jobs of its items, and kills itself when so many are made.

`batch_process.py HOME DATABASE PICTURE ITEMS DIE_AFTER`; prints the batch's id.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from batch_shop import CountingEngine, wishes, workshop

from bottega.domain.principal import LOCAL
from bottega.jobs import batches_runner


async def main() -> None:
    home, database, picture, items, die_after = sys.argv[1:]
    bottega = workshop(Path(home), database, CountingEngine(Path(picture)))
    await bottega.start(run_jobs=False)
    batch = await bottega.batches.create(wishes(int(items)), LOCAL)
    print(batch.id, flush=True)
    runner = batches_runner.BatchRunner(bottega.database, bottega.plan, 3)
    runner.start()
    async for event in bottega.batches.events(batch.id, LOCAL):
        if event.kind == "item" and event.data["number"] >= int(die_after):
            os.kill(os.getpid(), signal.SIGKILL)


asyncio.run(main())
