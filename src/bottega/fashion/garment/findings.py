"""The coded findings about a garment picture, in words. Light to import: what is found is `check`'s and a vision model's."""

from typing import Any

from bottega.fashion.findings import Finding, Grave

_FOUND: dict[str, tuple[Grave, str, str]] = {
    "too_small": (Grave.HARMS, "The picture is small.", "Use a picture of at least 600 pixels on its shorter side."),
    "too_dark": (Grave.HARMS, "The picture is too dark.", "Take it in daylight or brighten it."),
    "too_bright": (Grave.HARMS, "The garment is overexposed: its cloth has no detail.", "Take it with less light."),
    "blurred": (Grave.HARMS, "The picture is blurred.", "Hold the camera still and focus on the cloth."),
    "not_a_garment": (Grave.STOPS, "This does not look like a garment.", "Use a product picture of one garment, upright, seen from the front."),
    "garment_not_isolated": (Grave.STOPS, "The garment cannot be told from what is around it.", "Use a picture of the garment alone on a plain background."),
    "garment_worn": (Grave.STOPS, "Somebody wears the garment in this picture.", "Use the product picture without a model."),
    "cropped": (Grave.HARMS, "Part of the garment lies outside the picture.", "Use a picture that shows all of it."),
    "neckline_unclear": (Grave.STOPS, "The inside of the collar is seen, and its edge cannot be told from the front.", "Use a picture in which the neckline can be seen, or one in more light."),
    "several_garments": (Grave.STOPS, "There is more than one thing in the picture.", "Crop the picture to one garment."),
    "low_contrast_with_background": (Grave.HARMS, "The garment hardly differs from the background.", "Photograph it before a background of another colour."),
    "sheer": (Grave.HARMS, "The background shows through the cloth.", "Expect a preview that looks less sheer, or use a picture on the body's colour."),
    "text_overlay": (Grave.HARMS, "There is lettering beside the garment.", "Use a picture without captions, prices or watermarks."),
}  # fmt: skip


def found(code: str, confidence: float = 1.0, *, stops: bool = False, **measured: Any) -> Finding:
    """The finding of that code with its sentences; `measured` names its unit in each key."""
    grave, message, fix = _FOUND[code]
    return Finding(
        code=code,
        grave=Grave.STOPS if stops else grave,
        message=message,
        fix=fix,
        confidence=round(min(1.0, max(0.0, confidence)), 3),
        measured={
            key: round(value, 4) if isinstance(value, float) else value for key, value in measured.items()
        },
    )
