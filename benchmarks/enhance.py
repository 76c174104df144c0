"""The enhance studio against its aims and today's best, in one run: every part of `enhance_parts` in one table."""

import sys

from assembled import run

if __name__ == "__main__":
    sys.exit(run("enhance_parts", __doc__))
