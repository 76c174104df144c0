"""The provenance record as picture files carry it: IPTC and XMP for others, JSON for ourselves. No pixels here."""

import json
import re
from html import escape

from pydantic import ValidationError

from bottega.domain.asset import Provenance
from bottega.imaging.containers import Container
from bottega.imaging.tiff_tags import ASCII, EXIF_IFD, Entry, TagFile, raw, text

DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC NewsCodes; the record holds the term behind it, such as `trainedAlgorithmicMedia`."""

IMAGE_DESCRIPTION, SOFTWARE, USER_COMMENT, EXIF_VERSION = 0x010E, 0x0131, 0x9286, 0x9000
_ASCII_COMMENT = b"ASCII\0\0\0"
_JPEG_RECORD = 48_000
"""Bytes of a record that fit, with the description beside it, into one JPEG segment of 65,533."""
_LONGEST_DESCRIPTION = 2_000
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold in any notation."""

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
{properties}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def as_json(provenance: Provenance) -> str:
    """The whole record in ASCII."""
    return json.dumps(json.loads(provenance.model_dump_json()), separators=(",", ":"))


def fitted(provenance: Provenance) -> Provenance:
    """The record such that it fits into a JPEG: parameters too large for it are left out and said to be, a prompt
    that is still too long is cut."""
    if len(as_json(provenance)) <= _JPEG_RECORD:
        return provenance
    note = {"omitted": "longer than the metadata of a JPEG can be"}
    shorter = provenance.model_copy(update={"parameters": note})
    if len(as_json(shorter)) <= _JPEG_RECORD:
        return shorter
    cut = provenance.prompt[:1_000] + "…"
    return shorter.model_copy(update={"prompt": cut, "parents": provenance.parents[:100]})


def description(provenance: Provenance) -> str:
    return provenance.prompt[:_LONGEST_DESCRIPTION]


def xmp_packet(provenance: Provenance) -> bytes:
    """XMP (ISO 16684-1): the digital source type of the IPTC extension schema, dc:description, xmp:CreatorTool.

    Characters that XML cannot hold are left out of the description; the JSON record keeps them.
    """
    properties: list[str] = []
    if provenance.digital_source_type:
        uri = _xml(DIGITAL_SOURCE_TYPE + provenance.digital_source_type)
        properties.append(f"   <Iptc4xmpExt:DigitalSourceType>{uri}</Iptc4xmpExt:DigitalSourceType>")
    if provenance.prompt:
        prompt = _xml(description(provenance))
        properties.append(
            "   <dc:description><rdf:Alt>"
            f'<rdf:li xml:lang="x-default">{prompt}</rdf:li></rdf:Alt></dc:description>'
        )
    properties.append(f"   <xmp:CreatorTool>{_xml(provenance.software)}</xmp:CreatorTool>")
    return _XMP.replace("{properties}", "\n".join(properties)).encode("utf-8", "replace")


def exif_entries(provenance: Provenance) -> tuple[list[Entry], dict[int, list[Entry]]]:
    """EXIF 2.3 (CIPA DC-008): Software, ImageDescription, and the record as UserComment of the EXIF directory."""
    main = [text(SOFTWARE, provenance.software)]
    if provenance.prompt:
        main.append(text(IMAGE_DESCRIPTION, description(provenance)))
    comment = raw(USER_COMMENT, _ASCII_COMMENT + as_json(provenance).encode("ascii"))
    return main, {EXIF_IFD: [raw(EXIF_VERSION, b"0230"), comment]}


def record_of(container: Container) -> Provenance | None:
    """The record that a file carries; None when there is none or it is not one of ours."""
    note = container.note
    if note is None:
        note = _user_comment(container)
    if note is None:
        return None
    try:
        return Provenance.model_validate_json(note)
    except ValidationError:
        return None


def _user_comment(container: Container) -> bytes | None:
    if container.media_type == "image/tiff":
        block = container.data
    elif container.exif is not None:
        block = container.exif.removeprefix(b"Exif\0\0")
    else:
        return None
    tags = TagFile.parse(block)
    pointer = tags.directory(tags.first).integer(EXIF_IFD, 0)
    if not pointer:
        return None
    comment = tags.directory(pointer).entries.get(USER_COMMENT)
    if comment is None or comment.type == ASCII or not comment.data.startswith(_ASCII_COMMENT):
        return None
    return comment.data[len(_ASCII_COMMENT) :]


def _xml(value: str) -> str:
    return escape(_NOT_IN_XML.sub("", value), quote=False)
