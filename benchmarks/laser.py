"""The laser studio against its aims and today's best, in one run: every part of `laser_parts` in one table."""

import sys

from assembled import run

if __name__ == "__main__":
    sys.exit(run("laser_parts", __doc__))
