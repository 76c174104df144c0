"""Files that tests of the studio bring, drawn by the drawers of the Python tests; run by `drawings.ts` with a folder."""

import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "tests" / "fashion")]

import drawn_garments  # noqa: E402
import drawn_people  # noqa: E402

from bottega.imaging.encode import encode  # noqa: E402
from bottega.imaging.picture import Picture  # noqa: E402

FIGURE = drawn_people.Figure(tone=drawn_people.TONES[2], sleeves="short", seed=4)
PICTURES = {
    "person": lambda: drawn_people.draw(FIGURE),
    "crossed-arms": lambda: drawn_people.draw(replace(FIGURE, pose="crossed")),
    "tshirt": lambda: drawn_garments.draw("tshirt", 3, pattern="plain"),
    "trousers": lambda: drawn_garments.draw("trousers", 2, pattern="plain"),
}
CLIP_SIZE, CLIP_RATE, CLIP_SECONDS = (160, 120), 15, 2


def write_clip(path: Path) -> None:
    """A disc that crosses the picture, as H.264 in MP4."""
    import av
    import numpy as np

    width, height = CLIP_SIZE
    rows, columns = np.mgrid[:height, :width]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=CLIP_RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(CLIP_RATE * CLIP_SECONDS):
            sheet = np.dstack([columns + 60, rows + 90, 200 - rows]).astype(np.uint8)
            at = 20 + 4 * number
            sheet[np.hypot(columns - at, rows - 60) < 16] = (220, 80, 40)
            for packet in stream.encode(av.VideoFrame.from_ndarray(sheet, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def main(folder: Path) -> None:
    for name, draw in PICTURES.items():
        encode(Picture(rgb=draw().rgb), folder / f"{name}.png", "image/png")
    write_clip(folder / "disc.mp4")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
