"""Dealing with the network outside: breakers, rate limits, retries, shared state, the guarded fetcher."""

from bottega.resilience.breaker import Breakers, BreakerState, Permit, Refused, counts
from bottega.resilience.circuit import BreakerPolicy
from bottega.resilience.fetch import fetch
from bottega.resilience.rate import Limit, RateLimits, Taken, TooMany, provider_limits, user_limits
from bottega.resilience.retry import Backoff, may_be_repeated, retry_after_of, retrying
from bottega.resilience.shared import SharedAway, SharedState

__all__ = [
    "Backoff",
    "BreakerPolicy",
    "BreakerState",
    "Breakers",
    "Limit",
    "Permit",
    "RateLimits",
    "Refused",
    "SharedAway",
    "SharedState",
    "Taken",
    "TooMany",
    "counts",
    "fetch",
    "may_be_repeated",
    "provider_limits",
    "retry_after_of",
    "retrying",
    "user_limits",
]
