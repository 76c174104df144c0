"""Style advice and outfits as jobs: what comes out, what is refused, what is learned, what does not stay."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bottega.analytics.feedback import Said, Thumb
from bottega.app import Bottega, InputFile
from bottega.domain.job import FinishedJob, JobState
from bottega.domain.principal import LOCAL, Principal
from bottega.domain.request import Role
from bottega.errors import BottegaError, MissingInput, NotFound
from bottega.settings import Settings
from bottega.shop.wardrobe import NewItem
from bottega.store.gallery_trash import remove_rows

CLOTHES = (
    ("white shirt", "white"),
    ("navy trousers", "navy"),
    ("brown leather shoes", "brown"),
    ("grey coat", "grey"),
    ("blue jeans", "blue"),
    ("black t-shirt", "black"),
    ("white sneakers", "white"),
)
GREEN = np.array((20, 200, 60), np.int16)


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Bottega]:
    async with Bottega(Settings(home=tmp_path / "home", compute_workers=1)) as bottega:
        yield bottega


async def a_wardrobe(studio: Bottega) -> None:
    for name, colour in CLOTHES:
        await studio.stylist.wardrobe.add(LOCAL.owner, NewItem(name=name, colours=(colour,)))


async def an_outfit(
    studio: Bottega, sentence: str = "what to wear to the office at 12 degrees?"
) -> FinishedJob:
    return await studio.run(sentence, workflow="outfit", fresh=True)


async def test_advice_is_a_palette_and_a_report(studio: Bottega, photographs: Path) -> None:
    done = await studio.run("which colours suit me?", images=[photographs / "astronaut.png"])
    assert (done.job.plan.workflow, done.job.state) == ("style_advice", JobState.SUCCEEDED)
    assert [asset.name for asset in done.assets] == ["palette.png", "style.json"]
    report = json.loads(studio.asset_path(done.assets[1]).read_text())
    assert report["color_analysis"]["season"] is not None
    assert report["body_analysis"]["height_estimate"] == "cannot tell"


async def test_a_picture_that_tells_nothing_is_rejected_in_words(studio: Bottega, photographs: Path) -> None:
    done = await studio.run(
        "which colours suit me?", images=[photographs / "coffee.png"], workflow="style_advice"
    )
    assert done.job.state is JobState.REJECTED
    assert done.job.result is not None
    assert "told" in done.job.result.verdict.reason


async def test_advice_without_a_picture_asks_for_one(studio: Bottega) -> None:
    with pytest.raises(MissingInput):
        await studio.run("which colours suit me?", workflow="style_advice")


async def test_the_persons_picture_goes_with_the_job_and_results_stay(
    studio: Bottega, photographs: Path
) -> None:
    content = (photographs / "astronaut.png").read_bytes()
    done = await studio.run("which colours suit me?", images=[photographs / "astronaut.png"])
    await studio.privacy.sweep()
    with pytest.raises(NotFound):
        await studio.asset(done.job.request.inputs[0].asset_id)
    files = [path for path in studio.settings.home_dir.rglob("*") if path.is_file()]
    assert not [path for path in files if path.read_bytes() == content]
    assert all(studio.asset_path(asset).exists() for asset in done.assets)


async def test_a_person_who_is_kept_stays(studio: Bottega, photographs: Path) -> None:
    done = await studio.run(
        "which colours suit me?",
        images=[InputFile(photographs / "astronaut.png", Role.PERSON)],
        workflow="style_advice",
        options={"keep": True},
    )
    await studio.privacy.sweep()
    assert await studio.asset(done.job.request.inputs[0].asset_id)


async def test_an_outfit_is_made_of_the_wardrobe(studio: Bottega) -> None:
    await a_wardrobe(studio)
    done = await an_outfit(studio)
    assert done.job.state is JobState.SUCCEEDED
    assert done.job.result is not None
    report = done.job.result.report
    own = {item.id for item in await studio.stylist.wardrobe.list(LOCAL.owner)}
    assert {id_ for look in report["looks"] for id_ in look["items"]} <= own
    assert (report["occasion"], report["context"]["temperature_c"]) == ("office", 12.0)
    assert [a.name for a in done.assets] == [
        *(f"look-{n}.png" for n in range(1, report["count"] + 1)),
        "looks.json",
    ]


async def test_the_board_shows_pictures_of_the_own_clothes(studio: Bottega, tmp_path: Path) -> None:
    """A green that no outline has: the items are described as white, navy, brown."""
    shirt = np.full((400, 300, 3), 244, np.uint8)
    shirt[60:340, 70:230] = GREEN
    Image.fromarray(shirt).save(tmp_path / "shirt.png")
    picture = await studio.add_asset(tmp_path / "shirt.png")
    for name, colour in CLOTHES:
        shown = picture.id if name == "white shirt" else ""
        await studio.stylist.wardrobe.add(LOCAL.owner, NewItem(name=name, colours=(colour,), asset_id=shown))
    done = await an_outfit(studio)
    assert _green_share(studio.asset_path(done.assets[0])) > 0.02
    report = json.loads(studio.asset_path(done.assets[-1]).read_text())
    assert [item["picture"] for item in report["items"].values() if "picture" in item] == [picture.id]
    await studio.database.write(lambda c: remove_rows(c, LOCAL.owner, picture.id, time.time()))
    again = await an_outfit(studio)
    assert again.job.state is JobState.SUCCEEDED
    assert _green_share(studio.asset_path(again.assets[0])) == 0


def _green_share(board: Path) -> float:
    pixels = np.asarray(Image.open(board).convert("RGB"), np.int16)
    return float((np.abs(pixels - GREEN).max(axis=2) < 12).mean())


async def test_what_is_locked_is_in_every_look(studio: Bottega) -> None:
    await a_wardrobe(studio)
    own = await studio.stylist.wardrobe.list(LOCAL.owner)
    jeans = next(item.id for item in own if item.name == "blue jeans")
    done = await studio.run("an outfit", workflow="outfit", options={"locked": [jeans]})
    assert done.job.result is not None
    looks = done.job.result.report["looks"]
    assert looks
    assert all(jeans in look["items"] for look in looks)


async def test_without_clothes_it_says_what_is_missing(studio: Bottega) -> None:
    done = await studio.run("what to wear to the office?", workflow="outfit")
    assert done.job.state is JobState.FAILED
    assert "nothing to choose from" in json.dumps(done.job.error)


async def test_somebody_elses_clothes_are_not_worn(studio: Bottega) -> None:
    await a_wardrobe(studio)
    done = await studio.run("what to wear to the office?", workflow="outfit", who=Principal(owner="ben"))
    assert done.job.state is JobState.FAILED


async def test_somebody_elses_item_cannot_be_locked(studio: Bottega) -> None:
    await a_wardrobe(studio)
    theirs = (await studio.stylist.wardrobe.list(LOCAL.owner))[0].id
    with pytest.raises(BottegaError):
        await studio.run(
            "an outfit", workflow="outfit", options={"locked": [theirs]}, who=Principal(owner="ben")
        )


async def test_an_answer_to_a_look_moves_the_taste_and_taken_back_it_does_not(studio: Bottega) -> None:
    await a_wardrobe(studio)
    done = await an_outfit(studio)
    assert await studio.stylist.book.taste(LOCAL.owner) == {}
    await studio.rate(done.job.id, Said(stars=5))
    liked = (await studio.stylist.book.taste(LOCAL.owner))["liking"]
    assert liked["kind:shirt"] > 0
    await studio.rate(done.job.id, Said(stars=1))
    assert (await studio.stylist.book.taste(LOCAL.owner))["liking"]["kind:shirt"] < 0
    await studio.feedback.take_back(done.job.id, LOCAL.owner)
    assert (await studio.stylist.book.taste(LOCAL.owner))["liking"] == {}


async def test_the_same_answer_counts_once(studio: Bottega) -> None:
    await a_wardrobe(studio)
    done = await an_outfit(studio)
    await studio.rate(done.job.id, Said(thumb=Thumb.UP))
    once = await studio.stylist.book.taste(LOCAL.owner)
    await studio.rate(done.job.id, Said(thumb=Thumb.UP))
    again = await studio.stylist.book.taste(LOCAL.owner)
    assert again["liking"] == once["liking"]


async def test_the_taste_is_part_of_the_next_plan(studio: Bottega) -> None:
    await a_wardrobe(studio)
    done = await an_outfit(studio)
    await studio.rate(done.job.id, Said(stars=5))
    following = await an_outfit(studio)
    assert following.job.plan.options["taste"]["liking"]["kind:shirt"] > 0
