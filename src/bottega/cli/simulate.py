"""`simulate`: the vendors' simulator in the foreground. What it answers is `bottega.simulator`'s."""

from typing import TYPE_CHECKING, Annotated

import typer

from bottega.cli.serve import address_of, listen, told_to_stop
from bottega.cli.session import Reply, carry_out

if TYPE_CHECKING:
    import socket

VARIABLES = {
    "openai": ("BOTTEGA_OPENAI_BASE_URL", "BOTTEGA_OPENAI_API_KEY"),
    "gemini": ("BOTTEGA_GEMINI_BASE_URL", "BOTTEGA_GEMINI_API_KEY"),
    "anthropic": ("BOTTEGA_ANTHROPIC_BASE_URL", "BOTTEGA_ANTHROPIC_API_KEY"),
    "replicate": ("BOTTEGA_REPLICATE_BASE_URL", "BOTTEGA_REPLICATE_API_KEY"),
    "stability": ("BOTTEGA_STABILITY_BASE_URL", "BOTTEGA_STABILITY_API_KEY"),
    "compatible": ("BOTTEGA_OPENAI_COMPATIBLE_BASE_URL", "BOTTEGA_OPENAI_COMPATIBLE_API_KEY"),
}
"""Which settings send Bottega to each simulated vendor."""

NOTICE = """\
# Simulated vendors: no key is needed, nothing is bought, and nothing that is sent to them leaves this machine.
# Their pictures and clips are drawn here and marked SIMULATED; their answers come from no model.
# Set these where Bottega runs:"""


def add_to(application: typer.Typer) -> None:
    application.command()(simulate)


def simulate(
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8711,
    seed: Annotated[int, typer.Option(help="Another number, other pictures and answers.")] = 0,
    speed: Annotated[float, typer.Option(min=0.01, help="How many times faster than the vendors.")] = 10.0,
) -> None:
    """Stand in for the cloud vendors: try everything without keys and without cost.

    Prints the settings that send Bottega here. POST /_control/faults makes calls fail as they do out there, and GET
    /_control/log tells what was asked.
    """
    reply = Reply()

    async def work() -> int:
        with listen(host, port) as listening:
            await _simulate(reply, listening, seed, speed)
        return 0

    carry_out(reply, work)


async def _simulate(reply: Reply, listening: "socket.socket", seed: int, speed: float) -> None:
    from bottega.simulator.serve import server_of
    from bottega.simulator.world import World

    server = server_of(World(seed, speed))

    def stop() -> None:
        server.should_exit = True

    with told_to_stop(stop):
        typer.echo(settings_for(address_of(listening)))
        reply.console.print("The simulator answers; Ctrl-C stops.", markup=False)
        await server.serve(sockets=[listening])


def settings_for(address: str) -> str:
    """Lines for a shell, or for a `.env` file without `export`."""
    from bottega.simulator.app import PREFIXES
    from bottega.simulator.serve import KEY

    lines = [NOTICE]
    for vendor, (base_url, key) in VARIABLES.items():
        lines += [f"export {base_url}={address}{PREFIXES[vendor]}", f"export {key}={KEY}"]
    return "\n".join(lines)
