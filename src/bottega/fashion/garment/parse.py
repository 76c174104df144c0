"""A product picture in, what is known of the garment out. The steps themselves are in the modules beside this one."""

from dataclasses import dataclass

import numpy as np

from bottega.errors import InvalidOption
from bottega.fashion.findings import Check
from bottega.fashion.garment.check import judge
from bottega.fashion.garment.collar import find_inner_collar
from bottega.fashion.garment.cuffs import beyond_cuffs
from bottega.fashion.garment.cutout import Bools, CutOut, cut_out
from bottega.fashion.garment.evidence import has_waistband, is_bag
from bottega.fashion.garment.hood import find_hood
from bottega.fashion.garment.kinds import Kinds, classify
from bottega.fashion.garment.landmarks import Landmarks, find_landmarks
from bottega.fashion.garment.mannequin import on_mannequin
from bottega.fashion.garment.matte import full_matte
from bottega.fashion.garment.measures import Measures, measure
from bottega.fashion.garment.opening import front_opening
from bottega.fashion.garment.palette import colours_of
from bottega.fashion.garment.pattern import pattern_of
from bottega.fashion.garment.shape import Shape, describe
from bottega.fashion.garment.stand import band_as_stand, find_stand
from bottega.fashion.garment.values import Garment
from bottega.fashion.garment.wearer import Wearer, find_wearer
from bottega.imaging.picture import F32, U8

UNKNOWN = Kinds("unknown", 0.0, "unknown", "unknown")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is found at analysis size. `mask`: h x w, without the inner collar, the `hood` and the `stand`-up collar. `inner_hidden`: an inside of
    the collar is shown whose edge was not found."""

    cut: CutOut
    mask: Bools
    shape: Shape | None
    kinds: Kinds
    wearer: Wearer
    measures: Measures
    hood: Bools | None = None
    stand: Bools | None = None
    inner_hidden: bool = False


def parse_garment(rgb: U8, alpha: F32 | None = None, *, seed: int = 0) -> Garment:
    """Parse `rgb` (H x W x 3 uint8) with its transparency `alpha` (H x W float32 in [0, 1]), where it has one.

    Any picture has an answer; `check` says whether it can be used. Deterministic for a `seed`. Raises InvalidOption
    for arrays of another shape or type.
    """
    seen = _seen(rgb, alpha, seed)
    cut, mask, shape, kinds = seen.cut, seen.mask, seen.shape, seen.kinds
    size = rgb.shape[1], rgb.shape[0]
    check = _judged(size, seen)
    matte = full_matte(rgb, cut.rgb, mask)
    if cut.from_alpha and alpha is not None:
        # The picture's own rim is better than any found; only the collar is taken out of it.
        matte = (alpha * np.where(matte > 0.02, 1, 0) if not mask.all() else alpha).astype(np.float32)
    return Garment(
        alpha=matte,
        kind=kinds.kind,
        kind_confidence=kinds.confidence,
        sleeves=kinds.sleeves,
        length=kinds.length,
        pattern=pattern_of(cut.lab, mask, shape) if shape is not None else "unknown",
        colours=colours_of(cut.lab, mask, seed),
        landmarks=_at_full_size(find_landmarks(mask, shape, kinds), cut, size) if shape is not None else {},
        confidence=cut.agreement,
        worn=seen.wearer.there,
        sheer=bool(check.with_codes("sheer")),
        check=check,
        sleeves_confidence=round(kinds.sleeves_confidence, 3),
        length_confidence=round(kinds.length_confidence, 3),
        mannequin=0.0 if shape is None else round(on_mannequin(shape), 3),
        hood=None if seen.hood is None else full_matte(rgb, cut.rgb, seen.hood),
        stand=None if seen.stand is None else full_matte(rgb, cut.rgb, seen.stand),
    )


def check_garment(rgb: U8, alpha: F32 | None = None, *, seed: int = 0) -> Check:
    """Only the findings; the same as `parse_garment(...).check`, without the work at full size."""
    return _judged((rgb.shape[1], rgb.shape[0]), _seen(rgb, alpha, seed))


def _judged(size: tuple[int, int], seen: _Seen) -> Check:
    return judge(size, seen.cut, seen.shape, seen.kinds, seen.wearer, seen.measures, seen.inner_hidden)


def _seen(rgb: U8, alpha: F32 | None, seed: int) -> _Seen:
    """Everything that is found at analysis size."""
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or 0 in rgb.shape:
        raise InvalidOption(
            f"A picture of H x W x 3 bytes is needed, not {rgb.shape} of {rgb.dtype}.",
            hint="Convert it to 8-bit RGB.",
        )
    if alpha is not None and alpha.shape != rgb.shape[:2]:
        raise InvalidOption(
            f"The transparency is {alpha.shape}, the picture {rgb.shape[:2]}.",
            hint="Both have the same size.",
        )
    cut = cut_out(rgb, alpha, seed)
    mask = cut.mask
    wearer = find_wearer(cut.rgb, cut.lab, mask)
    measures = measure(cut, alpha)
    if mask.sum() < 64 or min(mask.shape) < 16:
        return _Seen(cut, mask, None, UNKNOWN, wearer, measures)
    shape = describe(mask)
    hood, stand, hidden = None, None, False
    if not has_waistband(shape) and not is_bag(shape):
        hood = find_hood(mask, shape)
        if hood is not None:
            mask, shape = _without(mask, shape, hood.area)
        else:
            stand = find_stand(mask, shape)
            taken = None if stand is None else stand.area
            if taken is None:
                inner = find_inner_collar(cut.lab, mask, shape)
                stand = band_as_stand(mask, shape, inner.band)
                taken, hidden = inner.area if stand is None else stand.area, inner.hidden
            mask, shape = _without(mask, shape, taken)
    kinds = classify(shape, front_opening(cut.lab, mask, shape))
    if (hood or stand) and kinds.kind not in ("top", "dress", "outerwear"):
        kinds = UNKNOWN
    if kinds.sleeves == "long":
        mask, shape = _with_clean_cuffs(cut.lab, mask, shape)
    return _Seen(
        cut,
        mask,
        shape,
        kinds,
        wearer,
        measures,
        None if hood is None else hood.area,
        None if stand is None else stand.area,
        hidden,
    )


def _with_clean_cuffs(lab: F32, mask: Bools, shape: Shape) -> tuple[Bools, Shape]:
    """What is left without the insides of cuffs and their ragged ends, where the sleeves are found again."""
    left, shorter = _without(mask, shape, beyond_cuffs(lab, mask, shape))
    return (left, shorter) if len(shorter.sleeves) == len(shape.sleeves) else (mask, shape)


def _without(mask: Bools, shape: Shape, taken: Bools) -> tuple[Bools, Shape]:
    """What is left of the `mask` and its `shape` when a part is `taken` out."""
    left = mask & ~taken
    return (left, describe(left)) if taken.any() and left.sum() > 64 else (mask, shape)


def _at_full_size(marks: Landmarks, cut: CutOut, size: tuple[int, int]) -> Landmarks:
    """Pixel centres of the analysis picture as those of the full one."""
    across, down = size[0] / cut.mask.shape[1], size[1] / cut.mask.shape[0]
    return {
        name: ((x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5, sure) for name, (x, y, sure) in marks.items()
    }
