"""How a garment sits in a picture, with a size where measurements are given: an answer at once, nothing is stored.

Module-level functions, to be called in a compute process.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from bottega.imaging.limits import Limits


def fitted(
    worn: Path,
    garment: Path,
    limits: Limits,
    measurements: Mapping[str, str | float],
    unit: Literal["cm", "in"],
    made_for: Literal["women", "men", "unisex"],
    fit: Literal["fitted", "regular", "loose"],
    usual_size: str | None,
    mask: Path | None = None,
) -> dict[str, Any]:
    """`fashion.fit_values.FitAnalysis` and the `kind` of the garment. `worn` shows somebody in it, `garment` it alone.

    `mask`, white where the garment is seen in `worn`, is what a try-on hands on as its garment mask; without it the
    picture itself has to tell. Raises InvalidOption for a mask of another size, and what decoding, `measurements_of`, `chart_for` and `analyse_fit` raise.
    """
    from bottega.fashion.fit import CHART_KINDS, analyse_fit
    from bottega.fashion.parsed import garment_of, person_of
    from bottega.fashion.size.charts import chart_for
    from bottega.fashion.size.measurements import measurements_of
    from bottega.imaging.decode import decode
    from bottega.imaging.mask import read_white

    given = measurements_of(measurements, unit=unit) if measurements else None
    product = decode(garment, limits)
    parsed = garment_of(product.as_u8(), product.opacity())
    kind = CHART_KINDS.get(parsed.kind)
    chart = chart_for(kind, made_for) if given is not None and kind is not None else None
    shown = decode(worn, limits).as_u8()
    where = None if mask is None else read_white(mask, limits)
    found = analyse_fit(
        person_of(shown),
        parsed,
        shown if where is not None else None,
        where,
        measurements=given,
        chart=chart,
        fit=fit,
        usual_size=usual_size,
    )
    return {"kind": parsed.kind, **found.model_dump(mode="json")}
