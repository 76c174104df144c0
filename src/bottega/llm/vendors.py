"""Where each vendor's client is built: explicit key, address and timeouts, no retries, nothing from the environment.

A model id is `<vendor>/<the vendor's name of the model>`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Literal

from bottega.errors import InvalidOption, ResourceError
from bottega.models.addresses import HOME
from bottega.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model as AiModel

OutputMode = Literal["native", "tool", "prompted"]
"""How a model is made to answer in a given form: by the API's own schema, by a tool whose arguments are the answer,
or by words in the prompt."""

CONNECT_TIMEOUT_S: Final = 5.0
_LONGEST_S: Final = 600.0
"""A bound for the transport; each call has its own, shorter one."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A model ready to be asked, and how to close its client."""

    model: "AiModel"
    mode: OutputMode
    close: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Vendor:
    """What a vendor needs: the module and extra of its SDK, and the settings of its key and address."""

    title: str
    module: str
    extra: str
    key: str
    base_url: str
    key_variable: str
    own_server: bool = False


VENDORS: Final[dict[str, Vendor]] = {
    "openai": Vendor("OpenAI", "openai", "openai", "openai_api_key", "openai_base_url", "OPENAI_API_KEY"),
    "gemini": Vendor(
        "Google", "google.genai", "gemini", "gemini_api_key", "gemini_base_url", "GEMINI_API_KEY"
    ),
    "anthropic": Vendor(
        "Anthropic",
        "anthropic",
        "anthropic",
        "anthropic_api_key",
        "anthropic_base_url",
        "ANTHROPIC_API_KEY",
    ),
    "openai_compatible": Vendor(
        "The OpenAI-compatible server",
        "openai",
        "openai",
        "openai_compatible_api_key",
        "openai_compatible_base_url",
        "BOTTEGA_OPENAI_COMPATIBLE_BASE_URL",
        own_server=True,
    ),
}


def vendor_title(model_id: str) -> str:
    vendor = VENDORS.get(model_id.partition("/")[0])
    return vendor.title if vendor is not None else model_id


def split_id(model_id: str) -> tuple[str, str]:
    """`openai/gpt-6-luna` -> (`openai`, `gpt-6-luna`). Raises InvalidOption for anything but a known vendor's."""
    vendor, _, name = model_id.partition("/")
    if vendor not in VENDORS or not name:
        raise InvalidOption(
            f"{model_id[:80]!r} names no language model.",
            hint="Write <vendor>/<model>, with one of the vendors " + ", ".join(sorted(VENDORS)) + ".",
        )
    return vendor, name


def why_not(settings: Settings, vendor_id: str) -> tuple[str, str] | None:
    """Why the vendor's models cannot be asked and what to do, or None when they can."""
    vendor = VENDORS[vendor_id]
    needed = vendor.base_url if vendor.own_server else vendor.key
    if not getattr(settings, needed).strip():
        what = "address" if vendor.own_server else "API key"
        return f"no {what} for {vendor.title} is configured", f"Set {vendor.key_variable}."
    if not getattr(settings, vendor.key).isascii():
        return "the API key holds characters that cannot be sent", f"Correct {vendor.key_variable}."
    if not (_is_installed(vendor.module) and _is_installed("pydantic_ai")):
        return (
            f"the package for {vendor.title} is not installed",
            f"Install it: pip install 'bottega[{vendor.extra}]'.",
        )
    return None


def connect(settings: Settings, model_id: str, name: str, compatible_mode: OutputMode) -> Connection:
    """Builds the client for the model that the vendor calls `name`. Imports the SDK, which takes seconds the first time: call it outside the event loop.

    Raises ResourceError when the vendor is not configured or its package not installed.
    """
    vendor_id, _ = split_id(model_id)
    if (reason := why_not(settings, vendor_id)) is not None:
        raise ResourceError(f"{model_id} cannot be asked: {reason[0]}.", hint=reason[1], model_id=model_id)
    vendor = VENDORS[vendor_id]
    key = getattr(settings, vendor.key).strip()
    base_url = getattr(settings, vendor.base_url).strip() or HOME[vendor_id]
    match vendor_id:
        case "openai":
            return _openai(name, key, base_url)
        case "gemini":
            return _gemini(name, key, base_url)
        case "anthropic":
            return _anthropic(name, key, base_url)
        case _:
            return _compatible(name, key, base_url, compatible_mode)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _http_client() -> Any:
    from bottega.llm.transport import http_client

    return http_client(connect_s=CONNECT_TIMEOUT_S, longest_s=_LONGEST_S)


def openai_client(key: str, base_url: str) -> Any:
    """The SDK's client (`openai.AsyncOpenAI`); its own variables of the environment are not read."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(
        api_key=key or "none",
        base_url=base_url,
        max_retries=0,
        timeout=_LONGEST_S,
        http_client=_http_client(),
        webhook_secret="",
    )
    client.organization = None
    client.project = None
    return client


def _openai(name: str, key: str, base_url: str) -> Connection:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = openai_client(key, base_url)
    model = OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))
    return Connection(model, _native_or_tool(model), client.close)


def _compatible(name: str, key: str, base_url: str, mode: OutputMode) -> Connection:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider

    client = openai_client(key, base_url)
    # What Ollama, vLLM, llama.cpp and LM Studio all understand; `max_completion_tokens` and strict tools are not.
    profile = OpenAIModelProfile(
        supports_json_schema_output=True,
        openai_chat_supports_max_completion_tokens=False,
        openai_supports_strict_tool_definition=False,
    )
    model = OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client), profile=profile)
    return Connection(model, mode, client.close)


def _anthropic(name: str, key: str, base_url: str) -> Connection:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    client = AsyncAnthropic(
        api_key=key,
        base_url=base_url,
        max_retries=0,
        timeout=_LONGEST_S,
        http_client=_http_client(),
    )
    model = AnthropicModel(name, provider=AnthropicProvider(anthropic_client=client))
    return Connection(model, _native_or_tool(model), client.close)


def _gemini(name: str, key: str, base_url: str) -> Connection:
    from google.genai import Client
    from google.genai.types import HttpOptions, HttpRetryOptions
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    http_client = _http_client()
    client = Client(
        vertexai=False,
        api_key=key,
        http_options=HttpOptions(
            base_url=base_url,
            api_version="v1beta",
            timeout=int(_LONGEST_S * 1000),
            retry_options=HttpRetryOptions(attempts=1),
            httpx_async_client=http_client,
        ),
    )
    model = GoogleModel(name, provider=GoogleProvider(client=client))

    async def close() -> None:
        client.close()
        await http_client.aclose()

    return Connection(model, _native_or_tool(model), close)


def _native_or_tool(model: "AiModel") -> OutputMode:
    return "native" if model.profile.get("supports_json_schema_output", False) else "tool"
