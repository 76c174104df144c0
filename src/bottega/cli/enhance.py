"""`enhance`: the enhance studio without a server, a database or a job. Pictures, clips and folders in, the same out.

The commands translate options into the works of `bottega.enhance`; frames between frames and measuring are in
`enhance_more`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bottega.cli.enhance_run import enhance
from bottega.cli.session import JsonOption, Reply

if TYPE_CHECKING:
    from bottega.enhance.works import Work

group = typer.Typer(
    name="enhance",
    help="Enlarge, restore, restyle, slow down, smooth and measure pictures and clips, without a server or a job.",
    no_args_is_help=True,
)

Source = Annotated[
    Path, typer.Argument(metavar="IN", help="A picture, a clip, or a folder of them.", show_default=False)
]
Target = Annotated[
    Path,
    typer.Argument(
        metavar="OUT",
        help="The result; its ending says the format. For a folder, a folder.",
        show_default=False,
    ),
]
Tier = Annotated[str, typer.Option(help="fast, balanced, best or classical.")]
MotionTier = Annotated[str, typer.Option(help="fast, balanced or best.")]
Weights = Annotated[
    Path | None,
    typer.Option(help="A network of your own: .onnx, .pth or .safetensors.", show_default=False),
]
PreviewOption = Annotated[
    str | None,
    typer.Option(
        metavar="CROP|SECONDS",
        help="Only a crop (left,top,width,height) of a picture, or of a clip the first seconds (2s) or a span (10-12s): "
        "what the whole run would make there.",
        show_default=False,
    ),
]
Compare = Annotated[
    Path | None,
    typer.Option(
        help="Also draw before and after side by side: of a picture a picture, of a clip a clip.",
        show_default=False,
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a clip or a folder that was interrupted.")]
Seconds = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        help="Seconds for one picture, extended once; then a quicker engine does it.",
        show_default=False,
    ),
]
Quality = Annotated[int | None, typer.Option(help="1 to 100, of JPEG, WebP and clips.", show_default=False)]


@group.command()
def upscale(
    source: Source,
    out: Target,
    scale: Annotated[
        float | None, typer.Option(help="How many times as large, up to 8; 2 by default.", show_default=False)
    ] = None,
    width: Annotated[int | None, typer.Option(help="Width in pixels.", show_default=False)] = None,
    height: Annotated[int | None, typer.Option(help="Height in pixels.", show_default=False)] = None,
    tier: Tier = "balanced",
    ensemble: Annotated[
        bool, typer.Option("--ensemble", help="The mean of eight orientations: finer, eight times the time.")
    ] = False,
    weights: Weights = None,
    preview: PreviewOption = None,
    compare: Compare = None,
    resume: Resume = False,
    seconds: Seconds = None,
    quality: Quality = None,
    as_json: JsonOption = False,
) -> None:
    """Larger, with detail: by Bottega's own networks, by yours, or classically."""

    def work() -> "Work":
        from bottega.enhance.works import Upscale

        return Upscale(scale, width, height, tier, ensemble, weights)

    enhance(
        Reply(as_json), source, out, work,
        preview=preview, compare=compare, resume=resume, seconds=seconds, quality=quality,
    )  # fmt: skip


@group.command()
def style(
    source: Source,
    out: Target,
    style: Annotated[
        str,
        typer.Option(help="Which style; a name that there is not shows the list.", show_default=False),
    ],
    reference: Annotated[
        Path | None, typer.Option(help="A picture whose colours or texture are taken.", show_default=False)
    ] = None,
    strength: Annotated[float, typer.Option(help="0 (the original) to 1 (all of the style).")] = 1.0,
    faces: Annotated[bool, typer.Option("--faces/--no-faces", help="Faces keep their likeness.")] = True,
    steady: Annotated[
        float,
        typer.Option(
            help="Of clips: how much of what was drawn before stays, 0 (draw each picture anew) to 0.95."
        ),
    ] = 0.85,
    preview: PreviewOption = None,
    compare: Compare = None,
    resume: Resume = False,
    quality: Quality = None,
    as_json: JsonOption = False,
) -> None:
    """Drawn, painted, or in the colours of another picture."""

    def work() -> "Work":
        from bottega.cli.enhance_run import how_of
        from bottega.enhance.jobs import read_still
        from bottega.enhance.works import Style, eight_bits

        like = None
        if reference is not None:
            like = eight_bits(read_still(reference, how_of().limits)[1][..., :3])
        return Style(style.replace("-", "_"), strength, like, faces, steady)

    enhance(
        Reply(as_json), source, out, work,
        preview=preview, compare=compare, resume=resume, seconds=None, quality=quality,
    )  # fmt: skip


@group.command()
def restore(
    source: Source,
    out: Target,
    denoise: Annotated[str, typer.Option(help="auto (by the noise that is measured), or 0 to 1.")] = "auto",
    exposure: Annotated[
        bool, typer.Option("--exposure", help="Bring black, white and the middle where they belong.")
    ] = False,
    sharpen: Annotated[float, typer.Option(help="0 (not) to 1 (strongly).")] = 0.0,
    step: Annotated[
        list[str] | None,
        typer.Option(
            help="Instead: what is done where the picture needs it, several times for several; a name that there is not "
            "shows the list.",
            show_default=False,
        ),
    ] = None,
    old_photo: Annotated[
        bool,
        typer.Option(
            "--old-photo", help="Instead: dust, scratches, noise, fading and colours of a scanned print."
        ),
    ] = False,
    weights: Annotated[
        Path | None,
        typer.Option(
            help="A network of your own for `--step faces`: .onnx, .pth or .safetensors.", show_default=False
        ),
    ] = None,
    preview: PreviewOption = None,
    compare: Compare = None,
    resume: Resume = False,
    seconds: Seconds = None,
    quality: Quality = None,
    as_json: JsonOption = False,
) -> None:
    """Without noise, well exposed, sharp; the size stays."""

    def work() -> "Work":
        from bottega.enhance.works_repair import Restore
        from bottega.errors import InvalidOption

        try:
            strength = None if denoise == "auto" else float(denoise)
        except ValueError:
            raise InvalidOption(f"{denoise!r} is no strength.", hint="Give auto, or 0 to 1.") from None
        steps = tuple(step or ())
        if old_photo:
            from bottega.enhance.restore_chain import OLD_PHOTO

            steps += OLD_PHOTO
        return Restore(strength, exposure, sharpen, steps, weights)

    enhance(
        Reply(as_json), source, out, work,
        preview=preview, compare=compare, resume=resume, seconds=seconds, quality=quality,
    )  # fmt: skip


@group.command()
def improve(
    source: Source,
    out: Target,
    purpose: Annotated[str, typer.Option("--for", help="print, screen, web or archive.")] = "screen",
    tier: Tier = "balanced",
    preview: PreviewOption = None,
    compare: Compare = None,
    resume: Resume = False,
    seconds: Seconds = None,
    quality: Quality = None,
    as_json: JsonOption = False,
) -> None:
    """What a purpose needs, by what is measured: noise, exposure, size, sharpness."""

    def work() -> "Work":
        from bottega.enhance.works_repair import Improve

        return Improve(purpose, tier)

    enhance(
        Reply(as_json), source, out, work,
        preview=preview, compare=compare, resume=resume, seconds=seconds, quality=quality,
    )  # fmt: skip
