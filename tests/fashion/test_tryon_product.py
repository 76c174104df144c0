"""What a product picture gives by itself: the cloth's colours past its edge."""

import numpy as np

from bottega.fashion.tryon.product import solid_colours

WHITE, BLUE = (240, 240, 236), (30, 40, 80)


def striped() -> tuple[np.ndarray, np.ndarray]:
    """Level stripes of 12 pixels on paper, cut off aslant on the right: picture and cut-out."""
    rows, columns = np.mgrid[0:300, 0:300]
    cover = (columns > 40) & (columns < 220 - 0.4 * (rows - 150)) & (rows > 30) & (rows < 270)
    stripes = np.where(((rows // 12) % 2 == 0)[..., None], BLUE, WHITE)
    picture = np.where(cover[..., None], stripes, 255).astype(np.uint8)
    return picture, cover.astype(np.float32)


def test_stripes_go_on_past_the_edge_without_melting_into_each_other() -> None:
    picture, cover = striped()
    colours = solid_colours(picture, cover) * 255
    edge = 220 - 0.4 * (np.arange(300) - 150)
    for row in range(54, 246):
        found = colours[row, round(float(edge[row])) + 1]
        apart = [float(np.abs(found - colour).max()) for colour in (WHITE, BLUE)]
        # Of one stripe or of the other; the very pixels between two are neither.
        assert min(apart) < 12 or row % 12 in (0, 1, 2, 9, 10, 11)


def test_noise_is_not_drawn_out_to_streaks() -> None:
    picture, cover = striped()
    plain = np.where(cover[..., None] > 0, 120.0, 255.0).repeat(3, axis=2)
    noise = np.random.default_rng(0).normal(0, 6, picture.shape)
    rgb = np.clip(plain + noise, 0, 255).astype(np.uint8)
    past = solid_colours(rgb, cover)[60:240, :][:, 36:40] * 255
    assert float(past.std()) < 4


def test_far_from_the_cloth_nothing_is_known_and_the_picture_stands() -> None:
    picture, cover = striped()
    assert (solid_colours(picture, cover)[:, 290:] == 1).all()
