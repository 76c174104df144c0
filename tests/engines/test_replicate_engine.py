"""The Replicate engine against the simulated vendor: what is sent, what comes back, what it costs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from given_pictures import taken
from PIL import Image
from replicate_bench import Bench, bench_in, model, picture, task

from bottega.domain.request import Role
from bottega.engines.cloud.replicate_search import seed_of
from bottega.errors import InvalidOption, MissingInput, ProviderError


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_in(tmp_path) as bench:
        yield bench


async def test_a_picture_from_words(bench: Bench):
    flux = model("black-forest-labs/flux-1.1-pro")
    result = await bench.engine.perform(
        task(parameters={"size": "1024x768", "n": 1}, output_megapixels=0.79), flux, bench.attempt()
    )
    (seen,) = bench.bought
    assert seen.path.endswith("/predictions")
    assert seen.fields["version"] == "black-forest-labs/flux-1.1-pro"
    assert seen.headers["cancel-after"] == "1785s"
    assert seen.fields["input"] == {
        "prompt": "a red bicycle",
        "aspect_ratio": "custom",
        "width": 1024,
        "height": 768,
        "output_format": "png",
        "seed": seed_of("job-1:attempt:m"),
    }
    (output,) = result.outputs
    assert (output.media_type, output.name, output.label) == ("image/png", "picture-1.png", "Picture")
    with Image.open(output.path) as opened:
        assert opened.size == (1024, 768)
    assert result.usage.cost == 40_000
    assert result.usage.metered is not None
    assert result.usage.metered.size == "1024x768"
    assert result.usage.evidence["metrics"]["image_count"] == 1
    assert result.report["seed"] == seed_of("job-1:attempt:m")


async def test_the_charge_follows_the_pixels_that_came_and_those_that_went(bench: Bench, tmp_path: Path):
    flux = model("black-forest-labs/flux-2-pro")
    source = taken(picture(tmp_path / "in.png", (1000, 500)))
    work = task("edit", source, parameters={"size": "1024x512"}, output_megapixels=1024 * 512 / 1e6)
    result = await bench.engine.perform(work, flux, bench.attempt())
    assert flux.price is not None
    assert result.usage.metered is not None
    assert result.usage.metered.megapixels == pytest.approx(1024 * 512 / 1e6)
    assert result.usage.metered.input_megapixels == pytest.approx(0.5)
    assert result.usage.cost == flux.price.charge(result.usage.metered) > 0
    assert result.usage.cost <= flux.price.price(work).high


async def test_small_pictures_go_inside_and_large_ones_are_uploaded(bench: Bench, tmp_path: Path):
    small, large = picture(tmp_path / "s.png"), picture(tmp_path / "l.png", (400, 300))
    assert small.stat().st_size < 256 * 1024 < large.stat().st_size
    inputs = (taken(small), taken(large, Role.REFERENCE))
    await bench.engine.perform(
        task("reference", *inputs), model("black-forest-labs/flux-2-pro"), bench.attempt()
    )
    (upload,) = bench.calls("files.create")
    (seen,) = bench.bought
    assert [file.field for file in seen.files] == ["input.input_images[0]", "input.input_images[1]"]
    assert [file.size for file in seen.files] == [small.stat().st_size, large.stat().st_size]
    assert upload.files[0].sha256 == seen.files[1].sha256
    first, second = bench.sent()["input_images"]
    assert first.startswith(("data:", "<"))
    assert second.startswith(f"{bench.sim.base('replicate')}/files/")
    assert bench.sent()["aspect_ratio"] == "match_input_image"


async def test_a_mask_is_white_where_the_picture_may_change(bench: Bench, tmp_path: Path):
    source = taken(picture(tmp_path / "in.png", (64, 48)))
    hole = Image.new("RGBA", (64, 48), (120, 130, 140, 255))
    hole.paste((0, 0, 0, 0), (0, 0, 32, 48))  # a hole in a photograph
    hole.save(tmp_path / "mask.png")
    mask = taken(tmp_path / "mask.png", Role.MASK)
    await bench.engine.perform(
        task("edit", source, mask), model("black-forest-labs/flux-fill-pro"), bench.attempt()
    )
    (seen,) = bench.bought
    assert [file.field for file in seen.files] == ["input.image", "input.mask"]
    from bottega.simulator.replicate_create import predictions

    (prediction,) = predictions(bench.sim.world).values()
    (path := tmp_path / "sent.png").write_bytes(prediction.files[1].data)
    with Image.open(path) as sent:
        assert sent.size == (64, 48)
        assert (sent.getpixel((10, 10)), sent.getpixel((50, 10))) == (255, 0)


async def test_a_preset_gets_its_own_fields(bench: Bench, tmp_path: Path):
    person = taken(picture(tmp_path / "p.png"), Role.PERSON)
    work = task(
        "hair",
        person,
        parameters={
            "preset": "change-haircut",
            "hair_style": "pixie cut",
            "hair_color": "platinum_blonde",
            "gender": "female",
        },
    )
    result = await bench.engine.perform(work, model("flux-kontext-apps/change-haircut"), bench.attempt())
    sent = bench.sent()
    assert (sent["haircut"], sent["hair_color"], sent["gender"]) == (
        "Pixie Cut",
        "Platinum Blonde",
        "female",
    )
    assert "prompt" not in sent
    assert any("without words" in note for note in result.report["notes"])
    assert result.usage.cost == 40_000


async def test_a_preset_refuses_what_it_does_not_know_before_anything_is_sent(bench: Bench, tmp_path: Path):
    person = taken(picture(tmp_path / "p.png"), Role.PERSON)
    app = model("flux-kontext-apps/change-haircut")
    for wrong in ({"beard": "full"}, {"hair_style": "a purple cloud"}):
        with pytest.raises(InvalidOption):
            await bench.engine.perform(
                task("hair", person, parameters={"preset": "change-haircut", **wrong}), app, bench.attempt()
            )
    assert not bench.calls("predictions.create")
    assert not bench.notes


async def test_the_words_are_those_for_the_family(bench: Bench):
    flux = model("black-forest-labs/flux-schnell")
    assert flux.family
    work = task(prompts={flux.family: "bicycle, red, studio light"})
    await bench.engine.perform(work, flux, bench.attempt())
    assert bench.sent()["prompt"] == "bicycle, red, studio light"


async def test_several_pictures_of_one_call(bench: Bench):
    flux = model("black-forest-labs/flux-schnell")
    result = await bench.engine.perform(task(parameters={"n": 3}), flux, bench.attempt())
    assert bench.sent()["num_outputs"] == 3
    assert [output.label for output in result.outputs] == [
        "Picture 1 of 3",
        "Picture 2 of 3",
        "Picture 3 of 3",
    ]
    assert result.usage.metered is not None
    assert result.usage.metered.images == 3
    assert flux.price is not None
    assert result.usage.cost == 3 * flux.price.charge(result.usage.metered.model_copy(update={"images": 1}))


async def test_a_clip_is_billed_by_its_own_seconds_and_sound(bench: Bench, tmp_path: Path):
    wan = (
        model("google/veo-3.1-fast") if "replicate/google/veo-3.1-fast" in _ids() else model("google/veo-3.1")
    )
    still = taken(picture(tmp_path / "in.png", (160, 90)))
    work = task(
        "animate", still, parameters={"seconds": 4, "resolution": "720p", "sound": True, "aspect": "16:9"}
    )
    result = await bench.engine.perform(work, wan, bench.attempt())
    sent = bench.sent()
    assert (sent["duration"], sent["resolution"], sent["generate_audio"]) == (4, "720p", True)
    (output,) = result.outputs
    assert (output.media_type, output.name) == ("video/mp4", "clip-1.mp4")
    assert result.usage.metered is not None
    assert result.usage.metered.seconds == pytest.approx(4, abs=0.3)
    assert (result.usage.metered.resolution, result.usage.metered.audio) == ("720p", True)
    assert result.usage.cost == 4 * 400_000


async def test_a_pinned_version_is_billed_by_the_time_of_its_machine(bench: Bench):
    version = "8c47da666861d081eeb4d1261853087de23923a268a69b63febdf5dc1dee08e4"
    ltx = model("lightricks/ltx-video", remote=f"lightricks/ltx-video:{version}")
    bench.sim.world.queue_answer("replicate", "predictions.create", seconds=20)
    work = task("video", parameters={"seconds": 4, "aspect": "16:9"})
    result = await bench.engine.perform(work, ltx, bench.attempt())
    assert bench.bought[0].fields["version"] == f"lightricks/ltx-video:{version}"
    assert bench.sent()["length"] == 97
    assert result.usage.metered is not None
    assert result.usage.metered.gpu_seconds == pytest.approx(20, abs=0.01)
    assert result.usage.cost == pytest.approx(20 * 975, abs=2)


async def test_a_person_and_a_garment_reach_their_own_fields(bench: Bench, tmp_path: Path):
    version = "0513734a452173b8173e907e3a59d19a36266e55b48528559432bd21c7d7e985"
    vton = model("cuuupid/idm-vton", remote=f"cuuupid/idm-vton:{version}")
    person = taken(picture(tmp_path / "p.png", (90, 120), seed=1), Role.PERSON)
    garment = taken(picture(tmp_path / "g.png", (80, 80), seed=2), Role.GARMENT)
    work = task("tryon", person, garment, prompt="a linen shirt", features=frozenset({"garment:lower"}))
    await bench.engine.perform(work, vton, bench.attempt())
    sizes = {file.field: (file.width, file.height) for file in bench.bought[0].files}
    assert sizes == {"input.human_img": (90, 120), "input.garm_img": (80, 80)}
    assert (bench.sent()["garment_des"], bench.sent()["category"]) == ("a linen shirt", "lower_body")


async def test_the_first_and_the_last_picture_of_a_clip(bench: Bench, tmp_path: Path):
    first = taken(picture(tmp_path / "a.png", (64, 36), seed=1))
    last = taken(picture(tmp_path / "b.png", (66, 36), seed=2), Role.REFERENCE)
    work = task("animate", first, last, features=frozenset({"end_frame"}), parameters={"seconds": 5})
    await bench.engine.perform(work, model("wan-video/wan-2.2-i2v-fast"), bench.attempt())
    sizes = {file.field: file.width for file in bench.bought[0].files}
    assert sizes == {"input.image": 64, "input.last_image": 66}


async def test_a_picture_in_a_format_that_the_vendor_does_not_take_is_sent_in_another(
    bench: Bench, tmp_path: Path
):
    Image.new("RGB", (40, 20), (200, 30, 30)).save(tmp_path / "in.tiff")
    work = task("edit", taken(tmp_path / "in.tiff"))
    result = await bench.engine.perform(work, model("black-forest-labs/flux-kontext-pro"), bench.attempt())
    (file,) = bench.bought[0].files
    assert (file.media_type, file.width, file.height) == ("image/png", 40, 20)
    assert result.report["notes"] == ["A picture was sent as PNG."]


async def test_what_the_model_cannot_do_is_said_before_anything_is_sent(bench: Bench, tmp_path: Path):
    flux = model("black-forest-labs/flux-kontext-pro")
    with pytest.raises(MissingInput):
        await bench.engine.perform(
            task("edit", prompt="x"), model("qwen/qwen-image-edit-plus"), bench.attempt()
        )
    two = [taken(picture(tmp_path / f"{n}.png", seed=n), Role.REFERENCE) for n in range(2)]
    with pytest.raises(InvalidOption):
        await bench.engine.perform(task("edit", *two), flux, bench.attempt())
    assert not bench.calls("predictions.create")


async def test_the_schema_of_a_model_is_read_once(bench: Bench):
    flux = model("black-forest-labs/flux-schnell")
    for number in range(3):
        await bench.engine.perform(task(), flux, bench.attempt(f"job-{number}:a"))
    assert len(bench.calls("models.get")) == 1
    assert len({bench.sent(number)["seed"] for number in range(3)}) == 3


async def test_a_model_that_the_vendor_does_not_have(bench: Bench):
    gone = model("black-forest-labs/flux-schnell", remote="black-forest-labs/flux-0")
    with pytest.raises(ProviderError):
        await bench.engine.perform(task(), gone, bench.attempt())
    assert not bench.calls("predictions.create")


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"replicate_api_key": ""}, "BOTTEGA_REPLICATE_API_KEY"),
        ({"replicate_api_key": "r8_\n"}, ""),
        ({"replicate_base_url": "ftp://x"}, "BOTTEGA_REPLICATE_BASE_URL"),
        ({"replicate_webhook_url": "http://bottega.example"}, "BOTTEGA_REPLICATE_WEBHOOK_URL"),
    ],
)
async def test_without_what_it_needs_it_says_so(bench: Bench, settings: dict[str, str], word: str):
    found = bench.engine_with(**settings).availability()
    assert found.usable is (settings == {"replicate_api_key": "r8_\n"})
    assert word in found.hint


def _ids() -> set[str]:
    from replicate_bench import catalogue

    return {entry.id for entry in catalogue()}
