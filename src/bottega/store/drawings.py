"""Foreign SVG drawings as assets: what is unsafe in one is refused before it is kept, and nothing of it is drawn.

Pictures and clips are `imaging`'s; what the lines of a drawing are is read by `laser.svg_in` when a job needs them.
"""

from pathlib import Path

from bottega.domain.asset import MediaInfo
from bottega.errors import BottegaError, ResourceError, UnsupportedMedia
from bottega.imaging.decode import HEAD_BYTES, read_bytes, sniff
from bottega.imaging.limits import Limits

DRAWING = "image/svg+xml"
_MARKUP = frozenset({DRAWING, "text/xml"})
"""Drawing programs write long preambles, behind which the first element is not seen by `sniff`."""


def is_drawing(path: Path) -> bool:
    """Whether the file begins like an SVG drawing. What is wrong with a file is said by who reads it."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return sniff(file.read(HEAD_BYTES)) in _MARKUP
    except (OSError, ValueError):
        return False


def inspect_drawing(path: Path, limits: Limits) -> MediaInfo:
    """A drawing has no pixels, so neither width nor height: it is no picture (`MediaInfo.is_picture`).

    Raises UnreadablePicture, TooLarge, UnsupportedMedia and InvalidOption as `laser.svg_guard.guard` does: for scripts,
    entities, references to other files, text without outlines, damaged files, and what is larger than allowed.
    """
    from bottega.laser.svg_guard import guard

    data = read_bytes(path, limits)
    try:
        guard(data)
    except BottegaError:
        raise
    except MemoryError as error:
        raise ResourceError(
            "There is not enough memory for this drawing.", hint="Simplify the drawing."
        ) from error
    except (RecursionError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        # What the XML library and numbers of every kind answer hostile files with.
        raise UnsupportedMedia(
            "The SVG is damaged or no SVG at all.", hint="Save it again.", cause=str(error)
        ) from error
    return MediaInfo(media_type=DRAWING)
