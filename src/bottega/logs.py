"""How the processes of Bottega log: one line per event on standard error, JSON where no person is watching.

Tracebacks are plain text without the values of variables: those may hold keys and private prompts.
"""

import logging
import sys

import structlog


def configure_logging(*, verbose: bool = False) -> None:
    """Called once by each program (server, worker, command line); a library user's own set-up is left alone."""
    people = sys.stderr.isatty()
    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if people
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if people else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
