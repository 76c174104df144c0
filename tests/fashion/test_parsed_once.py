"""The parses that steps of one job share: the same picture is looked at once, another one never gets its parse."""

from concurrent.futures import ThreadPoolExecutor

import drawn_garments
import drawn_people
import numpy as np
import pytest

from bottega.fashion.garment.parse import parse_garment
from bottega.fashion.parsed import MOST_PIXELS, garment_of, person_of
from bottega.fashion.person.parse import parse_person


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return drawn_people.draw(drawn_people.Figure(width=384, height=512, head_px=85, seed=9)).rgb


@pytest.fixture(scope="module")
def product() -> np.ndarray:
    return drawn_garments.draw("tshirt", 5).rgb


def test_the_same_pixels_are_parsed_once(photo: np.ndarray, product: np.ndarray) -> None:
    assert person_of(photo) is person_of(photo.copy())
    assert garment_of(product) is garment_of(product.copy())


def test_what_is_kept_is_what_a_parse_says(photo: np.ndarray, product: np.ndarray) -> None:
    kept, fresh = person_of(photo), parse_person(photo)
    assert (kept.frame, kept.check, kept.agreement) == (fresh.frame, fresh.check, fresh.agreement)
    assert {name: mask.tobytes() for name, mask in kept.regions.items()} == {
        name: mask.tobytes() for name, mask in fresh.regions.items()
    }
    assert np.array_equal(garment_of(product).alpha, parse_garment(product).alpha)


def test_another_picture_seed_or_transparency_has_a_parse_of_its_own(
    photo: np.ndarray, product: np.ndarray
) -> None:
    changed = photo.copy()
    changed[0, 0] ^= 1
    assert person_of(photo) is not person_of(changed)
    assert person_of(photo) is not person_of(photo, seed=1)
    whole = np.ones(product.shape[:2], np.float32)
    assert garment_of(product) is not garment_of(product, whole)
    assert garment_of(product, whole) is not garment_of(product, whole * np.float32(0.5))
    turned = product.reshape(product.shape[1], product.shape[0], 3)
    assert garment_of(product) is not garment_of(turned)


def test_what_is_shared_cannot_be_written_to(photo: np.ndarray, product: np.ndarray) -> None:
    with pytest.raises(ValueError, match="read-only"):
        person_of(photo).silhouette[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        garment_of(product).alpha[0, 0] = 1


def test_large_pictures_are_not_kept() -> None:
    side = int(MOST_PIXELS**0.5) + 8
    blank = np.full((side, side, 3), 240, np.uint8)
    assert person_of(blank) is not person_of(blank)


def test_threads_share_it(photo: np.ndarray) -> None:
    known = person_of(photo)
    with ThreadPoolExecutor(4) as threads:
        assert all(one is known for one in threads.map(person_of, [photo] * 8))
