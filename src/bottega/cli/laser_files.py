"""Files of the laser commands: pictures and drawings in, results out, and never a half-written or needless one."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bottega.imaging.picture import F32, U8

MOST_DRAWING_BYTES = 64 * 2**20


def read_picture(path: Path) -> "tuple[U8, F32 | None]":
    """RGB uint8 and the opacity in [0, 1], if there is any. Raises what decoding raises, InputError without a file or
    for a drawing."""
    import numpy as np

    from bottega.cli.session import load_settings
    from bottega.errors import InputError
    from bottega.imaging.decode import decode
    from bottega.imaging.limits import Limits

    _must_exist(path)
    if path.suffix.lower() == ".svg":
        raise InputError(
            f"{path.name} is a drawing, not a picture.",
            hint="`bottega laser cut` works on drawings, and engraves their filled areas.",
        )
    picture = decode(path, Limits.from_settings(load_settings()))
    if picture.alpha is None:
        return picture.as_u8(), None
    top = 65535 if picture.alpha.dtype == np.uint16 else 255
    return picture.as_u8(), picture.alpha.astype(np.float32) / np.float32(top)


def read_drawing(path: Path) -> bytes:
    """The bytes of an SVG or G-code file. Raises InputError without a file, TooLarge above 64 MiB."""
    from bottega.errors import InputError, TooLarge

    _must_exist(path)
    try:
        size = path.stat().st_size
        if size > MOST_DRAWING_BYTES:
            raise TooLarge(
                f"{path.name} has {size / 2**20:.0f} MiB; at most {MOST_DRAWING_BYTES // 2**20} are read.",
                hint="Simplify the drawing.",
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


def check_targets(paths: Sequence[Path], sources: Sequence[Path] = ()) -> None:
    """Raises InputError when a result cannot be written there, before any work is done."""
    from bottega.errors import InputError

    for path in paths:
        if path.is_dir():
            raise InputError(f"{path} is a folder.", hint="Name a file in it.")
        if not path.parent.is_dir():
            raise InputError(f"There is no folder {path.parent}.", hint="Make it first.")
        if not os.access(path.parent, os.W_OK):
            raise InputError(f"Nothing can be written to the folder {path.parent}.")
        if any(path.resolve() == source.resolve() for source in sources):
            raise InputError(
                f"{path} would be written over itself.", hint="Name another file for the result."
            )


def write_files(files: Mapping[Path, bytes]) -> None:
    """All or, as far as a file system allows, none: written beside their places, then renamed.

    Raises ResourceError; what stood there before then still stands.
    """
    from bottega.errors import ResourceError

    beside: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            beside[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            # As a file that was opened to be written would be, not for its owner alone.
            Path(name).chmod(0o666 & ~_umask())
        for path, temporary in beside.items():
            temporary.replace(path)
    except OSError as error:
        raise ResourceError(f"The result cannot be written: {error.strerror}.") from error
    finally:
        for temporary in beside.values():
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _must_exist(path: Path) -> None:
    from bottega.errors import InputError

    if not path.is_file():
        raise InputError(f"There is no file {path}.")
