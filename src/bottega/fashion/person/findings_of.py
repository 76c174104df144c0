"""What a parsed scene gives reason to say: thresholds on measured figures, each finding with its figures."""

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.fashion.findings import Finding
from bottega.fashion.person.checks import finding
from bottega.fashion.person.regions import hair_over
from bottega.fashion.person.scene import Scene, grid
from bottega.fashion.person.values import BodyFrame, Face
from bottega.fashion.person.worn import Worn
from bottega.imaging.arrays import median, picked, quantile
from bottega.imaging.picture import U8

Bool = NDArray[np.bool_]

AGREEMENT = 0.8
"""Below this least overlap of the hypotheses the worn garment counts as not found for certain."""


def about_light(rgb: U8, scene: Scene | None) -> list[Finding]:
    """Size, exposure, light from behind, sharpness."""
    found: list[Finding] = []
    short = min(rgb.shape[:2])
    if short < 200:
        found.append(finding("too_small", shorter_side_px=short))
    if scene is None:
        return found
    across, down = grid(scene.silhouette.shape, scene.head)
    light = scene.lab[..., 0]
    person = scene.silhouette & (down < 3)
    if not person.any():
        return found
    face = (across / 0.26) ** 2 + ((down + 0.36) / 0.32) ** 2 < 1
    face_light = median(light[face]) if scene.face is not None and face.any() else None
    around = median(light[~scene.silhouette]) if (~scene.silhouette).any() else 50.0
    usual, high = median(light[person]), float(quantile(light, 0.98))
    if high < 35 or (usual < 14 and around < 30):
        found.append(finding("too_dark", median_lightness=usual, brightest_lightness=high))
    blown = float((scene.rgb[face] >= 253).all(axis=1).mean()) if face_light is not None else 0.0
    if blown > 0.25:
        found.append(finding("too_bright", overexposed_share_of_face=blown))
    if face_light is not None and _backlit(scene, person, face_light, around):
        found.append(
            finding("backlit", face_lightness=face_light, background_lightness=around, confidence=0.7)
        )
    sharp = _sharpness(rgb, scene)
    if sharp < 2.2:
        found.append(finding("blurred", edge_width_measure=sharp, confidence=0.7))
    return found


def _backlit(scene: Scene, person: Bool, face_light: float, around: float) -> bool:
    """A bright background, and nothing bright on a person whose face is dark: in good light the whites of eyes, teeth
    and highlights are bright at every skin tone."""
    # The outline may hold a rim of the bright background.
    inner = np.asarray(cv2.erode(person.astype(np.uint8), np.ones((9, 9), np.uint8))) > 0
    brightest = float(np.percentile(scene.lab[..., 0][inner if inner.any() else person], 98))
    return around > 75 and face_light < 40 and brightest < 34


def _sharpness(rgb: U8, scene: Scene) -> float:
    """The strongest fine detail over noise within the person at a long side of 1024: 99.5th percentile of the Laplacian
    in grey values of 255 over its median."""
    scale = min(1.0, 1024 / max(rgb.shape[:2]))
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    detail = np.abs(np.asarray(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 0.8), cv2.CV_32F), np.float32))
    mask = (
        np.asarray(
            cv2.resize(scene.silhouette.astype(np.uint8), grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
        )
        > 0
    )
    return float(quantile(picked(detail, mask), 0.995)) if mask.any() else 0.0


def about_body(
    scene: Scene, frame: BodyFrame, worn: Worn, hair: Bool, faces: tuple[Face, ...], skin_like: bool
) -> list[Finding]:
    """Who and what is seen, how it stands, and how far the parse can be trusted."""
    found: list[Finding] = []
    unit, (_, chin) = scene.head.unit, scene.head.chin
    height = scene.silhouette.shape[0]
    main = faces[0].box[2] if faces else 0.0
    others = [
        face for face in faces[1:] if face.box[2] > 0.45 * main and (face.eyes or face.confidence > 0.75)
    ]
    if others:
        found.append(
            finding("several_people", faces=1 + len(others), confidence=max(f.confidence for f in others))
        )
    if scene.face is None:
        found.append(finding("headless"))
    reach = (height - chin) / unit
    if reach < 1.2:
        found.append(finding("torso_hidden", visible_head_heights_below_chin=reach))
    elif reach < 2.0:
        found.append(finding("cropped_torso", visible_head_heights_below_chin=reach))
    if frame.arms == "crossing":
        found.append(finding("arms_crossed", confidence=0.75))
    if frame.seated:
        found.append(finding("seated", confidence=0.6))
    if frame.facing in ("side", "back"):
        found.append(finding("turned_away", confidence=0.7))
    if not scene.backdrop.studio:
        found.append(finding("background_busy", plain_share_of_border=scene.backdrop.plain))
    if scene.face is not None and unit < 0.07 * height:
        found.append(finding("face_small", head_height_px=unit / scene.scale))
    over = hair_over(scene, hair)
    if over > 0.06:
        found.append(finding("hair_over_garment", hair_in_squared_head_heights=over))
    if skin_like:
        found.append(finding("skin_like_garment"))
    if reach >= 1.2 and worn.agreement < AGREEMENT:
        found.append(finding("low_confidence", agreement=worn.agreement))
    return found
