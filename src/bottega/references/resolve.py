"""Mentions in a request's sentence -> input pictures with roles. Pure; the references come from `book`.

A person becomes a `person` input, a garment a `garment` input, everything else a `reference`. One exception: where a
workflow needs a picture to work on and takes none of a person, nothing was given beside the sentence, and the sentence
mentions exactly one reference, a person, that picture is the one to work on ("make @sarah's photo brighter").
"""

from collections.abc import Collection, Mapping

from bottega.domain.base import Value
from bottega.domain.request import InputRef, Request, Role
from bottega.errors import InputError
from bottega.references.mentions import find_mentions, named
from bottega.references.names import key_of, near
from bottega.references.reference import Reference, ReferenceKind

MOST_MENTIONED = 16


class UnknownMention(InputError):
    """`details["mentions"]` lists them, `details["near"]` the names that may have been meant."""

    code = "unknown-mention"
    title = "A mention names no saved reference"


class Resolved(Value):
    """A request with the pictures it mentions among its inputs, and the references they come from."""

    request: Request
    references: tuple[Reference, ...] = ()


def resolve(request: Request, references: Collection[Reference]) -> Resolved:
    """Append an input for every reference mentioned; a picture that is among the inputs already is not added again.

    Raises UnknownMention, with the names that are near as the hint; InputError for more than 16 references.
    """
    known = {key_of(reference.name): reference for reference in references}
    meant: dict[str, Reference] = {}
    unknown: dict[str, str] = {}
    for mention in find_mentions(request.prompt):
        key = named(mention, known)
        if key is None:
            unknown.setdefault(key_of(mention.name), mention.name)
        else:
            meant[key] = known[key]
    if unknown:
        raise _unknown(unknown, known)
    if len(meant) > MOST_MENTIONED:
        raise InputError(
            f"The sentence mentions {len(meant)} references.", hint=f"Mention at most {MOST_MENTIONED}."
        )
    given = {ref.asset_id for ref in request.inputs}
    added: dict[str, InputRef] = {}
    for reference in meant.values():
        if reference.asset_id not in given:
            added.setdefault(
                reference.asset_id, InputRef(role=reference.kind.role, asset_id=reference.asset_id)
            )
    inputs = (*request.inputs, *added.values())
    return Resolved(request=request.model_copy(update={"inputs": inputs}), references=tuple(meant.values()))


def with_person_to_work_on(resolved: Resolved, needed: Mapping[Role, int]) -> Request:
    """The request for a workflow, the one mentioned person serving as the picture to work on where the rule of this
    module says so. `needed` maps each role that the workflow takes to how many it needs at least."""
    request = resolved.request
    if (
        needed.get(Role.WORKING, 0) < 1
        or Role.PERSON in needed
        or [reference.kind for reference in resolved.references] != [ReferenceKind.PERSON]
        or [ref.role for ref in request.inputs] != [Role.PERSON]
        or request.inputs[0].asset_id != resolved.references[0].asset_id
    ):
        return request
    inputs = (InputRef(role=Role.WORKING, asset_id=request.inputs[0].asset_id),)
    return request.model_copy(update={"inputs": inputs})


def is_same_request(stored: Request, sent: Request) -> bool:
    """Whether `stored` is what became of `sent`: equal, but for the pictures that its sentence mentions."""
    count = len(sent.inputs)
    added = len(stored.inputs) - count
    if not 0 <= added <= len(find_mentions(sent.prompt)):
        return False
    return stored.model_copy(update={"inputs": stored.inputs[:count]}) == sent


def _unknown(unknown: Mapping[str, str], known: Mapping[str, Reference]) -> UnknownMention:
    names = [f"@{name[:80]}" for name in unknown.values()]
    found = dict.fromkeys(other for key in list(unknown)[:3] for other in near(key, known))
    close = [f"@{known[key].name}" for key in found]
    if close:
        hint = f"Did you mean {' or '.join(close)}?"
    else:
        hint = "Save a picture under this name first, or leave out the @."
    listed = ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")
    verb = "is no saved reference" if len(names) == 1 else "are no saved references"
    return UnknownMention(f"{listed} {verb}.", hint=hint, mentions=names, near=close)
