"""A clip's wish, put into words for each family of models. What the user said is in all of them, word for word.

One function per way of asking, one line per family; the families are named by the catalogue (`Model.family`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bottega.intent.normalise import normalise
from bottega.workflows.clip_reading import read_camera


@dataclass(frozen=True, slots=True)
class ClipWish:
    """`said` is the user's sentence; `camera` a move of `clip_options.Camera` that is not in it, or `auto`. `sound`:
    sound is wanted. `names_sound`: the sentence says which. `still`: the clip begins with a picture; `end_frame`: it
    ends with another one."""

    said: str
    camera: str = "auto"
    sound: bool = False
    names_sound: bool = False
    still: bool = False
    end_frame: bool = False


def clip_wish(
    said: str,
    camera: str,
    *,
    sound: bool = False,
    names_sound: bool = False,
    still: bool = False,
    end_frame: bool = False,
) -> ClipWish:
    """The wish without what the sentence says by itself."""
    is_said = camera == "auto" or read_camera(normalise(said)) == camera
    return ClipWish(said, "auto" if is_said else camera, sound, names_sound, still, end_frame)


def prompts_for(wish: ClipWish) -> dict[str, str]:
    """The wish by family, ready for `Task.prompts`."""
    return {family: put(wish) for family, put in FAMILIES.items()}


# --- ways of asking ---------------------------------------------------------------------------------------------------


def in_prose(wish: ClipWish) -> str:
    """For models that read at length: what happens, then the camera, then the end."""
    return _joined(wish.said, _only_moved(wish), _camera(wish), _end(wish))


def in_prose_with_sound(wish: ClipWish) -> str:
    """For models that make sound: they are told of it too, because they make what they are told of."""
    return _joined(in_prose(wish), _sound(wish))


def with_camera_commands(wish: ClipWish) -> str:
    """For MiniMax's models, which take camera moves as commands in brackets (its API reference, 2025)."""
    command = _COMMANDS.get(wish.camera, "")
    if not command:
        return in_prose(wish)
    return _joined(wish.said, _only_moved(wish), f"[{command}]", _end(wish))


FAMILIES: Final[dict[str, Callable[[ClipWish], str]]] = {
    "veo": in_prose_with_sound,
    "sora": in_prose_with_sound,
    "gemini-omni": in_prose_with_sound,
    "wan": in_prose_with_sound,
    "kling": in_prose,
    "ltx": in_prose,
    "hailuo": with_camera_commands,
}

_CAMERA_WORDS: Final = {
    "static": "The camera does not move.",
    "pan_left": "The camera pans slowly to the left.",
    "pan_right": "The camera pans slowly to the right.",
    "tilt_up": "The camera tilts slowly up.",
    "tilt_down": "The camera tilts slowly down.",
    "zoom_in": "The camera zooms in slowly.",
    "zoom_out": "The camera zooms out slowly.",
    "dolly_in": "The camera moves slowly towards the subject.",
    "dolly_out": "The camera moves slowly back from the subject.",
    "orbit": "The camera moves around the subject in a slow arc.",
    "handheld": "Handheld camera, with slight natural shake.",
}
_COMMANDS: Final = {
    "static": "Static shot",
    "pan_left": "Pan left",
    "pan_right": "Pan right",
    "tilt_up": "Tilt up",
    "tilt_down": "Tilt down",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "dolly_in": "Push in",
    "dolly_out": "Pull out",
    "handheld": "Shake",
}

# --- parts ------------------------------------------------------------------------------------------------------------

_ONLY_MOVE: Final = re.compile(
    r"(?:(?:please|bitte|пожалуиста|s'il (?:te|vous) plait|por favor),? )?"
    r"(?:animat(?:e|ion)|bring|make|let|ожив\w*|анимиру\w*|anime[rz]?|fais|donne|anima\w*|dale|haz|animier\w*|erweck\w*|lass\w*)"
    r"(?:,? (?:this|that|the|my|these|it|him|her|them|a|photos?|photograph|pictures?|images?|portraits?|drawings?|paintings?"
    r"|to life|alive|come|move|moving|into|video|clip|это|эту|мое|мою|фото\w*|картинк\w*|снимок|изображени\w*|рисунок|портрет"
    r"|cette|cet|ce|le|la|l'image|ma|mon|vie|a|image|tableau|dessin|bouger|esta|este|mi|el|imagen|foto|retrato|dibujo|vida"
    r"|dieses|diese|das|die|mein\w*|foto\w*|bild\w*|zeichnung|gemalde|zum|leben|bewegen|sich"
    r"|\d[\w:-]*|for|in|as|an|on|vertical\w*|square|seconds?|secs?|на|в|секунд\w*|pendant|durante|fur|en|de|un|une|ein|secondes"
    r"|segundos|sekunden))*[ .!]*"
)
"""An order to move a picture that does not say what moves, with or without a length and a shape."""


def _only_moved(wish: ClipWish) -> str:
    said = normalise(wish.said)
    if not wish.still or (said and not _ONLY_MOVE.fullmatch(said)):
        return ""
    return "What can move in the picture moves gently and naturally; people, things and the scene stay as they are in it."


def _camera(wish: ClipWish) -> str:
    return _CAMERA_WORDS.get(wish.camera, "")


def _end(wish: ClipWish) -> str:
    return "The clip moves in one flow from the first picture to the last one." if wish.end_frame else ""


def _sound(wish: ClipWish) -> str:
    if not wish.sound or wish.names_sound:
        return ""
    return "With the natural sound of the scene."


def _joined(*parts: str) -> str:
    """The parts one after the other; what was said ends as it ended where nothing follows."""
    given = [part.strip() for part in parts if part.strip()]
    return " ".join([*(_sentence(part) for part in given[:-1]), *given[-1:]])


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…", "]", '"', "”", "»")) else f"{text}."
