"""The context rules move probability between classes, for whichever classifier it came from."""

import pytest

from bottega.domain.intent import IntentContext, WorkClass
from bottega.intent.context import apply_context, find_cues
from bottega.intent.lexicon import default_lexicon

EVEN = dict.fromkeys(WorkClass, 1 / len(WorkClass))


@pytest.mark.parametrize(
    ("text", "context", "impossible"),
    [
        ("a video of a fox", IntentContext(), {"image_to_video", "style_transfer", "video_generation"}),
        ("a video of a fox with music", IntentContext(), {"image_to_video", "text_to_video"}),
        ("a video of it", IntentContext(working_images=1), {"text_to_video", "video_generation"}),
        ("new video with sound", IntentContext(working_images=1), {"image_to_video", "text_to_video"}),
        ("better please", IntentContext(working_videos=1), {"image_enhancement"}),
        ("animate this photo", IntentContext(), {"text_to_video", "video_generation"}),
    ],
)
def test_what_cannot_be_meant_gets_nothing(text: str, context: IntentContext, impossible: set[str]) -> None:
    moved, fired = apply_context(EVEN, find_cues(default_lexicon().read(text), context), context)
    assert impossible <= {name for name, share in moved.items() if share == 0}
    assert sum(moved.values()) == pytest.approx(1)
    assert fired


def test_a_rule_that_moves_next_to_nothing_is_not_named() -> None:
    sure = dict.fromkeys(WorkClass, 0.0) | {WorkClass.LASER: 1.0}
    context = IntentContext(working_images=1)
    moved, fired = apply_context(sure, find_cues(default_lexicon().read("engrave it"), context), context)
    assert moved[WorkClass.LASER] == 1.0
    assert fired == ()
