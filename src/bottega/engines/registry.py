"""The list of engines: adding one is adding a file in `local/` or `cloud/` and a line here."""

from bottega.engines.cloud.openai_compatible import OpenAICompatibleEngine
from bottega.engines.local.classical import ClassicalEngine
from bottega.engines.local.laser import LaserEngine
from bottega.engines.protocol import Engine
from bottega.settings import Settings


def built_in_engines(settings: Settings) -> dict[str, Engine]:
    """Every engine of this installation by name, whether it can be used now or not."""
    engines: list[Engine] = [
        ClassicalEngine(),
        LaserEngine(),
        OpenAICompatibleEngine(settings),
    ]
    return {engine.name: engine for engine in engines}
