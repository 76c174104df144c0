"""Whether a picture may be used as a garment, in coded findings. A picture of anything else must not pass: a model that is
given one as the garment may show the person undressed."""

import numpy as np

from bottega.fashion.findings import Check, Finding
from bottega.fashion.garment.cutout import CutOut
from bottega.fashion.garment.evidence import lies_on_body
from bottega.fashion.garment.findings import found
from bottega.fashion.garment.kinds import Kinds
from bottega.fashion.garment.measures import Measures
from bottega.fashion.garment.shape import Shape
from bottega.fashion.garment.wearer import Wearer

LEAST_SIDE, GOOD_SIDE = 96, 300
"""Shorter side in pixels; 300 is what the vendors of try-on models ask for (Kling, 2026)."""
PLAIN = 0.78
AGREEMENT = 0.8
KIND = 0.45
KIND_NOT_ALONE = 0.5
"""The same where the outline is not certain: blots have corners too."""
CERTAIN = 0.8
LEAST_EVEN, MOST_ON_FRAME = 0.65, 0.1
"""Overlap with its mirror image, and share of the frame, of what may still be clothes although no kind was recognised."""
BLUR_PX = 4.5


def judge(
    size: tuple[int, int],
    cut: CutOut,
    shape: Shape | None,
    kinds: Kinds,
    wearer: Wearer,
    measures: Measures,
    inner_hidden: bool = False,
) -> Check:
    """All findings on one picture of `size` (width, height) pixels. `inner_hidden`: the inside of a collar is shown whose
    edge was not found."""
    findings = [*_of_the_picture(size, measures), *_of_the_subject(cut, shape, kinds, wearer)]
    if shape is not None:
        findings += _of_the_garment(cut, kinds, measures)
    if inner_hidden and kinds.kind in ("top", "dress", "outerwear"):
        findings.append(found("neckline_unclear", 0.7))
    return Check(findings=tuple(findings))


def _of_the_picture(size: tuple[int, int], measures: Measures) -> list[Finding]:
    findings: list[Finding] = []
    short = min(size)
    if short < GOOD_SIDE:
        findings.append(found("too_small", stops=short < LEAST_SIDE, short_side_px=short))
    if measures.luma < 0.3:
        findings.append(found("too_dark", stops=measures.luma < 0.12, luma_95th_percentile=measures.luma))
    return findings


def _of_the_subject(cut: CutOut, shape: Shape | None, kinds: Kinds, wearer: Wearer) -> list[Finding]:
    findings: list[Finding] = []
    plain, agreement = cut.backdrop.plain, cut.agreement
    # A surface that bends over half the range of lightness explains much of any picture's border.
    least = PLAIN + 0.17 * min(1.0, max(0.0, (cut.backdrop.spread - 15) / 15))
    lost = cut.apart < max(1.2, 1.7 * cut.backdrop.noise)
    if not cut.from_alpha and (plain < least or agreement < AGREEMENT or lost or shape is None):
        sure = max((least - plain) / least, (AGREEMENT - agreement) / AGREEMENT, 0.0)
        findings.append(
            found(
                "garment_not_isolated",
                0.5 + sure / 2,
                plain_border_share=plain,
                hypotheses_agreement=agreement,
                rim_delta_e=cut.apart,
            )
        )
    if wearer.there:
        findings.append(
            found("garment_worn", 0.9 if wearer.faces else 0.6, faces=wearer.faces, skin_share=wearer.skin)
        )
    alone = not any(one.code == "garment_not_isolated" for one in findings)
    # The detector of cats finds them in prints too: on what is a garment for certain it does not count.
    animal = wearer.animal and not (alone and kinds.confidence >= CERTAIN)
    kind = kinds.confidence * _outline_known(cut)
    if shape is None or animal or kind < (KIND if alone else KIND_NOT_ALONE):
        sure = 0.95 if animal else _certainly_nothing(cut, shape, kind, wearer)
        findings.append(found("not_a_garment", sure, kind_confidence=kind))
    return findings


def _outline_known(cut: CutOut) -> float:
    """How far the outline can be trusted, 0 to 1: what is cut out of no plain backdrop may have any shape."""
    return 1.0 if cut.from_alpha else min(1.0, cut.backdrop.plain / PLAIN) ** 2


def _certainly_nothing(cut: CutOut, shape: Shape | None, kind: float, wearer: Wearer) -> float:
    """How certain it is that there is no garment, 0 to 1; below `findings.CLEAR` there are signs of one: somebody who may
    wear it, a kind that was nearly reached, or sleeves, armholes or legs about an axis of what lies within the frame."""
    sure = 1 - kind
    if shape is None:
        return sure
    frame = np.concatenate([cut.mask[0], cut.mask[-1], cut.mask[:, 0], cut.mask[:, -1]])
    arms = shape.left is not None and shape.right is not None and not lies_on_body(shape)
    limbs = arms or shape.bare or shape.split is not None
    # White cloth on white paper: something is there, and its outline is not to be had.
    pale = cut.backdrop.plain > 0.97 and float(cut.backdrop.surface[..., 0].mean()) > 80
    if pale and cut.agreement < AGREEMENT:
        return min(sure, 0.7)
    even = limbs and shape.symmetry > LEAST_EVEN and float(frame.mean()) < MOST_ON_FRAME
    return min(sure, 0.5) if even or wearer.faces > 0 else sure


def _of_the_garment(cut: CutOut, kinds: Kinds, measures: Measures) -> list[Finding]:
    findings: list[Finding] = []
    if cut.parts > (2 if kinds.kind == "shoes" else 1):
        findings.append(found("several_garments", 0.8, parts=cut.parts))
    if measures.cut_off > 0.02:
        findings.append(
            found("cropped", 0.9, stops=measures.cut_off > 0.3, outline_on_frame_share=measures.cut_off)
        )
    if measures.burnt > 0.6:
        findings.append(found("too_bright", 0.8, burnt_share=measures.burnt))
    if measures.rim_width > BLUR_PX:
        findings.append(found("blurred", 0.7, rim_width_px=measures.rim_width))
    if not cut.from_alpha and cut.apart < 7:
        findings.append(found("low_contrast_with_background", 0.8, rim_delta_e=cut.apart))
    if measures.through > 0.25:
        findings.append(found("sheer", 0.6, shows_through_share=measures.through))
    if measures.letters >= 4:
        findings.append(found("text_overlay", 0.7, letters_in_a_row=measures.letters))
    return findings
