"""A benchmark that is assembled of parts: one table beside the aims, in one run.

A part is a module of a package beside this one with `rows(quick) -> list[Row]`.
"""

import argparse
import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One figure. `passed` is None for what has no aim; `anchor` is what today's best reaches, and where from."""

    name: str
    value: str
    aim: str
    passed: bool | None
    anchor: str


def run(package: str, about: str | None) -> int:
    """Measure the parts of `package` that the command line names, all by default; 1 when an aim is missed."""
    known = _parts(package)
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(known)}; all of them by default")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file as well")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(known):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    found: list[tuple[str, Row]] = []
    for part in asked.parts or known:
        started = time.perf_counter()
        rows = importlib.import_module(f"{package}.{part}").rows(asked.quick)
        found += [(part, Row(*row)) for row in rows]
        print(f"{part}: {time.perf_counter() - started:.1f} s", file=sys.stderr)
    _show(found)
    if asked.json is not None:
        told = [{"part": part, **row._asdict()} for part, row in found]
        asked.json.write_text(json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n")
    return int(any(row.passed is False for _, row in found))


def _parts(package: str) -> list[str]:
    """The modules of the package that measure something; the others help them."""
    folder = Path(importlib.import_module(package).__path__[0])
    names = sorted(module.name for module in pkgutil.iter_modules([str(folder)]))
    return [name for name in names if "def rows(" in (folder / f"{name}.py").read_text()]


def _show(found: list[tuple[str, Row]]) -> None:
    heading = ("part", "name", "value", "aim", "anchor", "met")
    met = {None: "-", True: "yes", False: "NO"}
    lines = [(part, row.name, row.value, row.aim, row.anchor, met[row.passed]) for part, row in found]
    widths = [max(len(str(line[i])) for line in (heading, *lines)) for i in range(len(heading))]
    for line in (heading, *lines):
        print("  ".join(str(cell).ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
