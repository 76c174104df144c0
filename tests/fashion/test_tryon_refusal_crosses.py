"""A refusal of the try-on crosses the border of a process whole, with all its reasons."""

import pickle

from bottega.fashion.findings import Finding, Grave
from bottega.fashion.tryon.values import TryOnRefused


def test_a_refusal_comes_out_of_a_pickle_as_it_went_in() -> None:
    reasons = tuple(
        Finding(code=code, grave=Grave.STOPS, message=f"It is {code}.", fix="Another photo.", measured={"share": 0.4})
        for code in ("arms_crossed", "too_dark")
    )  # fmt: skip
    before = TryOnRefused(reasons)
    after = pickle.loads(pickle.dumps(before))
    assert type(after) is TryOnRefused
    assert after.codes == ("arms_crossed", "too_dark")
    assert after.as_dict() == before.as_dict()
    assert str(after) == "It is arms_crossed."
