"""Does routing learn? A simulated world with hidden qualities, drift and outages, and our router against others.

    python benchmarks/routing.py [--quick] [--json FILE]

Each world has eight priced models whose acceptance and time nobody is told. Every world is met twice: once the
catalogue's guess leans on the price ("dearer is better"), which the truth does less, and once it is right at first,
so that there is nothing to learn before the drift and exploring can only cost. Outages are announced, as the breaker would. At job 400
of 1000 the model that had been the best one falls to an acceptance of 15 %, and another takes three times as long.
A job tries up to three candidates until one is accepted; price and time of those that fail are lost.

Ours is the real `make_plan`, under `balanced`, with the real `learn` on everything seen so far before each job. What
is compared is the expected utility of each order under the truth (price, waiting and worth of a result in USD, as
`bottega.routing.utility` has them), so that luck in the draws does not count. All policies meet the same worlds.
Exits with 1 when an aim is missed.
"""

import argparse
import json
import math
import random
import statistics
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import NamedTuple, Protocol

from rich.console import Console
from rich.table import Table

from bottega.analytics.learning import MOST_RUNS, Attempted, learn
from bottega.domain.plan import Constraints
from bottega.domain.request import Preference
from bottega.domain.task import Task
from bottega.models import Catalogue, Model, PriceModel
from bottega.routing import WORTH, Learning, Trial, expected_utility, make_plan
from bottega.routing.utility import chosen

JOBS = 1000
DRIFT = 400
SETTLED = 500
MODELS = 8
ATTEMPTS = 3
FALLEN = 0.15
WINDOW = 25
WITHIN = 0.05
RECOVERY_JOBS = 100
CHEAPER = 0.20
ACCEPTED_WITHIN = 0.01
TASK = Task(workflow="image_editing", operation="edit", output_megapixels=1.0)
TODAY = date(2026, 1, 1)
BALANCED = WORTH[Preference.BALANCED]

Order = tuple[int, ...]


# --- the world -----------------------------------------------------------------------------------------------


class Truth(NamedTuple):
    """What holds for a while: acceptance (0 to 1) and typical seconds of each model."""

    acceptance: tuple[float, ...]
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class World:
    seed: int
    prices: tuple[float, ...]
    """USD per attempt."""
    catalogue: Catalogue
    before: Truth
    after: Truth
    fallen: int
    """The model that was the best one before the drift."""
    away: tuple[frozenset[int], ...]
    """For each job, the models in an outage."""

    def truth(self, job: int) -> Truth:
        return self.before if job < DRIFT else self.after

    def present(self, job: int) -> Order:
        return tuple(index for index in range(MODELS) if index not in self.away[job])

    def trials(self, job: int) -> list[Trial]:
        return trials(self.truth(job), self.prices)


def trials(truth: Truth, prices: Sequence[float]) -> list[Trial]:
    return [
        Trial(p, BALANCED.result + BALANCED.quality * p, price + BALANCED.second * seconds)
        for p, seconds, price in zip(truth.acceptance, truth.seconds, prices, strict=True)
    ]


def best_order(tried: Sequence[Trial], present: Sequence[int]) -> Order:
    """What somebody would do who knows the truth."""
    by_value = sorted(present, key=lambda index: -tried[index].reservation)
    picks = chosen([tried[index] for index in by_value], ATTEMPTS)
    return tuple(index for index, picked in zip(by_value, picks, strict=True) if picked)


def make_world(seed: int, right: bool) -> World:
    dice = random.Random(seed)
    prices = tuple(round(math.exp(dice.uniform(math.log(0.003), math.log(0.15))), 4) for _ in range(MODELS))
    rank = [sum(other < price for other in prices) / (MODELS - 1) for price in prices]
    guess = [min(0.98, max(0.3, 0.5 + 0.4 * r + dice.gauss(0, 0.05))) for r in rank]
    real = tuple(min(0.97, max(0.3, 0.72 + 0.15 * r + dice.gauss(0, 0.12))) for r in rank)
    if right:
        guess = list(real)
    seconds = tuple(math.exp(dice.gauss(math.log(10.0), 0.6)) for _ in range(MODELS))
    before = Truth(real, seconds)
    fallen = best_order(trials(before, prices), range(MODELS))[0]
    slower = dice.choice([index for index in range(MODELS) if index != fallen])
    after = Truth(
        tuple(FALLEN if index == fallen else p for index, p in enumerate(real)),
        tuple(s * 3 if index == slower else s for index, s in enumerate(seconds)),
    )
    models = [
        Model(
            id=f"m{index}",
            engine=f"e{index}",
            title="a simulated model",
            operations=frozenset({"edit"}),
            quality=guess[index],
            price=PriceModel(per_run=f"{prices[index]:.4f}"),
            seconds_fixed=seconds[index] * math.exp(dice.gauss(0, 0.3)),
        )
        for index in range(MODELS)
    ]
    return World(seed, prices, Catalogue(models), before, after, fallen, outages(dice))


def outages(dice: random.Random) -> tuple[frozenset[int], ...]:
    """Each model is away now and then for 20 to 60 jobs; never more than half of them at once."""
    until = [0] * MODELS
    away: list[frozenset[int]] = []
    for job in range(JOBS):
        for index in range(MODELS):
            room = sum(end > job for end in until) < MODELS // 2
            if until[index] <= job and room and dice.random() < 0.002:
                until[index] = job + dice.randint(20, 60)
        away.append(frozenset(index for index in range(MODELS) if until[index] > job))
    return tuple(away)


# --- the policies --------------------------------------------------------------------------------------------


class Policy(Protocol):
    def order(self, job: int) -> Order: ...

    def saw(self, index: int, accepted: bool, seconds: float) -> None: ...


@dataclass
class Fixed:
    """Anything that does not learn: an order for each job, known beforehand."""

    orders: Sequence[Order]

    def order(self, job: int) -> Order:
        return self.orders[job]

    def saw(self, index: int, accepted: bool, seconds: float) -> None:
        pass


@dataclass
class Ours:
    world: World
    sampling: bool
    _rows: dict[int, deque[tuple[int, float, bool]]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST_RUNS))
    )
    _attempts: int = 0

    def order(self, job: int) -> Order:
        observations = {
            f"m{index}": learn(
                Attempted(self._attempts - number, seconds, 1.0, None, accepted)
                for number, seconds, accepted in rows
            )
            for index, rows in self._rows.items()
        }
        constraints = constraints_of(self.world, job).model_copy(update={"observations": observations})
        learning = Learning(f"{self.world.seed}-{job}", enabled=self.sampling)
        return planned(self.world, constraints, learning)

    def saw(self, index: int, accepted: bool, seconds: float) -> None:
        self._attempts += 1
        self._rows[index].append((self._attempts, seconds, accepted))


@dataclass
class EpsilonGreedy:
    """A tenth of the jobs at random, else by the mean net worth of each model's attempts so far, all alike."""

    world: World
    dice: random.Random
    _sums: list[float] = field(default_factory=lambda: [0.0] * MODELS)
    _counts: list[int] = field(default_factory=lambda: [0] * MODELS)

    def order(self, job: int) -> Order:
        present = list(self.world.present(job))
        self.dice.shuffle(present)
        if self.dice.random() >= 0.1:
            present.sort(key=lambda i: -(self._sums[i] / self._counts[i]) if self._counts[i] else -math.inf)
        return tuple(present[:ATTEMPTS])

    def saw(self, index: int, accepted: bool, seconds: float) -> None:
        worth = (BALANCED.result + BALANCED.quality) * accepted
        self._sums[index] += worth - self.world.prices[index] - BALANCED.second * seconds
        self._counts[index] += 1


def constraints_of(world: World, job: int) -> Constraints:
    return Constraints(unavailable={f"e{index}": ("is down", "Wait.") for index in world.away[job]})


def planned(world: World, constraints: Constraints, learning: Learning | None) -> Order:
    plan = make_plan(
        TASK,
        world.catalogue,
        constraints,
        Preference.BALANCED,
        local_engines=frozenset(),
        options={},
        options_read=(),
        today=TODAY,
        learn=learning,
        attempts=ATTEMPTS,
    )
    return tuple(int(candidate.model_id[1:]) for candidate in plan.candidates[:ATTEMPTS])


def static_table(world: World) -> list[Order]:
    """Our own order from the catalogue alone."""
    known: dict[frozenset[int], Order] = {}
    for job in range(JOBS):
        if world.away[job] not in known:
            known[world.away[job]] = planned(world, constraints_of(world, job), None)
    return [known[world.away[job]] for job in range(JOBS)]


def best_fixed(world: World) -> list[Order]:
    """The three models in the order that would have been best over all the jobs; others step in by truth at the start."""
    states = Counter((job >= DRIFT, world.away[job]) for job in range(JOBS))
    spare = sorted(range(MODELS), key=lambda i: -trials(world.before, world.prices)[i].reservation)
    tables = [trials(truth, world.prices) for truth in (world.before, world.after)]

    def at(three: Order, away: frozenset[int]) -> Order:
        everybody = (*three, *(i for i in spare if i not in three))
        return tuple(i for i in everybody if i not in away)[:ATTEMPTS]

    def total(three: Order) -> float:
        return sum(
            jobs * expected_utility([tables[drifted][i] for i in at(three, away)])
            for (drifted, away), jobs in states.items()
        )

    best = max(permutations(range(MODELS), ATTEMPTS), key=total)
    return [at(best, world.away[job]) for job in range(JOBS)]


def who_ask_the_catalogue(world: World) -> dict[str, Policy]:
    return {
        "ours": Ours(world, sampling=True),
        "ours, means only": Ours(world, sampling=False),
        "static table": Fixed(static_table(world)),
    }


def others(world: World) -> dict[str, Policy]:
    dice = random.Random(world.seed + 10_000)
    jobs = range(JOBS)
    cheapest = sorted(range(MODELS), key=lambda i: world.prices[i])
    return {
        "best fixed in hindsight": Fixed(best_fixed(world)),
        "cheapest first": Fixed(
            [tuple(i for i in cheapest if i not in world.away[job])[:ATTEMPTS] for job in jobs]
        ),
        "random": Fixed([tuple(dice.sample(world.present(job), ATTEMPTS)) for job in jobs]),
        "epsilon-greedy": EpsilonGreedy(world, dice),
    }


# --- the replay ----------------------------------------------------------------------------------------------


@dataclass
class Story:
    """Per job, expected under the truth: utility and cost in USD, acceptance; and which model was tried first."""

    utility: list[float] = field(default_factory=list[float])
    cost: list[float] = field(default_factory=list[float])
    accepted: list[float] = field(default_factory=list[float])
    first: list[int] = field(default_factory=list[int])


def replay(world: World, policy: Policy) -> Story:
    story = Story()
    for job in range(JOBS):
        order = policy.order(job)
        tried = world.trials(job)
        reached, cost = 1.0, 0.0
        for index in order:
            cost += reached * world.prices[index]
            reached *= 1 - tried[index].acceptance
        story.utility.append(expected_utility([tried[index] for index in order]))
        story.cost.append(cost)
        story.accepted.append(1 - reached)
        story.first.append(order[0])
        run(world, job, order, policy)
    return story


def run(world: World, job: int, order: Order, policy: Policy) -> None:
    """One job for real. A model's luck in a job is the same whoever asks it."""
    truth = world.truth(job)
    for index in order:
        dice = random.Random((world.seed * JOBS + job) * MODELS + index)
        accepted = dice.random() < truth.acceptance[index]
        policy.saw(index, accepted, truth.seconds[index] * math.exp(dice.gauss(0, 0.25)))
        if accepted:
            return


def recovered(utility: Sequence[float], oracle: Sequence[float]) -> int:
    """Jobs after the drift from which on the next 25 together are within 5 % of what the oracle gets."""
    for start in range(DRIFT, JOBS - WINDOW + 1):
        got, could = sum(utility[start : start + WINDOW]), sum(oracle[start : start + WINDOW])
        if got >= (1 - WITHIN) * could:
            return start - DRIFT
    return JOBS - DRIFT


def left_after(first: Sequence[int], fallen: int) -> int:
    """Jobs after the drift from which on the fallen model is first in at most 2 of the next 25."""
    for start in range(DRIFT, JOBS - WINDOW + 1):
        if sum(index == fallen for index in first[start : start + WINDOW]) <= 2:
            return start - DRIFT
    return JOBS - DRIFT


def one_world(seed: int, right: bool) -> dict[str, tuple[Story, int, int]]:
    world = make_world(seed, right)
    oracle_orders = [best_order(world.trials(job), world.present(job)) for job in range(JOBS)]
    policies = (
        who_ask_the_catalogue(world) | ({} if right else others(world)) | {"oracle": Fixed(oracle_orders)}
    )
    stories = {name: replay(world, policy) for name, policy in policies.items()}
    oracle = stories["oracle"].utility
    return {
        name: (story, recovered(story.utility, oracle), left_after(story.first, world.fallen))
        for name, story in stories.items()
    }


# --- the figures ---------------------------------------------------------------------------------------------


class Row(NamedTuple):
    policy: str
    regret_milli_usd: float
    settled_regret_milli_usd: float
    settled_below_best_percent: float
    accepted_percent: float
    cost_per_accepted_usd: float
    recovered_median: float
    recovered_90th: float
    left_90th: float


def row_of(name: str, worlds: Sequence[dict[str, tuple[Story, int, int]]]) -> Row:
    stories = [world[name][0] for world in worlds]
    oracles = [world["oracle"][0] for world in worlds]
    regret = statistics.fmean(
        b - a
        for s, o in zip(stories, oracles, strict=True)
        for a, b in zip(s.utility, o.utility, strict=True)
    )
    settled = statistics.fmean(u for story in stories for u in story.utility[SETTLED:])
    best = statistics.fmean(u for story in oracles for u in story.utility[SETTLED:])
    accepted = sum(sum(story.accepted) for story in stories)
    return Row(
        policy=name,
        regret_milli_usd=regret * 1000,
        settled_regret_milli_usd=(best - settled) * 1000,
        settled_below_best_percent=100 * (1 - settled / best),
        accepted_percent=100 * accepted / (JOBS * len(worlds)),
        cost_per_accepted_usd=sum(sum(story.cost) for story in stories) / accepted,
        recovered_median=statistics.median(world[name][1] for world in worlds),
        recovered_90th=ninetieth([world[name][1] for world in worlds]),
        left_90th=ninetieth([world[name][2] for world in worlds]),
    )


def ninetieth(values: list[int]) -> float:
    return sorted(values)[math.ceil(0.9 * len(values)) - 1]


class Aim(NamedTuple):
    what: str
    figure: str
    met: bool


def learning_aims(ours: Row) -> list[Aim]:
    return [
        Aim(
            f"after {SETTLED} jobs within {WITHIN:.0%} of the best",
            f"{ours.settled_below_best_percent:.2f} % below",
            ours.settled_below_best_percent <= 100 * WITHIN,
        ),
        Aim(
            f"recovers from drift within {RECOVERY_JOBS} jobs (9 of 10 worlds)",
            f"within 5 % after {ours.recovered_90th:.0f}, the fallen model left after {ours.left_90th:.0f}",
            max(ours.recovered_90th, ours.left_90th) <= RECOVERY_JOBS,
        ),
    ]


def saving_aims(ours: Row, static: Row) -> list[Aim]:
    saved = 1 - ours.cost_per_accepted_usd / static.cost_per_accepted_usd
    return [
        Aim(
            f"at least {CHEAPER:.0%} cheaper per accepted result than the static table",
            f"{saved:.1%} cheaper",
            saved >= CHEAPER,
        ),
        Aim(
            f"at equal quality: accepted rate not below the static table's minus {ACCEPTED_WITHIN:.0%}",
            f"{ours.accepted_percent:.2f} % against {static.accepted_percent:.2f} %",
            static.accepted_percent - ours.accepted_percent <= 100 * ACCEPTED_WITHIN,
        ),
    ]


def show(title: str, rows: list[Row], reached: list[Aim]) -> None:
    table = Table(title=title)
    for heading in (
        "policy",
        "regret,\nmilli-$/job",
        f"regret after\njob {SETTLED}",
        "below the\nbest, %",
        "accepted,\n%",
        "$ per\naccepted",
        "recovered,\nmedian",
        "recovered,\n9 of 10",
        "fallen left,\n9 of 10",
    ):
        table.add_column(heading, justify="left" if heading == "policy" else "right")
    for row in rows:
        table.add_row(
            row.policy,
            f"{row.regret_milli_usd:.1f}",
            f"{row.settled_regret_milli_usd:.1f}",
            f"{row.settled_below_best_percent:.2f}",
            f"{row.accepted_percent:.2f}",
            f"{row.cost_per_accepted_usd:.4f}",
            *(
                "never" if jobs == JOBS - DRIFT else f"{jobs:.0f}"
                for jobs in (row.recovered_median, row.recovered_90th, row.left_90th)
            ),
        )
    console = Console()
    console.width = max(console.width, 150)  # a cut-off figure is no figure
    console.print(table)
    for aim in reached:
        console.print(f"{'met   ' if aim.met else 'MISSED'}  {aim.what}: {aim.figure}", highlight=False)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="10 worlds of each kind instead of 100")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--first-seed", type=int, default=1, help="the seed of the first world (1)")
    options = parser.parse_args()
    count = 10 if options.quick else 100
    seeds = range(options.first_seed, options.first_seed + count)
    report: dict[str, object] = {"worlds": count, "jobs": JOBS, "drift_at": DRIFT}
    missed = 0
    for kind, right in (("leans on the price", False), ("is right at first", True)):
        with ProcessPoolExecutor() as pool:
            worlds = list(pool.map(one_world, seeds, [right] * count))
        rows = {name: row_of(name, worlds) for name in worlds[0]}
        reached = learning_aims(rows["ours"])
        if not right:  # a catalogue that is right leaves nothing to save
            reached += saving_aims(rows["ours"], rows["static table"])
        title = f"{count} worlds of {JOBS} jobs, drift at job {DRIFT}; the catalogue {kind}"
        show(title, list(rows.values()), reached)
        missed += sum(not aim.met for aim in reached)
        report[kind] = {
            "rows": [row._asdict() for row in rows.values()],
            "aims": [aim._asdict() for aim in reached],
        }
    if options.json:
        options.json.write_text(json.dumps(report, indent=2))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
