"""Looks for what must not stand in the repository: addresses of package registries and paths of one machine."""

import re
import subprocess
import sys
from pathlib import Path

# Brackets around single characters keep this file from finding itself.
FORBIDDEN = {
    "an address of a package registry": re.compile(
        r'"resolved": *"[h]ttp|--(?:extra-)?[i]ndex-url|--[f]ind-links|pypi[.]org|files[.]pythonhosted|registry[.]npmjs'
    ),
    "a path of one machine": re.compile(r"/[w]ork/(?:main|shared|steering|\.)|/[r]oot/"),
}
ALLOWED = {"scripts/pin"}
"""Names the options that leave addresses out."""


def main() -> int:
    names = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout  # noqa: S607
    findings = 0
    for name in filter(None, names.split("\0")):
        if name in ALLOWED:
            continue
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
