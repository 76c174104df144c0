"""What a failed call to a language model means: for the user's money, and for whether another model may be asked."""

from typing import TYPE_CHECKING, Any, Final

from bottega.errors import (
    BottegaError,
    ContentRefused,
    Money,
    OutcomeUnknown,
    OutputError,
    ProviderError,
    ProviderUnavailable,
)

if TYPE_CHECKING:
    from pydantic_ai.exceptions import ModelAPIError

_REFUSALS: Final = ("content_policy_violation", "moderation_blocked", "content_filter", "contentfilter")
_CONNECTING: Final = ("connect", "pool")


def may_ask_another(error: BottegaError) -> bool:
    """Whether the call was surely not accepted for a reason that lies with the provider or the account, so that
    another model may be asked the same. The detail `not_accepted` says so."""
    return error.details.get("not_accepted") is True


def translate(error: Exception, model_id: str, timeout_s: float) -> BottegaError:
    """Our error for one that pydantic-ai, an SDK or its transport raised while a call was made.

    Refused before acceptance: ProviderUnavailable for 429, 503, 529 and a refused connection (`retry_after` in
    seconds where it was said), ProviderError for credit and credentials. ContentRefused for a content filter.
    OutcomeUnknown when the request was sent and its answer lost: a timeout, a broken connection, a gateway's 502
    or 504, a body that is no message of the API. Anything else is raised as it is: a fault of ours.
    """
    from pydantic_ai import exceptions as raised

    match error:
        case raised.ContentFilterError():
            return ContentRefused(f"{model_id} refused the content.", hint=_REWORD, model_id=model_id)
        case raised.ModelConnectionError():
            return _broken(model_id, error.phase, isinstance(error, raised.ModelTimeoutError), timeout_s)
        case raised.ModelAPIError():
            return _refused(error, model_id)
        case TimeoutError():
            return _broken(model_id, None, True, timeout_s)
        case _ if (phase := _transport_phase(error)) is not None:
            return _broken(model_id, phase, "Timeout" in type(error).__name__, timeout_s)
        # What the SDKs raise over a body that they cannot read.
        case raised.UnexpectedModelBehavior() | ValueError() | TypeError() | KeyError() | AttributeError():
            return lost(model_id, "answered with something that is no message of its API")
        case _ if type(error).__module__.partition(".")[0] in ("openai", "anthropic", "google"):
            return lost(model_id, "answered with something that its SDK cannot read")
        case _:
            raise error


def lost(model_id: str, what: str) -> OutcomeUnknown:
    """The request was sent, and nobody knows whether it was billed."""
    return OutcomeUnknown(
        f"{model_id} {what}.",
        hint="The call may have been billed; it is not sent again by itself.",
        model_id=model_id,
    )


def unreadable(model_id: str, why: str, **details: Any) -> OutputError:
    """The model answered, and the answer is not what was asked for. `details` may carry its cost and evidence."""
    return OutputError(
        f"The answer of {model_id} cannot be used: {why}.",
        hint="Try again, or name another model.",
        money=Money.CHARGED if details.get("cost") else Money.NOTHING_SPENT,
        model_id=model_id,
        **details,
    )


def refused_answer(model_id: str, **details: Any) -> ContentRefused:
    """The model answered with a refusal; what it read is billed."""
    money = Money.CHARGED if details.get("cost") else Money.NOTHING_SPENT
    return ContentRefused(
        f"{model_id} refused the content.", hint=_REWORD, money=money, model_id=model_id, **details
    )


_REWORD: Final = "Word the request otherwise, or use other pictures."


def _refused(error: "ModelAPIError", model_id: str) -> BottegaError:
    """For an error that the provider told."""
    from pydantic_ai import exceptions as raised

    vendor = _vendor(model_id)
    status = error.status_code if isinstance(error, raised.ModelHTTPError) else None
    about: dict[str, Any] = {"model_id": model_id, "status": status}
    if error.provider_error_code:
        about["provider_code"] = error.provider_error_code
    free: dict[str, Any] = {**about, "not_accepted": True}
    match error:
        case raised.ModelQuotaExceededError():
            return ProviderError(
                f"The account at {vendor} has no credit left.",
                hint=f"Add credit at {vendor}, or name a model of another vendor.",
                **free,
            )
        case raised.ModelRateLimitError() | raised.ModelUnavailableError():
            if error.retry_after is not None:
                free["retry_after"] = error.retry_after
            busy = isinstance(error, raised.ModelRateLimitError)
            return ProviderUnavailable(
                f"{vendor} {'takes no more calls for the moment' if busy else 'is overloaded or down'}.",
                hint="Try again later.",
                **free,
            )
        case raised.ModelAuthenticationError():
            return ProviderError(
                f"{vendor} does not accept the API key for {model_id}.",
                hint="Check the key and what it may use.",
                **free,
            )
        case raised.ModelServerError() if status in (502, 504) or error.in_stream:
            return lost(model_id, "was cut off behind a gateway of the vendor" if status else "broke off")
        case raised.ModelServerError():
            return ProviderError(
                f"{vendor} failed with an error of its own.", hint="Try again later.", **about
            )
        case raised.ModelNotFoundError():
            return ProviderError(
                f"{vendor} has no model for {model_id}.",
                hint="Check the name and the vendor's base URL.",
                **about,
            )
        case _ if _is_refusal(error):
            return ContentRefused(f"{model_id} refused the content.", hint=_REWORD, **about)
        case _ if status is None:
            return lost(model_id, "answered with something that is no message of its API")
        case _:
            return ProviderError(f"{vendor} did not accept the call to {model_id} (HTTP {status}).", **about)


def _broken(model_id: str, phase: str | None, timed_out: bool, timeout_s: float) -> ProviderError:
    """For a connection that failed at this stage of the request; None: nobody knows at which."""
    if phase in _CONNECTING:
        return ProviderUnavailable(
            f"{_vendor(model_id)} cannot be reached.",
            hint="Check the network and the vendor's base URL.",
            model_id=model_id,
            not_accepted=True,
        )
    what = f"did not answer within {timeout_s:g} seconds" if timed_out else "broke the connection off"
    return lost(model_id, what)


def _is_refusal(error: "ModelAPIError") -> bool:
    return any(
        word in (text or "").casefold()
        for text in (error.provider_error_code, error.provider_error_type)
        for word in _REFUSALS
    )


def _transport_phase(error: Exception) -> str | None:
    """When a transport's own exception came through: at which stage of the request."""
    import httpx
    import httpx2

    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return "connect"
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return "connect"
    return "read" if isinstance(error, httpx.TransportError | httpx2.TransportError) else None


def _vendor(model_id: str) -> str:
    from bottega.llm.vendors import vendor_title

    return vendor_title(model_id)
