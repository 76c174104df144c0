"""Files of laser jobs in an engine's scratch folder: previews, the way of the head, and the documents.

The first is the one that is judged and shown. What is in them was made by `bottega.laser`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bottega.domain.asset import Provenance
from bottega.domain.task import OutputFile
from bottega.errors import OutputError
from bottega.imaging.encode import encode
from bottega.imaging.picture import U8, Picture
from bottega.laser.job import EngraveJob
from bottega.laser.studio import engraving_pictures, engraving_way
from bottega.laser.studio_files import MEDIA_TYPES, Format, Made

_PICTURES = {
    "preview": "Preview of the burn",
    "toolpath": "Way of the head, travel in grey",
    "energy": "Energy of the burn, hot places marked",
}
_WORDS: dict[Format, str] = {
    "gcode": "G-code",
    "svg": "Drawing at true size",
    "dxf": "DXF in millimetres",
    "lbrn2": "LightBurn project",
    "pdf": "PDF at true size",
    "png": "Dots",
}


def job_files(
    made: Made, name: str, provenance: Provenance, scratch: Path, *, number: int = 1
) -> tuple[OutputFile, ...]:
    """Pictures, the way of the head as data, and the documents of a job; `number` from 2 on is added to the names."""
    ending = f"-{number}" if number > 1 else ""
    size = _size(made.report) if number == 1 else f"sheet {number}"
    return (
        *_pictures(made.pictures, made.dpi, provenance, scratch, ending),
        _way(made.toolpath, scratch / f"toolpath{ending}.json"),
        *documents(made.files, f"{name}{ending}", size, scratch),
    )


def engraving_files(job: EngraveJob, provenance: Provenance, scratch: Path) -> tuple[OutputFile, ...]:
    """Preview, dots, G-code and drawing of an engraving, and the way of the head."""
    size = _size(job.report)
    pictures, dpi = engraving_pictures(job)
    preview, *others = _pictures(pictures, dpi, provenance, scratch)
    dots = scratch / "dots.png"
    shown = Picture(rgb=np.repeat(job.shown[..., None], 3, axis=2))
    encode(shown, dots, "image/png", provenance, dpi=job.grid.dpi)
    gcode = _save(scratch / "engraving.gcode", job.gcode.encode("ascii"))
    svg = _save(scratch / "engraving.svg", job.svg.encode())
    return (
        preview,
        _output(dots, "image/png", f"Dots, one pixel each ({size})"),
        _output(gcode, "text/x.gcode", f"G-code for GRBL 1.1 ({size})"),
        _output(svg, "image/svg+xml", f"Drawing at true size ({size})"),
        *others,
        _way(engraving_way(job), scratch / "toolpath.json"),
    )


def _pictures(
    pictures: Mapping[str, U8],
    dpi: Mapping[str, float],
    provenance: Provenance,
    scratch: Path,
    ending: str = "",
) -> tuple[OutputFile, ...]:
    """Each as a PNG of its name; what is burnt comes first, since the first output is the one that is judged."""
    outputs: list[OutputFile] = []
    for kind in sorted(pictures, key=lambda each: each != "preview"):
        path = scratch / f"{kind}{ending}.png"
        encode(Picture(rgb=pictures[kind]), path, "image/png", provenance, dpi=dpi[kind])
        outputs.append(_output(path, "image/png", _PICTURES.get(kind, kind)))
    return tuple(outputs)


def documents(files: Mapping[Format, bytes], name: str, size: str, scratch: Path) -> tuple[OutputFile, ...]:
    """The files by their formats, under that name."""
    return tuple(
        _output(_save(scratch / f"{name}.{kind}", data), MEDIA_TYPES[kind], f"{_WORDS[kind]} ({size})")
        for kind, data in files.items()
    )


def _way(data: Mapping[str, Any], path: Path) -> OutputFile:
    text = json.dumps(data, separators=(",", ":")).encode()
    return _output(_save(path, text), "application/json", "Way of the head as data")


def _size(report: dict[str, Any]) -> str:
    return f"{report['width_mm']:g} x {report['height_mm']:g} mm"


def _save(path: Path, data: bytes) -> Path:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise OutputError(f"The job's files cannot be written: {error.strerror}.") from error
    return path


def _output(path: Path, media_type: str, label: str) -> OutputFile:
    return OutputFile(path=path, media_type=media_type, label=label, name=path.name)
