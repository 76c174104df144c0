"""The try-on's geometry: splines that bend cloth, ribbons that follow arms, and places taken from body and garment alone."""

import drawn_garments
import drawn_people
import numpy as np
import pytest
from tryon_truth import garment_truth, person_truth

from bottega.fashion.tryon.body import body_of
from bottega.fashion.tryon.cloth import cloth_of
from bottega.fashion.tryon.placement import place_upper
from bottega.fashion.tryon.ribbon import Ribbon, ribbon_field
from bottega.fashion.tryon.spline import Box, coarse_field, distortion, fit_similarity, fit_spline, full_field
from bottega.fashion.tryon.warp import fit_garment


def points(count: int = 20, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 300, (count, 2))


def test_a_spline_of_points_that_moved_by_a_similarity_is_that_similarity_everywhere() -> None:
    source = points()
    turn = np.array([[1.2, -0.3], [0.3, 1.2]])
    spline = fit_spline(source, source @ turn.T + (40, -7))
    away = points(50, seed=1) * 3 - 200
    assert spline.at(away) == pytest.approx(away @ turn.T + (40, -7), abs=1e-5)


def test_a_spline_without_stiffness_passes_through_its_points() -> None:
    source, target = points(), points(seed=2)
    assert fit_spline(source, target, stiffness=0).at(source) == pytest.approx(target, abs=1e-3)


def test_a_stiffer_spline_stays_nearer_to_the_similarity() -> None:
    source = points()
    target = source + np.random.default_rng(3).normal(0, 12, source.shape)
    similarity = fit_similarity(source, target)
    straight = source @ similarity[:, :2].T + similarity[:, 2]

    def bend(stiffness: float) -> float:
        return float(np.abs(fit_spline(source, target, stiffness=stiffness).at(source) - straight).mean())

    assert bend(0.001) > bend(0.1) > bend(10)


def test_pinned_points_stay_where_they_belong_however_stiff_the_rest_is() -> None:
    source = points()
    target = source + np.random.default_rng(3).normal(0, 12, source.shape)
    slack = np.ones(len(source))
    slack[:4] = 0
    away = np.hypot(*(fit_spline(source, target, stiffness=0.3, slack=slack).at(source) - target).T)
    assert away[:4].max() < 0.5
    assert away[4:].mean() > 5


def test_a_coarse_field_enlarged_is_the_spline_at_every_pixel() -> None:
    source = points()
    spline = fit_spline(source, source * 1.1 + np.sin(source / 60) * 9, stiffness=0.01)
    box = Box(17, 33, 101, 67)
    y, x = np.mgrid[33:100, 17:118]
    exact = spline.at(np.column_stack((x.ravel(), y.ravel())).astype(float)).reshape(67, 101, 2)
    assert np.abs(full_field(coarse_field(spline, box), box) - exact).max() < 0.5


def test_a_fold_has_a_negative_jacobian_and_a_stretch_its_anisotropy() -> None:
    y, x = np.mgrid[0:20, 0:20].astype(float) * 8
    everywhere = np.ones((20, 20), bool)
    folded = np.stack((np.abs(x - 80), y), axis=-1)
    assert distortion(folded, everywhere).least_jacobian < 0
    assert distortion(np.stack((1.5 * x, y), axis=-1), everywhere).anisotropy == pytest.approx(1.5)
    assert distortion(np.stack((2 * x, 2 * y), axis=-1), everywhere).anisotropy == pytest.approx(1.0)


def test_a_ribbon_brings_the_middle_of_a_sleeve_to_the_middle_of_a_bent_arm() -> None:
    stations = np.linspace(0, 1, 25)
    source_outer = np.column_stack((100 + 0 * stations, 50 + 200 * stations))
    source_inner = source_outer + np.array((40.0, 0.0))
    turn = stations * np.pi / 2
    middle = np.column_stack((300 - 150 * np.sin(turn), 100 + 150 * (1 - np.cos(turn))))
    normal = np.column_stack((np.sin(turn), np.cos(turn)))
    ribbon = Ribbon(source_outer, source_inner, middle + 15 * normal, middle - 15 * normal)
    field, measured = ribbon_field(ribbon, Box(0, 0, 400, 400))
    x, y = middle[12]
    assert field[round(y), round(x)] == pytest.approx((120, 150), abs=3)
    assert measured.least_jacobian > 0


def test_a_ribbon_that_turns_over_is_a_fold() -> None:
    stations = np.linspace(0, 1, 25)[:, None]
    edge = np.array((100, 50)) + stations * (0, 200)
    crossed = (
        np.where(stations < 0.5, edge, edge + np.array((40.0, 0.0))),
        np.where(stations < 0.5, edge + np.array((40.0, 0.0)), edge),
    )
    assert (
        ribbon_field(Ribbon(edge, edge + np.array((40.0, 0.0)), *crossed), Box(0, 0, 300, 300))[
            1
        ].least_jacobian
        < 0
    )


def drawn(name: str = "tshirt", garment_seed: int = 3, **figure: object) -> tuple:
    person = drawn_people.draw(drawn_people.Figure(**figure))  # type: ignore[arg-type]
    garment = drawn_garments.draw(name, garment_seed)
    return person, garment


def placed(person: drawn_people.Drawn, garment: drawn_garments.Drawn, fit: str = "regular"):
    body, cloth = body_of(person_truth(person)), cloth_of(garment_truth(garment))
    assert body is not None
    assert cloth is not None
    return place_upper(cloth, body, garment_truth(garment), fit, tucked=False, rolled=False), body  # type: ignore[arg-type]


def test_the_place_of_a_garment_does_not_depend_on_the_length_and_sleeves_of_what_is_worn() -> None:
    person, garment = drawn(sleeves="short", hem=2.1)
    other, _ = drawn(sleeves="long", hem=2.6)
    one, two = placed(person, garment)[0], placed(other, garment)[0]
    assert one.scale == pytest.approx(two.scale, rel=0.02)
    assert one.hem_drop == pytest.approx(two.hem_drop, rel=0.02)
    assert one.sleeve_shares == pytest.approx(two.sleeve_shares, abs=0.04)


def test_a_longer_garment_comes_down_farther() -> None:
    person, garment = drawn()
    short = placed(person, garment)[0].hem_drop
    _, dress = drawn("dress_knee", 3)
    assert placed(person, dress)[0].hem_drop > 1.2 * short


@pytest.mark.parametrize(
    ("name", "low", "high"), [("tshirt", 0.1, 0.5), ("elbow_top", 0.35, 0.75), ("shirt", 0.93, 1.0)]
)
def test_sleeves_cover_as_much_of_the_arm_as_their_class_says(name: str, low: float, high: float) -> None:
    for seed in range(4):
        person, garment = drawn(name, seed)
        left, right = placed(person, garment)[0].sleeve_shares
        assert low <= left <= high
        assert low <= right <= high


def test_a_loose_fit_is_broader_than_a_fitted_one() -> None:
    person, garment = drawn()
    assert placed(person, garment, "loose")[0].scale > 1.1 * placed(person, garment, "fitted")[0].scale


@pytest.mark.parametrize("name", ["tshirt", "shirt", "jacket", "dress_knee"])
def test_prints_keep_their_proportions(name: str) -> None:
    for seed in range(3):
        person, garment = drawn(name, seed)
        place, _ = placed(person, garment)
        truth = garment_truth(garment)
        fitted = fit_garment(garment.rgb, truth.alpha, place, person.rgb.shape[:2])
        assert not fitted.folds
        assert fitted.distortion.anisotropy <= 1.3


def test_a_garment_moves_and_grows_with_the_person() -> None:
    person, garment = drawn(chin=(0.5, 0.24), head_px=150.0)
    larger, _ = drawn(chin=(0.55, 0.26), head_px=200.0)
    (one, body), (two, other) = placed(person, garment), placed(larger, garment)
    assert two.scale / one.scale == pytest.approx(200 / 150, rel=0.03)
    assert body.into(one.collar_front) / 150 == pytest.approx(other.into(two.collar_front) / 200, abs=0.05)
