"""`bottega models`: what is told of models that end, and the exit code."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bottega.cli import application

Run = Callable[..., tuple[int, dict[str, Any]]]
ENTRY = (
    '[[model]]\nid = "openai_compatible/{0}"\nengine = "openai_compatible"\ntitle = "x"\n'
    'operations = ["generate"]\nquality = 0.5\nprice = {{ per_image = "0.05" }}\n{1}\n'
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOTTEGA_HOME", str(tmp_path / "home"))

    def program(*arguments: str, **environment: str) -> tuple[int, dict[str, Any]]:
        ran = CliRunner().invoke(application, ["models", *arguments, "--json"], env=environment)
        return ran.exit_code, json.loads(ran.stdout)

    return program


def own(folder: Path, *entries: str) -> str:
    (folder / "models.toml").write_text("\n".join(entries))
    return str(folder / "models.toml")


def day(offset: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


def test_the_built_in_catalogue_alone_is_no_reason_to_fail(run: Run) -> None:
    code, document = run("check")
    assert (code, document["relied_on"]) == (0, [])
    assert {"model_id": "openai/dall-e-3", "replacement": "openai/gpt-image-2.5-flare"}.items() <= next(
        item.items() for item in document["endings"] if item["model_id"] == "openai/dall-e-3"
    )


def test_a_model_of_ones_own_that_has_ended_is_a_failure_and_one_that_soon_will_is_told(
    run: Run, tmp_path: Path
) -> None:
    soon = ENTRY.format("soon", f"ends = {day(3)}")
    code, document = run("check", BOTTEGA_CATALOGUE=own(tmp_path, soon))
    assert code == 0
    assert [i["days_left"] for i in document["endings"] if i["model_id"] == "openai_compatible/soon"] == [3]
    over = ENTRY.format("over", f"ends = {day(-1)}\nreplacement = 'openai_compatible/soon'")
    code, document = run("check", BOTTEGA_CATALOGUE=own(tmp_path, soon, over))
    assert (code, document["relied_on"]) == (1, ["openai_compatible/over"])
    retired = ENTRY.format("over", 'status = "retired"')
    assert run("check", BOTTEGA_CATALOGUE=own(tmp_path, soon, retired))[0] == 0


@pytest.mark.parametrize("name", ["openai/gpt-4-vision-preview", "openai/never-heard-of"])
def test_a_setting_that_names_a_model_that_is_gone_is_a_failure(run: Run, name: str) -> None:
    code, document = run("check", BOTTEGA_JUDGE_MODEL=name)
    assert (code, document["relied_on"]) == (1, [name])
    assert run("check", BOTTEGA_JUDGE_MODEL="openai/gpt-6-luna")[0] == 0


def test_the_list_leaves_out_what_has_ended_unless_it_is_asked_for(run: Run) -> None:
    listed = {model["id"] for model in run("list")[1]["models"]}
    everything = {model["id"] for model in run("list", "--all")[1]["models"]}
    assert "openai/dall-e-3" not in listed
    assert "openai/dall-e-3" in everything
    assert listed < everything
    hair = run("list", "--operation", "hair")[1]["models"]
    assert hair
    assert all("hair" in model["operations"] for model in hair)
