"""Orders for a laser that do not say so, in five languages, and sentences that look like one and are none."""

import pytest

from bottega.domain.intent import IntentContext, WorkClass
from bottega.intent import Classifier, EmbeddedClassifier, RuleClassifier

EMBEDDED = EmbeddedClassifier()
both = pytest.mark.parametrize("classifier", [RuleClassifier(), EMBEDDED], ids=lambda each: each.name)
NOTHING, A_PICTURE = IntentContext(), IntentContext(working_images=1)


@both
@pytest.mark.parametrize("context", [NOTHING, A_PICTURE], ids=["nothing", "a picture"])
@pytest.mark.parametrize(
    "text",
    [
        "cut a fox out of card",
        "cut a fox out of 3 mm plywood",
        "hi, cut a fox out of black card for my scrapbook",
        "cut a butterfly out of thick paper",
        "cut out a heart in leather",
        "cut this shape from card stock",
        "laser a fox out of paper",
        "schneide einen Fuchs aus Karton",
        "schneide Sterne aus 2 mm Filz",
        "découpe un renard dans du carton",
        "découpez des lettres dans du contreplaqué de 3 mm",
        "recorta un zorro de cartón",
        "recorta estrellas de cartulina negra",
        "вырежи лису из картона",
        "вырежи буквы из тонкой фанеры",
    ],
)
def test_what_is_cut_out_of_a_sheet_is_laser_work(
    text: str, context: IntentContext, classifier: Classifier
) -> None:
    assert classifier.classify(text, context).workflow is WorkClass.LASER


@both
@pytest.mark.parametrize("context", [NOTHING, A_PICTURE], ids=["nothing", "a picture"])
@pytest.mark.parametrize(
    "text",
    [
        "engrave a wolf",
        "please engrave a bear",
        "engrave Anna on a spoon",
        "engrave a glass of wine on slate",
        "graviere einen Wolf",
        "graviere Anna auf einen Löffel",
        "grave un loup",
        "grave Anna sur une cuillère",
        "graba un lobo en pizarra",
        "graba Anna en una cuchara",
        "выгравируй волка",
        "выгравируй Анна на ложке",
    ],
)
def test_an_engraving_is_laser_work_whatever_it_is_on(
    text: str, context: IntentContext, classifier: Classifier
) -> None:
    assert classifier.classify(text, context).workflow is WorkClass.LASER


@pytest.mark.parametrize(
    "text",
    [
        "cut the fox out of the photo",
        "cut her out of this photo",
        "cut the card out of the picture",
        "cut the glass of wine out of the photo",
        "cut the woman in leather out of the picture",
        "cut the woman in the leather jacket out",
        "cut out the man in the wooden chair",
        "cut the dog out of the wooden background",
        "schneide den Fuchs aus dem Foto aus",
        "schneide die Frau in der Lederjacke aus",
        "découpe le renard de la photo",
        "recorta el zorro de la foto",
        "recorta a la mujer de la foto",
        "recorta la caja de cartón",
        "вырежи лису из фотографии",
    ],
)
def test_what_is_cut_out_of_a_picture_is_an_edit(text: str) -> None:
    assert EMBEDDED.classify(text, A_PICTURE).workflow is WorkClass.IMAGE_EDITING


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a fox made of cardboard", WorkClass.IMAGE_GENERATION),
        ("a paper fox on a card", WorkClass.IMAGE_GENERATION),
        ("draw a glass of wine on a wooden table", WorkClass.IMAGE_GENERATION),
        ("graba un vídeo de olas en la playa", WorkClass.TEXT_TO_VIDEO),
        ("should I cut my hair short?", WorkClass.STYLE_ADVICE),
    ],
)
def test_materials_and_verbs_alone_order_no_laser(text: str, wanted: WorkClass) -> None:
    assert EMBEDDED.classify(text, NOTHING).workflow is wanted


def test_the_reason_names_the_order() -> None:
    told = EMBEDDED.classify("recorta un zorro de cartón", A_PICTURE).reasoning
    assert "cut out of a sheet" in told
