"""Task and constraints -> plan: who could do it, at what price, in which order, and who was ruled out and why.

Pure: prices, statistics, budgets and engine states are passed in; trying the candidates is the pipeline's.
"""

from bottega.routing.plan_maker import estimate_time, expected_quality, make_plan

__all__ = ["estimate_time", "expected_quality", "make_plan"]
