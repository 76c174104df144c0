"""Checks that a commit message follows Conventional Commits 1.0.0: `type(scope)!: what`."""

import re
import sys
from pathlib import Path

FIRST_LINE = re.compile(
    r"(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(\([a-z0-9_,/ -]+\))?!?: \S.{0,90}"
)


def main() -> int:
    first = Path(sys.argv[1]).read_text(encoding="utf-8").partition("\n")[0]
    if FIRST_LINE.fullmatch(first) or first.startswith(("Merge ", "Revert ")):
        return 0
    print(f"The first line is not of the form 'type(scope): what': {first!r}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
