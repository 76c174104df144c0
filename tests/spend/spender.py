"""A process that spends: places holds at once when told to and says what came of them. Used by the tests beside it.

`spender.py DATABASE_URL NAME HOLDS AMOUNT`; prints "ready", waits for a line, prints "ADMITTED REFUSED".
"""

import asyncio
import sys

from bottega.errors import BudgetExceeded
from bottega.settings import Settings
from bottega.spend import Ledger
from bottega.store.database import Database


async def spend(url: str, name: str, count: int, amount: int) -> None:
    database = Database(url)
    await database.open()
    books = Ledger(database, Settings(budget_user_hour=None))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    outcomes = await asyncio.gather(
        *(
            books.hold(hold_id=f"{name}-{n}", owner="ann", job_id="j", model_id="m", amount=amount)
            for n in range(count)
        ),
        return_exceptions=True,
    )
    await database.close()
    refused = sum(isinstance(outcome, BudgetExceeded) for outcome in outcomes)
    failures = [o for o in outcomes if isinstance(o, BaseException) and not isinstance(o, BudgetExceeded)]
    if failures:
        raise failures[0]
    print(count - refused, refused, flush=True)


if __name__ == "__main__":
    asyncio.run(spend(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
