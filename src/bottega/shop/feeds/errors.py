"""What is wrong with a feed as a whole; what is wrong with one record is a line of the import's report."""

from bottega.errors import InputError


class UnreadableFeed(InputError):
    """Not a feed of a known format, or broken so that nothing behind the break can be read.

    `details["line"]` says where, if it is known."""

    code = "unreadable-feed"
    title = "The feed cannot be read"
