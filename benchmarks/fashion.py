"""The fashion studio against its aims and today's best, in one run: every part of `fashion_parts` in one table."""

import sys

from assembled import run

if __name__ == "__main__":
    sys.exit(run("fashion_parts", __doc__))
