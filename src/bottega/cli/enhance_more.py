"""`enhance`, continued: frames between pictures, clips at other rates, measuring."""

import threading
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from bottega.cli.enhance import Compare, MotionTier, PreviewOption, Quality, Resume, Target, Weights, group
from bottega.cli.enhance_run import Told, how_of, run
from bottega.cli.session import JsonOption, Reply

Picture = Annotated[Path, typer.Argument(help="A picture.", show_default=False)]


@group.command()
def between(
    first: Picture,
    second: Picture,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The picture between them.", show_default=False)],
    at: Annotated[float, typer.Option(help="Which moment: 0 is the first, 1 the second.")] = 0.5,
    tier: MotionTier = "balanced",
    weights: Weights = None,
    quality: Quality = None,
    as_json: JsonOption = False,
) -> None:
    """The picture at a moment between two pictures, along their motion."""

    def make(told: Told, cancelled: threading.Event) -> dict[str, Any]:
        from bottega.cli.laser_files import check_targets
        from bottega.enhance.motion import between_files

        check_targets([out], [first, second])
        return between_files(
            first, second, out, at=at, tier=tier, weights=weights, how=how_of(quality=quality)
        )

    run(Reply(as_json), make)


@group.command()
def smooth(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A clip.", show_default=False)],
    out: Target,
    fps: Annotated[
        str | None, typer.Option(help="Frames a second: 60, 59.94, 60000/1001.", show_default=False)
    ] = None,
    factor: Annotated[
        str | None, typer.Option(help="So many times the frames that there are.", show_default=False)
    ] = None,
    slow: Annotated[str, typer.Option(help="So many times as slow; the sound keeps its pitch.")] = "1",
    tier: MotionTier = "balanced",
    weights: Weights = None,
    hold: Annotated[
        bool,
        typer.Option("--hold", help="Where the motion is not trusted, hold a frame instead of blending."),
    ] = False,
    keep_repeats: Annotated[
        bool, typer.Option("--keep-repeats", help="Do not close repeated frames (animation on twos).")
    ] = False,
    preview: PreviewOption = None,
    compare: Compare = None,
    resume: Resume = False,
    quality: Quality = None,
    as_json: JsonOption = False,
) -> None:
    """A clip with more frames a second, or slower; scene cuts stay cuts, sound and subtitles stay in step."""

    def make(told: Told, cancelled: threading.Event) -> dict[str, Any]:
        from bottega.cli.laser_files import check_targets
        from bottega.enhance.interpolate.timeline import LONGEST_HOLD, Rate
        from bottega.enhance.motion import smooth_clip

        check_targets([out, *([compare] if compare else [])], [source])
        slowness = _fraction(slow, "--slow")
        times = None if factor is None else _fraction(factor, "--factor")
        if fps is None and times is None:
            # Slow motion alone keeps the source's rate; nothing at all doubles it.
            times = slowness if slowness > 1 else Fraction(2)
        rate = Rate(
            fps=None if fps is None else _rate(fps),
            factor=times,
            slow=slowness,
            longest_hold=1 if keep_repeats else LONGEST_HOLD,
        )
        return smooth_clip(
            source,
            out,
            rate,
            tier=tier,
            weights=weights,
            doubt="hold" if hold else "blend",
            how=how_of(preview=preview, compare=compare, resume=resume, quality=quality),
            progress=lambda fraction: told(fraction, source.name),
            cancelled=cancelled,
        )

    run(Reply(as_json), make)


@group.command()
def measure(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A picture or a clip.", show_default=False)],
    against: Annotated[
        Path | None, typer.Option(help="Another one, to measure the likeness.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Sharpness, noise, artefacts, tones and colours; against another file PSNR, SSIM and difference of colour."""

    def make(told: Told, cancelled: threading.Event) -> dict[str, Any]:
        from bottega.enhance.measuring import measure_file

        return measure_file(file, against, how_of().limits)

    run(Reply(as_json), make)


NTSC = {"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001)}
"""Rates that are written short and meant exactly (SMPTE ST 170)."""


def _rate(text: str) -> Fraction:
    return NTSC.get(text) or _fraction(text, "--fps")


def _fraction(text: str, name: str) -> Fraction:
    from bottega.errors import InvalidOption

    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InvalidOption(f"{text!r} is no number for {name}.", hint="Such as 2, 2.5 or 5/2.") from None
    if value <= 0:
        raise InvalidOption(f"{name} must be above 0; {text} was given.")
    return value
