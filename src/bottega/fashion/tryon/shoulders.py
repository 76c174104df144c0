"""Where the round of a shoulder is under cloth: as far out and as high as the person is seen there, less the cloth."""

import numpy as np
from numpy.typing import NDArray

from bottega.fashion.tryon.body import Arm, Body

F64 = NDArray[np.float64]
THICK = 0.02
"""Shoulder breadths that worn cloth lies off the shoulder which it hangs from."""
MOST = 0.14
"""Shoulder breadths the muscle over the joint stands out at most; what is further out is a puffed or a padded sleeve."""
REACH = 0.45
"""Shoulder breadths around a shoulder in which its edge is looked for."""


def shoulder_middle(arm: Arm, body: Body) -> F64:
    """The middle (2, pixels of the photograph) of the round, as broad as the arm, in which that begins.

    The joint says little of it: the muscle stands out past it. Cloth hangs from the shoulder and lies on it, so that the
    edge of the person seen there is the shoulder's own, less the cloth. Where hair hides one shoulder the other one counts;
    where both are hidden, the joint marks the outer end.
    """
    radius = arm.breadths[0] / 2
    out, up = _gaps(arm, body, radius)
    if np.isnan(out) or np.isnan(up):
        other = _gaps(body.right_arm if arm is body.left_arm else body.left_arm, body, radius)
        out, up = (b if np.isnan(a) else a for a, b in zip((out, up), other, strict=True))
    middle = _by_joint(arm, body, radius) + np.nan_to_num(out) * _outward(arm, body)
    return np.asarray(middle - np.nan_to_num(up) * body.down, np.float64)


def _gaps(arm: Arm, body: Body, radius: float) -> tuple[float, float]:
    """How many pixels the round that the joint gives can be moved out from the arm, and then up, until it touches the
    shoulder's edge; NaN where that is not seen."""
    middle, out = _by_joint(arm, body, radius), _outward(arm, body)
    beside = _gap(body, middle, out, radius)
    return beside, _gap(body, middle + np.nan_to_num(beside) * out, -body.down, radius)


def _gap(body: Body, middle: F64, way: F64, radius: float) -> float:
    seen = float(body.contour.reach(middle[None], way[None], REACH * body.breadth)[0])
    return float(np.clip(seen - radius - THICK * body.breadth, 0.0, MOST * body.breadth))


def _by_joint(arm: Arm, body: Body, radius: float) -> F64:
    return np.asarray(arm.path[0] - radius * _side(arm, body) * body.across + 0.9 * radius * body.down)


def _outward(arm: Arm, body: Body) -> F64:
    """The unit vector across the upper arm, away from the torso."""
    along = arm.path[1] - arm.path[0]
    across = np.array((along[1], -along[0])) / max(float(np.hypot(*along)), 1e-6)
    return across if float((across * body.across).sum()) * _side(arm, body) > 0 else -across


def _side(arm: Arm, body: Body) -> float:
    return -1.0 if arm.path[0][0] < body.origin[0] else 1.0
