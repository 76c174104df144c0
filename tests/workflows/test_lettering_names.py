"""Names become letters where they are to be burnt on something; things, figures and portraits are drawn."""

import pytest

from bottega.workflows.lettering_names import names_to_burn


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("engrave Anna on a spoon", "Anna"),
        ("Please engrave Anna Müller & Ben on the cutting board", "Anna Müller & Ben"),
        ("engrave Anna 40 mm wide on slate", "Anna"),
        ("etch LOVE into oak", "LOVE"),
        ("burn J.R. into leather", "J.R."),
        ("graviere Anna auf einen Löffel", "Anna"),
        ("graviere Paul Schmidt und Eva auf ein Brett", "Paul Schmidt und Eva"),
        ("Anna auf einen Löffel gravieren", "Anna"),
        ("graviere LIEBE auf Holz", "LIEBE"),
        ("grave Chloé sur une cuillère", "Chloé"),
        ("graba Lucía y Pablo en una tabla", "Lucía y Pablo"),
        ("выгравируй Анна на ложке", "Анна"),
    ],
)
def test_a_name_on_something_is_lettering(sentence: str, names: str) -> None:
    assert names_to_burn(sentence) == names


@pytest.mark.parametrize(
    "sentence",
    [
        "engrave a wolf",
        "engrave a wolf on a spoon",
        "engrave my dog on wood",
        "engrave it on slate",
        "Engrave A Wolf On Slate",
        "engrave the Eiffel Tower on slate",
        "engrave Santa Claus on a mug",
        "engrave Anna",
        "engrave Anna's portrait on wood",
        "engrave Anna from the photo on slate",
        "engrave Anna in the style of Dürer",
        "graviere einen Wolf auf Schiefer",
        "graviere Blumen auf Holz",
        "graviere Wolf auf Schiefer",
        "grave un loup sur ardoise",
        "graba un lobo en pizarra",
        "выгравируй волка на ложке",
        "выгравируй Анну на ложке",
        "cut the fox out of the photo",
        "",
    ],
)
def test_what_is_to_be_drawn_is_no_lettering(sentence: str) -> None:
    assert names_to_burn(sentence) == ""
