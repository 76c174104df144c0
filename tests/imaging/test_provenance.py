"""Encoding: what is written comes back, our record with it, and nothing else."""

import re
from pathlib import Path
from xml.etree import ElementTree

import cv2
import foreign_files as files
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bottega.domain.asset import Provenance
from bottega.errors import OutputError, TooLarge, UnreadablePicture, UnsupportedMedia
from bottega.imaging.decode import decode
from bottega.imaging.encode import ENCODED, encode, read_provenance
from bottega.imaging.picture import Picture

RNG = np.random.default_rng(3)
RGB = files.picture()
HOSTILE = "a \"quoted\" & 'single' <b>cat</b> ]]> </rdf:li></x:xmpmeta><?xpacket end='w'?> \N{CAT} \0 NUL \x07 bell é"
RECORD = Provenance(
    workflow="image_editing",
    model_id="local/edit",
    engine="local",
    prompt=HOSTILE,
    parameters={"strength": 0.5, "list": [1, None, "\0"], HOSTILE: True},
    parents=("ab" * 32,),
    job_id="job-1",
    digital_source_type="compositeWithTrainedAlgorithmicMedia",
)
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def xmp_of(path: Path) -> bytes:
    with Image.open(path) as image:
        found = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or image.getexif().get(700)
    return found.encode() if isinstance(found, str) else found


@pytest.mark.parametrize("media_type", ENCODED)
def test_the_record_comes_back_whole(tmp_path: Path, media_type: str) -> None:
    encode(Picture(RGB), tmp_path / "file", media_type, RECORD)
    assert read_provenance(tmp_path / "file") == RECORD


@pytest.mark.parametrize("media_type", ENCODED)
@settings(max_examples=25, deadline=None)
@given(prompt=st.text(max_size=200), key=st.text(max_size=20), tool=st.text(max_size=20))
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, media_type: str, prompt: str, key: str, tool: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    record = Provenance(prompt=prompt, parameters={key: prompt}, software=tool, digital_source_type=key)
    encode(Picture(RGB), path, media_type, record)
    assert read_provenance(path) == record
    ElementTree.fromstring(xmp_of(path))
    decode(path)


@pytest.mark.parametrize("media_type", ENCODED)
def test_other_programs_find_the_iptc_source_type_and_the_description(
    tmp_path: Path, media_type: str
) -> None:
    encode(Picture(RGB), tmp_path / "file", media_type, RECORD)
    packet = xmp_of(tmp_path / "file")
    assert packet.startswith(b"<?xpacket begin=")
    root = ElementTree.fromstring(packet)
    source = root.find(".//{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")
    assert source is not None
    assert source.text == (
        "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    )
    text = root.find(f".//{{http://purl.org/dc/elements/1.1/}}description/{RDF}Alt/{RDF}li")
    assert text is not None
    assert text.text == re.sub("[\0\x07]", "", HOSTILE)
    tool = root.find(".//{http://ns.adobe.com/xap/1.0/}CreatorTool")
    assert tool is not None
    assert tool.text == "Bottega"


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/webp", "image/tiff"])
def test_other_programs_find_the_exif_fields(tmp_path: Path, media_type: str) -> None:
    encode(Picture(RGB), tmp_path / "file", media_type, RECORD.model_copy(update={"prompt": "a cat"}))
    with Image.open(tmp_path / "file") as image:
        exif = image.getexif()
        assert exif[0x0131] == "Bottega"
        assert exif[0x010E] == "a cat"
        assert exif.get_ifd(0x8769)[0x9286].startswith(b"ASCII\0\0\0{")


def test_other_programs_find_the_png_text(tmp_path: Path) -> None:
    encode(Picture(RGB), tmp_path / "file", "image/png", RECORD)
    with Image.open(tmp_path / "file") as image:
        assert image.info["Software"] == "Bottega"
        assert image.info["Description"] == HOSTILE.replace("\0", "")


@pytest.mark.parametrize("media_type", ENCODED)
def test_a_clean_copy_carries_nothing(tmp_path: Path, media_type: str) -> None:
    """Also not what the source carried."""
    source = decode(files.every_format()["jpeg"])
    assert source.exif is not None
    encode(source, tmp_path / "file", media_type)
    data = (tmp_path / "file").read_bytes()
    for word in (
        b"Exif",
        b"EXIF",
        b"http",
        b"bottega",
        b"Bottega",
        b"a test",
        b"ICC",
        b"iCCP",
        b"tEXt",
        b"iTXt",
    ):
        assert word not in data
    with Image.open(tmp_path / "file") as image:
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
        structure = set(range(254, 340)) - {270, 271, 272, 282, 283, 305, 306, 315, 316}
        assert set(image.getexif()) <= structure
    assert read_provenance(tmp_path / "file") is None


@pytest.mark.parametrize("media_type", ENCODED)
@pytest.mark.parametrize("record", [None, RECORD])
def test_dots_per_inch(tmp_path: Path, media_type: str, record: Provenance | None) -> None:
    encode(Picture(RGB), tmp_path / "file", media_type, record, dpi=254.0)
    with Image.open(tmp_path / "file") as image:
        found = image.getexif()[0x011A] if media_type == "image/webp" else image.info["dpi"][0]
    assert float(found) == pytest.approx(254, abs=0.01)
    assert read_provenance(tmp_path / "file") == record


@pytest.mark.parametrize("media_type", ["image/png", "image/tiff"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("with_alpha", [False, True])
def test_png_and_tiff_keep_every_value(
    tmp_path: Path, media_type: str, dtype: type, with_alpha: bool
) -> None:
    top = int(np.iinfo(dtype).max) + 1
    rgb = RNG.integers(0, top, (701, 613, 3)).astype(dtype)
    alpha = RNG.integers(0, top, (701, 613)).astype(dtype) if with_alpha else None
    encode(Picture(rgb, alpha), tmp_path / "file", media_type, RECORD)
    back = decode(tmp_path / "file")
    np.testing.assert_array_equal(back.rgb, rgb)
    assert back.rgb.dtype == dtype
    if alpha is None:
        assert back.alpha is None
    else:
        np.testing.assert_array_equal(back.alpha, alpha)


def test_other_readers_agree_on_our_tiff(tmp_path: Path) -> None:
    rgb = RNG.integers(0, 65536, (701, 613, 3), dtype=np.uint16)
    alpha = RNG.integers(0, 65536, (701, 613), dtype=np.uint16)
    path = tmp_path / "file.tif"
    encode(Picture(rgb, alpha), path, "image/tiff", RECORD, dpi=300)
    np.testing.assert_array_equal(tifffile.imread(path), np.dstack([rgb, alpha]))
    np.testing.assert_array_equal(cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[:, :, 2::-1], rgb)
    with Image.open(path) as image:
        expected = (rgb >> 8).astype(np.uint8)
        np.testing.assert_array_equal(np.asarray(image)[:, :, :3], expected)


def test_lossy_formats_come_close_and_16_bits_become_8(tmp_path: Path) -> None:
    deep = Picture(RGB.astype(np.uint16) * 257)
    for media_type in ("image/jpeg", "image/webp"):
        encode(deep, tmp_path / "file", media_type, quality=95)
        back = decode(tmp_path / "file")
        assert np.abs(back.rgb.astype(int) - RGB).mean() < 3


def test_alpha_stays_in_webp_and_is_flattened_on_white_in_jpeg(tmp_path: Path) -> None:
    alpha = np.zeros(RGB.shape[:2], np.uint8)
    alpha[:, 24:] = 255
    encode(Picture(RGB, alpha), tmp_path / "a", "image/webp")
    back = decode(tmp_path / "a").alpha
    np.testing.assert_array_equal(back, alpha)
    encode(Picture(RGB, alpha), tmp_path / "b", "image/jpeg")
    assert decode(tmp_path / "b").rgb[:, :16].mean() > 252


def test_quality_decides_the_size(tmp_path: Path) -> None:
    noise = Picture(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    sizes = []
    for quality in (20, 60, 95):
        encode(noise, tmp_path / "file", "image/jpeg", quality=quality)
        sizes.append((tmp_path / "file").stat().st_size)
    assert sizes == sorted(sizes)
    assert sizes[0] * 2 < sizes[2]


@pytest.mark.parametrize("media_type", ENCODED)
def test_the_profile_of_the_values_is_embedded(tmp_path: Path, media_type: str) -> None:
    """Pixels that are still in a profile look wrong without it."""
    picture = Picture(np.full((16, 16, 3), (0, 0, 255), np.uint8), icc_profile=files.swapped_profile())
    encode(picture, tmp_path / "file", media_type)
    assert np.abs(decode(tmp_path / "file").rgb.astype(int) - (255, 0, 0)).mean() < 4


def test_a_record_too_long_for_a_jpeg_says_so(tmp_path: Path) -> None:
    record = Provenance(prompt="a cat", workflow="w", parameters={"mask": "x" * 100_000})
    encode(Picture(RGB), tmp_path / "file", "image/jpeg", record)
    back = read_provenance(tmp_path / "file")
    assert back is not None
    assert (back.prompt, back.workflow) == ("a cat", "w")
    assert list(back.parameters) == ["omitted"]
    long_prompt = Provenance(prompt="\N{CAT}" * 100_000)
    encode(Picture(RGB), tmp_path / "file", "image/jpeg", long_prompt)
    back = read_provenance(tmp_path / "file")
    assert back is not None
    assert back.prompt.endswith("…")
    encode(Picture(RGB), tmp_path / "file", "image/png", record)
    assert read_provenance(tmp_path / "file") == record


def test_files_without_a_record_of_ours(tmp_path: Path) -> None:
    for name, data in {**files.every_format(), "text": b"hello", "cut": b"\x89PNG\r\n\x1a\n\0"}.items():
        (tmp_path / "file").write_bytes(data)
        assert read_provenance(tmp_path / "file") is None, name
    with pytest.raises(UnreadablePicture):
        read_provenance(tmp_path / "missing")


def test_a_forged_record_is_none(tmp_path: Path) -> None:
    plain = files.saved(Image.fromarray(RGB), "PNG")
    for forged in (b'{"workflow": 3}', b"[" * 100_000, b"\xff\xfe", b'{"unknown": "field"}'):
        text = files.chunk(b"iTXt", b"bottega\0\0\0\0\0" + forged)
        (tmp_path / "file").write_bytes(plain[:33] + text + plain[33:])
        assert read_provenance(tmp_path / "file") is None


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia, match="image/gif"):
        encode(Picture(RGB), tmp_path / "file", "image/gif")
    with pytest.raises(TooLarge, match="16383"):
        encode(Picture(np.zeros((1, 17_000, 3), np.uint8)), tmp_path / "file", "image/webp")
    with pytest.raises(OutputError):
        encode(Picture(RGB), tmp_path / "no such folder" / "file", "image/png")
    assert list(tmp_path.iterdir()) == []
