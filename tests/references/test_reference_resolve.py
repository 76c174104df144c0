"""What mentions make of a request: input pictures with roles."""

import pytest

from bottega.domain.request import InputRef, Request, Role
from bottega.errors import InputError
from bottega.references import (
    Reference,
    ReferenceKind,
    UnknownMention,
    is_same_request,
    resolve,
    with_person_to_work_on,
)

SARAH, DRESS, BEACH = (digit * 64 for digit in "abc")
PHOTO = InputRef(role=Role.WORKING, asset_id="d" * 64)
BOOK = (
    Reference(name="Sarah", kind=ReferenceKind.PERSON, asset_id=SARAH, created_at=1.0),
    Reference(name="reddress", kind=ReferenceKind.GARMENT, asset_id=DRESS, created_at=2.0),
    Reference(name="beach", kind=ReferenceKind.PLACE, asset_id=BEACH, created_at=3.0),
)
EDITS = {Role.WORKING: 1}


def inputs(request: Request) -> list[tuple[Role, str]]:
    return [(ref.role, ref.asset_id) for ref in request.inputs]


def test_mentions_become_inputs_in_their_roles_behind_those_given() -> None:
    request = Request(prompt="put @sarah in @RedDress at the @beach, @sarah!", inputs=(PHOTO,))
    resolved = resolve(request, BOOK)
    assert inputs(resolved.request) == [
        (Role.WORKING, PHOTO.asset_id),
        (Role.PERSON, SARAH),
        (Role.GARMENT, DRESS),
        (Role.REFERENCE, BEACH),
    ]
    assert [each.name for each in resolved.references] == ["Sarah", "reddress", "beach"]
    assert resolved.request.prompt == request.prompt


def test_resolving_again_changes_nothing() -> None:
    once = resolve(Request(prompt="put @sarah in @reddress"), BOOK).request
    assert resolve(once, BOOK).request == once


def test_an_unknown_mention_names_those_that_are_near() -> None:
    with pytest.raises(UnknownMention) as caught:
        resolve(Request(prompt="put @sara in @reddres"), BOOK)
    assert isinstance(caught.value, InputError)
    assert "@sara and" not in caught.value.message
    assert "@sara, @reddres are no saved references" in caught.value.message
    assert caught.value.hint == "Did you mean @Sarah or @reddress?"
    assert caught.value.details == {"mentions": ["@sara", "@reddres"], "near": ["@Sarah", "@reddress"]}


def test_a_mention_near_nothing_says_what_to_do() -> None:
    with pytest.raises(UnknownMention, match="@zebra is no saved reference") as caught:
        resolve(Request(prompt="paint @zebra"), ())
    assert "Save a picture under this name" in caught.value.hint


def test_too_many_mentions_are_refused() -> None:
    book = [
        Reference(name=f"n{i}", kind=ReferenceKind.OTHER, asset_id=f"{i:064x}", created_at=0.0)
        for i in range(17)
    ]
    with pytest.raises(InputError, match="17 references"):
        resolve(Request(prompt=" ".join(f"@n{i}" for i in range(17))), book)


def test_the_only_person_mentioned_may_be_what_is_worked_on() -> None:
    resolved = resolve(Request(prompt="make @sarah brighter"), BOOK)
    assert inputs(with_person_to_work_on(resolved, EDITS)) == [(Role.WORKING, SARAH)]


@pytest.mark.parametrize(
    ("request_", "needed"),
    [
        (Request(prompt="make it like @sarah", inputs=(PHOTO,)), EDITS),
        (Request(prompt="put @sarah in @reddress"), EDITS),
        (Request(prompt="make @beach brighter"), EDITS),
        (Request(prompt="dress @sarah"), {Role.WORKING: 1, Role.PERSON: 0}),
        (Request(prompt="draw @sarah"), {Role.WORKING: 0}),
        (Request(prompt="make it brighter", inputs=(PHOTO,)), EDITS),
    ],
    ids=[
        "a picture was given",
        "two mentioned",
        "no person",
        "persons are taken",
        "none needed",
        "no mention",
    ],
)
def test_otherwise_roles_stay_as_they_are(request_: Request, needed: dict[Role, int]) -> None:
    resolved = resolve(request_, BOOK)
    assert with_person_to_work_on(resolved, needed) == resolved.request


def test_a_stored_request_is_recognised_as_the_one_sent() -> None:
    sent = Request(prompt="make @sarah brighter")
    stored = with_person_to_work_on(resolve(sent, BOOK), EDITS)
    assert is_same_request(stored, sent)
    assert not is_same_request(stored, sent.model_copy(update={"fresh": True}))
    assert not is_same_request(stored, Request(prompt="make it brighter"))
    assert not is_same_request(sent, stored)
    assert is_same_request(sent, sent)
