"""Task and constraints -> plan: who could do it, at what price, in which order, and who was ruled out and why.

Pure: prices, statistics, budgets and engine states are passed in; trying the candidates is the pipeline's.
"""

from bottega.routing.learning import Learning, expected_quality
from bottega.routing.plan_maker import estimate_time, make_plan
from bottega.routing.utility import WORTH, Trial, Worth, expected_utility

__all__ = [
    "WORTH",
    "Learning",
    "Trial",
    "Worth",
    "estimate_time",
    "expected_quality",
    "expected_utility",
    "make_plan",
]
