"""`python -m bottega` is the command line."""

from bottega.cli import main

main()
