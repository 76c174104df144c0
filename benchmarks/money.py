"""Is a cap a cap? Many holds at once, over several processes, for money that pays for only some of them.

    python benchmarks/money.py [--quick] [--json FILE]

Each trial is a fresh owner with a cap of ten and a half calls: to admit an eleventh passes the cap, to stop at
nine is a false refusal. SQLite runs in a temporary folder, PostgreSQL in a database of its own on the server that
BOTTEGA_TEST_POSTGRES names.

Then, on PostgreSQL, every call counts in four budgets at once (the user's, the provider's, the project's, the total),
one of which is the tight one in turn, and some of the processes are killed with SIGKILL while they place holds; what
the dead had to do is done again by others. Exits with 1 when the aim (0 over, 0 false refusals) is missed.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bottega.errors import BudgetExceeded
from bottega.settings import Settings
from bottega.spend import BudgetScope, Ledger, Period
from bottega.store.database import Database

POSTGRES = os.environ.get("BOTTEGA_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
AMOUNT = 42_000  # micro-dollars: a picture of medium quality
PAYS_FOR = 10
CAP = PAYS_FOR * AMOUNT + AMOUNT // 2
VENDORS = ("openai", "gemini", "replicate", "stability", "anthropic")
UNCAPPED = Settings(budget_user_hour=None, budget_user_month=None, budget_total_month=None).model_copy(
    update={f"budget_{vendor}_day": None for vendor in VENDORS}
)
KINDS = (BudgetScope.USER, BudgetScope.PROVIDER, BudgetScope.PROJECT, BudgetScope.TOTAL)
AIM = "0 micro-dollars over the cap, 0 false refusals"


class Trial(NamedTuple):
    admitted: int
    over: int
    false_refusals: int
    seconds: float
    killed: int = 0


class Row(NamedTuple):
    database: str
    budgets: int
    killed: int
    processes: int
    simultaneous: int
    pays_for: int
    trials: int
    admitted: str
    over_micro_usd: int
    false_refusals: int
    audit_differences: int
    holds_per_second: float


# --- the processes that spend --------------------------------------------------------------------------------


async def spend(url: str) -> None:
    """Runs in a child: for each line `OWNER NAME COUNT` place COUNT holds at once, answer with what came of them.

    Provider and project are called as the owner is, so that budgets of those names count the same calls.
    """
    database = Database(url)
    await database.open()
    books = Ledger(database, UNCAPPED)
    print(json.dumps("ready"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        owner, name, count = line.split()
        start = time.monotonic()
        outcomes = await asyncio.gather(
            *(
                books.hold(
                    hold_id=f"{owner}-{name}-{n}",
                    owner=owner,
                    job_id="j",
                    model_id="m",
                    amount=AMOUNT,
                    provider=owner,
                    project=owner,
                )
                for n in range(int(count))
            ),
            return_exceptions=True,
        )
        end = time.monotonic()
        refused = sum(isinstance(outcome, BudgetExceeded) for outcome in outcomes)
        failed = [
            repr(o) for o in outcomes if isinstance(o, BaseException) and not isinstance(o, BudgetExceeded)
        ]
        print(json.dumps({"refused": refused, "failed": failed, "start": start, "end": end}), flush=True)
    await database.close()


class Spenders:
    """Child processes with open databases, told what to do over their standard input."""

    def __init__(self, url: str, count: int) -> None:
        self._command = [sys.executable, __file__, "--spender", url]
        self._children = [self._born() for _ in range(count)]
        for child in self._children:
            self._answer(child)

    def _born(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def trial(self, owner: str, simultaneous: int) -> Trial:
        self._order(owner, simultaneous)
        answers: list[dict[str, Any]] = [self._answer(child) for child in self._children]
        _raise_failures(answers)
        admitted = simultaneous - sum(answer["refused"] for answer in answers)
        return Trial(
            admitted=admitted,
            over=max(0, admitted * AMOUNT - CAP),
            false_refusals=max(0, min(simultaneous, PAYS_FOR) - admitted),
            seconds=max(answer["end"] for answer in answers) - min(answer["start"] for answer in answers),
        )

    def deadly_trial(self, owner: str, simultaneous: int, dice: random.Random) -> int:
        """As `trial`, but one to all but one of the processes are killed somewhere in the middle; new ones then do
        what the dead had to do. Returns how many were killed."""
        victims = dice.sample(range(len(self._children)), dice.randint(1, len(self._children) - 1))
        shares = self._order(owner, simultaneous)
        time.sleep(dice.uniform(0, simultaneous / 600))  # about as long as all of it takes
        for number in victims:
            self._children[number].kill()
        answers = [
            self._answer(child) for number, child in enumerate(self._children) if number not in victims
        ]
        for number in victims:
            self._children[number].communicate()
            self._children[number] = self._born()
        for number in victims:
            self._answer(self._children[number])
        for number in victims:
            self._tell(number, f"{owner} p{number} {shares[number]}")
        again = [self._answer(self._children[number]) for number in victims]
        _raise_failures(answers + again)
        return len(victims)

    def _order(self, owner: str, simultaneous: int) -> list[int]:
        each, rest = divmod(simultaneous, len(self._children))
        shares = [each + (number < rest) for number in range(len(self._children))]
        for number, share in enumerate(shares):
            child = self._children[number]
            assert child.stdin is not None
            child.stdin.write(f"{owner} p{number} {share}\n")
        for child in self._children:  # all have their orders: now let them go
            assert child.stdin is not None
            child.stdin.flush()
        return shares

    def _tell(self, number: int, line: str) -> None:
        stdin = self._children[number].stdin
        assert stdin is not None
        stdin.write(f"{line}\n")
        stdin.flush()

    def close(self) -> None:
        for child in self._children:
            child.communicate()

    @staticmethod
    def _answer(child: "subprocess.Popen[str]") -> Any:
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            raise SystemExit(f"A spending process ended with status {child.wait()}.")
        return json.loads(line)


def _raise_failures(answers: list[dict[str, Any]]) -> None:
    failed = [failure for answer in answers for failure in answer["failed"]]
    if failed:
        raise SystemExit(f"A hold failed: {failed[0]}")


# --- databases -----------------------------------------------------------------------------------------------


@contextmanager
def sqlite_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bottega-money-") as folder:
        yield f"sqlite:///{Path(folder) / 'money.db'}"


@contextmanager
def postgres_url() -> Iterator[str]:
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"bottega_money_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


# --- the measurement -----------------------------------------------------------------------------------------


async def prepare(url: str) -> None:
    """One cap for every owner, and none that the clock could renew in the middle of a trial."""
    database = Database(url)
    await database.open()
    await Ledger(database, UNCAPPED).set_budget(
        scope=BudgetScope.USER, subject="*", period=Period.TOTAL, cap=CAP
    )
    await database.close()


async def differences(url: str) -> int:
    database = Database(url)
    await database.open()
    found = await Ledger(database, UNCAPPED).audit()
    await database.close()
    return len(found)


def measure(name: str, url: str, processes: int, sizes: tuple[int, ...], trials: int) -> list[Row]:
    spenders = Spenders(url, processes)
    done: list[tuple[int, list[Trial]]] = []
    try:
        for simultaneous in sizes:
            owners = (f"o{processes}-{simultaneous}-{number}" for number in range(trials))
            done.append((simultaneous, [spenders.trial(owner, simultaneous) for owner in owners]))
    finally:
        spenders.close()
    wrong = asyncio.run(differences(url))
    return [row_of(name, processes, simultaneous, results, wrong) for simultaneous, results in done]


def measure_deaths(name: str, url: str, processes: int, sizes: tuple[int, ...], trials: int) -> list[Row]:
    """Four budgets at once, one of them tight in turn, and processes that are killed while they place holds."""
    spenders = Spenders(url, processes)
    dice = random.Random(20261121)
    done: list[tuple[int, list[Trial]]] = []
    number = 0
    try:
        for simultaneous in sizes:
            results: list[Trial] = []
            for _ in range(trials):
                owner = f"k{number}"
                asyncio.run(cap_all_kinds(url, owner, KINDS[number % len(KINDS)]))
                started = time.monotonic()
                killed = spenders.deadly_trial(owner, simultaneous, dice)
                seconds = time.monotonic() - started
                admitted = asyncio.run(held_by(url, owner))
                short = max(0, min(simultaneous, PAYS_FOR) - admitted)
                results.append(
                    Trial(
                        admitted=admitted,
                        over=max(0, admitted * AMOUNT - CAP),
                        false_refusals=short,
                        seconds=seconds,
                        killed=killed,
                    )
                )
                number += 1
            done.append((simultaneous, results))
    finally:
        spenders.close()
    wrong = asyncio.run(differences(url))
    return [
        row_of(name, processes, simultaneous, results, wrong, budgets=4) for simultaneous, results in done
    ]


async def cap_all_kinds(url: str, name: str, tight: BudgetScope) -> None:
    """Budgets of every kind that count the calls of one trial: the tight one pays for ten and a half of them, the
    others for twice as many."""
    database = Database(url)
    await database.open()
    books = Ledger(database, UNCAPPED)
    used = sum(
        use.held + use.spent for use in await books.list_budgets() if use.budget.scope is BudgetScope.TOTAL
    )
    for scope in KINDS:
        cap = CAP if scope is tight else 2 * CAP
        is_total = scope is BudgetScope.TOTAL
        await books.set_budget(
            scope=scope,
            subject="" if is_total else name,
            period=Period.TOTAL,
            cap=cap + used if is_total else cap,
        )
    await database.close()


async def held_by(url: str, owner: str) -> int:
    database = Database(url)
    await database.open()
    query = sa.text("SELECT count(*) FROM holds WHERE owner = :owner")
    count = await database.read(lambda c: c.execute(query, {"owner": owner}).scalar_one())
    await database.close()
    return int(count)


def row_of(
    name: str, processes: int, simultaneous: int, results: list[Trial], wrong: int, *, budgets: int = 1
) -> Row:
    admitted = sorted({trial.admitted for trial in results})
    return Row(
        database=name,
        budgets=budgets,
        killed=sum(trial.killed for trial in results),
        processes=processes,
        simultaneous=simultaneous,
        pays_for=PAYS_FOR,
        trials=len(results),
        admitted=" to ".join(str(n) for n in dict.fromkeys((admitted[0], admitted[-1]))),
        over_micro_usd=sum(trial.over for trial in results),
        false_refusals=sum(trial.false_refusals for trial in results),
        audit_differences=wrong,
        holds_per_second=round(statistics.median(simultaneous / trial.seconds for trial in results), 1),
    )


def show(rows: list[Row], aim_met: bool) -> None:
    table = Table(title=f"Is a cap a cap? Aim: {AIM}")
    for heading in (
        "database",
        "budgets",
        "killed",
        "processes",
        "at once",
        "cap pays for",
        "trials",
        "admitted",
        "over, micro-$",
        "false refusals",
        "audit",
        "holds/s",
    ):
        table.add_column(heading, justify="left" if heading == "database" else "right")
    for row in rows:
        table.add_row(*(str(value) for value in row))
    console = Console()
    console.width = max(console.width, 140)  # a cut-off figure is no figure
    console.print(table)
    console.print(f"The aim is {'met' if aim_met else 'MISSED'}.")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="3 trials of each kind instead of 50")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--spender", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.spender:
        asyncio.run(spend(options.spender))
        return 0
    trials = 3 if options.quick else 50
    sizes = (64, 256) if options.quick else (64, 256, 512)
    rows: list[Row] = []
    for name, database in (("sqlite", sqlite_url), ("postgresql", postgres_url)):
        with database() as url:
            asyncio.run(prepare(url))
            for processes in (1, 4):
                rows += measure(name, url, processes, sizes, trials)
    with postgres_url() as url:
        rows += measure_deaths("postgresql", url, 4, sizes, 4 if options.quick else 20)
    aim_met = not any(row.over_micro_usd or row.false_refusals or row.audit_differences for row in rows)
    show(rows, aim_met)
    if options.json:
        report = {"aim": AIM, "aim_met": aim_met, "cap_micro_usd": CAP, "amount_micro_usd": AMOUNT}
        options.json.write_text(json.dumps(report | {"rows": [row._asdict() for row in rows]}, indent=2))
    return 0 if aim_met else 1


if __name__ == "__main__":
    sys.exit(main())
