"""The geometric preview: a garment of a product picture on the person of a photograph, without networks; or a refusal.

What the pictures show is found by `fashion.garment` and `fashion.person`; each step has a module of its own.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from bottega.errors import InvalidOption
from bottega.fashion.findings import Finding
from bottega.fashion.garment.values import Garment, GarmentKind
from bottega.fashion.person.values import PersonParse
from bottega.fashion.tryon import conditions, contacts, lens, light, suitable
from bottega.fashion.tryon.behind import Behind, behind_upper
from bottega.fashion.tryon.body import Body, body_of, hands_of
from bottega.fashion.tryon.bottom_cover import lower_cover
from bottega.fashion.tryon.bottoms import below_crotch, place_lower
from bottega.fashion.tryon.cloth import cloth_of
from bottega.fashion.tryon.compose import SEEN, Composed, compose
from bottega.fashion.tryon.expected import Expected, expected_of, upper_cover
from bottega.fashion.tryon.fork import with_open_fork
from bottega.fashion.tryon.gates import judge_expected
from bottega.fashion.tryon.hemline import with_fine_hem
from bottega.fashion.tryon.hood import worn_hood
from bottega.fashion.tryon.pieces import Placement
from bottega.fashion.tryon.placement import place_upper
from bottega.fashion.tryon.product import Product, product_of
from bottega.fashion.tryon.refill import Refilled, refill_upper
from bottega.fashion.tryon.refill_bottoms import bare_parts, refill_lower
from bottega.fashion.tryon.remains import (
    astray_share,
    bare_beside_collar,
    bare_shoulders,
    loose_waist,
    open_share,
    ragged_share,
    smeared_collar,
    uneven_collar,
    uneven_waist,
)
from bottega.fashion.tryon.stand import worn_stand
from bottega.fashion.tryon.values import ENGINE, VERSION, Bool, TryOn, TryOnOptions, TryOnRefused
from bottega.fashion.tryon.waistline import waistline_of, with_waistline
from bottega.fashion.tryon.warp import Fitted, fit_garment
from bottega.fashion.tryon.zones import least_arm_known
from bottega.imaging.picture import F32, U8


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all steps look at."""

    rgb: U8
    photo: F32
    person: PersonParse
    body: Body
    garment: Garment
    product: Product
    kind: GarmentKind


def try_on(
    person_rgb: U8,
    garment_rgb: U8,
    options: TryOnOptions | None = None,
    *,
    seed: int = 0,
    garment_alpha: F32 | None = None,
    person: PersonParse | None = None,
    garment: Garment | None = None,
) -> TryOn:
    """The garment of `garment_rgb` on the person of `person_rgb`; both H x W x 3 uint8 RGB, of any two sizes.

    `garment_alpha` is the product picture's own transparency (H x W float32 in [0, 1]). `person` and `garment` are what
    is known of the pictures already; else they are parsed with `seed`. The same arguments give the same pixels.
    Raises TryOnRefused with coded reasons where the result would be wrong, InvalidOption for arrays of another kind.
    """
    options = options or TryOnOptions()
    _check_picture(person_rgb, "photograph")
    _check_picture(garment_rgb, "product picture")
    with ThreadPoolExecutor(2) as beside:
        looked_at = beside.submit(_product, garment_rgb, garment_alpha, garment, options, seed)
        person = person or _parsed_person(person_rgb, seed)
        photo = person_rgb.astype(np.float32) / np.float32(255)
        body, reasons = _standing(person)
        hidden: Future[Behind] | None = None
        if body is not None and garment is not None and _kind(garment, options) != "bottom":
            # It needs the kind of the garment only, and may begin before more of it is known.
            hidden = beside.submit(behind_upper, photo, person, body)
        garment, product = looked_at.result()
        if body is None:
            raise TryOnRefused(reasons)
        kind = _kind(garment, options)
        if kind == "bottom":
            person = with_fine_hem(photo, person, body)
        scene = _Scene(person_rgb, photo, person, body, garment, product, kind)
        if hidden is None and kind != "bottom":
            hidden = beside.submit(behind_upper, photo, person, body)
        placement = _placed(scene, options, _tucked(scene, options))
        fitted = fit_garment(
            garment_rgb, product.cover, placement, person_rgb.shape[:2], body.bare_arms, product.colours
        )
        behind = None if hidden is None else hidden.result()
    done, refilled, lit_from, expected = _dressed(scene, placement, fitted, behind, options, seed)
    verdict = judge_expected(
        person_rgb, garment_rgb, done.rgb, done.mask, person, garment, expected, options, expected.cover
    )
    reasons = conditions.verdict_reasons(verdict)
    if reasons:
        raise TryOnRefused(reasons)
    report = _report(scene, options, placement, fitted, refilled) | {"light": lit_from, "seed": seed}
    return TryOn(done.rgb, done.mask, _layer(fitted), expected.cover > 0.5, person, verdict, report)


def _standing(person: PersonParse) -> tuple[Body | None, tuple[Finding, ...]]:
    """The body, or None and why nothing can be put on it."""
    reasons = suitable.person_reasons(person)
    body = None if reasons else body_of(person)
    if body is not None:
        reasons = suitable.arm_reasons(least_arm_known(person, body))
    elif not reasons:
        reasons = (suitable.shoulders_unseen(),)
    return (None if reasons else body), reasons


def _kind(garment: Garment, options: TryOnOptions) -> GarmentKind:
    return suitable.kind_wanted(garment, options.category)


def _layer(fitted: Fitted) -> U8:
    """The fitted garment as RGBA."""
    layer = np.empty((*fitted.alpha.shape, 4), np.uint8)
    layer[..., :3] = np.clip(fitted.rgb * 255 + 0.5, 0, 255)
    layer[..., 3] = fitted.alpha * 255 + 0.5
    return layer


def _check_picture(rgb: U8, name: str) -> None:
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or min(rgb.shape[:2]) < 1:
        raise InvalidOption(
            f"The {name} is {rgb.dtype} of shape {rgb.shape}.", hint="Pass H x W x 3 uint8 in RGB order."
        )


def _product(
    rgb: U8, alpha: F32 | None, garment: Garment | None, options: TryOnOptions, seed: int
) -> tuple[Garment, Product]:
    """Runs beside the looking at the photograph. Raises TryOnRefused for what cannot be tried on."""
    garment = garment or _parsed_garment(rgb, alpha, seed)
    reasons = suitable.garment_reasons(garment, options.category)
    if reasons:
        raise TryOnRefused(reasons)
    garment = with_open_fork(rgb, garment)
    return garment, product_of(rgb, garment)


def _parsed_garment(rgb: U8, alpha: F32 | None, seed: int) -> Garment:
    from bottega.fashion.garment.parse import parse_garment

    return parse_garment(rgb, alpha, seed=seed)


def _parsed_person(rgb: U8, seed: int) -> PersonParse:
    from bottega.fashion.person.parse import parse_person

    return parse_person(rgb, seed=seed)


def _tucked(scene: _Scene, options: TryOnOptions) -> bool:
    """As asked; "auto" wears a top as the one in the photograph is worn."""
    if scene.kind != "top" or options.tucked == "out":
        return False
    bottom, top = scene.person.regions.get("bottom"), scene.person.regions.get("top")
    if bottom is None or top is None or not (bottom > 0.5).any() or not (top > 0.5).any():
        return False
    if options.tucked == "in":
        return True
    body = scene.body
    ys, xs = np.nonzero(bottom > 0.5)
    waistband = body.into(np.array((float(np.median(xs)), float(np.percentile(ys, 1)))))[1]
    return bool(waistband < body.waist_drop + 0.08 * body.breadth)


def _placed(scene: _Scene, options: TryOnOptions, tucked: bool) -> Placement:
    if scene.kind == "bottom":
        reasons = suitable.lower_reasons(scene.person, scene.garment)
        reasons = reasons or suitable.feet_reasons(scene.photo, scene.person, scene.body)
        if reasons:
            raise TryOnRefused(reasons)
        seen = waistline_of(scene.person, scene.body)
        lower = place_lower(scene.garment, scene.body, options.fit, seen)
        if lower is None:
            raise TryOnRefused((suitable.shape_unclear(),))
        reasons = suitable.short_reasons(below_crotch(lower, with_waistline(scene.body, seen)))
        if reasons:
            raise TryOnRefused(reasons)
        return lower
    cloth = cloth_of(scene.garment, scene.product.cover)
    if cloth is None:
        raise TryOnRefused((suitable.shape_unclear(),))
    rolled = options.sleeves == "rolled"
    placed = place_upper(cloth, scene.body, scene.garment, options.fit, tucked, rolled)
    if scene.kind == "dress":
        reasons = suitable.dress_reasons(scene.person, scene.body, placed.hem_drop)
        if reasons:
            raise TryOnRefused(reasons)
    return placed


def _dressed(
    scene: _Scene,
    placement: Placement,
    fitted: Fitted,
    behind: Behind | None,
    options: TryOnOptions,
    seed: int,
) -> tuple[Composed, Refilled, str, Expected]:
    """The layers put together, or a refusal by what they would show."""
    lower = scene.kind == "bottom"
    expected = expected_of(scene.person, scene.garment, options, (placement, fitted))
    assert expected is not None
    old, front = expected.old, expected.front
    if lower:
        cover = lower_cover(scene.person, fitted.alpha)
    else:
        cover = upper_cover(scene.person, placement, fitted, expected.bare)
    hair = scene.person.regions.get("hair")
    shown = float(cover.sum()) or 1.0
    hair_share = 0.0 if hair is None else float((cover * hair).sum()) / shown
    beside_collar = 0.0 if lower else bare_beside_collar(expected, scene.garment)
    gaps = open_share(expected), bare_shoulders(expected), beside_collar
    reasons = conditions.fitted_reasons(fitted, scene.garment, hair_share, *gaps)
    if not lower:
        # What hangs over trousers cuts their outline anyway.
        reasons += conditions.outline_reasons(
            ragged_share(expected), uneven_collar(expected), smeared_collar(expected)
        )
    silhouette = scene.person.silhouette
    reasons += conditions.waist_reasons(uneven_waist(expected), loose_waist(expected, silhouette))
    reasons += conditions.astray_reasons(astray_share(expected, silhouette))
    if reasons:
        raise TryOnRefused(reasons)
    if not conditions.skin_known(scene.person):
        raise TryOnRefused((conditions.skin_unknown(),))
    cloth, worn = _with_stand(scene, placement, expected, fitted.rgb, cover)
    if behind is None:
        refilled = refill_lower(scene.photo, scene.person, scene.body, cover, front, placement.hem_drop)
    else:
        front = behind.before(front, worn)
        sleeves = [patch.outline for patch in placement.patches if patch.ribbon is not None]
        tucked = placement.tuck_drop is not None
        refilled = refill_upper(
            scene.photo, scene.person, scene.body, worn, front, behind, _hem(placement), sleeves, tucked
        )
    reasons = conditions.refill_reasons(refilled, scene.kind == "bottom")
    if reasons:
        raise TryOnRefused(reasons)
    factors, lit_from = light.shading(scene.photo, scene.person, scene.body, old, cover, fitted.sleeves)
    arms = expected.bare * 0
    if not lower:
        arms = np.maximum(expected.bare, np.minimum(hands_of(scene.person, scene.body), front))
        before = contacts.before_torso(fitted, placement, arms)
        factors = factors * contacts.on_torso(fitted, before, scene.body.breadth)
    grain = lens.grain_in(scene.photo, silhouette > 0.9)
    lit = lens.matched(
        np.clip(cloth * factors[..., None], 0, 1),
        worn,
        scene.photo,
        silhouette,
        0.0 if scene.product.blur is None else placement.scale * scene.product.blur,
        np.random.default_rng(seed),
        grain,
    )
    if behind is None:
        grain = lens.grain_in(scene.photo, bare_parts(scene.person) > 0.9)
    made_up = lens.grained(refilled.rgb, refilled.changed, grain, np.random.default_rng([seed, 1]))
    made_up, changed = _before_hood(scene, placement, expected, made_up, refilled.changed)
    done = compose(
        scene.rgb,
        made_up,
        changed,
        lit,
        worn,
        old,
        front,
        np.zeros_like(old) if hair is None else hair,
        refilled.on_body(scene.person.silhouette),
        scene.body.breadth,
        (arms, fitted.sleeves),
    )
    return done, refilled, lit_from, expected


def _before_hood(
    scene: _Scene, placement: Placement, expected: Expected, made_up: F32, changed: Bool
) -> tuple[F32, Bool]:
    """The made-up photograph with the garment's hood, where it has one, and where it differs from the photograph."""
    cover, colours = scene.garment.hood, scene.product.hood
    if cover is None or colours is None or expected.lower:
        return made_up, changed
    hood = worn_hood(cover, colours, placement, scene.body, scene.person, expected.front)
    if hood is None:
        return made_up, changed
    return hood.over(made_up), changed | (hood.cover > SEEN)


def _with_stand(
    scene: _Scene, placement: Placement, expected: Expected, rgb: F32, cover: F32
) -> tuple[F32, F32]:
    """The garment's colours and cover with its stand-up collar around the neck, one piece of cloth in one light."""
    if scene.product.stand is None or expected.lower:
        return rgb, cover
    collar = worn_stand(
        *scene.product.stand,
        placement,
        scene.body,
        scene.person,
        expected.front,
        scene.garment.mannequin,
    )
    return (rgb, cover) if collar is None else collar.behind(rgb, cover)


def _hem(placement: Placement) -> float:
    return placement.hem_drop if placement.tuck_drop is None else placement.tuck_drop


def _report(
    scene: _Scene, options: TryOnOptions, placement: Placement, fitted: Fitted, refilled: Refilled
) -> dict[str, Any]:
    return {
        "engine": ENGINE,
        "version": VERSION,
        "kind": scene.kind,
        "sleeves": scene.garment.sleeves,
        "length": scene.garment.length,
        "fit": options.fit,
        "tucked": placement.tuck_drop is not None,
        "scale": round(placement.scale, 4),
        "hem_in_shoulder_breadths": round(placement.hem_drop / scene.body.breadth, 3),
        "arm_covered_left": round(placement.sleeve_shares[0], 3),
        "arm_covered_right": round(placement.sleeve_shares[1], 3),
        "print_anisotropy": round(fitted.distortion.anisotropy, 3),
        "least_jacobian": round(fitted.distortion.least_jacobian, 3),
        "made_up_skin_share": round(refilled.skin_share, 3),
        "made_up_backdrop_share": round(refilled.backdrop_share, 3),
        "made_up_bottom_share": round(refilled.bottom_share, 3),
        "agreement": round(scene.person.agreement, 3),
        "cutout_confidence": round(scene.garment.confidence, 3),
    }
