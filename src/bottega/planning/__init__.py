"""From a request to its plan: what is wanted, whether it may be done, who could do it, at what price.

Nothing is run here, and nothing bought but the reading of a sentence or a picture where a model is set up for it.
"""

from bottega.planning.context import clips_named_as_such, context_of
from bottega.planning.experiments import Experiments
from bottega.planning.gate import PolicyGate
from bottega.planning.planner import Planned, Planner
from bottega.planning.reading import Reader

__all__ = ["Experiments", "Planned", "Planner", "PolicyGate", "Reader", "clips_named_as_such", "context_of"]
