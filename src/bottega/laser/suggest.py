"""Which process suits a picture, with which settings, and why: for people who do not say what the laser is to do.

The kind of picture is `detect`'s, measured; words that name a process go before it. Nothing is learnt or fetched.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Literal

import cv2
import numpy as np

from bottega.errors import InvalidOption
from bottega.imaging.picture import F32, U8
from bottega.laser.detect import PROCESS, Detection, Kind, Process, detect, light_on_dark
from bottega.laser.ink import shows_a_figure

Work = Literal["engrave", "score", "cut", "engrave_and_cut"]

SURE = 0.4
"""Below this confidence nothing is cut or scored by itself: an engraving shows any picture, a wrong cut ruins the sheet."""
FLAT = 0.45
"""Range of a photograph's tones (5th to 95th percentile, in [0, 1]) below which its contrast is raised."""
FLAT_CONTRAST = 0.4
STENCIL_BRIDGES_MM = 1.0

_ENGRAVE = r"engrav|\betch|\bburn|гравир|выжг|выжиг|\bgrav(?:e[rz]?|é|ure)|\bgrab(?:a|e|o)|graviere|einbrenn"
_CUT = r"\bcut(?:s|ting)?\b|вырез|вырежи|разреж|\bdécoup|\bdecoup|\brecort|\bcort(?:a|e)|schneid|ausschnitt"
_SCORE = r"\bscor(?:e|ing)\b|\bvector|вектор|\bvektor|outline|контур|\bcontour|contorno|umriss"
_STENCIL = r"\bstencil|трафарет|\bpochoir|\bplantilla|\bestarcid|\bschablon"
_NOT = re.compile(
    r"\b(?:not|n't|no|never|without|don't|ne|pas|sans|sin|nicht|kein\w*|ohne|не|без)(?: \w+)? $"
)
_WORDS: dict[Kind, str] = {
    Kind.PHOTO: "a photograph",
    Kind.LINE_ART: "a line drawing",
    Kind.SILHOUETTE: "a silhouette",
    Kind.TEXT: "lettering",
    Kind.PATTERN: "a pattern",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`process` as the workflow and `studio_picture` name it. `settings`: those that differ from the defaults of
    `EngraveSettings`, `TraceSettings` and `CutSettings`, by name. `confidence` 0 to 1 that the process is the right
    one; `why` in words, the strongest reason first."""

    kind: Kind
    process: Work
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    confidence: float = 0.0
    why: tuple[str, ...] = ()


def suggest(rgb: U8, alpha: F32 | None = None, words: str = "") -> Suggestion:
    """What to do with a picture: H x W x 3 RGB uint8, its opacity H x W in [0, 1], and what was said of it.

    A process that the words name (English, Russian, French, Spanish, German) is taken; else the kind of picture
    decides, and where that is not clear the picture is engraved. Raises what `detect` raises: InvalidOption for a picture
    of one tone, TooLarge.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3:
        raise InvalidOption(f"A picture in colour is H x W x 3, not of shape {rgb.shape}.")
    figure = alpha is not None and shows_a_figure(rgb, alpha)
    found = detect(_seen(rgb, alpha, figure=figure))
    kind = _kind(found, rgb, alpha if figure else None)
    said = _said(words)
    process: Work
    if said is not None:
        process, confidence = said, 1.0
        why = (f"The words ask for it; the picture looks like {_WORDS[kind]}.", *found.reasons)
    elif found.confidence < SURE and PROCESS[kind] is not Process.ENGRAVE:
        process, confidence = "engrave", 1 - found.confidence
        why = (
            f"It may be {_WORDS[kind]}, but that is not clear ({found.confidence:.2f} of 1): "
            "an engraving shows any picture.",
            *found.reasons,
        )
    else:
        process, confidence = PROCESS[kind].value, found.confidence
        why = (f"It looks like {_WORDS[kind]} ({found.confidence:.2f} of 1).", *found.reasons)
    return Suggestion(kind, process, _settings(kind, process, rgb, alpha, words), confidence, why)


def _seen(rgb: U8, alpha: F32 | None, *, figure: bool) -> U8:
    """The picture on white; with its transparency where that is its shape and its colours tell no other."""
    if alpha is None:
        return rgb
    opacity = np.clip(alpha, 0, 1)[..., None]
    white = np.rint(rgb * opacity + 255 * (1 - opacity)).astype(np.uint8)
    if figure and _range(rgb, alpha) < FLAT / 4:
        return np.dstack((rgb, np.rint(opacity * 255).astype(np.uint8)))
    return white


def _kind(found: Detection, rgb: U8, alpha: F32 | None) -> Kind:
    """A figure with tones in it is a photograph, however plain the ground is that it was cut out from."""
    if alpha is not None and found.kind is Kind.SILHOUETTE and _range(rgb, alpha) > FLAT:
        return Kind.PHOTO
    return found.kind


def _range(rgb: U8, alpha: F32 | None) -> float:
    """From the 5th to the 95th percentile of the tones that are not clear, in [0, 1]."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    values = grey if alpha is None else grey[alpha > 0.5]
    if not values.size:
        return 0.0
    low, high = np.percentile(values, (5, 95))
    return float(high - low) / 255


def _said(words: str) -> Work | None:
    """The process that the words name, and do not rule out."""
    text = " ".join(words.lower().split())
    cut, engraved = _says(text, _CUT) or _says(text, _STENCIL), _says(text, _ENGRAVE)
    if cut:
        return "engrave_and_cut" if engraved else "cut"
    if engraved:
        return "engrave"
    return "score" if _says(text, _SCORE) else None


def _says(text: str, pattern: str) -> bool:
    return any(not _NOT.search(text[: match.start()]) for match in re.finditer(pattern, text))


def _settings(kind: Kind, process: Work, rgb: U8, alpha: F32 | None, words: str) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    if process in ("engrave", "engrave_and_cut"):
        if kind is Kind.PHOTO:
            if _range(rgb, alpha) < FLAT:
                settings["contrast"] = FLAT_CONTRAST
        else:
            settings["dither"] = "threshold"  # ink has no tones; dots would fray its edges
    if process == "cut" and _says(words.lower(), _STENCIL):
        settings["bridges_mm"] = STENCIL_BRIDGES_MM
    if (
        kind is not Kind.PHOTO
        and alpha is None
        and light_on_dark(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY) / 255)
    ):
        settings["invert"] = True
    return settings
