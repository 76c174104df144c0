"""Feeds in every format, encoding and packing become offers; what is broken is named by its line, and nothing explodes."""

import gzip
import zipfile
from pathlib import Path

import pytest
from feed_files import google_xml, json_lines, offer, problems, products

from bottega.errors import InvalidOption, NotFound, TooLarge
from bottega.shop.feeds import UnreadableFeed, load_mapping, open_feed
from bottega.shop.feeds.opening import encoding_of, opened
from bottega.shop.money import Price
from bottega.shop.product import Size

YML = """<?xml version="1.0" encoding="windows-1251"?><!DOCTYPE yml_catalog SYSTEM "shops.dtd">
<yml_catalog date="2026-11-01"><shop><name>M</name>
<categories><category id="1">Одежда</category><category id="2" parentId="1">Платья</category></categories>
<offers><offer id="5" available="true" group_id="g7"><price>1990</price><oldprice>2990</oldprice>
<currencyId>RUR</currencyId><categoryId>2</categoryId><picture>https://i.example/1.jpg</picture>
<picture>https://i.example/2.jpg</picture><name>Платье&nbsp;летнее</name><vendor>Acme</vendor>
<param name="Цвет">красный</param><param name="Размер">44</param><param name="Пол">Женский</param></offer>
</offers></shop></yml_catalog>"""


def test_google_xml_gives_all_fields_of_an_offer(tmp_path: Path) -> None:
    full = offer(
        item_group_id="g1",
        description="Soft &amp; light",
        link="https://shop.example/1?ref=feed",
        image_link="https://i.example/1.jpg",
        additional_image_link=["https://i.example/2.jpg", "https://i.example/3.jpg"],
        sale_price="39.90 EUR",
        brand="Acme",
        gender="female",
        age_group="adult",
        color="Navy/White",
        size="M",
        size_system="EU",
        material="Linen",
        pattern="Striped",
        google_product_category="212",
    )
    feed = open_feed(google_xml(tmp_path / "feed.xml", [full]), shop="A")
    (product,) = products(feed)
    assert feed.format == "google"
    assert (product.id, product.group_id, product.description) == ("1", "g1", "Soft & light")
    assert product.price == Price(4990, "EUR")
    assert product.current_price == Price(3990, "EUR")
    assert [colour.name for colour in product.colours] == ["navy", "white"]
    assert product.image_links == tuple(f"https://i.example/{n}.jpg" for n in (1, 2, 3))
    assert product.link == "https://shop.example/1?ref=feed"
    assert (product.category, product.kind, product.gender) == ("top", "shirt", "female")
    assert (product.sizes, product.size_system) == ((Size("M"),), "EU")


def test_the_price_of_shipping_is_not_the_price(tmp_path: Path) -> None:
    path = google_xml(tmp_path / "feed.xml", [offer(shipping="<g:price>5 EUR</g:price>")])
    assert products(open_feed(path))[0].price == Price(4990, "EUR")


def test_atom_links_are_read_from_their_attribute(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry><g:id>1</g:id>'
        '<title>Dress</title><link href="https://shop.example/1"/><g:price>1 EUR</g:price></entry></feed>'
    )
    assert products(open_feed(path))[0].link == "https://shop.example/1"


def test_yml_in_windows_1251_with_categories_params_and_an_old_price(tmp_path: Path) -> None:
    path = tmp_path / "feed.yml"
    path.write_bytes(YML.encode("cp1251"))
    (product,) = products(open_feed(path))
    assert product.title == "Платье летнее"
    assert (product.price, product.sale_price) == (Price(299_000, "RUB"), Price(199_000, "RUB"))
    assert (product.category, product.gender, product.group_id) == ("dress", "female", "g7")
    assert product.colours[0].name == "red"
    assert product.sizes == (Size("44"),)


@pytest.mark.parametrize(
    ("delimiter", "name"), [(";", "a.csv"), ("\t", "a.tsv"), (",", "b.csv"), ("|", "c.txt")]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_tables_in_any_delimiter_and_encoding(
    tmp_path: Path, delimiter: str, name: str, encoding: str
) -> None:
    rows = [["id", "title", "price", "color"], ["7", "Рубашка льняная", "1990 RUB", "синий"]]
    rows += [[str(n), "Платье красное", "100 RUB", "красный"] for n in range(20)]
    path = tmp_path / name
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    first = products(open_feed(path))[0]
    assert (first.id, first.title, first.colours[0].name) == ("7", "Рубашка льняная", "blue")


def test_french_in_windows_1252_is_not_taken_for_russian() -> None:
    assert encoding_of("id;titre\n1;Robe légère à fleurs, été très réussi\n".encode("cp1252")) == "cp1252"


def test_a_gzip_and_a_zip_are_read_like_the_file_itself(tmp_path: Path) -> None:
    plain = google_xml(tmp_path / "feed.xml", [offer()])
    packed = tmp_path / "feed.xml.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    archive = tmp_path / "feed.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("readme.txt", "hi")
        out.write(plain, "feed.xml")
    for path in (packed, archive):
        assert [product.id for product in products(open_feed(path))] == ["1"]


def test_wildberries_prices_are_kopecks_and_stock_is_added_up(tmp_path: Path) -> None:
    entry = {
        "nmId": 12,
        "root": 7,
        "name": "Футболка",
        "priceU": 199_900,
        "salePriceU": 99_900,
        "sizes": [{"name": "M", "stocks": [{"qty": 3}, {"qty": 1}]}, {"name": "L", "stocks": []}],
        "colors": [{"name": "белый"}],
    }
    feed = open_feed(json_lines(tmp_path / "wb.jsonl", [entry]))
    (product,) = products(feed)
    assert feed.format == "wildberries"
    assert (product.price, product.sale_price) == (Price(199_900, "RUB"), Price(99_900, "RUB"))
    assert product.sizes == (Size("M", 4), Size("L", 0))
    assert (product.kind, product.colours[0].name, product.group_id) == ("t-shirt", "white", "7")


def test_an_affiliate_export_of_asos_is_known_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "asos.csv"
    path.write_text(
        "aw_product_id,product_name,aw_deep_link,search_price,rrp_price,currency,in_stock,brand_name,colour,Fashion:size\n"
        "9,Midi dress,https://click.example/9,20.00,30.00,GBP,1,Acme,Black,UK 10\n"
    )
    feed = open_feed(path)
    (product,) = products(feed)
    assert (feed.format, product.shop, product.link) == ("asos", "ASOS", "https://click.example/9")
    assert (product.price, product.sale_price) == (Price(3000, "GBP"), Price(2000, "GBP"))


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_a_mapping_names_columns_of_any_table(tmp_path: Path, suffix: str) -> None:
    mapping = tmp_path / f"map{suffix}"
    mapping.write_text(
        '{"currency": "CHF", "minor_units": true, "fields": {"Nr": "id", "Was": "title", "Rappen": "price"}}'
        if suffix == ".json"
        else 'currency = "CHF"\nminor_units = true\n[fields]\nNr = "id"\nWas = "title"\nRappen = "price"\n'
    )
    table = tmp_path / "t.csv"
    table.write_text("Nr;Was;Rappen\n1;Kleid;4990\n")
    assert products(open_feed(table, mapping=load_mapping(mapping)))[0].price == Price(4990, "CHF")


def test_a_mapping_to_no_field_is_refused(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[fields]\nNr = "identity"\n')
    with pytest.raises(InvalidOption, match="identity"):
        load_mapping(mapping)


# --- what is broken ------------------------------------------------------------------------------------------


def test_bad_records_are_named_by_line_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "id,title,price,availability\n1,Shirt,10 EUR,in_stock\n,Shirt,10 EUR,in_stock\n3,Shirt,cheap,in_stock\n"
        "4,Shirt,10 EUR\n5,Shirt,10 EUR,perhaps\n6,,10 EUR,in_stock\n7,Shirt,10 EUR,in_stock\n"
    )
    feed = open_feed(path)
    assert [product.id for product in products(feed)] == ["1", "7"]
    assert [line for line, _ in problems(feed)] == [3, 4, 5, 6, 7]
    assert [reason.split()[-1] for _, reason in problems(feed)] == ["id", "price", "4", "known", "title"]


def test_a_quote_that_is_never_closed_costs_its_own_record_only_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        'id,title,price\n1,"open,10 EUR\n' + "".join(f"{n},Shirt,10 EUR\n" for n in range(2, 40_000))
    )
    feed = open_feed(path)
    assert len(products(feed)) > 20_000
    assert len(problems(feed)) >= 1


def test_bad_json_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"id": 1, "title": "Shirt"}\n{broken\n[1]\n{"id": "\\ud800", "title": "x"}\n' + "[" * 100_000 + "\n"
    )
    feed = open_feed(path)
    assert [product.id for product in products(feed)] == ["1"]
    assert [line for line, _ in problems(feed)] == [2, 3, 4, 5]


def test_a_line_without_end_is_not_taken_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1", "title": "' + "x" * 3_000_000 + '"}\n{"id": "2", "title": "Shirt"}\n')
    feed = open_feed(path)
    assert [product.id for product in products(feed)] == ["2"]
    assert problems(feed)[0][0] == 1


BILLION_LAUGHS = (
    "<!DOCTYPE rss ["
    + '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "head",
    [
        BILLION_LAUGHS,
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>',
    ],
    ids=["billion laughs", "external file", "parameter entity"],
)
def test_entities_of_a_document_are_refused(tmp_path: Path, head: str) -> None:
    feed = open_feed(google_xml(tmp_path / "feed.xml", [offer(title="Shirt")], head=head))
    with pytest.raises(UnreadableFeed, match=r"entity|elsewhere"):
        products(feed)


def test_xml_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = google_xml(tmp_path / "feed.xml", [offer(extra="<a>" * 5000 + "</a>" * 5000)])
    with pytest.raises(UnreadableFeed, match="nested"):
        products(open_feed(path))


def test_a_field_of_megabytes_makes_a_bad_record(tmp_path: Path) -> None:
    path = google_xml(tmp_path / "feed.xml", [offer(description="x" * 3_000_000), offer("2")])
    feed = open_feed(path)
    assert [product.id for product in products(feed)] == ["2"]
    assert "characters" in problems(feed)[0][1]


def test_xml_that_breaks_off_gives_what_stood_before_it(tmp_path: Path) -> None:
    path = google_xml(tmp_path / "feed.xml", [offer(str(n)) for n in range(50)])
    path.write_bytes(path.read_bytes()[:-200])
    found: list[str] = []
    with pytest.raises(UnreadableFeed, match="breaks off"):  # noqa: PT012 - what came before is the point
        for _, product, _ in open_feed(path).offers():
            assert product is not None
            found.append(product.id)
    assert found == [str(n) for n in range(48)]


def test_a_damaged_archive_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml.gz"
    path.write_bytes(gzip.compress(b"<rss><channel></channel></rss>" * 1000)[:60])
    with pytest.raises(UnreadableFeed, match="damaged"):
        open_feed(path)


def test_more_than_the_limit_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(5_000_000)))
    with pytest.raises(TooLarge), opened(path, max_bytes=1_000_000) as stream:  # noqa: PT012 - what came before is the point
        while stream.read(65_536):
            pass


@pytest.mark.parametrize("content", ["", "   \n", "<html><body>404</body></html>", "[{}]", "just words\n"])
def test_what_is_no_feed_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "feed"
    path.write_text(content)
    with pytest.raises(UnreadableFeed):
        products(open_feed(path))


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_feed(tmp_path / "none.xml")


def test_a_wrong_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="yml"):
        open_feed(google_xml(tmp_path / "feed.xml", [offer()]), format="yml")
