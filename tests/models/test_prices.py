"""What a call may cost beforehand, and what it did cost afterwards: the first is never less than the second."""

from datetime import date
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bottega.domain.asset import MediaInfo
from bottega.domain.money import micro_usd
from bottega.domain.request import Role
from bottega.domain.task import Metered, Task, TaskInput
from bottega.models import PriceModel, Unmeasured, price_from_evidence
from bottega.models.tables import ImageRow, RunRow, SecondRow, tier_of
from bottega.models.tokens import AreaRule, Expected, PictureTokens, TokensExpected, token_rate

SIZES = ["1024x1024", "1536x1024", "512x512"]
QUALITIES = ["low", "high", "max"]
RESOLUTIONS = ["480p", "720p", "1080p"]


def task(inputs: tuple[TaskInput, ...] = (), megapixels: float = 0.0, **parameters: Any) -> Task:
    return Task(
        workflow="w",
        operation="generate",
        prompt="a red bicycle",
        parameters=parameters,
        inputs=inputs,
        output_megapixels=megapixels,
    )


def picture(width: int, height: int) -> TaskInput:
    media = MediaInfo(media_type="image/png", width=width, height=height)
    return TaskInput(role=Role.WORKING, asset_id="a", path=Path("a.png"), media=media)


# --- strategies ----------------------------------------------------------------------------------------------

dollars = st.decimals(min_value=0, max_value=5, places=6).map(str)
positive = st.decimals(min_value="0.000001", max_value=5, places=6).map(str)
image_tables = st.lists(
    st.builds(
        ImageRow, size=st.sampled_from(["", *SIZES]), quality=st.sampled_from(["", *QUALITIES]), usd=dollars
    ),
    max_size=6,
).map(tuple)
second_tables = st.lists(
    st.builds(
        SecondRow,
        resolution=st.sampled_from(["", *RESOLUTIONS]),
        audio=st.sampled_from([None, True, False]),
        usd=dollars,
    ),
    max_size=5,
).map(tuple)
run_tables = st.lists(
    st.builds(
        RunRow,
        resolution=st.sampled_from(["", *RESOLUTIONS]),
        seconds=st.sampled_from([None, 5.0, 8.0, 10.0]),
        audio=st.sampled_from([None, True, False]),
        quality=st.sampled_from(["", *QUALITIES]),
        usd=dollars,
    ),
    max_size=5,
).map(tuple)


def _expected(counts: list[int]) -> Expected:
    low, likely, high = map(Decimal, sorted(counts))
    return Expected(low=low, likely=likely, high=high)


def _row(size: str, quality: str, count: Expected) -> PictureTokens:
    return PictureTokens(size=size, quality=quality, low=count.low, likely=count.likely, high=count.high)


expected = st.lists(st.integers(0, 9000), min_size=3, max_size=3).map(_expected)
picture_tokens = st.lists(
    st.builds(_row, st.sampled_from(["", *SIZES]), st.sampled_from(["", *QUALITIES]), expected), max_size=4
).map(tuple)
token_prices = st.dictionaries(
    st.sampled_from(["text_in", "image_in", "cached_text_in", "text_out", "image_out"]), dollars, max_size=5
)


@st.composite
def prices(draw: st.DrawFn) -> PriceModel:
    names = st.sampled_from(
        ["per_run", "per_image", "per_megapixel", "per_input_megapixel", "per_second", "per_gpu_second"]
    )
    plain = draw(st.dictionaries(names, dollars, max_size=4))
    return PriceModel.model_validate(
        plain
        | {
            "image_table": draw(image_tables),
            "second_table": draw(second_tables),
            "run_table": draw(run_tables),
            "tokens": draw(token_prices),
            "tokens_expected": TokensExpected(
                text_in=draw(expected),
                image_in=draw(expected),
                text_out=draw(expected),
                image_out=draw(picture_tokens),
            ),
            "gpu_seconds_expected": draw(expected),
        }
    )


@st.composite
def orders(draw: st.DrawFn) -> Task:
    said: dict[str, Any] = {
        "n": draw(st.integers(1, 4)),
        "size": draw(st.sampled_from([*SIZES, "2048x512", "auto", ""])),
        "quality": draw(st.sampled_from([*QUALITIES, "odd", "auto", ""])),
        "seconds": draw(st.sampled_from([None, 4, 5, 9, "10s"])),
        "resolution": draw(st.sampled_from([*RESOLUTIONS, "600p", "auto", ""])),
        "audio": draw(st.sampled_from([None, True, False])),
    }
    inputs = tuple(draw(st.lists(st.just(picture(640, 480)), max_size=3)))
    return task(inputs, draw(st.floats(0.1, 40)), **{name: value for name, value in said.items() if value})


@st.composite
def answers(draw: st.DrawFn, price: PriceModel, order: Task) -> Metered:
    """What a vendor may say of a call that stayed inside the order."""
    said = order.parameters
    top = price.completed(Metered(), order)
    known = {name: said.get(name, "") not in ("", "auto") for name in ("size", "quality", "resolution")}
    choices = {
        "size": [*SIZES, "999x999"],
        "quality": [*QUALITIES, "x"],
        "resolution": [*RESOLUTIONS, "600p"],
    }
    values: dict[str, Any] = {
        name: said[name] if known[name] else draw(st.sampled_from(choices[name]), label=name)
        for name in choices
    }
    share = st.floats(0, 1)
    sound = said.get("audio")
    return Metered(
        images=draw(st.integers(0, top.images)),
        megapixels=top.megapixels * draw(share),
        input_megapixels=top.input_megapixels * draw(share),
        seconds=top.seconds * draw(share),
        gpu_seconds=top.gpu_seconds * draw(share),
        tokens={kind: draw(st.integers(0, count), label=kind) for kind, count in top.tokens.items()},
        audio=draw(st.booleans()) if sound is None else sound,
        **values,
    )


# --- a hold is never short -----------------------------------------------------------------------------------


def test_the_resolution_of_a_clip_is_no_size_of_a_picture() -> None:
    rows = (ImageRow(usd="0"), ImageRow(size="512x512", usd="0.000001"), ImageRow(size="4K", usd="2"))
    price = PriceModel(image_table=rows)
    assert price.price(task(size="auto", resolution="480p")).high == micro_usd("2")
    assert price.price(task(size="auto", resolution="4k")).low == micro_usd("2")


@given(st.data(), prices(), orders())
def test_no_answer_inside_the_order_costs_more_than_was_held(
    data: st.DataObject, price: PriceModel, order: Task
) -> None:
    answer = data.draw(answers(price, order))
    # Lengths of whole clips step down as well as up in an odd table; the order's own length is what is sold.
    if price.run_table:
        answer = answer.model_copy(update={"seconds": price.completed(Metered(), order).seconds})
        if "seconds" not in order.parameters:
            return
    try:
        charged = price.charge(answer)
    except Unmeasured:
        return
    assert charged <= price.price(order).high


@given(prices(), orders())
def test_the_range_is_in_order(price: PriceModel, order: Task) -> None:
    quoted = price.price(order)
    assert 0 <= quoted.low <= quoted.likely <= quoted.high


@given(
    st.dictionaries(
        st.sampled_from(["per_run", "per_image", "per_megapixel", "per_second"]), positive, min_size=1
    ),
    st.lists(st.builds(ImageRow, size=st.sampled_from(["", *SIZES]), usd=positive), max_size=3),
    orders(),
)
def test_a_paid_model_is_never_quoted_or_charged_at_nothing(
    plain: dict[str, str], rows: list[ImageRow], order: Task
) -> None:
    price = PriceModel.model_validate(plain | {"image_table": rows})
    quoted = price.price(order)
    assert quoted.low > 0
    assert 0 < price.charge(price.completed(Metered(), order)) <= quoted.high


@given(prices(), orders(), st.integers(1, 3))
def test_more_of_anything_never_costs_less(price: PriceModel, order: Task, more: int) -> None:
    bigger = order.model_copy(
        update={
            "parameters": order.parameters | {"n": order.parameters["n"] + more},
            "output_megapixels": order.output_megapixels + more,
            "inputs": (*order.inputs, picture(640, 480)),
        }
    )
    assert price.price(bigger).high >= price.price(order).high
    assert price.price(bigger).low >= price.price(order).low


@given(prices(), st.builds(Metered, images=st.integers(0, 9), megapixels=st.floats(0, 99)), st.integers(1, 9))
def test_more_used_is_never_charged_less(price: PriceModel, used: Metered, more: int) -> None:
    larger = used.model_copy(
        update={
            "images": used.images + more,
            "megapixels": used.megapixels + more,
            "tokens": {"text_in": more, "image_out": more},
            "gpu_seconds": more / 3,
        }
    )
    try:
        before = price.charge(used)
    except Unmeasured:
        return
    assert price.charge(larger) >= before


# --- exactness -----------------------------------------------------------------------------------------------


@given(
    st.dictionaries(st.sampled_from(["text_in", "image_in", "text_out", "image_out"]), st.integers(1, 10**9)),
    st.lists(st.decimals("0.0001", 200, places=4), min_size=4, max_size=4),
    st.integers(0, 50),
    dollars,
)
def test_a_charge_is_the_exact_sum_rounded_up_once(
    counts: dict[str, int], rates: list[Decimal], images: int, each: str
) -> None:
    kinds = ("text_in", "image_in", "text_out", "image_out")
    sheet: dict[str, str] = dict(zip(kinds, map(str, rates), strict=True))
    price = PriceModel(per_image=each, tokens=sheet)
    total = sum((Decimal(sheet[kind]) * count / 10**6 for kind, count in counts.items()), Decimal())
    total += images * Decimal(each)
    used = Metered(images=images, tokens=counts)
    if not total:
        with pytest.raises(Unmeasured):
            price.charge(used)
        return
    assert price.charge(used) == int((total * 10**6).to_integral_value(rounding=ROUND_CEILING))


@given(st.data(), prices(), orders())
def test_a_charge_comes_out_the_same_from_the_evidence_that_is_kept(
    data: st.DataObject, price: PriceModel, order: Task
) -> None:
    answer = price.completed(data.draw(answers(price, order)), order)
    kept = {"price": price.model_dump(mode="json"), "metered": answer.model_dump(mode="json")}
    found = price_from_evidence(kept)
    assert found is not None
    again, used = found
    try:
        assert again.charge(used) == price.charge(answer)
    except Unmeasured:
        with pytest.raises(Unmeasured):
            price.charge(answer)


def test_fractions_of_a_micro_dollar_are_rounded_up_together_and_not_each() -> None:
    price = PriceModel(tokens={"text_in": "0.1", "text_out": "0.1"})
    assert price.charge(Metered(tokens={"text_in": 4, "text_out": 4})) == 1
    assert price.charge(Metered(tokens={"text_in": 5, "text_out": 5})) == 1
    assert price.charge(Metered(tokens={"text_in": 6, "text_out": 5})) == 2


# --- never nothing by accident -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "price",
    [
        PriceModel(per_image="0.04"),
        PriceModel(per_second="0.1"),
        PriceModel(tokens={"image_out": "30"}),
        PriceModel(image_table=(ImageRow(usd="0.1"),)),
    ],
)
def test_an_answer_without_the_units_of_a_paid_model_is_not_free(price: PriceModel) -> None:
    with pytest.raises(Unmeasured):
        price.charge(Metered())
    assert price.charge(Metered(runs=0)) == 0  # the vendor says that nothing was billed


def test_missing_units_are_taken_from_the_order() -> None:
    price = PriceModel(per_image="0.04")
    used = price.completed(Metered(), task(n=3))
    assert used.images == 3
    assert price.charge(used) == micro_usd("0.12")


def test_a_kind_of_token_that_the_sheet_does_not_list_is_not_free() -> None:
    sheet = {"text_in": "5", "image_in": "8", "cached_text_in": "1.25", "image_out": "30"}
    assert token_rate(sheet, "cached_text_in") == Decimal("1.25")
    assert token_rate(sheet, "cached_image_in") == 8
    assert token_rate(sheet, "text_out") == token_rate(sheet, "audio_out") == 30
    assert token_rate(sheet, "audio_in") == 8


def test_a_price_whose_use_nobody_can_foresee_cannot_be_held() -> None:
    price = PriceModel(per_gpu_second="0.001")
    assert price.is_known
    assert not price.can_be_held
    with pytest.raises(ValueError, match="nobody says how many"):
        price.price(task())
    expecting = PriceModel(
        per_gpu_second="0.001",
        gpu_seconds_expected=Expected(low=Decimal(1), likely=Decimal(2), high=Decimal(9)),
    )
    assert expecting.can_be_held
    assert expecting.price(task()).high == 9_000


# --- tables --------------------------------------------------------------------------------------------------

DALL_E_3 = PriceModel(
    image_table=(
        ImageRow(size="1024x1024", quality="standard", usd="0.04"),
        ImageRow(quality="standard", usd="0.08"),
        ImageRow(size="1024x1024", quality="hd", usd="0.08"),
        ImageRow(quality="hd", usd="0.12"),
    )
)


@pytest.mark.parametrize(
    ("size", "quality", "usd"),
    [
        ("1024x1024", "standard", "0.04"),
        ("1024 x 1024", "HD", "0.08"),
        ("1792x1024", "standard", "0.08"),
        ("1792x1024", "hd", "0.12"),
        ("auto", "standard", "0.08"),
        ("1024x1024", "auto", "0.08"),
        ("", "", "0.12"),
        ("1024x1024", "unheard of", "0.08"),
    ],
)
def test_the_most_specific_row_counts_and_the_unknown_is_held_at_the_dearest(
    size: str, quality: str, usd: str
) -> None:
    assert DALL_E_3.price(task(size=size, quality=quality)).high == micro_usd(usd)
    assert DALL_E_3.charge(Metered(images=2, size=size, quality=quality)) == 2 * micro_usd(usd)


def test_auto_is_held_at_the_dearest_and_charged_by_the_result() -> None:
    held = DALL_E_3.price(task(size="auto", quality="auto")).high
    assert held == micro_usd("0.12")
    assert DALL_E_3.charge(Metered(images=1, size="1024x1024", quality="standard")) == micro_usd("0.04")


VEO = PriceModel(
    second_table=(
        SecondRow(audio=True, usd="0.40"),
        SecondRow(audio=False, usd="0.20"),
        SecondRow(resolution="4k", audio=True, usd="0.60"),
    ),
    seconds_step="1",
)


def test_a_clip_is_billed_by_its_length_resolution_and_sound() -> None:
    assert VEO.price(task(seconds=8, audio=False, resolution="1080p")).high == micro_usd("1.60")
    assert VEO.price(task(duration="8s", sound=True, resolution="1920x1080")).high == micro_usd("3.20")
    assert VEO.price(task(seconds=8, sound=True, resolution="3840x2160")).high == micro_usd("4.80")
    assert VEO.price(task(seconds=8)).high == micro_usd("4.80")  # nothing is said: the dearest
    # A few frames more than 8 s are 8 s.
    assert VEO.charge(Metered(seconds=8.04, audio=True, resolution="720p")) == micro_usd("3.20")
    assert VEO.charge(Metered(seconds=0.2, audio=False, resolution="720p")) == micro_usd("0.20")


def test_a_clip_at_a_flat_price_costs_that_of_the_next_length_and_resolution() -> None:
    price = PriceModel(
        run_table=(
            RunRow(resolution="768p", seconds=6, usd="0.27"),
            RunRow(resolution="768p", seconds=10, usd="0.45"),
            RunRow(resolution="1080p", seconds=6, usd="0.48"),
        )
    )
    assert price.price(task(seconds=6, resolution="720p")).high == micro_usd("0.27")
    assert price.price(task(seconds=7, resolution="768p")).high == micro_usd("0.45")
    assert price.price(task(seconds=6)).high == micro_usd("0.48")
    assert price.price(task(seconds=30, resolution="768p")).high == micro_usd("0.45")
    assert price.charge(Metered(seconds=6.1, resolution="1080p")) == micro_usd("0.48")


def test_sizes_in_pixels_find_their_tier() -> None:
    assert [
        tier_of(size) for size in ("512x512", "1024x1024", "1536x1024", "2752x1536", "3000x2000", "4K")
    ] == [
        "512",
        "1k",
        "2k",
        "2k",
        "4k",
        "4k",
    ]


def test_megapixels_that_go_in_are_those_of_the_inputs() -> None:
    price = PriceModel(per_run="0.015", per_megapixel="0.015", per_input_megapixel="0.015")
    quoted = price.price(task((picture(1000, 1000), picture(2000, 1000)), 1.5))
    assert quoted.high == micro_usd("0.015") + micro_usd("0.0225") + micro_usd("0.045")


# --- tokens --------------------------------------------------------------------------------------------------

GPT_IMAGE_2 = AreaRule(
    steps={"low": 16, "medium": 48, "high": 96},
    offset=2_000_000,
    divisor=4_000_000,
    auto_sizes=("1024x1024", "1536x1024", "1024x1536"),
)


@pytest.mark.parametrize(
    ("size", "quality", "tokens"),
    [
        ("1024x1024", "low", 196),
        ("1024x1024", "medium", 1756),
        ("1024x1024", "high", 7024),
        ("1536x1024", "high", 5488),
        ("1792x1024", "high", 5063),
        ("3584x2048", "high", 12329),
    ],
)
def test_image_tokens_are_those_of_the_vendors_examples(size: str, quality: str, tokens: int) -> None:
    assert GPT_IMAGE_2.expected(size, quality).likely == tokens


def test_a_prompt_is_held_for_as_many_tokens_as_it_has_bytes() -> None:
    price = PriceModel(tokens={"text_in": "1000000"}, tokens_expected=TokensExpected())
    order = task().model_copy(update={"prompt": "Grüße 🎨"})
    assert price.price(order).high == len("Grüße 🎨".encode()) * 10**6
    assert price.price(order).low > 0


# --- reading and showing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_run": "-1"},
        {"per_image": "a lot"},
        {"tokens": {"words": "1"}},
        {"image_table": [{"usd": "-0.1"}]},
        {"gpu_seconds_expected": {"low": 3, "likely": 2, "high": 1}},
        {"per_wish": "1"},
    ],
)
def test_an_impossible_price_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PriceModel.model_validate(wrong)


def test_a_price_says_itself_and_its_source_in_words() -> None:
    price = PriceModel(
        per_run="0.01",
        image_table=(ImageRow(size="1K", usd="0.15"), ImageRow(size="4K", usd="0.30")),
        source="a page",
        as_of=date(2026, 2, 7),
        estimated=True,
    )
    assert price.in_words() == "$0.01 per run and $0.15 to $0.30 per picture (estimate)"
    assert price.sheet == "2026-02-07, a page (estimate)"
    assert PriceModel(free=True).in_words() == "free"
    assert PriceModel().in_words() == "unknown"
    assert not PriceModel(source="a page without figures").is_known
