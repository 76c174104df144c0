"""What can be measured in a picture alone, against another one, and in the frames of a clip, with grades in plain words.

The basic measures are those of `imaging.metrics`; judging results for delivery is left to `quality`.
"""

from bottega.enhance.measure.against import Likeness, compare
from bottega.enhance.measure.alone import Measures, measure
from bottega.enhance.measure.clips import ClipMeasures, measure_clip
from bottega.enhance.measure.grades import Grade, grade

__all__ = [
    "ClipMeasures",
    "Grade",
    "Likeness",
    "Measures",
    "compare",
    "grade",
    "measure",
    "measure_clip",
]
