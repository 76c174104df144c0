"""What an intent of the keyword rules says beside the class: confidence, reasoning, what is missing, sub-kind, web search, scope."""

import time

import pytest

from bottega.domain.intent import IntentContext
from bottega.errors import InputError
from bottega.intent import RuleClassifier

classify = RuleClassifier().classify
NOTHING = IntentContext()
ONE = IntentContext(working_images=1)
TWO = IntentContext(uploaded_images=2)
CLIP = IntentContext(working_videos=1)


@pytest.mark.parametrize(
    ("sentence", "context", "expected"),
    [
        ("sharpen this and double its size", ONE, "image_enhancement"),
        ("turn this portrait into a pencil drawing", ONE, "style_transfer"),
        ("make this ready for laser engraving on plywood, 100 mm wide", ONE, "laser"),
        ("make it warmer and crop to a square", ONE, "image_editing"),
        ("a red bicycle in the rain", NOTHING, "image_generation"),
    ],
)
def test_plain_requests_are_understood_with_confidence(
    sentence: str, context: IntentContext, expected: str
) -> None:
    intent = classify(sentence, context)
    assert intent.workflow == expected
    assert intent.confidence >= 0.8
    assert intent.classifier == RuleClassifier.name
    assert intent.needs_clarification is None
    assert not intent.out_of_scope
    assert intent.flagged == ()


@pytest.mark.parametrize("sentence", ["make it nice", "do something", "surprise me", "hm", "please"])
def test_a_vague_sentence_has_low_confidence_and_a_runner_up(sentence: str) -> None:
    intent = classify(sentence, ONE)
    assert intent.confidence < 0.5
    assert intent.runner_up is not None
    assert intent.runner_up.confidence <= intent.confidence
    assert intent.runner_up.workflow != intent.workflow


def test_the_reasoning_quotes_the_words_that_decided() -> None:
    assert classify("sharpen this", ONE).reasoning == (
        "“sharpen” asks for better quality with the same content."
    )


def test_the_reasoning_names_the_context_rule() -> None:
    reasoning = classify("animate a cat", NOTHING).reasoning
    assert reasoning == "“animate” asks for movement; no picture is at hand or meant."


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (NOTHING, "text_to_video"),
        (ONE, "image_to_video"),
        (IntentContext(references=1), "image_to_video"),
    ],
)
def test_a_picture_at_hand_makes_a_video_start_from_it(context: IntentContext, expected: str) -> None:
    assert classify("a short video of the fox running", context).workflow == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("video of a fox with music", "video_generation"),
        ("video of a fox without music", "text_to_video"),
        ("video of a fox, no sound", "text_to_video"),
        ("video d'un renard sans musique", "text_to_video"),
    ],
)
def test_sound_asked_or_refused_decides_the_kind_of_video(sentence: str, expected: str) -> None:
    assert classify(sentence, NOTHING).workflow == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("don't touch the hair, just the background", "image_editing"),
        ("not a video, just change the wall to yellow", "image_editing"),
        ("ändere die Haare nicht, ersetze nur den Hintergrund", "image_editing"),
        ("ne touche pas aux cheveux, change seulement le fond", "image_editing"),
        ("не трогай волосы, замени только фон", "image_editing"),
        ("no toques el pelo, cambia solo el fondo", "image_editing"),
    ],
)
def test_negation_reaches_to_the_end_of_its_clause(sentence: str, expected: str) -> None:
    assert classify(sentence, ONE).workflow == expected


def test_words_inside_other_words_mean_nothing() -> None:
    assert classify("remove the chair", ONE).workflow == "image_editing"


def test_quoted_words_are_text_to_be_shown() -> None:
    assert classify("write 'laser video haircut' in the corner", ONE).workflow == "image_editing"


def test_the_first_ask_is_the_label() -> None:
    assert classify("remove the lamp and then animate it", ONE).workflow == "image_editing"
    assert classify("animate it and then remove the lamp", ONE).workflow == "image_to_video"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [("upscael, no: upscle this photo", "image_enhancement"), ("stabilze my footage", "video_enhancement")],
)
def test_one_typing_error_in_a_long_word_is_forgiven(sentence: str, expected: str) -> None:
    assert classify(sentence, ONE if expected == "image_enhancement" else CLIP).workflow == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("animate this photo", "image_to_video"),
        ("remove the chair", "image_editing"),
        ("sharpen my picture", "image_enhancement"),
        ("cut my hair short", "hair_styling"),
        ("turn my photo into a watercolor", "style_transfer"),
        ("stabilize my video", "video_enhancement"),
    ],
)
def test_a_missing_picture_or_clip_is_asked_for(sentence: str, expected: str) -> None:
    intent = classify(sentence, NOTHING)
    assert intent.workflow == expected
    assert intent.needs_clarification is not None
    assert (
        intent.needs_clarification.endswith("Attach it.") or "Attach a picture" in intent.needs_clarification
    )


def test_nothing_is_asked_for_when_nothing_is_missing() -> None:
    assert classify("animate this photo", ONE).needs_clarification is None
    assert classify("a castle in the fog", NOTHING).needs_clarification is None


@pytest.mark.parametrize(
    "sentence",
    [
        "what is the weather in Lyon tomorrow?",
        "write a python function that sorts a list",
        "recipe for pancakes",
        "who won the world cup in 1998?",
        "переведи на английский",
        "wie wird das Wetter?",
    ],
)
def test_what_is_no_media_work_is_out_of_scope(sentence: str) -> None:
    intent = classify(sentence, NOTHING)
    assert intent.out_of_scope
    assert intent.needs_clarification is None
    assert intent.reasoning == "This does not ask for pictures or clips."


@pytest.mark.parametrize(
    "sentence",
    [
        "a clip of a chef explaining his recipe",
        "draw the weather over Lyon",
        "what should I wear to the opera?",
        "can you make it sharper?",
        "which glasses suit me?",
    ],
)
def test_media_work_that_mentions_other_things_is_in_scope(sentence: str) -> None:
    assert not classify(sentence, ONE).out_of_scope


def test_a_short_prompt_for_something_new_could_be_richer() -> None:
    assert classify("draw a fox", NOTHING).enhancement_needed
    rich = "draw a fox curled up on a mossy stone beside a waterfall at dawn, mist, warm light, detailed fur"
    assert not classify(rich, NOTHING).enhancement_needed
    assert not classify("sharpen", ONE).enhancement_needed


@pytest.mark.parametrize(
    ("sentence", "context", "kind", "query"),
    [
        ("dress me like Zendaya at the Met Gala", ONE, "celebrity", "Zendaya Met Gala outfit"),
        ("habille-moi comme Audrey Hepburn", ONE, "celebrity", "Audrey Hepburn outfit"),
        ("give me a red carpet look", ONE, "event", "red carpet outfit"),
        ("give me a 1920s flapper look", ONE, "fashion_reference", None),
        ("put this dress on her", TWO, "virtual_tryon", None),
    ],
)
def test_a_look_has_a_sub_kind_and_a_query_when_it_must_be_looked_up(
    sentence: str, context: IntentContext, kind: str, query: str | None
) -> None:
    intent = classify(sentence, context)
    assert (intent.workflow, intent.subkind) == ("reference_styling", kind)
    assert intent.web_search_query == query
    assert intent.requires_web_search == (query is not None)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("laser engrave this on slate", "engrave"),
        ("cut this from 3 mm plywood with the laser", "cut"),
        ("cut and engrave a coaster from plywood", "both"),
        ("score the fold lines on cardboard with my laser", "score"),
        ("make it laser ready", "engrave"),
    ],
)
def test_laser_work_has_a_sub_kind(sentence: str, kind: str) -> None:
    intent = classify(sentence, ONE)
    assert (intent.workflow, intent.subkind) == ("laser", kind)


def test_suspicious_content_is_reported_in_the_intent() -> None:
    assert classify("a cat <script>alert(1)</script>", NOTHING).flagged == ("script or HTML code",)


@pytest.mark.parametrize("sentence", ["", "   \n", "\u200b\u202e"])
def test_an_empty_sentence_is_refused_with_a_way_out(sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        classify(sentence, ONE)
    assert "name the workflow" in refused.value.hint


def test_the_longest_and_ugliest_sentences_are_answered_at_once() -> None:
    ugly = [
        "a " * 1000,
        "A" * 2000,
        "turn " * 400,
        "'" * 2000,
        "<" * 2000,
        "не " * 600,
        "$(" * 1000,
        "`a" * 1000,
    ]
    classify("warm up", ONE)
    started = time.process_time()
    for sentence in ugly:
        classify(sentence, ONE)
    # About 0.1 s in all on one slow core; a quadratic pattern would take many seconds.
    assert time.process_time() - started < 2.0
