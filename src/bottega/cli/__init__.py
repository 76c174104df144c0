"""The command line, `bottega`. It translates between a terminal and `bottega.app.Bottega`; it decides nothing.

One file per group of commands. `main` is the console script, `application` the typer application.
"""

from typing import Annotated

import typer

from bottega import __version__
from bottega.cli import (
    batch,
    budget,
    demo,
    doctor,
    enhance_more,
    experiments,
    fashion,
    feedback,
    jobs,
    keys,
    laser_more,
    mcp,
    models,
    privacy,
    references,
    run,
    serve,
    simulate,
)
from bottega.cli.session import EXIT_CODES

__all__ = ["application", "main"]

application = typer.Typer(
    name="bottega",
    help="A sentence and some pictures in; finished, checked media out, at a known price.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@application.callback()
def _options(  # pyright: ignore[reportUnusedFunction]
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


for _module in (run, serve, mcp, budget, doctor, demo, simulate):
    _module.add_to(application)
for _group in (
    jobs.group,
    keys.group,
    budget.group,
    models.models_group,
    models.workflows_group,
    references.group,
    feedback.group,
    experiments.group,
    laser_more.group,
    enhance_more.group,
    fashion.group,
):
    application.add_typer(_group)

batch.register(application)
privacy.register(application)


def main() -> None:
    application()
