"""What is made up behind a new garment: trousers under a dress, the wall beside them, arms that were under sleeves."""

from dataclasses import replace
from functools import lru_cache

import drawn_garments
import drawn_people
import numpy as np
from tryon_truth import garment_truth, person_truth

from bottega.fashion.tryon.behind import behind_upper
from bottega.fashion.tryon.body import body_of
from bottega.fashion.tryon.cloth import cloth_of
from bottega.fashion.tryon.conditions import MOST_STRAYED, refill_reasons
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.light import shading
from bottega.fashion.tryon.placement import place_upper
from bottega.fashion.tryon.refill import Refilled, refill_upper
from bottega.fashion.tryon.values import TryOn
from bottega.fashion.tryon.warp import Fitted, fit_garment

FIGURE = drawn_people.Figure(
    width=384, height=512, head_px=80.0, chin=(0.5, 0.2), tone=drawn_people.TONES[2], spread=0.2, seed=4
)
GREEN, BLUE = (40, 130, 60), (40, 60, 140)


@lru_cache(maxsize=1)
def undressed() -> tuple[TryOn, drawn_people.Drawn]:
    figure = replace(FIGURE, dress=True, sleeves="short", top_rgb=GREEN, bottom_rgb=BLUE, legs="trousers")
    person, garment = drawn_people.draw(figure), drawn_garments.draw("tshirt", 3, pattern="plain")
    done = try_on(person.rgb, garment.rgb, person=person_truth(person), garment=garment_truth(garment))
    return done, person


def test_under_a_dress_trousers_go_on_to_the_crotch_with_wall_beside_them() -> None:
    _, person = undressed()
    parse = person_truth(person)
    body = body_of(parse)
    assert body is not None
    photo = person.rgb.astype(np.float32) / np.float32(255)
    nothing, x = np.zeros(photo.shape[:2], np.float32), round(person.chin[0])
    hem = 1.9 * person.head_height
    found = (
        refill_upper(photo, parse, body, nothing, nothing, behind_upper(photo, parse, body), hem).rgb * 255
    )
    row = round(person.chin[1] + 2.75 * person.head_height)
    for place, colour in ((x, BLUE), (x - round(0.82 * person.head_height), FIGURE.backdrop_rgb)):
        patch = found[row - 4 : row + 4, place - 2 : place + 3].mean(axis=(0, 1))
        assert np.abs(patch - np.array(colour)).max() < 45


def test_no_line_of_a_dress_is_left_on_the_wall_around_it() -> None:
    done, person = undressed()
    around = (person.silhouette < 0.02) & (done.garment_mask == 0)
    green = done.rgb.astype(int)[..., 1] - done.rgb.astype(int)[..., 0]
    assert int(green[around].max()) < 25


def test_made_up_skin_has_the_grain_of_the_photograph() -> None:
    figure = replace(FIGURE, sleeves="long", noise=5.0)
    person, garment = drawn_people.draw(figure), drawn_garments.draw("tshirt", 3, pattern="plain")
    done = try_on(person.rgb, garment.rgb, person=person_truth(person), garment=garment_truth(garment))
    (ex, ey), (wx, wy) = person.joints["elbow_left"], person.joints["wrist_left"]
    x, y = round((ex + wx) / 2), round((ey + wy) / 2)
    patch = done.rgb[y - 6 : y + 6, x - 4 : x + 4].astype(float)
    assert float(patch.std(axis=(0, 1)).mean()) > 2.5


def test_an_arm_that_ends_in_nothing_is_not_made_up() -> None:
    """Forearms that were not told from the wall: where the arm goes on below the sleeve nobody knows."""
    person = drawn_people.draw(replace(FIGURE, sleeves="short"))
    whole = person_truth(person)
    lost = {
        name: mask for name, mask in whole.regions.items() if name not in ("left_arm", "right_arm", "hands")
    }
    unknown: list[float] = []
    for parse in (whole, replace(whole, regions=lost)):
        body = body_of(parse)
        assert body is not None
        photo = person.rgb.astype(np.float32) / np.float32(255)
        nothing = np.zeros(photo.shape[:2], np.float32)
        behind = behind_upper(photo, parse, body)
        unknown.append(refill_upper(photo, parse, body, nothing, nothing, behind, 400.0).unknown_share)
    assert unknown[1] > unknown[0] + 0.05


def test_trousers_do_not_show_beside_a_dress() -> None:
    """A dress narrower than the trousers goes around them: the wall is beside it, the legs go on below its hem."""
    person = drawn_people.draw(replace(FIGURE, bottom_rgb=BLUE, hem=2.0))
    parse = person_truth(person)
    body = body_of(parse)
    assert body is not None
    photo = person.rgb.astype(np.float32) / np.float32(255)
    cover, nothing = np.zeros(photo.shape[:2], np.float32), np.zeros(photo.shape[:2], np.float32)
    x, end = round(person.chin[0]), round(body.out(0.0, 2.0 * body.breadth)[1])
    half = round(0.2 * body.breadth)
    cover[round(body.origin[1]) : end, x - half : x + half] = 1
    found = refill_upper(
        photo, parse, body, cover, nothing, behind_upper(photo, parse, body), 2.0 * body.breadth
    )
    blue = (parse.regions["bottom"] > 0.95) & (np.abs(found.rgb * 255 - np.array(BLUE)).max(axis=2) < 40)
    beside = cover < 0.5
    assert int((blue & beside)[: end - 8].sum()) == 0
    assert int((blue & beside)[end + 8 :].sum()) > 100


def test_a_print_on_the_worn_top_is_no_light() -> None:
    figure = replace(FIGURE, width=768, height=1024, head_px=170.0, top_rgb=(220, 150, 140))
    person = drawn_people.draw(figure)
    parse = person_truth(person)
    body = body_of(parse)
    assert body is not None
    middle = body.out(0.0, 0.6 * body.breadth)
    y, x = np.mgrid[0 : figure.height, 0 : figure.width]
    away = np.hypot(x - middle[0], y - middle[1]) / body.breadth
    photo = person.rgb.astype(np.float32) / np.float32(255)
    old = parse.regions["top"]
    plain, _ = shading(photo, parse, body, old, old, np.zeros_like(old))
    photo[away < 0.09] = (0.3, 0.1, 0.45)
    factors, source = shading(photo, parse, body, old, old, np.zeros_like(old))
    assert source == "worn"
    assert float(np.abs(factors / plain - 1)[away < 0.09].max()) < 0.12


def test_arms_that_lie_beside_their_sleeves_are_not_made_up() -> None:
    """A frame that has the arms a hand's breadth beside the sleeves: where they are nobody knows."""
    person = drawn_people.draw(replace(FIGURE, sleeves="long"))
    parse = person_truth(person)
    assert parse.frame is not None
    joints = dict(parse.frame.joints)
    for name, way in (("left", -1), ("right", 1)):
        for joint in (f"elbow_{name}", f"wrist_{name}"):
            px, py, sure = joints[joint]
            joints[joint] = (px + way * 45, py, sure)
    photo = person.rgb.astype(np.float32) / np.float32(255)
    nothing = np.zeros(photo.shape[:2], np.float32)
    found: list[Refilled] = []
    for one in (parse, replace(parse, frame=replace(parse.frame, joints=joints))):
        body = body_of(one)
        assert body is not None
        found.append(refill_upper(photo, one, body, nothing, nothing, behind_upper(photo, one, body), 400.0))
    assert found[0].strayed_share < 0.1
    assert found[1].strayed_share > MOST_STRAYED
    little = replace(found[0], skin_share=0.1, unknown_share=0.0, bottom_share=0.0, backdrop_share=0.1)
    assert not refill_reasons(little)
    (reason,) = refill_reasons(replace(little, strayed_share=found[1].strayed_share))
    assert reason.code == "refill_too_large"


def fitted(notch: float) -> tuple[Fitted, Fitted]:
    """A long-sleeved shirt as it is, and with a notch in the outer edge of a sleeve, `notch` of its breadth deep."""
    person, drawn = drawn_people.draw(FIGURE), drawn_garments.draw("shirt", 3, pattern="plain")
    body, truth = body_of(person_truth(person)), garment_truth(drawn)
    assert body is not None
    cloth = cloth_of(truth)
    assert cloth is not None
    assert cloth.left_sleeve is not None
    # Between the stations at which the edge is looked for.
    outer, inner = (edge[2:4].mean(axis=0) for edge in (cloth.left_sleeve.outer, cloth.left_sleeve.inner))
    y, x = np.mgrid[0 : truth.alpha.shape[0], 0 : truth.alpha.shape[1]]
    radius = notch * float(np.hypot(*(outer - inner)))
    cut = np.where(np.hypot(x - outer[0], y - outer[1]) < radius, 0, truth.alpha).astype(np.float32)
    place = place_upper(cloth, body, truth, "regular", False, False)
    shape = person.rgb.shape[0], person.rgb.shape[1]
    return fit_garment(drawn.rgb, truth.alpha, place, shape), fit_garment(drawn.rgb, cut, place, shape)


def test_a_dent_in_the_cut_out_of_a_sleeve_is_filled() -> None:
    whole, dented = fitted(0.15)
    missing = (whole.sleeves > 0.9) & (dented.sleeves < 0.5)
    assert int(missing.sum()) < 12


def test_a_sleeve_that_is_half_missing_stays_open() -> None:
    whole, dented = fitted(0.9)
    missing = (whole.sleeves > 0.9) & (dented.sleeves < 0.5)
    assert int(missing.sum()) > 100
