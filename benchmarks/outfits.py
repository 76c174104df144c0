"""How fast are looks and recommendations made out of a hundred thousand items, and is any rule ever broken?

    python benchmarks/outfits.py [--quick] [--items N] [--requests N] [--json FILE]

Made-up items and requests (`tests/fashion/drawn_wardrobes.py`). Speed: 100 requests for five looks, and 20 for
recommendations, over a ready table of 100,000 items. Rules: 10,000 random requests (`--quick`: 300) over 20,000 items,
checked by the tests' own checker, with the mean pairwise Jaccard index of the looks of a request. Exits with 1 when an aim is
missed: the median of five looks within 100 ms of CPU time, no broken rule, no item that does not exist, Jaccard 0.4 at most.
"""

import argparse
import json
import random
import statistics
import sys
import time
from itertools import combinations
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bottega.fashion.outfits.compose import compose
from bottega.fashion.outfits.scoring import score_items
from bottega.fashion.outfits.table import ItemTable, table_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "fashion"))
from drawn_wardrobes import broken_rules, jaccard, request, wardrobe

AIM_MS, AIM_JACCARD = 100.0, 0.4
Figures = dict[str, dict[str, float]]


def aims(found: Figures) -> dict[str, tuple[str, bool]]:
    """By figure what is aimed at, and whether it is met."""
    speeds, told = found["speed, CPU ms"], found["rules"]
    explained = told["with five looks"] + told["with fewer, and why"] == told["requests"]
    broken, unknown = told["looks that break a rule"], told["looks with unknown items"]
    likest = told["highest mean Jaccard of a request"]
    return {
        "five looks, median": (f"<= {AIM_MS:g}", speeds["five looks, median"] <= AIM_MS),
        "with fewer, and why": ("all without five", explained),
        "looks that break a rule": ("0", broken == 0),
        "looks with unknown items": ("0", unknown == 0),
        "highest mean Jaccard of a request": (f"<= {AIM_JACCARD:g}", likest <= AIM_JACCARD),
    }


def speed(count: int, requests: int) -> dict[str, float]:
    """CPU milliseconds."""
    items = wardrobe(count)
    start = time.process_time()
    table = table_of(items)
    made = (time.process_time() - start) * 1e3
    chance = random.Random(11)
    looks, recommended = list[float](), list[float]()
    for number in range(requests):
        profile, context, budget = request(chance)
        start = time.process_time()
        compose(table, context, 5, budget=budget, seed=number, profile=profile)
        looks.append((time.process_time() - start) * 1e3)
        if number % 5 == 0:
            start = time.process_time()
            score_items(table, profile, context)
            recommended.append((time.process_time() - start) * 1e3)
    return {
        "table": made,
        "five looks, median": statistics.median(looks),
        "five looks, 95%": statistics.quantiles(looks, n=20)[-1],
        "twenty recommendations, median": statistics.median(recommended),
        "twenty recommendations, most": max(recommended),
    }


def rules(table: ItemTable, requests: int) -> dict[str, float]:
    chance = random.Random(12)
    known = set(table.row_of)
    looks_made = broken = invented = complete = explained = 0
    likeness = 0.0
    for number in range(requests):
        profile, context, budget = request(chance)
        looks = compose(table, context, 5, budget=budget, seed=number, profile=profile)
        looks_made += len(looks)
        complete += len(looks) == 5
        explained += len(looks) < 5 and bool(looks.missing)
        broken += sum(bool(broken_rules(look, profile, context, budget)) for look in looks)
        invented += sum(not look.ids <= known for look in looks)
        pairs = [jaccard(one, other) for one, other in combinations(looks, 2)]
        likeness = max(likeness, statistics.fmean(pairs) if pairs else 0.0)
    return {
        "requests": requests,
        "looks": looks_made,
        "with five looks": complete,
        "with fewer, and why": explained,
        "looks that break a rule": broken,
        "looks with unknown items": invented,
        "highest mean Jaccard of a request": likeness,
    }


def show(found: Figures) -> None:
    aimed = aims(found)
    for title, rows in found.items():
        table = Table("figure", "measured", "aim", "", title=title)
        for name, value in rows.items():
            measured = f"{value:,.1f}" if "," in title else f"{value:,.3g}" if value < 1 else f"{value:,.0f}"
            aim, met = aimed.get(name, ("-", None))
            table.add_row(name, measured, aim, {None: "", True: "met", False: "MISSED"}[met])
        Console().print(table)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = {
        "speed, CPU ms": speed(given.items, 20 if given.quick else 100),
        "rules": rules(
            table_of(wardrobe(20_000, seed=4)), given.requests or (300 if given.quick else 10_000)
        ),
    }
    show(found)
    if given.json:
        given.json.write_text(json.dumps(found, indent=2))
    return 0 if all(met for _, met in aims(found).values()) else 1


if __name__ == "__main__":
    sys.exit(main())
