"""Scores, learning, the language model's order and the board."""

import json
import random

import numpy as np
import pytest
from drawn_wardrobes import request, wardrobe
from hypothesis import given, settings
from hypothesis import strategies as st

from bottega.errors import InvalidOption
from bottega.fashion.colours import lab_of
from bottega.fashion.outfits.board import HEIGHT, WIDTH, board
from bottega.fashion.outfits.compose import compose
from bottega.fashion.outfits.harmony import hue_fit, is_neutral, palette_scores
from bottega.fashion.outfits.learning import DAY_S, Feedback, update_profile
from bottega.fashion.outfits.rerank import apply_rerank, rerank_or_keep, rerank_prompt
from bottega.fashion.outfits.scoring import score_items
from bottega.fashion.outfits.table import table_of
from bottega.fashion.outfits.values import Context, Item, Look, Price, Profile, RerankFailed

ITEMS = wardrobe(2000, seed=2)
TABLE = table_of(ITEMS)


def shirt(id_: str, hex_: str = "#14213d", **more: object) -> Item:
    given = {"title": "shirt", "kind": "shirt", "price": Price(5000, "EUR"), "age_group": "adult"}
    return Item(id=id_, category="top", colours=(lab_of(hex_),), **{**given, **more})  # type: ignore[arg-type]


def lab(*hexes: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    return np.array([lab_of(each) for each in hexes])


# --- recommendations -----------------------------------------------------------------------------------------


def test_only_what_is_in_stock_in_size_and_in_budget_is_recommended() -> None:
    chance = random.Random(9)
    for _ in range(20):
        profile, context, budget = request(chance)
        context = Context(context.occasion, context.season, context.temperature_c, context.rain, budget)
        for scored in score_items(TABLE, profile, context):
            item = scored.item
            assert item.owned or item.in_stock
            assert item.owned or budget is None or (item.price and item.price.currency == budget.currency)
            assert item.owned or budget is None or (item.price and item.price.amount <= budget.amount)
            wanted = profile.sizes.get(item.category)
            assert item.owned or not wanted or item.sizes & (wanted | {"one"})
            assert 0 <= scored.score <= 1
            assert all(0 <= value <= 1 for value in scored.parts.values())
            assert scored.reasons
            assert all(reason.endswith(".") for reason in scored.reasons)


def test_twenty_at_most_of_different_groups_and_several_kinds() -> None:
    found = score_items(TABLE, Profile(), Context("casual", temperature_c=20))
    assert len(found) == 20
    groups = [scored.item.group_id or scored.item.id for scored in found]
    assert len(set(groups)) == 20
    assert len({scored.item.kind for scored in found}) >= 8


def test_a_colour_of_the_palette_goes_before_one_that_is_to_be_avoided() -> None:
    profile = Profile(palette=(lab_of("#14213d"),), avoid=(lab_of("#ff8c00"),))
    found = score_items([shirt("orange", "#ff8c00"), shirt("navy")], profile, Context())
    assert [scored.item.id for scored in found] == ["navy", "orange"]
    assert found[0].parts["colour"] > 0.9 > 0.2 > found[1].parts["colour"]
    assert any("palette" in reason for reason in found[0].reasons)


def test_what_nobody_asked_for_is_not_scored() -> None:
    assert score_items([shirt("a")], Profile(), Context())[0].parts == {}


def test_proportions_speak_in_favour_with_a_reason() -> None:
    flared = Item("flared", "a-line skirt", "bottom", "skirt", Price(1, "EUR"))
    straight = Item("straight", "skirt", "bottom", "skirt", Price(1, "EUR"))
    profile = Profile(proportions=frozenset({"hips_wider"}))
    found = score_items([straight, flared], profile, Context("brunch"))
    assert found[0].item.id == "flared"
    assert "A flared line falls freely from the waist." in found[0].reasons


def test_the_occasion_prefers_what_is_worn_there() -> None:
    items = [shirt("tee", title="t-shirt", kind="t-shirt"), shirt("shirt")]
    assert score_items(items, Profile(), Context("job interview"))[0].item.id == "shirt"
    assert score_items(items, Profile(), Context("gym"))[0].item.id == "tee"


def test_filters_say_how_many_they_took() -> None:
    found = score_items(
        [shirt("a"), shirt("b", in_stock=False)], Profile(), Context(budget=Price(100, "EUR"))
    )
    assert found.ruled_out["stock"] == 1
    assert found.ruled_out["budget"] == 2
    assert len(found) == 0


# --- colour --------------------------------------------------------------------------------------------------


def test_greys_navy_camel_and_denim_are_neutral_and_signal_colours_are_not() -> None:
    assert is_neutral(lab("#000000", "#ffffff", "#808080", "#14213d", "#c19a6b", "#7b4a26")).all()
    assert not is_neutral(lab("#d0021b", "#ffd800", "#800020", "#1f8a3b", "#6a2c91")).any()


def test_neighbouring_and_opposite_hues_fit_better_than_scattered_ones() -> None:
    near = hue_fit(lab("#1f5fbf", "#30a5c0")).score
    opposite = hue_fit(lab("#1f5fbf", "#e08a1a")).score
    scattered = hue_fit(lab("#d0021b", "#1f8a3b", "#1f5fbf", "#d9017a")).score
    assert near > 0.9
    assert opposite > scattered


def test_nearness_to_a_palette_falls_with_the_difference() -> None:
    score, apart = palette_scores(lab("#d0021b", "#d91a30", "#1f8a3b"), (lab_of("#d0021b"),))
    assert score[0] == pytest.approx(1)
    assert score[0] >= score[1] > score[2]
    assert apart[0] == pytest.approx(0, abs=1e-6)


# --- learning ------------------------------------------------------------------------------------------------


def test_liked_colours_and_kinds_rise_and_disliked_ones_sink() -> None:
    items = [shirt("red", "#d0021b"), shirt("green", "#1f8a3b")]
    profile = update_profile(Profile(), Feedback((shirt("old", "#d0021b"),), 1.0, verdict="like"))
    assert [s.item.id for s in score_items(items, profile, Context())] == ["red", "green"]
    profile = update_profile(Profile(), Feedback((shirt("old", "#d0021b"),), 1.0, verdict="dislike"))
    assert [s.item.id for s in score_items(items, profile, Context())] == ["green", "red"]
    kinds = [shirt("shirt"), Item("polo", "polo", "top", "polo", Price(1, "EUR"), (lab_of("#14213d"),))]
    liked = update_profile(Profile(), [Feedback((kinds[1],), float(n), rating=5) for n in range(1, 4)])
    assert score_items(kinds, liked, Context())[0].item.id == "polo"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 400)), max_size=60))
def test_likings_stay_within_their_bounds(answers: list[tuple[int, int]]) -> None:
    rows = [
        Feedback((ITEMS[n % 50],), 1 + day * DAY_S, rating=rating) for n, (rating, day) in enumerate(answers)
    ]
    profile = update_profile(Profile(), rows)
    assert all(-1 <= value <= 1 for value in profile.liking.values())
    assert len(profile.liking) <= 200


def test_a_liking_fades_by_half_in_180_days() -> None:
    profile = update_profile(Profile(), Feedback((shirt("a"),), 1.0, verdict="like"))
    other = Item("b", "boots", "shoes", "boots")
    later = update_profile(profile, Feedback((other,), 1 + 180 * DAY_S, verdict="like"))
    assert later.liking["kind:shirt"] == pytest.approx(profile.liking["kind:shirt"] / 2)


def test_feedback_is_a_verdict_or_a_rating() -> None:
    for feedback in (Feedback((), 1), Feedback((), 1, verdict="like", rating=3), Feedback((), 1, rating=6)):
        with pytest.raises(InvalidOption):
            update_profile(Profile(), feedback)


# --- the language model's order ------------------------------------------------------------------------------

LOOKS = compose(TABLE, Context("brunch", temperature_c=20), 4)


def test_the_prompt_names_every_look_and_piece_and_quotes_wishes() -> None:
    prompt = rerank_prompt(LOOKS, 'say "hello"')
    assert all(look.id in prompt and look.hero.title in prompt for look in LOOKS)
    assert '\\"hello\\"' in prompt


def test_a_valid_answer_changes_the_order_and_nothing_else() -> None:
    ids = [look.id for look in LOOKS]
    answer = json.dumps({"order": [ids[2], ids[0]], "tips": {ids[2]: "Roll up the sleeves."}})
    found = apply_rerank(LOOKS, f"```json\n{answer}\n```")
    assert [look.id for look in found] == [ids[2], ids[0], ids[1], ids[3]]
    assert found[0].tip == "Roll up the sleeves."
    assert found.order == "language_model"
    assert found[0].items == LOOKS[2].items


@pytest.mark.parametrize(
    "answer", ["no json", "[1]", "{}", '{"order": []}', '{"order": ["look-none"]}', '{"order": [7]}']
)
def test_an_answer_that_cannot_be_used_fails_and_the_rules_order_stays(answer: str) -> None:
    with pytest.raises(RerankFailed):
        apply_rerank(LOOKS, answer)
    kept = rerank_or_keep(LOOKS, answer)
    assert kept.looks == LOOKS.looks
    assert kept.order == "rules"
    assert kept.rerank_failed


def test_a_look_named_twice_or_a_tip_for_none_fails() -> None:
    id_ = LOOKS[0].id
    for answer in (
        {"order": [id_, id_]},
        {"order": [id_], "tips": {"look-x": "a"}},
        {"order": [id_], "tips": {id_: 1}},
    ):
        with pytest.raises(RerankFailed):
            apply_rerank(LOOKS, answer)


# --- the board -----------------------------------------------------------------------------------------------


def test_the_board_shows_each_piece_in_its_colour_and_a_cut_out_on_white() -> None:
    red = shirt("red", "#d0021b")
    look = Look(
        (red, Item("t", "trousers", "bottom", "trousers", Price(1, "EUR"), (lab_of("#1f8a3b"),))),
        1,
        {},
        (),
        None,
    )
    plain = board(look, title="Сегодня")
    assert plain.shape == (HEIGHT, WIDTH, 3)
    assert (np.abs(plain.astype(int) - (208, 2, 27)).max(axis=2) < 4).sum() > 20_000
    cut = np.zeros((80, 60, 4), np.uint8)
    cut[20:60, 10:50] = (10, 20, 250, 255)
    shown = board(look, {"red": cut})
    blue = np.abs(shown.astype(int) - (10, 20, 250)).max(axis=2) < 4
    assert blue.sum() > 50_000
    assert not (np.abs(shown.astype(int) - (208, 2, 27)).max(axis=2) < 4).any()


def test_a_picture_with_other_channels_is_refused() -> None:
    with pytest.raises(InvalidOption):
        board(LOOKS[0], {LOOKS[0].hero.id: np.zeros((4, 4), np.uint8)})
