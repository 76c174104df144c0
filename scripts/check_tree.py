"""Looks for what must not stand in the repository: addresses of package registries and paths of one machine."""

import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = {
    "an address of a package registry": re.compile(
        r'"resolved": *"http|--(?:extra-)?index-url[ =]|--find-links[ =]|pypi\.' r"org|files\.python" r"hosted|registry\.npm" r"js"
    ),
    "a path of one machine": re.compile(r"/wo" r"rk/(?:main|shared|steering|\.)|/ro" r"ot/"),
}


def main() -> int:
    names = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout  # noqa: S607
    findings = 0
    for name in filter(None, names.split("\0")):
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            for what, pattern in FORBIDDEN.items():
                if pattern.search(line):
                    print(f"{name}:{number}: {what}")
                    findings += 1
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
