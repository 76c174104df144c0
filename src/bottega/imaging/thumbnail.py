"""Small pictures for lists. Light to import; the decoders are loaded when the first one is made."""

from pathlib import Path

from bottega.errors import InvalidOption
from bottega.imaging.limits import Limits


def make_thumbnail(source: Path, target: Path, side: int, limits: Limits) -> None:
    """Write an upright WebP of `source`, its longer side `side` pixels, never enlarged, without metadata. Of a clip
    it is the poster frame (`clip.poster`).

    `target` appears whole or not at all. Raises as `decode.decode` and `encode.encode` do, and InvalidOption for
    a side outside 1 to 4096.
    """
    if not 1 <= side <= 4096:
        raise InvalidOption("A thumbnail has 1 to 4096 pixels on its longer side.")
    from bottega.imaging.clip import is_clip, poster
    from bottega.imaging.decode import decode
    from bottega.imaging.encode import encode
    from bottega.imaging.picture import Picture
    from bottega.imaging.resize import shrink

    shown = Picture(rgb=poster(source, limits)) if is_clip(source) else decode(source, limits)
    encode(shrink(shown, side), target, "image/webp", quality=80)
