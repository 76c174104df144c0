"""Studio figures drawn with ground truth: bodies of varied proportions, tones, hair, clothes, poses and backdrops.

The face is the NASA portrait `skimage.data.astronaut()` (public domain), recoloured and relit, so that the real face
detectors work on it.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from bottega.imaging.colour import lab_to_rgb, rgb_to_lab

Mask = NDArray[np.float32]
Point = tuple[float, float]

TONES: tuple[tuple[float, float, float], ...] = (
    (88, 6, 13),
    (80, 10, 16),
    (73, 11, 20),
    (64, 13, 22),
    (54, 14, 23),
    (44, 13, 19),
    (34, 11, 14),
)
"""CIE L*a*b* of skins from very light to very dark, along the published skin locus."""

_FACE_CENTRE, _FACE_CHIN, _FACE_HEAD = (225.0, 101.0), 178.0, 152.0
"""In the portrait, pixels: between the eyes, the chin's height, and the head's height."""


@dataclass(frozen=True)
class Figure:
    """What is drawn. Lengths are shares of the head's height unless a name says pixels."""

    width: int = 768
    height: int = 1024
    head_px: float = 170.0
    chin: Point = (0.5, 0.24)
    """Of the picture's width and height."""
    tone: tuple[float, float, float] = TONES[1]
    hair: Literal["short", "long", "none"] = "short"
    hair_rgb: tuple[int, int, int] = (70, 48, 36)
    hair_front: bool = False
    top_rgb: tuple[int, int, int] = (60, 90, 160)
    second_rgb: tuple[int, int, int] = (235, 235, 230)
    pattern: Literal["plain", "striped", "checked", "print"] = "plain"
    sleeves: Literal["none", "short", "long"] = "short"
    neckline: float = 0.45
    hem: float = 2.35
    bottom_rgb: tuple[int, int, int] = (50, 55, 75)
    dress: bool = False
    legs: Literal["trousers", "shorts"] = "trousers"
    pose: Literal["beside", "raised", "crossed", "one_hip"] = "beside"
    seated: bool = False
    shoulder: float = 0.92
    chest: float = 0.68
    waist: float = 0.58
    hip: float = 0.72
    spread: float = 0.0
    """How much farther from the body than hanging arms the wrists are; the elbows half of it."""
    waistband: float = 2.2
    """Where trousers begin; a top that ends above it leaves the midriff bare."""
    backdrop: Literal["plain", "graded", "busy"] = "plain"
    backdrop_rgb: tuple[int, int, int] = (228, 228, 230)
    mirrored: bool = False
    noise: float = 1.5
    crop_top: float = 0.0
    """Share of the height cut off above: a headless picture."""
    seed: int = 0


@dataclass(frozen=True)
class Drawn:
    """`rgb`: H x W x 3 uint8. `regions`: H x W float32 masks in [0, 1]. `joints`: pixels. `chin`: pixels."""

    rgb: NDArray[np.uint8]
    joints: dict[str, Point]
    regions: dict[str, Mask]
    silhouette: Mask
    chin: Point
    head_height: float
    figure: Figure = field(repr=False)


def draw(figure: Figure) -> Drawn:
    """The figure with its truth; the same figure gives the same pixels."""
    return _Drawing(figure).finished()


def varied(count: int, seed: int = 0, **fixed: Any) -> list[Figure]:
    """Studio figures as product pictures show them: proportions, tones, hair, clothes and backdrops at random."""
    rng = np.random.default_rng(seed)
    figures: list[Figure] = []
    for number in range(count):
        top, bottom = _two_colours(rng)
        backdrop = tuple(int(v) for v in np.clip(rng.integers(195, 250) + rng.integers(-6, 7, 3), 0, 255))
        figure = Figure(
            head_px=float(rng.uniform(140, 215)),
            chin=(float(rng.uniform(0.45, 0.55)), float(rng.uniform(0.2, 0.27))),
            tone=TONES[int(rng.integers(len(TONES)))],
            hair=str(rng.choice(["short", "long", "long"])),  # type: ignore[arg-type]
            hair_rgb=[(70, 48, 36), (28, 24, 24), (150, 115, 70), (90, 60, 40)][int(rng.integers(4))],
            hair_front=bool(rng.random() < 0.3),
            top_rgb=top,
            second_rgb=tuple(int(v) for v in rng.integers(0, 256, 3)),  # type: ignore[arg-type]
            pattern=str(rng.choice(["plain", "plain", "striped", "checked", "print"])),  # type: ignore[arg-type]
            sleeves=str(rng.choice(["none", "short", "short", "long", "long"])),  # type: ignore[arg-type]
            neckline=float(rng.uniform(0.3, 0.65)),
            hem=float(rng.uniform(2.0, 2.6)),
            bottom_rgb=bottom,
            dress=bool(rng.random() < 0.12),
            pose=str(rng.choice(["beside", "beside", "beside", "one_hip"])),  # type: ignore[arg-type]
            shoulder=float(rng.uniform(0.82, 1.05)),
            chest=float(rng.uniform(0.6, 0.8)),
            waist=float(rng.uniform(0.5, 0.75)),
            hip=float(rng.uniform(0.64, 0.85)),
            backdrop=str(rng.choice(["plain", "graded"])),  # type: ignore[arg-type]
            backdrop_rgb=backdrop,  # type: ignore[arg-type]
            mirrored=bool(rng.random() < 0.5),
            noise=float(rng.uniform(0.5, 3.0)),
            seed=seed * 1000 + number,
        )
        figures.append(replace(figure, **fixed))
    return figures


def _two_colours(rng: np.random.Generator) -> tuple[Any, Any]:
    """Colours of top and bottom that differ as worn pairs mostly do: by at least 18 in CIE76."""
    while True:
        pair = rng.integers(15, 246, (2, 3))
        lab = rgb_to_lab(pair.astype(np.float32) / 255)
        if np.linalg.norm(lab[0] - lab[1]) > 18:
            return tuple(int(v) for v in pair[0]), tuple(int(v) for v in pair[1])


@lru_cache(maxsize=1)
def _portrait() -> NDArray[np.uint8]:
    import skimage.data

    return np.asarray(skimage.data.astronaut())


class _Drawing:
    def __init__(self, figure: Figure) -> None:
        self.f = figure
        self.rng = np.random.default_rng(figure.seed)
        self.shape = (figure.height, figure.width)
        self.cx, self.cy = figure.chin[0] * figure.width, figure.chin[1] * figure.height
        self.owner = np.zeros(self.shape, np.float32)
        self.regions: dict[str, Mask] = {}
        self.image = self._backdrop()
        self.skin = lab_to_rgb(np.asarray(figure.tone, np.float32)).clip(0, 1)

    # --- geometry ---

    def at(self, x: float, y: float) -> Point:
        """From head heights beside and below the chin to pixels."""
        return self.cx + x * self.f.head_px, self.cy + y * self.f.head_px

    def joints(self) -> dict[str, Point]:
        f = self.f
        points: dict[str, Point] = {"neck": self.at(0, 0.25), "crotch": self.at(0, 2.9)}
        for side, sign in (("left", -1), ("right", 1)):
            points[f"shoulder_{side}"] = self.at(sign * f.shoulder, 0.45)
            points[f"chest_{side}"] = self.at(sign * f.chest, 1.0)
            points[f"waist_{side}"] = self.at(sign * f.waist, 1.7)
            points[f"hip_{side}"] = self.at(sign * f.hip, 2.4)
            points[f"knee_{side}"] = self.at(sign * 0.42, 3.4 if f.seated else 4.4)
            points[f"ankle_{side}"] = self.at(sign * 0.4, 5.0 if f.seated else 6.1)
            elbow, wrist = self._arm(sign)
            points[f"elbow_{side}"], points[f"wrist_{side}"] = self.at(*elbow), self.at(*wrist)
        return points

    def _arm(self, sign: int) -> tuple[Point, Point]:
        s = self.f.shoulder
        if self.f.pose == "raised":
            return (sign * (s + 0.95), -0.05), (sign * (s + 0.75), -1.15)
        if self.f.pose == "crossed":
            return (sign * (s + 0.12), 1.75), (-sign * 0.3, 1.35 + 0.1 * sign)
        if self.f.pose == "one_hip" and sign > 0:
            return (s + 0.62, 1.6), (self.f.hip - 0.02, 2.1)
        out = s + 0.17 + 0.5 * self.f.spread, s + 0.22 + self.f.spread
        return (sign * out[0], 1.8), (sign * out[1], 2.75)

    # --- painting ---

    def _area(self, points: list[Point]) -> Mask:
        mask = np.zeros(self.shape, np.uint8)
        scaled = np.round(np.asarray(points) * 16).astype(np.int32)
        cv2.fillPoly(mask, [scaled], 255, cv2.LINE_AA, 4)
        return mask.astype(np.float32) / 255

    def _limb(self, points: list[Point], widths: list[float]) -> Mask:
        """A chain of round segments; widths in head heights."""
        mask = np.zeros(self.shape, np.float32)
        for (p, q), (a, b) in zip(pairwise(points), pairwise(widths), strict=True):
            steps = max(2, int(np.hypot(q[0] - p[0], q[1] - p[1]) / 3))
            layer = np.zeros(self.shape, np.uint8)
            for t in np.linspace(0, 1, steps):
                centre = (round((p[0] + t * (q[0] - p[0])) * 16), round((p[1] + t * (q[1] - p[1])) * 16))
                radius = round((a + t * (b - a)) / 2 * self.f.head_px * 16)
                cv2.circle(layer, centre, radius, 255, -1, cv2.LINE_AA, 4)
            mask = np.maximum(mask, layer.astype(np.float32) / 255)
        return mask

    def _paint(self, name: str, mask: Mask, colour: Any, round_: float = 0.25, folds: float = 0.0) -> None:
        """Lay `colour` (3 or H x W x 3, [0, 1]) over what is there, shaded like a rounded body."""
        depth = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
        reach = max(4.0, 0.28 * self.f.head_px)
        shade = 1 - round_ * (1 - np.sqrt(np.clip(depth / reach, 0, 1)))
        if folds:
            waves = self._smooth_noise(0.12 * self.f.head_px) + 0.6 * self._smooth_noise(
                0.05 * self.f.head_px
            )
            shade = shade * (1 + folds * waves)
        painted = np.clip(np.asarray(colour, np.float32) * shade[..., None], 0, 1)
        self.image = self.image * (1 - mask[..., None]) + painted * mask[..., None]
        for other in self.regions:
            self.regions[other] = self.regions[other] * (1 - mask)
        self.regions[name] = np.maximum(self.regions.get(name, np.zeros(self.shape, np.float32)), mask)
        self.owner = np.maximum(self.owner, mask)

    def _smooth_noise(self, size: float) -> Mask:
        small = self.rng.normal(size=(max(3, int(self.f.height / size)), max(3, int(self.f.width / size))))
        wave = cv2.resize(small.astype(np.float32), self.shape[::-1], interpolation=cv2.INTER_CUBIC)
        return wave / max(float(wave.std()), 1e-6)

    def _backdrop(self) -> Any:
        f = self.f
        base = np.asarray(f.backdrop_rgb, np.float32) / 255
        image = np.broadcast_to(base, (*self.shape, 3)).copy()
        y, x = np.mgrid[0 : 1 : self.shape[0] * 1j, 0 : 1 : self.shape[1] * 1j].astype(np.float32)
        if f.backdrop == "graded":
            image *= (1.02 - 0.18 * y - 0.12 * (x - 0.4) ** 2)[..., None]
        if f.backdrop == "busy":
            for _ in range(60):
                colour = self.rng.random(3)
                p = self.rng.integers(0, max(self.shape), 2)
                q = p + self.rng.integers(20, 260, 2)
                cv2.rectangle(image, [int(v) for v in p], [int(v) for v in q], [float(v) for v in colour], -1)
        return np.clip(image, 0, 1)

    def _cloth(self, colour: tuple[int, int, int]) -> Any:
        f = self.f
        image = np.broadcast_to(np.asarray(colour, np.float32) / 255, (*self.shape, 3)).copy()
        second = np.asarray(f.second_rgb, np.float32) / 255
        y, x = np.mgrid[0 : self.shape[0], 0 : self.shape[1]].astype(np.float32)
        step = 0.16 * f.head_px
        if f.pattern == "striped":
            image[(y + 3 * np.sin(x / 40)) % step < step * 0.45] = second
        elif f.pattern == "checked":
            image[((y % step < step * 0.4) ^ (x % step < step * 0.4))] = second
        elif f.pattern == "print":
            u, v = (x - self.cx) / f.head_px, (y - self.cy) / f.head_px - 1.3
            image[(u * u + v * v < 0.16) & (u * u + (v - 0.1) ** 2 > 0.05)] = second
        return image

    # --- the person ---

    def finished(self) -> Drawn:
        self._hair_behind()
        self._legs()
        self._torso()
        self._arms()
        self._head()
        if self.f.hair == "long" and self.f.hair_front:
            for sign in (-1, 1):
                top, end = self.at(sign * 0.42, -0.5), self.at(sign * 0.4, 1.35)
                self._paint(
                    "hair",
                    self._limb([top, self.at(sign * 0.5, 0.4), end], [0.18, 0.24, 0.12]),
                    self._hair_colour(),
                    0.3,
                )
        return self._cropped()

    def _hair_colour(self) -> Any:
        base = np.asarray(self.f.hair_rgb, np.float32) / 255
        strands = cv2.resize(
            self.rng.normal(size=(8, self.f.width // 3)).astype(np.float32),
            self.shape[::-1],
            interpolation=cv2.INTER_LINEAR,
        )
        return base * (1 + 0.18 * strands[..., None])

    def _hair_behind(self) -> None:
        if self.f.hair == "long":
            outline = [
                self.at(x, y)
                for x, y in (
                    (-0.5, -0.75),
                    (-0.62, 0.1),
                    (-0.55, 0.75),
                    (0.55, 0.75),
                    (0.62, 0.1),
                    (0.5, -0.75),
                )
            ]
            self._paint("hair", self._area(outline), self._hair_colour(), 0.3)

    def _legs(self) -> None:
        f, j = self.f, self.joints()
        hips = [
            self.at(-f.hip, f.waistband),
            self.at(f.hip, f.waistband),
            self.at(f.hip + 0.02, 2.8),
            self.at(-f.hip - 0.02, 2.8),
        ]
        bare, cloth = [], [self._area(hips)]
        for side, sign in (("left", -1), ("right", 1)):
            start = self.at(sign * (f.hip - 0.36), 2.7)
            chain = [start, j[f"knee_{side}"], j[f"ankle_{side}"]]
            bare.append(self._limb(chain, [0.66, 0.46, 0.28]))
            if f.seated:
                cloth.append(
                    self._limb([start, self.at(sign * 0.75, 3.1), j[f"knee_{side}"]], [0.7, 0.8, 0.6])
                )
            cloth.append(
                self._limb(
                    chain if f.legs == "trousers" else [start, self.at(sign * 0.4, 3.6)],
                    [0.7, 0.52, 0.4][: 3 if f.legs == "trousers" else 2],
                )
            )
            foot = [
                j[f"ankle_{side}"],
                (j[f"ankle_{side}"][0] + sign * 0.12 * f.head_px, j[f"ankle_{side}"][1] + 0.28 * f.head_px),
            ]
            self._paint("shoes", self._limb(foot, [0.3, 0.36]), (0.15, 0.13, 0.12))
        self._paint("legs", np.maximum(*bare), self.skin)
        colour = np.asarray(f.bottom_rgb, np.float32) / 255
        self._paint("bottom", np.maximum.reduce(cloth), colour, 0.25, 0.03)

    def _torso(self) -> None:
        f = self.f
        if f.hem < f.waistband:
            middle = [
                (-f.waist, f.hem - 0.2),
                (f.waist, f.hem - 0.2),
                (f.hip, f.waistband),
                (-f.hip, f.waistband),
            ]
            self._paint("legs", self._area([self.at(*point) for point in middle]), self.skin)
        neck = [
            self.at(x, y)
            for x, y in (
                (-0.29, -0.3),
                (0.29, -0.3),
                (0.29, 0.2),
                (0.42, 0.28),
                (0.3, f.neckline + 0.5),
                (-0.3, f.neckline + 0.5),
                (-0.42, 0.28),
                (-0.29, 0.2),
            )
        ]
        self._paint("neck", self._area(neck), self.skin * 0.93, 0.12)
        name = "dress" if f.dress else "top"
        hem = 3.6 if f.dress else f.hem
        right = [
            (0.34, 0.22),
            (f.shoulder - 0.1, 0.36),
            (f.shoulder + 0.03, 0.55),
            (f.chest + 0.06, 1.0),
            (f.waist + 0.06, 1.7),
            (f.hip + 0.06, 2.3),
        ]
        right = [p for p in right if p[1] < hem - 0.1]
        right.append(((f.hip + (0.3 if f.dress else 0.06)), hem))
        left = [(-x, y) for x, y in right]
        collar = [(x, 0.22 + (f.neckline - 0.2) * (1 - (x / 0.36) ** 2)) for x in np.linspace(-0.3, 0.3, 9)]
        outline = [self.at(*p) for p in [*reversed(left), *collar, *right]]
        self._paint(name, self._area(outline), self._cloth(f.top_rgb), 0.25, 0.035)

    def _arms(self) -> None:
        f, j = self.f, self.joints()
        cloth_name = "dress" if f.dress else "top"
        for side in ("left", "right"):
            sign = -1 if side == "left" else 1
            start = self.at(sign * (f.shoulder - 0.14), 0.55)
            elbow, wrist = j[f"elbow_{side}"], j[f"wrist_{side}"]
            arm = self._limb([start, elbow, wrist], [0.38, 0.32, 0.22])
            self._paint(f"{side}_arm", arm, self.skin)
            reach = np.subtract(wrist, elbow) / max(1e-6, float(np.hypot(*np.subtract(wrist, elbow))))
            palm = tuple(np.add(wrist, reach * 0.3 * f.head_px))
            self._paint("hands", self._limb([wrist, palm], [0.2, 0.28]), self.skin)  # type: ignore[list-item]
            if f.sleeves == "none":
                continue
            share = 0.6
            end = tuple(np.add(start, share * np.subtract(elbow, start)))
            chain, widths = (
                ([start, elbow, wrist], [0.46, 0.4, 0.3])
                if f.sleeves == "long"
                else ([start, end], [0.46, 0.44])
            )
            self._paint(cloth_name, self._limb(chain, widths), self._cloth(f.top_rgb), 0.25, 0.035)  # type: ignore[arg-type]

    def _head(self) -> None:
        f = self.f
        if f.hair != "none":
            self._paint("hair", self._oval(-0.58, 0.47, 0.5), self._hair_colour(), 0.3)
        mask = self._oval(-0.4, 0.315, 0.4)
        if f.hair == "none":
            self._paint("face", self._oval(-0.52, 0.35, 0.5), self.skin, 0.15)
        self._paint("face", mask, self._face(), 0.0)

    def _oval(self, down: float, half_width: float, half_height: float) -> Any:
        """An ellipse on the middle line, H x W in [0, 1]; all in heights of the head, `down` from the chin."""
        found = np.zeros(self.shape, np.uint8)
        x, y = (round(v * 16) for v in self.at(0, down))
        axes = (round(half_width * self.f.head_px * 16), round(half_height * self.f.head_px * 16))
        cv2.ellipse(found, (x, y), axes, 0, 0, 360, 255, -1, cv2.LINE_AA, 4)
        return found.astype(np.float32) / 255

    def _face(self) -> Any:
        """The portrait's face at the figure's scale and tone, H x W x 3."""
        f = self.f
        scale = f.head_px / _FACE_HEAD
        turn = np.array(
            [[scale, 0, self.cx - scale * (_FACE_CENTRE[0] - 2)], [0, scale, self.cy - scale * _FACE_CHIN]]
        )
        source = _portrait()[:, ::-1].copy() if f.mirrored else _portrait()
        if f.mirrored:
            turn[0, 2] = self.cx - scale * (source.shape[1] - _FACE_CENTRE[0] + 2)
        placed = cv2.warpAffine(
            source, turn, self.shape[::-1], flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        lab = rgb_to_lab(np.asarray(placed, np.float32) / 255)
        own = np.array([81.0, 8.7, 15.5], np.float32)
        target = np.asarray(f.tone, np.float32)
        # Eyes and teeth stay as neutral and as light as they are.
        white = np.clip((9 - np.hypot(lab[..., 1], lab[..., 2])) / 4, 0, 1) * (lab[..., 0] > 45)
        darker = target[0] * np.clip(lab[..., 0] / own[0], 0, 1.25)
        lab[..., 0] = darker * (1 - white) + lab[..., 0] * white
        lab[..., 1:] = target[1:] * np.clip(lab[..., 1:] / own[1:], -0.3, 1.6)
        return lab_to_rgb(lab).clip(0, 1)

    def _cropped(self) -> Drawn:
        f = self.f
        image = cv2.GaussianBlur(self.image.astype(np.float32), (0, 0), 0.7)
        image = image + self.rng.normal(0, f.noise / 255, image.shape).astype(np.float32)
        rgb = np.clip(np.rint(image * 255), 0, 255).astype(np.uint8)
        cut = round(f.crop_top * f.height)
        joints = {
            n: (x, y - cut) for n, (x, y) in self.joints().items() if 0 <= x < f.width and cut <= y < f.height
        }
        regions = {n: np.ascontiguousarray(m[cut:]) for n, m in self.regions.items()}
        regions = {n: m for n, m in regions.items() if m.sum() > 40}
        return Drawn(
            np.ascontiguousarray(rgb[cut:]),
            joints,
            regions,
            self.owner[cut:],
            (self.cx, self.cy - cut),
            f.head_px,
            f,
        )
