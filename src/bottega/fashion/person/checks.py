"""What is found about a photograph of a person: coded findings, each with a sentence on what to do about it.

The wording speaks of the picture, never of the body.
"""

from bottega.fashion.findings import Check, Finding, Grave

_STOPS, _HARMS, _NOTE = Grave.STOPS, Grave.HARMS, Grave.NOTE

FINDINGS: dict[str, tuple[Grave, str, str]] = {
    "no_person": (
        _STOPS,
        "No person was found in this picture.",
        "Use a photo of one person from the front.",
    ),
    "several_people": (_STOPS, "More than one person is in this picture.", "Crop the picture to one person."),
    "torso_hidden": (
        _STOPS,
        "The upper body is not in the picture or is covered.",
        "Use a photo that shows the body from the chin to the hips.",
    ),
    "cropped_torso": (
        _HARMS,
        "The picture ends within the upper body.",
        "Use a photo that reaches at least from the chin to the hips.",
    ),
    "arms_crossed": (
        _STOPS,
        "Arms or hands cover the clothes.",
        "Let the arms hang beside the body, a little away from it.",
    ),
    "seated": (_HARMS, "The person seems to be sitting.", "Use a photo taken standing."),
    "turned_away": (_STOPS, "The person is not seen from the front.", "Face the camera."),
    "too_dark": (
        _HARMS,
        "The picture is very dark.",
        "Take it by a window or with more light from the front.",
    ),
    "too_bright": (
        _HARMS,
        "Large parts of the person are overexposed.",
        "Take it with less light or a shorter exposure.",
    ),
    "backlit": (
        _HARMS,
        "The light comes from behind the person.",
        "Turn so that the light falls on the face.",
    ),
    "too_small": (
        _STOPS,
        "The picture has too few pixels.",
        "Use a picture of at least 400 pixels on its shorter side.",
    ),
    "face_small": (_HARMS, "The person is small in the picture.", "Come closer or crop the picture."),
    "blurred": (_HARMS, "The picture is blurred.", "Hold the camera still and focus on the person."),
    "headless": (_NOTE, "The picture shows no head; the body was found without it.", ""),
    "hair_over_garment": (
        _HARMS,
        "Hair lies over the clothes.",
        "Put the hair behind the shoulders for the cleanest result.",
    ),
    "background_busy": (
        _HARMS,
        "The background is not plain.",
        "A photo before a plain wall gives a more reliable result.",
    ),
    "possible_child": (
        _NOTE,
        "The person may be a child; the body is not analysed.",
        "Body analysis is offered for adults only.",
    ),
    "skin_like_garment": (
        _HARMS,
        "The clothes are close to the skin in colour, so their edge is uncertain.",
        "Wear a top of another colour for the photo.",
    ),
    "low_confidence": (
        _STOPS,
        "It is not certain which part of the picture is the worn garment.",
        "Use an evenly lit photo before a plain background, or mark the garment by hand.",
    ),
}


def finding(code: str, *, confidence: float = 1.0, **measured: float) -> Finding:
    """The finding of that code; `measured` holds the figures behind it, each with its unit in its name."""
    grave, message, fix = FINDINGS[code]
    rounded = {name: round(float(value), 4) for name, value in measured.items()}
    return Finding(
        code=code,
        grave=grave,
        message=message,
        fix=fix,
        confidence=round(float(confidence), 3),
        measured=rounded,
    )


def check_of(findings: list[Finding]) -> Check:
    """The findings, those that stop the work first."""
    order = {_STOPS: 0, _HARMS: 1, _NOTE: 2}
    return Check(findings=tuple(sorted(findings, key=lambda one: order[one.grave])))
