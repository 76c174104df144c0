"""Enlargement by the shipped networks: better than interpolation, exact in tiles, strips, alpha and 16 bits."""

import threading

import numpy as np
import pytest
from superres_pictures import photograph, psnr, psnr_y, shrunk

from bottega.enhance.superres import Strips, enlarge
from bottega.enhance.superres.ladder import Tier
from bottega.enhance.superres.luma_net import WEIGHTS, LumaNet
from bottega.enhance.superres.resample import imresize_u8
from bottega.enhance.superres.rows import Stored
from bottega.enhance.upscale import resize_lanczos
from bottega.errors import Cancelled, InvalidOption

PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket")


def noise(*shape: int, dtype: type = np.uint8) -> np.ndarray:
    """A third of the range, everywhere: nothing that a seam could hide in."""
    values = np.random.default_rng(7).random(shape, dtype=np.float32) / 3 + np.float32(1 / 3)
    return values if dtype is np.float32 else np.rint(values * np.iinfo(dtype).max).astype(dtype)


# --- quality ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("factor", "gain"), [(2, 1.5), (3, 1.0), (4, 0.8)])
def test_networks_beat_bicubic_and_lanczos(factor: int, gain: float) -> None:
    over_bicubic: list[float] = []
    for name in PHOTOGRAPHS:
        picture = photograph(name)
        small = shrunk(picture, factor)
        made = psnr_y(enlarge(small, factor).pixels, picture, factor)
        over_bicubic.append(made - psnr_y(imresize_u8(small, picture.shape[:2]), picture, factor))
        assert made > psnr_y(resize_lanczos(small, float(factor)), picture, factor)
    assert np.mean(over_bicubic) > gain


def test_eight_orientations_are_better_than_one() -> None:
    pictures = [photograph(name) for name in PHOTOGRAPHS]
    gains = [
        psnr_y(enlarge(shrunk(picture, 2), 2, tier="best").pixels, picture, 2)
        - psnr_y(enlarge(shrunk(picture, 2), 2).pixels, picture, 2)
        for picture in pictures
    ]
    assert np.mean(gains) > 0.03


def test_colour_follows_the_luma_better_than_interpolated_colour_does() -> None:
    picture = photograph("coffee")
    small = shrunk(picture, 2)
    large = enlarge(small, 2).pixels.astype(np.float64)
    smooth = imresize_u8(small, picture.shape[:2]).astype(np.float64)
    weights = np.array([0.299, 0.587, 0.114])
    # The same luma, with the colour differences interpolated.
    plain = np.clip(smooth + ((large - smooth) @ weights)[..., None], 0, 255)
    assert psnr(large, picture) > psnr(plain, picture) + 0.05


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_the_tiers_differ_in_quality(factor: int) -> None:
    """On the mean of the photographs: classical, small network, network, network in eight orientations."""
    pairs = [(shrunk(photograph(name), factor), photograph(name)) for name in PHOTOGRAPHS]
    tiers: tuple[Tier, ...] = ("classical", "fast", "balanced", "best")
    means = [
        np.mean(
            [psnr_y(enlarge(small, factor, tier=tier).pixels, picture, factor) for small, picture in pairs]
        )
        for tier in tiers
    ]
    bicubic = np.mean([psnr_y(imresize_u8(small, large.shape[:2]), large, factor) for small, large in pairs])
    assert means == sorted(means)
    assert means[0] > bicubic + 0.3
    assert means[1] > means[0] + 0.1


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_the_fast_tier_is_a_network_of_a_third_of_the_weights(factor: int) -> None:
    small = shrunk(photograph(), factor)
    report = enlarge(small, factor, tier="fast").report
    assert report.engine == f"small network x{factor}"
    [told] = report.networks
    assert (told.architecture, told.source) == (f"luma x{factor}, small", "shipped")
    sizes = [(WEIGHTS / f"luma_x{factor}{kind}.onnx").read_bytes() for kind in ("_small", "")]
    assert 3 * len(sizes[0]) < len(sizes[1])


def test_the_classical_tier_runs_no_network() -> None:
    report = enlarge(shrunk(photograph(), 2), 2, tier="classical").report
    assert (report.engine, report.networks) == ("classical, quick", ())


# --- tiles and strips --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", ["classical", "fast", "balanced"])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("factor", [2, 3, 4])
def test_tiles_equal_the_whole_to_the_last_bit(factor: int, channels: int, tier: Tier) -> None:
    pixels = noise(67, 91, channels, dtype=np.float32)
    whole = enlarge(pixels, factor, tier=tier, tile=128).pixels
    for tile in (17, 40):
        assert np.array_equal(enlarge(pixels, factor, tier=tier, tile=tile).pixels, whole)


@pytest.mark.parametrize("small", [False, True])
def test_a_window_of_odd_sides_is_that_part_of_a_larger_one(small: bool) -> None:
    """The networks of x2 make squares of 2 x 2 source pixels at once."""
    net = LumaNet(2, small=small, threads=1)
    margin = 2 * net.radius
    luma = noise(20 + margin, 24 + margin, dtype=np.float32)
    whole = net(luma)
    assert whole.shape == (40, 48)
    assert np.array_equal(net(luma[: 17 + margin, 3 : 22 + margin]), whole[:34, 6:44])


def test_tiles_equal_the_whole_in_eight_orientations_and_for_every_pixel_kept() -> None:
    pixels = noise(53, 45, 3, dtype=np.float32)
    whole = enlarge(pixels, 2, tier="best", faithful=1.0, tile=64).pixels
    assert np.array_equal(enlarge(pixels, 2, tier="best", faithful=1.0, tile=23).pixels, whole)


def test_threads_do_not_change_a_bit() -> None:
    pixels = noise(150, 140, 3, dtype=np.float32)
    assert np.array_equal(enlarge(pixels, 2, threads=1).pixels, enlarge(pixels, 2, threads=2).pixels)


@pytest.mark.parametrize("scale", [2.0, 2.6, (200, 391)])
@pytest.mark.parametrize("faithful", [0.0, 0.5, 1.0])
def test_strips_equal_the_whole(scale: float | tuple[int, int], faithful: float) -> None:
    pixels = noise(300, 77, 3)
    strips = Strips(pixels, scale, faithful=faithful)
    joined = np.concatenate(list(strips))
    whole = enlarge(pixels, scale, faithful=faithful)
    assert np.array_equal(joined, whole.pixels)
    assert strips.report.gate == whole.report.gate
    assert joined.shape == (strips.height, strips.width, 3)


def test_no_tile_is_computed_twice() -> None:
    report = enlarge(noise(300, 200, 3), 2).report
    assert report.tiles == 3 * 2


def test_strips_read_the_source_once_or_nearly() -> None:
    class Counting:
        """A row source that counts what is read."""

        def __init__(self, pixels: np.ndarray) -> None:
            self.pixels, self.shape, self.dtype, self.read = pixels, pixels.shape, pixels.dtype, 0
            self.most = 0

        def __getitem__(self, rows: slice) -> np.ndarray:
            found = self.pixels[rows]
            self.read += len(found)
            self.most = max(self.most, len(found))
            return found

    source = Counting(noise(1000, 24, 3))
    for _ in Strips(source, 2):
        pass
    assert source.most < 256
    # For the tiles with their halo, for the anchor and for the gate.
    assert source.read < 4 * 1000


# --- sizes, types, alpha -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "size", "passes"),
    [
        (1.3, (52, 39), (2,)),
        (2.0, (80, 60), (2,)),
        (2.5, (100, 75), (3,)),
        (6.0, (240, 180), (3, 2)),
        (7.7, (308, 231), (4, 2)),
        ((41, 200), (41, 200), (4, 2)),
        (0.5, (20, 15), ()),
        (1.0, (40, 30), ()),
    ],
)
def test_any_factor_gives_exactly_the_size(
    scale: float | tuple[int, int], size: tuple[int, int], passes: tuple[int, ...]
) -> None:
    result = enlarge(noise(30, 40, 3), scale)
    assert (result.pixels.shape[1], result.pixels.shape[0]) == size == result.report.size
    assert result.report.passes == passes


@pytest.mark.parametrize("sides", [(1, 1), (1, 9), (3, 2), (200, 1)])
def test_the_smallest_pictures_are_enlarged(sides: tuple[int, int]) -> None:
    assert enlarge(noise(*sides, 3), 2).pixels.shape == (2 * sides[0], 2 * sides[1], 3)


def test_bytes_are_rounded_to_the_nearest_and_a_half_to_even() -> None:
    values = np.append(np.random.default_rng(1).random(3 * 997, dtype=np.float32), [0, 1, 0.5] * 3).reshape(
        3, 25, 40
    )
    planes = np.concatenate(
        [values.astype(np.float32), (np.arange(1000, dtype=np.float32) / 2 / 255).reshape(1, 25, 40)]
    )
    planes = np.clip(planes, 0, 1)[[0, 1, 3]]
    stored = Stored(np.empty(0, dtype=np.uint8), flat=False)(planes)
    assert np.array_equal(stored.transpose(2, 0, 1), np.rint(planes * np.float32(255)).astype(np.uint8))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_two_dimensions_and_the_data_type_stay(dtype: type) -> None:
    made = enlarge(noise(20, 30, dtype=dtype), 2).pixels
    assert (made.shape, made.dtype) == ((40, 60), dtype)


def test_sixteen_bits_are_kept() -> None:
    """A ramp between two neighbouring 8-bit values, which 8-bit arithmetic would flatten."""
    ramp = np.linspace(32768, 33024, 64).astype(np.uint16)[None, :].repeat(64, axis=0)
    made = enlarge(ramp, 2).pixels.astype(int)
    assert len(np.unique(made[64])) > 60
    assert np.abs(made[64, 1::2][4:-4] - ramp[0][4:-4]).max() < 64


@pytest.mark.parametrize("value", [0, 1, 128, 254, 255])
@pytest.mark.parametrize("factor", [2, 3, 4])
def test_an_even_picture_stays_even(factor: int, value: int) -> None:
    made = enlarge(np.full((30, 30, 3), value, dtype=np.uint8), factor).pixels.astype(int)
    assert np.abs(made - value).max() <= 1


def test_grey_pictures_stay_grey() -> None:
    grey = noise(40, 40, 1).repeat(3, axis=2)
    made = enlarge(grey, 2).pixels.astype(int)
    assert np.ptp(made, axis=2).max() <= 1


def test_colours_hidden_under_transparency_do_not_bleed() -> None:
    pixels = np.zeros((40, 40, 4), dtype=np.uint8)
    pixels[:, :20] = (255, 255, 255, 255)
    pixels[:, 20:, 0] = 255  # red, and invisible
    made = enlarge(pixels, 2).pixels.astype(int)
    visible = made[..., 3] > 8
    assert (made[..., 0] - made[..., 1])[visible].max() <= 2


def test_opaque_stays_opaque_and_empty_stays_empty() -> None:
    pixels = noise(40, 60, 4)
    pixels[:, :30, 3], pixels[:, 30:, 3] = 255, 0
    alpha = enlarge(pixels, 2).pixels[..., 3]
    assert (alpha[:, :56] == 255).all()
    assert (alpha[:, 64:] == 0).all()


def test_an_opaque_picture_is_enlarged_as_one_without_alpha() -> None:
    rgb = photograph()[:60, :60]
    opaque = np.concatenate([rgb, np.full((60, 60, 1), 255, dtype=np.uint8)], axis=2)
    assert np.array_equal(enlarge(opaque, 2).pixels[..., :3], enlarge(rgb, 2).pixels)


# --- arguments, progress -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.0, -1.0, 8.1, float("nan"), (0, 10), (400, 20)])
def test_impossible_sizes_are_refused(scale: float | tuple[int, int]) -> None:
    with pytest.raises(InvalidOption):
        enlarge(noise(20, 40, 3), scale)


@pytest.mark.parametrize(
    "pixels", [noise(4, 4, 2), noise(4, 4, 5), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)]
)
def test_arrays_that_are_no_pictures_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(InvalidOption):
        enlarge(pixels, 2)


def test_values_that_are_no_numbers_are_refused() -> None:
    pixels = noise(20, 20, 3, dtype=np.float32)
    pixels[5, 5] = np.nan
    with pytest.raises(InvalidOption):
        enlarge(pixels, 2)


@pytest.mark.parametrize("wrong", [{"tier": "superb"}, {"faithful": 1.5}, {"tile": 0}])
def test_options_that_do_not_exist_are_refused(wrong: dict) -> None:
    with pytest.raises(InvalidOption):
        enlarge(noise(20, 20, 3), 2, **wrong)


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    enlarge(noise(200, 300, 3), 2, progress=told.append)
    assert told == sorted(told)
    assert len(told) >= 6
    assert told[-1] == 1


def test_cancelling_stops_between_tiles() -> None:
    stop = threading.Event()
    told: list[float] = []

    def after_one(fraction: float) -> None:
        told.append(fraction)
        stop.set()

    with pytest.raises(Cancelled):
        enlarge(noise(300, 300, 3), 2, progress=after_one, cancelled=stop)
    assert len(told) == 1
