"""The laser studio against its aims and today's best, in one run: every part of `laser_parts` as one table.

A part is a module with `rows(quick)` that returns (name, value, aim, passed, anchor). Exit code 1 when an aim is missed.
"""

import argparse
import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import laser_parts


def measured(names: list[str], quick: bool) -> list[dict[str, Any]]:
    """The rows of the parts, with the seconds that each part took."""
    found: list[dict[str, Any]] = []
    for name in names:
        started = time.perf_counter()
        for row in importlib.import_module(f"laser_parts.{name}").rows(quick):
            label, value, aim, passed, anchor = row
            found.append(
                {
                    "part": name,
                    "name": label,
                    "value": str(value),
                    "aim": str(aim),
                    "passed": None if passed is None else bool(passed),
                    "anchor": str(anchor),
                }
            )
        print(f"{name}: {time.perf_counter() - started:.1f} s", file=sys.stderr)
    return found


def main() -> int:
    known = sorted(part.name for part in pkgutil.iter_modules(laser_parts.__path__))
    known = [name for name in known if "def rows(" in _source(name)]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(known)}; all of them by default")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(known)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    rows = measured(asked.parts or known, asked.quick)
    if asked.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _show(rows)
    return int(any(row["passed"] is False for row in rows))


def _source(name: str) -> str:
    return (Path(laser_parts.__path__[0]) / f"{name}.py").read_text()


def _show(rows: list[dict[str, Any]]) -> None:
    columns = ("part", "name", "value", "aim", "anchor")
    widths = {column: max(len(column), *(len(row[column]) for row in rows)) for column in columns}
    print("  ".join(column.ljust(widths[column]) for column in columns) + "  met")
    for row in rows:
        met = {None: "-", True: "yes", False: "NO"}[row["passed"]]
        print("  ".join(row[column].ljust(widths[column]) for column in columns) + f"  {met}")


if __name__ == "__main__":
    sys.exit(main())
