"""What the OpenAI-compatible engine computes on pictures; runs in a compute process."""

from pathlib import Path

from PIL import Image, ImageChops


def mask_to_transparency(source: Path, target: Path) -> None:
    """Write a mask as the OpenAI images API wants it: a PNG that is transparent where the picture is edited.

    `source`: a picture in which white marks what is to be edited, and grey is partly. One that has transparent
    areas already means those. The result is 8-bit RGBA of the same size.
    """
    with Image.open(source) as mask:
        rgba = mask.convert("RGBA")
    alpha = rgba.getchannel("A")
    if alpha.getextrema() == (255, 255):
        alpha = ImageChops.invert(rgba.convert("L"))
    picture = Image.new("RGBA", rgba.size)
    picture.putalpha(alpha)
    picture.save(target, format="PNG", optimize=True)
