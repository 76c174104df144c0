"""`bottega demo` and its contact sheet."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from cli_program import Program

from bottega.cli.contact_sheet import Card, Sheet, Shown, render
from bottega.cli.demo import SCENES
from bottega.domain.intent import Intent, WorkClass
from bottega.domain.request import Request
from bottega.errors import NoCandidate


class Page(HTMLParser):
    """What a browser would load and link to, and the pictures without words for those who cannot see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.silent: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.links += [value for name in ("href", "src") if (value := found.get(name))]
        if tag == "img" and not found.get("alt"):
            self.silent.append(str(found.get("src")))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, Page]:
    bottega = Program(tmp_path_factory.mktemp("demo"))
    ran = bottega("demo")
    assert ran.code == 0, ran.out + ran.err
    return bottega, Page((bottega.folder / "demo-output" / "index.html").read_text(encoding="utf-8"))


def test_every_scene_is_on_the_page(shown: tuple[Program, Page]) -> None:
    words = " ".join(shown[1].words)
    for scene in SCENES:
        assert scene.sentence in words
    assert words.count("accepted") >= 4
    assert "cannot be done by any engine" in words


def test_the_page_needs_nothing_but_its_folder(shown: tuple[Program, Page]) -> None:
    bottega, page = shown
    assert page.links
    for link in page.links:
        assert (bottega.folder / "demo-output" / unquote(link)).is_file(), link
    assert page.tags.isdisjoint({"script", "link", "iframe"})
    assert page.silent == []


def test_the_demo_leaves_the_users_home_alone(shown: tuple[Program, Page]) -> None:
    assert not (shown[0].folder / "home").exists()


def test_the_demo_writes_only_to_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    photo = tmp_path / "holiday" / "coffee.png"
    photo.write_text("mine")
    ran = Program(tmp_path)("demo", "--out", "holiday")
    assert ran.code == 6
    assert photo.read_text() == "mine"
    assert [path.name for path in photo.parent.iterdir()] == ["coffee.png"]


def test_texts_of_users_and_engines_cannot_become_markup() -> None:
    hostile = "\"><script>alert('x')</script>"
    ruled_out = [{"model_id": hostile, "engine": "x", "reason": hostile, "hint": hostile}]
    card = Card(
        request=Request(prompt=hostile),
        intent=Intent(workflow=WorkClass.LASER, confidence=0.9, reasoning=hostile, classifier="rules"),
        source=Shown(href="a.png", label=hostile, details=hostile, alt=hostile, preview="a.webp"),
        error=NoCandidate(hostile, hint=hostile, ruled_out=ruled_out).as_dict(),
        command=hostile,
    )
    page = Page(render(Sheet(title=hostile, version="1", cards=(card,), notes=(hostile,))))
    assert "script" not in page.tags
    assert page.links == ["a.png", "a.webp"]
    assert "".join(page.words).count(hostile) >= 9
