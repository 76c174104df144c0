"""Restoration and improvement as values, like those of `works`: noise, exposure, steps, and what a purpose needs."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bottega.enhance.ladder import Deadline, Engine, Samples, Setting
from bottega.enhance.opacity import without_hidden
from bottega.enhance.works import Upscale, Work, digest
from bottega.errors import InvalidOption

FACES = "faces"
"""A step of `Restore` that is `restore_faces`'s."""
STEADY_STEPS = frozenset({"deblock", "denoise", "sharpen"})
"""Of `restore_chain`, those that do not change with the tones of a picture."""


@dataclass(frozen=True, slots=True)
class Restore:
    """`denoise` 0 to 1, None for what suits the noise that is measured; `exposure`: black, white and middle where an
    ordinary exposure has them; `sharpen`: gain on detail, 0 for none. `steps` of `restore_chain` are done instead of the noise
    removal, as far as the picture needs them; among them `faces`, which takes the network in `weights`."""

    denoise: float | None = None
    exposure: bool = False
    sharpen: float = 0.0
    steps: tuple[str, ...] = ()
    weights: Path | None = None
    name: str = "restore"
    local: bool = False

    def identity(self) -> dict[str, Any]:
        return asdict(self) | {"weights": None if self.weights is None else digest(self.weights)}

    def for_clip(self) -> Work:
        if self.exposure or not set(self.steps) <= STEADY_STEPS:
            raise InvalidOption(
                "Tones and colours are set for pictures: set for each picture of a clip, they would flicker.",
                hint=f"For clips there are the steps {', '.join(sorted(STEADY_STEPS))}.",
            )
        return self

    def size(self, width: int, height: int) -> tuple[int, int]:
        return width, height

    def engines(self, source: Samples, size: tuple[int, int]) -> list[Engine]:
        if self.denoise is not None and not 0 <= self.denoise <= 1:
            raise InvalidOption(f"The strength of noise removal is {self.denoise:g}, but must be 0 to 1.")
        if self.sharpen < 0:
            raise InvalidOption("Sharpening is 0 or more.")
        if self.steps:
            from bottega.enhance.restore_chain import STEPS

            unknown = [name for name in self.steps if name not in (*STEPS, FACES)]
            if unknown:
                raise InvalidOption(
                    f"There is no restoration called {unknown[0]!r}.",
                    hint=f"There are: {', '.join((*STEPS, FACES))}.",
                )
        if FACES in self.steps:
            from bottega.enhance.restore_faces import HINT
            from bottega.enhance.superres.user_network import open_network

            if self.weights is None:
                raise InvalidOption(
                    "Faces are restored with a network of your own, and none was named.", hint=HINT
                )
            open_network(self.weights)

        def run(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
            colours, told = restored(without_hidden(source)[..., :3], self, deadline)
            return _with_colours(source, colours), told

        return [Engine("classical restoration", run, "classical")]


def restored(rgb: Samples, wanted: Restore, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
    """`rgb` (H x W x 3) without noise, then exposed, then sharpened; and what was done, with the noise that was found."""
    from bottega.enhance.restore import auto_exposure, denoise, noise_sigma
    from bottega.enhance.upscale import unsharp_linear

    sigma = noise_sigma(rgb)
    done: list[str] = []
    # Half strength is the best fit for white noise; the filter follows the noise that it measures.
    strength = 0.5 if wanted.denoise is None else wanted.denoise
    made = rgb
    if wanted.steps:
        from bottega.enhance.restore_chain import STEPS, plan_chain, run_chain

        chain = plan_chain([name for name in STEPS if name in wanted.steps], made)
        made = run_chain(made, chain, progress=deadline.told)
        done += [f"{step.name}: {step.why}" for step in chain]
        if FACES in wanted.steps:
            from bottega.enhance.restore_faces import restore_faces

            faces = restore_faces(made, wanted.weights, cancelled=deadline.stop)
            made = faces.pixels
            done.append(f"faces: {len(faces.restored)} restored by {wanted.weights and wanted.weights.name}")
            done += [f"faces: one was left as it was, since {why}" for _, why in faces.left]
    elif strength > 0:
        made = denoise(made, strength, progress=deadline.told)
        done.append(f"noise removed at strength {strength:g}")
    if wanted.exposure:
        deadline.check()
        made = auto_exposure(made)
        done.append("exposure set")
    if wanted.sharpen > 0:
        made = unsharp_linear(made, wanted.sharpen, 1.0, progress=deadline.told)
        done.append(f"sharpened by {wanted.sharpen:g}")
    return made, {"noise_levels": round(sigma * 255, 2), "done": done}


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a picture is improved for. `long_side`: pixels that its longer side shall have, enlarged at most
    `most_scale` times; None leaves the size."""

    long_side: int | None
    most_scale: float
    sharpen: float


PURPOSES: dict[str, Purpose] = {
    # A4 at 300 dots an inch, the usual resolution of print: 297 mm are 3508 pixels.
    "print": Purpose(3508, 4.0, 0.4),
    # The longer side of a 4K screen.
    "screen": Purpose(3840, 2.0, 0.2),
    "web": Purpose(2048, 2.0, 0.3),
    "archive": Purpose(None, 1.0, 0.0),
}
NOISY = 1.5
"""Levels of 255 from which noise is removed: below, it cannot be seen at normal viewing distance."""


@dataclass(frozen=True, slots=True)
class Improve:
    """Noise, exposure (if wished), size and sharpness as the `purpose` needs them, by what is measured in the picture."""

    purpose: str = "screen"
    tier: str = "balanced"
    exposure: bool = True
    threads: int | None = None
    name: str = "improve"
    local: bool = False

    def identity(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "purpose": self.purpose,
            "tier": self.tier,
            "exposure": self.exposure,
        }

    def for_clip(self) -> Work:
        return replace(self, exposure=False)

    def _for(self) -> Purpose:
        if self.purpose not in PURPOSES:
            raise InvalidOption(
                f"Nothing is improved for {self.purpose!r}.", hint=f"There are: {', '.join(PURPOSES)}."
            )
        return PURPOSES[self.purpose]

    def size(self, width: int, height: int) -> tuple[int, int]:
        wanted = self._for()
        if wanted.long_side is None or max(width, height) >= wanted.long_side:
            return width, height
        scale = min(wanted.most_scale, wanted.long_side / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    def engines(self, source: Samples, size: tuple[int, int]) -> list[Engine]:
        wanted = self._for()

        def run(tier: str) -> Callable[[Setting, Deadline], tuple[Samples, dict[str, Any]]]:
            def work(setting: Setting, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
                from bottega.enhance.upscale import unsharp_linear

                made, told = self._repaired(source, deadline)
                told["purpose"] = self.purpose
                if size != (source.shape[1], source.shape[0]):
                    engine = Upscale(width=size[0], height=size[1], tier=tier, threads=self.threads)
                    made, more = engine.engines(made, size)[0].run(setting, deadline)
                    told |= more
                    told["done"].append(f"enlarged to {size[0]} x {size[1]}")
                if wanted.sharpen:
                    made = _with_colours(made, unsharp_linear(made[..., :3], wanted.sharpen, 1.0))
                    told["done"].append(f"sharpened by {wanted.sharpen:g}")
                return made, told

            return work

        return [
            Engine(f"improvement, {self.tier}", run(self.tier), tile=256),
            Engine("improvement, classical", run("classical"), "classical"),
        ]

    def _repaired(self, source: Samples, deadline: Deadline) -> tuple[Samples, dict[str, Any]]:
        if not self.exposure:
            # Every picture of a clip alike: what depends on the tones of one would flicker.
            from bottega.enhance.restore import noise_sigma

            seen = without_hidden(source)[..., :3]
            noisy = noise_sigma(seen) * 255 >= NOISY
            colours, told = restored(seen, Restore(None if noisy else 0.0), deadline)
            return _with_colours(source, colours), told
        from bottega.enhance.improve import TARGETS, improve

        found = improve(source, self.purpose if self.purpose in TARGETS else "auto", progress=deadline.told)
        told = {"optimizer": found.as_dict()}
        return found.pixels, told | {
            "done": [f"{step.name}: {step.why}" for step in found.steps if step.taken]
        }


def _with_colours(source: Samples, colours: Samples) -> Samples:
    """`colours` (H x W x 3) with the opacity that `source` has, if any."""
    return colours if source.shape[2] == 3 else np.concatenate([colours, source[..., 3:]], axis=2)
