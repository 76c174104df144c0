"""The list of engines: adding one is adding a file in `local/` or `cloud/` and a line here."""

from bottega.engines.cloud.gemini import GeminiEngine
from bottega.engines.cloud.openai import OpenAIEngine
from bottega.engines.cloud.openai_compatible import OpenAICompatibleEngine
from bottega.engines.cloud.replicate import ReplicateEngine
from bottega.engines.cloud.stability import StabilityEngine
from bottega.engines.local.classical import ClassicalEngine
from bottega.engines.local.enhance import EnhanceEngine
from bottega.engines.local.fashion import GeometricEngine
from bottega.engines.local.laser import LaserEngine
from bottega.engines.local.stylist import StylistEngine
from bottega.engines.local.vton import VtonEngine
from bottega.engines.local.vton_own import OwnVtonEngine
from bottega.engines.protocol import Engine
from bottega.settings import Settings


def built_in_engines(settings: Settings) -> dict[str, Engine]:
    """Every engine of this installation by name, whether it can be used now or not."""
    engines: list[Engine] = [
        ClassicalEngine(),
        EnhanceEngine(),
        LaserEngine(),
        GeometricEngine(),
        StylistEngine(),
        VtonEngine(settings),
        OwnVtonEngine(settings),
        OpenAIEngine(settings),
        OpenAICompatibleEngine(settings),
        GeminiEngine(settings),
        StabilityEngine(settings),
        ReplicateEngine(settings),
    ]
    return {engine.name: engine for engine in engines}
