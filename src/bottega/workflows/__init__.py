"""The kinds of work: one file each, listed in one registry."""
