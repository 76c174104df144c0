"""The judge of try-ons by any engine: what passes, what each gate stops, what is said to be not judged."""

from dataclasses import replace
from functools import lru_cache

import cv2
import drawn_garments
import drawn_people
import numpy as np
import pytest
from tryon_truth import garment_truth, person_truth

from bottega.errors import InvalidOption
from bottega.fashion.tryon.engine import try_on
from bottega.fashion.tryon.fidelity import colour_distance
from bottega.fashion.tryon.gates import judge_tryon, paste_back
from bottega.fashion.tryon.values import Gate, TryOn, TryOnVerdict

FIGURE = drawn_people.Figure(sleeves="long", tone=drawn_people.TONES[2], seed=6)


@lru_cache(maxsize=1)
def scene() -> tuple[drawn_people.Drawn, drawn_garments.Drawn, TryOn]:
    person, garment = drawn_people.draw(FIGURE), drawn_garments.draw("shirt", 6, pattern="print")
    done = try_on(person.rgb, garment.rgb, person=person_truth(person), garment=garment_truth(garment))
    return person, garment, done


def verdict(result: np.ndarray, mask: np.ndarray | None = None) -> TryOnVerdict:
    person, garment, _ = scene()
    return judge_tryon(
        person.rgb,
        garment.rgb,
        result,
        mask=mask,
        person=person_truth(person),
        garment=garment_truth(garment),
    )


def gate(found: TryOnVerdict, name: str) -> Gate:
    return next(one for one in found.gates if one.name == name)


def test_a_good_result_passes_with_a_score_above_the_threshold() -> None:
    _, _, done = scene()
    found = verdict(done.rgb, done.edit_mask)
    assert found.accepted
    assert found.score is not None
    assert found.score >= 0.7


def test_the_untouched_photograph_does_not_pass() -> None:
    assert verdict(scene()[0].rgb).accepted is False


def test_a_flat_fill_of_the_right_colour_scores_below_the_real_thing() -> None:
    person, garment, done = scene()
    filled = person.rgb.copy()
    filled[person.regions["top"] > 0.5] = garment.rgb[garment.mask].mean(axis=0)
    flat, real = verdict(filled), verdict(done.rgb)
    assert flat.realism is not None
    assert real.realism is not None
    assert flat.realism < 0.5 * real.realism


def test_a_blurred_garment_is_less_real() -> None:
    _, _, done = scene()
    soft = np.where(done.edit_mask[..., None], cv2.GaussianBlur(done.rgb, (0, 0), 6), done.rgb)
    blurred, sharp = verdict(soft).realism, verdict(done.rgb).realism
    assert blurred is not None
    assert sharp is not None
    assert blurred < 0.7 * sharp


def test_one_changed_pixel_outside_the_mask_is_counted() -> None:
    _, _, done = scene()
    spoilt = done.rgb.copy()
    y, x = np.argwhere(~done.edit_mask)[1234]
    spoilt[y, x] ^= 1
    found = gate(verdict(spoilt, done.edit_mask), "outside_unchanged")
    assert (found.passed, found.value) == (False, 1.0)


def test_another_face_is_stopped() -> None:
    person, _, done = scene()
    x, y, width, height = (round(v) for v in person_truth(person).face.box)  # type: ignore[union-attr]
    spoilt = done.rgb.copy()
    spoilt[y : y + height, x : x + width] = spoilt[y : y + height, x : x + width][:, ::-1] // 2 + 60
    assert gate(verdict(spoilt), "identity").passed is False


def test_a_result_that_undresses_is_stopped() -> None:
    person, _, done = scene()
    bared = done.rgb.copy()
    skin = np.median(person.rgb[person.regions["neck"] > 0.9], axis=0)
    torso = np.zeros(bared.shape[:2], bool)
    (lx, ly), (rx, ry) = person.joints["chest_left"], person.joints["hip_right"]
    torso[round(ly) : round(ry), round(lx) : round(rx)] = True
    bared[torso] = skin
    assert gate(verdict(bared), "no_undressing").passed is False
    assert gate(verdict(done.rgb), "no_undressing").passed is True


def test_without_a_face_identity_is_not_judged() -> None:
    person, garment, done = scene()
    found = judge_tryon(
        person.rgb,
        garment.rgb,
        done.rgb,
        person=person_truth(person, face=None),
        garment=garment_truth(garment),
    )
    assert "identity" in found.not_judged


def test_where_nothing_is_known_nothing_is_made_up() -> None:
    person, garment, done = scene()
    found = judge_tryon(
        person.rgb,
        garment.rgb,
        done.rgb,
        person=person_truth(person, frame=None),
        garment=garment_truth(garment),
    )
    assert found.score is None
    assert found.accepted is None


def test_pasting_back_keeps_everything_outside_the_mask() -> None:
    person, _, done = scene()
    repainted = cv2.resize(255 - done.rgb, (576, 768), interpolation=cv2.INTER_AREA)
    pasted = paste_back(person.rgb, repainted, done.edit_mask)
    assert (pasted[~done.edit_mask] == person.rgb[~done.edit_mask]).all()
    assert (pasted[done.edit_mask] != person.rgb[done.edit_mask]).any(axis=1).mean() > 0.9


def test_pasting_back_refuses_other_proportions() -> None:
    person, _, done = scene()
    with pytest.raises(InvalidOption):
        paste_back(person.rgb, done.rgb[:, :500], done.edit_mask)


def test_the_colour_distance_is_the_sum_of_the_shifts() -> None:
    lab = np.random.default_rng(0).normal(50, 10, (4000, 3)).astype(np.float32)
    assert colour_distance(lab, lab + np.array((1.0, 2.0, 3.0), np.float32)) == pytest.approx(6, abs=1e-3)
    assert colour_distance(lab, lab[::-1]) == pytest.approx(0, abs=1e-6)


def test_a_slit_at_a_shoulder_seam_is_torn() -> None:
    person, _, done = scene()
    assert gate(verdict(done.rgb), "torn").passed is not False
    spoilt = done.rgb.copy()
    (x, y), (_, low) = person.joints["shoulder_left"], person.joints["chest_left"]
    left, right = round(x), round(x + 0.22 * (person.joints["shoulder_right"][0] - x))
    spoilt[round(y) : round(low) + 60, left:right] = person.rgb[2, 2]
    assert gate(verdict(spoilt), "torn").passed is False


def test_a_cuff_of_the_old_garment_beside_the_new_one_is_residue() -> None:
    person, _, done = scene()
    assert gate(verdict(done.rgb), "residue").passed is True
    spoilt = done.rgb.copy()
    x, y = (round(v) for v in person.joints["wrist_left"])
    old = np.median(person.rgb[person.regions["top"] > 0.95], axis=0)
    spoilt[y - 10 : y + 20, x - 70 : x - 30] = old
    assert gate(verdict(spoilt), "residue").passed is False


def test_where_colours_do_not_tell_the_engine_says_where_the_garment_lies() -> None:
    """A grey top before a grey backdrop: its sleeves end where the engine laid them."""
    backdrop = (118, 118, 120)
    person = drawn_people.draw(replace(FIGURE, backdrop_rgb=backdrop, backdrop="plain"))
    drawn = drawn_garments.draw("tshirt", 3, pattern="plain")
    grey = np.full_like(drawn.rgb, 255)
    grey[drawn.mask] = 118
    known = {"person": person_truth(person), "garment": garment_truth(replace(drawn, rgb=grey))}
    done = try_on(person.rgb, grey, **known)  # type: ignore[arg-type]
    blind = judge_tryon(person.rgb, grey, done.rgb, mask=done.edit_mask, **known)  # type: ignore[arg-type]
    layer = done.garment_mask.astype(np.float32)
    told = judge_tryon(person.rgb, grey, done.rgb, mask=done.edit_mask, layer=layer, **known)  # type: ignore[arg-type]
    assert {"sleeves", "torn"} <= set(blind.not_judged)
    assert not {"sleeves", "torn"} & set(told.not_judged)
    assert told.gates_passed
    cut = layer.copy()
    cut[:, : person.rgb.shape[1] // 2] = 0
    torn = judge_tryon(person.rgb, grey, done.rgb, mask=done.edit_mask, layer=cut, **known)  # type: ignore[arg-type]
    assert "torn" in torn.failed
