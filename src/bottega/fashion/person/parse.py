"""From a photograph to what is known of the person in it: the order of the steps, and nothing else."""

from dataclasses import replace

import numpy as np

from bottega.errors import InvalidOption
from bottega.fashion.findings import Check, Finding
from bottega.fashion.person.checks import check_of, finding
from bottega.fashion.person.faces import find_faces
from bottega.fashion.person.findings_of import about_body, about_light
from bottega.fashion.person.frame import find_frame
from bottega.fashion.person.headless import headless_scene
from bottega.fashion.person.legs import find_legs
from bottega.fashion.person.midriff import find_midriff
from bottega.fashion.person.pale import blends, with_pale_cloth
from bottega.fashion.person.regions import (
    at_full_size,
    bare_skin,
    find_hair,
    find_regions,
    of_skin_colour,
)
from bottega.fashion.person.scene import Bool, Scene, grid, head_of, reduced
from bottega.fashion.person.silhouette import (
    drop_small,
    fit_backdrop,
    least_overlap,
    majority,
    studio_silhouettes,
    trimap_silhouettes,
    upper_border,
)
from bottega.fashion.person.skin_model import fit_skin, skin_likeness
from bottega.fashion.person.values import BodyFrame, Face, PersonParse
from bottega.fashion.person.worn import find_worn
from bottega.imaging.picture import F32, U8

LEAST_SIDE = 16
"""Below this shorter side, pixels, nothing is looked for."""


def parse_person(rgb: U8, *, seed: int = 0) -> PersonParse:
    """The person in `rgb` (H x W x 3 uint8); the same picture and seed give the same parse.

    Any picture gives a parse: what was not found is not there, and `check` says why. Raises InvalidOption for an
    array that is no such picture, ResourceError when OpenCV comes without its detectors.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or 0 in rgb.shape:
        raise InvalidOption(
            "A photograph of a person has to be an array of height x width x 3 in 8 bits.",
            hint="Decode the file with bottega.imaging.decode and pass Picture.as_u8().",
        )
    if min(rgb.shape[:2]) < LEAST_SIDE:
        return _nobody(rgb, [finding("too_small", shorter_side_px=min(rgb.shape[:2])), finding("no_person")])
    faces = find_faces(rgb)
    scene = _scene(rgb, faces[0] if faces else None, seed)
    if scene is None:
        return _nobody(rgb, [*about_light(rgb, None), finding("no_person")])
    return _parsed(rgb, scene, faces, seed)


def check_person(rgb: U8) -> Check:
    """Whether `rgb` (H x W x 3 uint8) can be worked with, and what to do about it when not. Errors as `parse_person`."""
    return parse_person(rgb).check


def _nobody(rgb: U8, findings: list[Finding]) -> PersonParse:
    empty: F32 = np.zeros(rgb.shape[:2], np.float32)
    return PersonParse(None, 0, None, empty, {}, 0.0, None, "unknown", False, check_of(findings))


def _scene(rgb: U8, face: Face | None, seed: int) -> Scene | None:
    small, lab, scale = reduced(rgb)
    backdrop = fit_backdrop(lab)
    if face is None:
        return headless_scene(small, lab, scale, backdrop, seed)
    near = _scaled_face(face, scale)
    head = head_of(near)
    across, down = grid(lab.shape, head)
    masks = studio_silhouettes(small, backdrop, seed) if backdrop.studio else []
    if masks and blends(masks, head.chin, head.unit):
        border = upper_border(*lab.shape[:2])
        masks = with_pale_cloth(lab, backdrop.surface, border, masks, head.chin, head.unit)
    # A person reaches about two heads to either side; what differs from the backdrop beyond is furniture or scenery.
    far = (np.abs(across) > 2.4) | (down < -1.35)
    scenery = bool(masks) and float((masks[0] & far).sum()) > 0.08 * float(masks[0].sum())
    if not masks or scenery or least_overlap(masks) < 0.6:
        backdrop = replace(backdrop, plain=min(backdrop.plain, 0.5)) if scenery else backdrop
        masks = trimap_silhouettes(small, head.chin, head.unit, seed)
    silhouette = majority(masks)
    oval = (across / 0.34) ** 2 + ((down + 0.4) / 0.42) ** 2 < 1
    silhouette = drop_small(silhouette | oval, 0.08)
    inner = (across / 0.24) ** 2 + ((down + 0.36) / 0.3) ** 2 < 1
    model = fit_skin(lab[inner])
    skin = skin_likeness(lab, model) if model is not None else np.zeros(lab.shape[:2], np.float32)
    return Scene(
        small, lab, scale, near, head, backdrop, silhouette, tuple(masks), least_overlap(masks), skin, model
    )


def _scaled_face(face: Face, scale: float) -> Face:
    x, y, w, h = (value * scale for value in face.box)
    return Face(
        (x, y, w, h), face.angle, face.confidence, tuple((u * scale, v * scale) for u, v in face.eyes)
    )


def _parsed(rgb: U8, scene: Scene, faces: tuple[Face, ...], seed: int) -> PersonParse:
    hair = find_hair(scene)
    # However narrow it is: what lies above and below it tells it from a stripe.
    midriff = find_midriff(scene, of_skin_colour(scene, hair))
    skin, skin_like = bare_skin(scene, hair, midriff)
    skin |= midriff
    legs = find_legs(scene)
    frame = find_frame(scene, skin & ~midriff, legs)
    strict = bare_skin(scene, hair, midriff, 0.62)[0]
    skins = (skin, _generous(scene, hair, midriff, skin) | midriff, strict | midriff)
    worn = find_worn(scene, frame, skins, midriff, hair, seed)
    regions = find_regions(scene, frame, worn, legs, skin, midriff, hair)
    findings = [*about_light(rgb, scene), *about_body(scene, frame, worn, hair, faces, skin_like)]
    shape = (rgb.shape[0], rgb.shape[1])
    return PersonParse(
        face=faces[0] if faces else None,
        faces=len(faces),
        frame=_at_full_size(frame, scene.scale),
        silhouette=at_full_size(scene.silhouette, shape),
        regions={name: at_full_size(mask, shape) for name, mask in regions.items()},
        agreement=worn.agreement,
        skin=scene.skin_model.lab if scene.skin_model is not None else None,
        worn_pattern=worn.pattern,
        headless=scene.face is None,
        check=check_of(findings),
    )


def _generous(scene: Scene, hair: Bool, midriff: Bool, skin: Bool) -> Bool:
    """Bare skin at a lower threshold, unless only that one takes the garment for skin, which `skin` clearly does not."""
    found, alike = bare_skin(scene, hair, midriff, 0.38)
    across, down = grid(skin.shape, scene.head)
    core = scene.silhouette & (np.abs(across) < 0.5) & (down > 0.9) & (down < 2.0)
    return skin if alike and core.any() and float(skin[core].mean()) < 0.1 else found


def _at_full_size(frame: BodyFrame, scale: float) -> BodyFrame:
    joints = {name: (x / scale, y / scale, sure) for name, (x, y, sure) in frame.joints.items()}
    return BodyFrame(
        joints, frame.head_height / scale, frame.facing, frame.arms, frame.seated, frame.confidence
    )
