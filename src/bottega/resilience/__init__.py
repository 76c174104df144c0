"""Dealing with the network outside: the guarded fetcher."""

from bottega.resilience.fetch import fetch

__all__ = ["fetch"]
