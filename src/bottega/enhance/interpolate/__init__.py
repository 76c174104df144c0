"""Frame interpolation: frames made between frames along their motion, on exact timelines, and motion for other work."""

from bottega.enhance.interpolate.between import Between, Pair, between
from bottega.enhance.interpolate.likeness import Likeness, is_cut, likeness
from bottega.enhance.interpolate.motion import Preset, consistency, flow, global_motion, warp
from bottega.enhance.interpolate.network import Network, open_network
from bottega.enhance.interpolate.stream import How, Made, interpolate, marks, retime
from bottega.enhance.interpolate.timeline import Mark, Rate, Step, timeline

__all__ = [
    "Between",
    "How",
    "Likeness",
    "Made",
    "Mark",
    "Network",
    "Pair",
    "Preset",
    "Rate",
    "Step",
    "between",
    "consistency",
    "flow",
    "global_motion",
    "interpolate",
    "is_cut",
    "likeness",
    "marks",
    "open_network",
    "retime",
    "timeline",
    "warp",
]
