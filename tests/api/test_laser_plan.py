"""The addresses under /ai: wordings for a laser, laser jobs, and the usual jobs by their other names."""

from pathlib import Path

import httpx
import pytest
from api_server import assert_problem

from bottega.api import PREFIX

AI = f"{PREFIX}/ai"


async def test_six_templates_are_listed(client: httpx.AsyncClient) -> None:
    found = (await client.get(f"{AI}/prompts/templates")).json()["templates"]
    assert {each["id"] for each in found} == {
        "line_art",
        "silhouette",
        "halftone",
        "engraving",
        "cutting",
        "ornament",
    }


async def test_a_wish_is_worded_for_the_style_its_words_ask_for(client: httpx.AsyncClient) -> None:
    found = (await client.post(f"{AI}/prompts/enhance", json={"prompt": "Трафарет с лисой"})).json()
    assert (found["style"], found["process"]) == ("cutting", "cut")
    assert found["prompt"].startswith("Трафарет с лисой, ")
    assert "bridges" in found["prompt"]
    assert found["negative_prompt"]


async def test_a_named_style_wins_and_an_unknown_one_is_refused(client: httpx.AsyncClient) -> None:
    wish = {"prompt": "a stencil of a fox", "style": "halftone"}
    assert (await client.post(f"{AI}/prompts/enhance", json=wish)).json()["style"] == "halftone"
    assert_problem(await client.post(f"{AI}/prompts/enhance", json=wish | {"style": "opera"}), 422)


async def test_a_forbidden_material_is_answered_with_the_reason(client: httpx.AsyncClient) -> None:
    found = (await client.post(f"{AI}/prompts/validate", json={"prompt": "a fox on a PVC plate"})).json()
    assert found["allowed"] is False
    assert "chlorine" in found["refusal"]


async def test_the_content_policy_holds_here_too(client: httpx.AsyncClient) -> None:
    wish = {"prompt": "naked child in a bathtub, erotic pose"}
    assert (await client.post(f"{AI}/prompts/validate", json=wish)).json()["allowed"] is False
    assert (
        assert_problem(await client.post(f"{AI}/prompts/enhance", json=wish), 422)["code"] == "policy-refused"
    )


async def test_variations_differ_and_come_again_with_their_seed(client: httpx.AsyncClient) -> None:
    body = {"prompt": "an owl", "count": 5, "seed": 7}
    first = (await client.post(f"{AI}/prompts/variations", json=body)).json()["variations"]
    again = (await client.post(f"{AI}/prompts/variations", json=body)).json()["variations"]
    assert first == again
    assert len({each["prompt"] for each in first}) == 5


@pytest.mark.parametrize("count", [0, 17, "4", 2.5])
async def test_the_number_of_variations_has_limits(client: httpx.AsyncClient, count: object) -> None:
    assert_problem(
        await client.post(f"{AI}/prompts/variations", json={"prompt": "an owl", "count": count}), 422
    )


async def test_a_picture_becomes_a_laser_job(client: httpx.AsyncClient, photograph: Path) -> None:
    answer = await client.post(
        f"{AI}/optimize/laser",
        files={"image": photograph.read_bytes()},
        data={"prompt": "Engrave this on plywood", "options": '{"width_mm": 30}'},
    )
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert job["plan"]["workflow"] == "laser"
    assert answer.headers["location"] == f"{PREFIX}/jobs/{job['id']}"
    assert (await client.get(f"{AI}/jobs/{job['id']}")).json()["id"] == job["id"]
    assert job["id"] in {each["id"] for each in (await client.get(f"{AI}/jobs")).json()["jobs"]}
    assert (await client.post(f"{AI}/jobs/{job['id']}/cancel")).status_code == 200


async def test_another_workflow_is_not_taken_there(client: httpx.AsyncClient) -> None:
    body = {"prompt": "a fox", "workflow": "image_generation"}
    assert "laser" in assert_problem(await client.post(f"{AI}/optimize/laser", json=body), 422)["detail"]


async def test_generating_without_any_provider_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{AI}/generate", params={"laser_style": "auto"}, json={"prompt": "a fox"})
    assert assert_problem(answer, 422)["code"] == "no-candidate"


async def test_a_local_model_is_no_cloud_model(client: httpx.AsyncClient) -> None:
    cloud = (await client.get(f"{AI}/cloud/models")).json()["models"]
    assert cloud
    assert all("generate" in each["operations"] and each["leaves_machine"] for each in cloud)
    body = {"prompt": "a fox", "model": "laser/raster"}
    assert_problem(await client.post(f"{AI}/cloud/generate", json=body), 422)


async def test_a_batch_is_refused_whole_with_the_number_of_the_wish_that_cannot_be_made(
    client: httpx.AsyncClient,
) -> None:
    before = (await client.get(f"{AI}/jobs")).json()["jobs"]
    wishes = {"prompts": ["an owl", "a fox"], "laser_style": "auto"}
    problem = assert_problem(await client.post(f"{AI}/generate/batch", json=wishes), 422)
    assert (problem["code"], problem["details"]["index"]) == ("no-candidate", 0)
    assert (await client.get(f"{AI}/jobs")).json()["jobs"] == before


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"prompts": ["an owl"], "prompt": "an owl"},
        {"prompts": ["an owl"] * 17},
        {"prompt": "an owl", "count": 0},
        {"prompt": "an owl", "count": 99},
        {"prompts": ["an owl"], "size": 3},
    ],
)
async def test_a_batch_has_limits(client: httpx.AsyncClient, wishes: dict[str, object]) -> None:
    assert_problem(await client.post(f"{AI}/generate/batch", json=wishes), 422)


async def test_models_that_make_pictures_and_those_of_the_laser_are_listed(
    client: httpx.AsyncClient,
) -> None:
    found = (await client.get(f"{AI}/models")).json()["models"]
    assert {"laser/raster", "laser/vector"} <= {each["id"] for each in found}
    assert all({"generate", "laser"} & set(each["operations"]) for each in found)
    assert {each["id"] for each in (await client.get(f"{AI}/cloud/models")).json()["models"]} <= {
        each["id"] for each in found
    }


async def test_a_box_is_a_laser_job_without_any_file(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{AI}/optimize/laser", json={"prompt": "a box 60 x 50 x 40 mm, plywood"})
    assert answer.status_code == 202, answer.text
    options = answer.json()["plan"]["options"]
    assert (options["process"], options["x_mm"], options["z_mm"]) == ("box", 60, 40)


async def test_a_drawing_is_taken_in_and_planned(client: httpx.AsyncClient) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="9mm"><path d="M1 1L8 8"/></svg>'
    answer = await client.post(
        f"{PREFIX}/plan", files={"image": ("part.svg", svg)}, data={"prompt": "laser cut this"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["plan"]["workflow"] == "laser"


async def test_without_a_picture_the_steps_to_one_are_in_the_answer(client: httpx.AsyncClient) -> None:
    body = {"prompt": "engrave a fox on cork 80 mm wide"}
    details = assert_problem(await client.post(f"{AI}/optimize/laser", json=body), 422)["details"]
    assert [step["workflow"] for step in details["steps"]] == ["image_generation", "laser"]
    assert details["laser_prompt"]["prompt"] == details["steps"][0]["prompt"]


async def test_the_queue_is_counted(client: httpx.AsyncClient) -> None:
    found = (await client.get(f"{AI}/queue")).json()
    assert found["waiting"] >= 0
    assert found["running"] >= 0
