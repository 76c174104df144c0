"""The mark that a piece of work takes part in an experiment."""

from bottega.domain.base import Value


class ExperimentTag(Value):
    experiment: str
    arm: str
