"""The built-in entries: every name of the source tables is there, and what is alive can be planned and paid for."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bottega.domain.asset import MediaInfo
from bottega.domain.money import micro_usd
from bottega.domain.request import Role
from bottega.domain.task import Metered, Task, TaskInput
from bottega.errors import InvalidOption
from bottega.models import Model, PriceModel, SizeLimits, endings, has_ended, load_catalogue

TODAY = date(2026, 11, 21)
CATALOGUE = load_catalogue(today=TODAY)
VENDORS = {"openai", "gemini", "replicate", "stability", "anthropic"}
ALIVE = [m for m in CATALOGUE if m.engine in VENDORS and not has_ended(m, TODAY)]

NAMED_BY_THE_PLANS = [
    "replicate/flux-kontext-apps/change-haircut",
    "replicate/flux-kontext-apps/professional-headshot",
    "replicate/zsxkib/flux-kontext-pro",
    "replicate/flux-kontext-apps/multi-image-kontext-max",
    "replicate/flux-kontext-apps/face-to-many-kontext",
    "replicate/flux-kontext-apps/restore-image",
    "replicate/flux-kontext-apps/depth-of-field",
    "replicate/flux-kontext-apps/filters",
    "replicate/flux-kontext-apps/cartoonify",
    "replicate/flux-kontext-apps/renaissance",
    "replicate/black-forest-labs/flux-1.1-pro",
    "replicate/black-forest-labs/flux-schnell",
    "replicate/black-forest-labs/flux-1.1-pro-ultra",
    "replicate/google/veo-3",
    "replicate/google/veo-2",
    "replicate/minimax/video-01",
    "replicate/lightricks/ltx-video",
    "replicate/wavespeedai/wan-2.1-i2v-720p",
    "replicate/kwaivgi/kling-v1.6-standard",
    "openai/dall-e-3",
    "openai/gpt-4-vision-preview",
    "openai/gpt-4o-mini",
    "gemini/gemini-pro-vision",
]


def picture(role: Role = Role.WORKING, width: int = 1024, height: int = 1024) -> TaskInput:
    media = MediaInfo(media_type="image/png", width=width, height=height)
    return TaskInput(role=role, asset_id="a", path=Path("a.png"), media=media)


def task(operation: str, *features: str, inputs: tuple[TaskInput, ...] = (), **more: Any) -> Task:
    return Task(workflow="w", operation=operation, features=frozenset(features), inputs=inputs, **more)


def able(order: Task) -> set[str]:
    return {model.id for model in ALIVE if model.lacks(order) is None and model.price is not None}


@pytest.mark.parametrize("model_id", NAMED_BY_THE_PLANS)
def test_every_model_that_the_plans_name_is_there_or_leads_to_one_that_can_be_used(model_id: str) -> None:
    model = CATALOGUE[model_id]
    seen = {model.id}
    while has_ended(model, TODAY) or model.needs_version:
        assert model.replacement, f"{model.id} has ended without a replacement"
        model = CATALOGUE[model.replacement]
        assert model.id not in seen
        seen.add(model.id)
        if model.id == "replicate/lightricks/ltx-video-0.9.7-distilled":
            return  # no price of it is published, and so it is said
    assert model.price is not None
    assert model.price.can_be_held


@pytest.mark.parametrize("model", list(CATALOGUE), ids=lambda model: model.id)
def test_an_entry_is_in_itself_right(model: Model) -> None:
    assert model.remote
    assert model.licence
    if model.replacement is not None:
        assert CATALOGUE.get(model.replacement) is not None
    if model.status == "retired":
        assert model.replacement or "no replacement" in model.note
    if model.price is None:
        assert model.note  # says why
        return
    assert model.price.can_be_held
    if model.price.free:
        return
    assert model.price.source
    assert model.price.as_of is not None
    assert model.price.as_of <= TODAY
    for order in (task("x"), task("x", parameters={"n": 2, "size": "auto", "quality": "auto"})):
        quoted = model.price.price(order)
        assert 0 < quoted.low <= quoted.high
        used = model.price.completed(Metered(), order)
        assert 0 < model.price.charge(used) <= quoted.high


def test_every_operation_can_be_done_by_somebody() -> None:
    person, garment = picture(Role.PERSON), picture(Role.GARMENT)
    orders = {
        "generate": task("generate", "size:1024x1024"),
        "edit": task("edit", "edit:instruction", inputs=(picture(),)),
        "enhance": task("enhance", "restore", inputs=(picture(),)),
        "style": task("style", "style:cartoon", inputs=(picture(),)),
        "hair": task("hair", "hair:style", inputs=(picture(Role.PERSON),)),
        "reference": task("reference", inputs=(picture(), picture(Role.REFERENCE))),
        "tryon": task("tryon", inputs=(person, garment)),
        "animate": task("animate", "duration:5", inputs=(picture(),)),
        "video": task("video", "duration:5"),
        "video_sound": task("video_sound", "sound", "duration:5"),
        "chat": task("chat", "structured"),
        "vision": task("vision", "structured", inputs=(picture(),)),
        "moderate": task("moderate", "text"),
    }
    for operation, order in orders.items():
        assert len(able(order)) >= (1 if operation in ("moderate", "video_sound") else 2), operation


def test_models_of_different_vendors_stand_behind_one_another() -> None:
    for order in (task("generate", "size:1536x1024"), task("edit", "edit:instruction", inputs=(picture(),))):
        assert {model_id.partition("/")[0] for model_id in able(order)} >= {"openai", "gemini", "replicate"}


# --- what is lacking is said ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model_id", "order", "reason"),
    [
        ("openai/gpt-image-2", task("generate", "size:512x512"), "makes no picture as small as 512x512"),
        ("openai/gpt-image-2", task("generate", "size:1000x1000"), "makes sizes in steps of 16 pixels"),
        ("openai/gpt-image-2", task("generate", "size:4096x4096"), "makes no picture as large as 4096x4096"),
        ("openai/gpt-image-2", task("generate", "size:3200x800"), "makes no picture as narrow as 3200x800"),
        ("openai/gpt-image-2", task("generate", "seed"), "does not offer seed"),
        ("openai/gpt-image-2", task("generate", "quality:max"), "does not offer quality max"),
        ("stability/core", task("generate", "size:1792x512"), "makes no picture of the shape 1792x512"),
        ("stability/core", task("generate", inputs=(picture(),)), "takes at most 0 pictures, 1 were given"),
        ("stability/erase", task("edit", "mask", inputs=(picture(),)), "needs a mask picture"),
        ("stability/erase", task("edit", inputs=(picture(Role.MASK),)), "needs 1 pictures, none were given"),
        (
            "stability/upscale-fast",
            task("enhance", "scale", inputs=(picture(width=4000, height=3000),)),
            "takes pictures of at most 1.05 megapixels, one has 12.0",
        ),
        ("replicate/nightmareai/real-esrgan", task("enhance", "scale"), "runs by a pinned version only"),
        ("gemini/gemini-omni-1.1-flash", task("video"), "Interactions API"),
        (
            "replicate/wan-video/wan-2.5-t2v",
            task("video", parameters={"seconds": 20}),
            "makes clips of at most 10 s, 20 s were asked for",
        ),
        ("replicate/wan-video/wan-2.5-t2v", task("video", "duration:20"), "does not offer duration 20"),
        (
            "stability/core",
            task("generate", prompt="a" * 10_001),
            "reads at most 10000 characters, the description has 10001",
        ),
    ],
)
def test_what_a_model_lacks_is_said_plainly(model_id: str, order: Task, reason: str) -> None:
    assert reason in (CATALOGUE[model_id].lacks(order) or "")


def test_a_mask_is_no_picture_too_many() -> None:
    order = task("edit", "mask", inputs=(picture(), picture(Role.MASK)))
    assert CATALOGUE["replicate/black-forest-labs/flux-fill-pro"].lacks(order) is None


def test_a_pinned_version_makes_a_community_model_usable(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[[model]]\nid = "replicate/nightmareai/real-esrgan"\nengine = "replicate"\ntitle = "Real-ESRGAN"\n'
        'operations = ["enhance"]\nfeatures = ["scale"]\nquality = 0.7\nneeds_version = true\n'
        f'remote = "nightmareai/real-esrgan:{"ab" * 32}"\nprice = {{ per_run = "0.002" }}\n'
    )
    model = load_catalogue(file)["replicate/nightmareai/real-esrgan"]
    assert model.lacks(task("enhance", "scale", inputs=(picture(),))) is None


def test_sizes_by_shape_are_those_within_three_percent() -> None:
    limits = SizeLimits(ratios=("1:1", "16:9"))
    assert limits.nearest_ratio(1792, 1024) == "16:9"
    assert limits.nearest_ratio(1536, 1024) is None
    assert not limits.is_exact
    assert limits.objection("not a size") is None


# --- licences, prices of a day, GPU seconds ------------------------------------------------------------------


def test_a_licence_that_forbids_commercial_use_is_told_from_the_others() -> None:
    restricted = [model.id for model in CATALOGUE if not model.commercial_use]
    assert restricted == ["replicate/cuuupid/idm-vton"]


def test_an_announced_price_counts_from_its_day() -> None:
    day = date(2027, 1, 1)
    used = Metered(tokens={"text_in": 1_000_000})
    for when, usd in ((day - timedelta(days=1), "0.75"), (day, "1.50")):
        price = load_catalogue(today=when)["gemini/gemini-3.8-flash"].price
        assert price is not None
        assert price.charge(used) == micro_usd(usd)


def test_a_price_of_gpu_seconds_makes_local_work_on_the_gpu_cost_something(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    entry = '[[model]]\nid = "local/{0}"\nengine = "local"\ntitle = "x"\noperations = ["generate"]\nquality = 0.5\n'
    entry += "price = {{ free = true }}\nuses_gpu = {1}\n{2}\n"
    file.write_text(
        entry.format("gpu", "true", "seconds_fixed = 2.0\nseconds_per_megapixel = 4.0")
        + entry.format("cpu", "false", "seconds_fixed = 2.0")
        + entry.format("unknown", "true", "")
    )
    priced = load_catalogue(file, gpu_second_price=micro_usd("0.001"))
    gpu = priced["local/gpu"].price
    assert gpu is not None
    order = task("generate", output_megapixels=2.0)
    assert (gpu.price(order).likely, gpu.price(order).high) == (10_000, 40_000)
    assert gpu.charge(Metered(gpu_seconds=9.5)) == 9_500
    for name in ("cpu", "unknown"):
        assert priced[f"local/{name}"].price == PriceModel(free=True)
    unpriced = load_catalogue(file)["local/gpu"].price
    assert unpriced is not None
    assert unpriced.free


# --- endings -------------------------------------------------------------------------------------------------


def model(name: str, **more: Any) -> Model:
    fields: dict[str, Any] = {"engine": "x", "title": "x", "operations": ["generate"], "quality": 0.5}
    return Model.model_validate(fields | {"id": f"x/{name}"} | more)


def test_endings_are_those_of_the_next_days_and_those_that_are_over() -> None:
    models = [
        model("alive"),
        model("last day", ends=TODAY),
        model("soon", ends=TODAY + timedelta(days=60), replacement="x/alive"),
        model("later", ends=TODAY + timedelta(days=61)),
        model("over", ends=TODAY - timedelta(days=1)),
        model("retired", status="retired"),
    ]
    found = endings(models, TODAY)
    assert [(item.model_id, item.ended, item.days_left) for item in found] == [
        ("x/last day", False, 0),
        ("x/soon", False, 60),
        ("x/retired", True, None),
        ("x/over", True, -1),
    ]
    assert found[1].replacement == "x/alive"


def test_the_users_own_entry_takes_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[[model]]\nid = "openai/gpt-image-2"\nengine = "openai"\ntitle = "mine"\noperations = ["generate"]\n'
        'quality = 0.5\nprice = { per_image = "0.05" }\n'
    )
    mine = load_catalogue(file)["openai/gpt-image-2"]
    assert (mine.title, mine.remote) == ("mine", "gpt-image-2")
    assert len(load_catalogue(file)) == len(load_catalogue())


def test_a_wrong_entry_is_named_with_its_field(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[[model]]\nid = "a/b"\nengine = "a"\ntitle = "x"\noperations = ["generate"]\nquality = 0.5\n'
        '[model.price.tokens]\nwords = "1"\n'
    )
    with pytest.raises(InvalidOption, match=r"'a/b', field price.tokens"):
        load_catalogue(file)
