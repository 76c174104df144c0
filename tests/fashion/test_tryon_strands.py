"""Hair that hangs before a new garment takes nothing of the old one along."""

import numpy as np

from bottega.fashion.tryon.compose import compose


def test_a_strip_of_the_old_garment_within_hair_is_exchanged_and_strands_stay() -> None:
    shape = (240, 320)
    photo = np.full((*shape, 3), (120, 130, 150), np.uint8)
    photo[:, 100:160] = (25, 22, 20)
    photo[60:, 164:167] = (25, 22, 20)
    ones, nothing = np.ones(shape, np.float32), np.zeros(shape, np.float32)
    hair = nothing.copy()
    # Found too broad: ten pixels of the old garment, with a strand in them.
    hair[:, 100:170] = 1
    new = np.full((*shape, 3), (0.9, 0.8, 0.6), np.float32)
    done = compose(photo, new, ones > 0, new, ones, ones * (hair == 0), hair, hair, ones, 250.0).rgb.astype(
        int
    )
    wanted = np.rint(new[0, 0] * 255)
    assert np.abs(done[150, 161:163] - wanted).max() <= 2
    assert np.abs(done[150, 168] - wanted).max() <= 2
    assert np.abs(done[150, 165] - (25, 22, 20)).max() <= 3
    assert np.array_equal(done[150, 130], photo[150, 130])
