"""A clip of a length that a model does not make."""

import pytest

from bottega.domain.task import Task
from bottega.models import Model, PriceModel


def model(*durations: str) -> Model:
    return Model(
        id="shop/clips",
        engine="shop",
        title="clips",
        operations=frozenset({"video"}),
        features=frozenset(f"duration:{length}" for length in durations),
        quality=0.5,
        price=PriceModel(per_second="0.1", source="test"),
    )


def order(seconds: int) -> Task:
    return Task(
        workflow="text_to_video",
        operation="video",
        features=frozenset({f"duration:{seconds}"}),
        parameters={"seconds": seconds, "sound": False},
    )


@pytest.mark.parametrize(("asked", "made"), [(5, 5), (8, 10), (7, 10), (10, 10)])
def test_the_next_length_is_made_and_paid_for(asked: int, made: int) -> None:
    fitted = model("5", "10").fitted(order(asked))
    assert fitted.parameters == {"seconds": made, "sound": False}
    assert fitted.features == {f"duration:{made}"}
    assert model("5", "10").lacks(order(asked)) is None
    assert model("5", "10").price_of(order(asked)).high == made * 100_000


@pytest.mark.parametrize("asked", [6, 3, 12])
def test_never_a_shorter_one_nor_one_that_is_much_longer(asked: int) -> None:
    assert model("5", "10").fitted(order(asked)) == order(asked)
    assert model("5", "10").lacks(order(asked)) == f"does not offer duration {asked}"


def test_a_model_of_any_length_makes_what_was_asked_for() -> None:
    assert model("*").fitted(order(7)) == order(7)
