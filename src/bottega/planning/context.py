"""What is at hand with a sentence, and what it is."""

from bottega.domain.intent import IntentContext
from bottega.domain.request import InputRef, Request, Role
from bottega.domain.task import TaskInput


def context_of(request: Request) -> IntentContext:
    """What the classifier may know of a request whose mentions are among its inputs."""
    roles = [ref.role for ref in request.inputs]
    return IntentContext(
        working_images=roles.count(Role.WORKING),
        working_videos=roles.count(Role.CLIP),
        references=sum(role in (Role.REFERENCE, Role.PERSON, Role.GARMENT) for role in roles),
    )


def clips_named_as_such(
    request: Request, inputs: tuple[TaskInput, ...]
) -> tuple[Request, tuple[TaskInput, ...]]:
    """What is given to be worked on and moves is a clip, whatever it was called."""
    named = tuple(
        item.model_copy(update={"role": Role.CLIP})
        if item.media.is_clip and item.role is Role.WORKING
        else item
        for item in inputs
    )
    if named == inputs:
        return request, inputs
    refs = tuple(InputRef(role=item.role, asset_id=item.asset_id) for item in named)
    return request.model_copy(update={"inputs": refs}), named
