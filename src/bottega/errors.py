"""The error hierarchy: what happened, what it means for the user's money and data, what to do next.

Every error that may reach a person is a `BottegaError`. Faces translate it (HTTP problem document, exit
code, sentence); nothing else about it is decided there.
"""

from enum import StrEnum
from typing import Any, ClassVar


class Category(StrEnum):
    INPUT = "input"
    MODEL = "model"
    RESOURCE = "resource"
    COMPUTE = "compute"
    OUTPUT = "output"
    PROVIDER = "provider"
    BUDGET = "budget"
    INTERRUPT = "interrupt"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Money(StrEnum):
    """What an error means for money."""

    NOTHING_SPENT = "nothing was spent"
    RELEASED = "the money held for this was released"
    CHARGED = "the provider charged for this"
    UNKNOWN = "the provider's answer was lost: the money stays on hold until the provider has been asked"


class BottegaError(Exception):
    """Base of all errors meant for people.

    `code` is stable and part of the API; `message` is one sentence for a person; `hint` says what to do next.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    category: ClassVar[Category] = Category.COMPUTE
    severity: ClassVar[Severity] = Severity.MEDIUM
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False

    def __init__(
        self, message: str, *, hint: str = "", money: Money = Money.NOTHING_SPENT, **details: Any
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.money = money
        self.details = details

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready description, the same in job records, problem documents and `--json` output."""
        return {
            "code": self.code,
            "title": self.title,
            "category": self.category.value,
            "severity": self.severity.value,
            "message": self.message,
            "hint": self.hint,
            "money": self.money.value,
            "retryable": self.retryable,
            "details": self.details,
        }


# --- INPUT: the caller can mend it -------------------------------------------------------------------------


class InputError(BottegaError):
    code = "input"
    title = "The request cannot be used as it is"
    category = Category.INPUT
    severity = Severity.LOW
    http_status = 422
    exit_code = 6


class InvalidOption(InputError):
    code = "invalid-option"
    title = "An option has a value that this workflow does not take"


class MissingInput(InputError):
    code = "missing-input"
    title = "A picture is missing"


class UnreadablePicture(InputError):
    """Bytes that are no picture we read: truncated, damaged, another type than they claim."""

    code = "unreadable-picture"
    title = "The file cannot be read as a picture"


class TooLarge(InputError):
    """Over a limit on bytes, pixels, side length or frames; raised before the memory is taken."""

    code = "too-large"
    title = "The file is larger than allowed"
    http_status = 413


class UnsupportedMedia(InputError):
    code = "unsupported-media"
    title = "This kind of file is not supported"
    http_status = 415


class NotFound(InputError):
    """It does not exist, or belongs to somebody else: the two are not told apart."""

    code = "not-found"
    title = "There is nothing by that name"
    http_status = 404


class Conflict(InputError):
    code = "conflict"
    title = "The state of the thing does not allow this"
    http_status = 409


class NotAuthenticated(InputError):
    code = "not-authenticated"
    title = "A valid API key is needed"
    http_status = 401


class NotAllowed(InputError):
    code = "not-allowed"
    title = "This key may not do that"
    http_status = 403


# --- MODEL: nobody can do it ---------------------------------------------------------------------------------


class NoCandidate(BottegaError):
    """No engine of this installation can do the work; `details["ruled_out"]` says why for each."""

    code = "no-candidate"
    title = "No engine here can do this"
    category = Category.MODEL
    http_status = 422
    exit_code = 3


class WorkflowUnknown(BottegaError):
    code = "workflow-unknown"
    title = "There is no such workflow"
    category = Category.MODEL
    http_status = 422
    exit_code = 3


class PolicyRefused(BottegaError):
    """This installation's content policy refuses what is asked; decided here, before anything is planned."""

    code = "policy-refused"
    title = "The content policy does not allow this"
    category = Category.INPUT
    severity = Severity.LOW
    http_status = 422
    exit_code = 3


# --- RESOURCE, COMPUTE, OUTPUT -------------------------------------------------------------------------------


class ResourceError(BottegaError):
    code = "resource"
    title = "The machine lacks what this needs"
    category = Category.RESOURCE
    severity = Severity.HIGH
    http_status = 503
    retryable = True


class ComputeError(BottegaError):
    """A local computation failed; the next candidate may do better."""

    code = "compute"
    title = "The computation failed"
    category = Category.COMPUTE


class ComputeTimeout(ComputeError):
    code = "compute-timeout"
    title = "The computation took too long"


class OutputError(BottegaError):
    """An engine answered with something that is not the promised media."""

    code = "output"
    title = "The result is not usable"
    category = Category.OUTPUT
    http_status = 502


class RateLimited(BottegaError):
    """Too much was asked for in a short time; `details["retry_after"]` says in how many seconds to come back."""

    code = "rate-limited"
    title = "Too many requests"
    category = Category.RESOURCE
    severity = Severity.LOW
    http_status = 429
    exit_code = 4
    retryable = True


# --- PROVIDER ------------------------------------------------------------------------------------------------


class ProviderError(BottegaError):
    code = "provider"
    title = "The provider did not do the work"
    category = Category.PROVIDER
    http_status = 502


class ProviderUnavailable(ProviderError):
    """Known not to have been accepted: refused connection, 429, 5xx before acceptance. May be tried again."""

    code = "provider-unavailable"
    title = "The provider is not available"
    http_status = 503
    retryable = True


class ContentRefused(ProviderError):
    code = "content-refused"
    title = "The provider refused the content"
    http_status = 422
    exit_code = 3


class OutcomeUnknown(ProviderError):
    """A paid call was sent and its answer lost. It is never bought again silently."""

    code = "outcome-unknown"
    title = "The provider's answer was lost"
    severity = Severity.HIGH

    def __init__(self, message: str, *, hint: str = "", **details: Any) -> None:
        super().__init__(message, hint=hint, money=Money.UNKNOWN, **details)


# --- BUDGET --------------------------------------------------------------------------------------------------


class BudgetExceeded(BottegaError):
    code = "budget-exceeded"
    title = "The budget does not cover this"
    category = Category.BUDGET
    http_status = 402
    exit_code = 5


# --- INTERRUPT -----------------------------------------------------------------------------------------------


class Cancelled(BottegaError):
    code = "cancelled"
    title = "The job was cancelled"
    category = Category.INTERRUPT
    severity = Severity.LOW
    http_status = 409
    exit_code = 130


class Quarantined(BottegaError):
    """The job was running each time the process died; it is set aside instead of being tried for ever."""

    code = "quarantined"
    title = "The job was set aside"
    category = Category.INTERRUPT
    severity = Severity.HIGH


# --- the last net --------------------------------------------------------------------------------------------


class InternalError(BottegaError):
    """A fault of ours, of which nothing is told but where the log has more."""

    code = "internal"
    title = "Something went wrong here"
