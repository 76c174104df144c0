"""Runs pure functions in child processes: with a deadline, a real cancel, and no load on the event loop."""

from bottega.compute.pool import ComputePool
from bottega.compute.worker import report_progress

__all__ = ["ComputePool", "report_progress"]
