"""What the fashion commands tell people: a try-on, a check, a style analysis."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bottega.cli.session import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bottega.fashion.findings import Check
    from bottega.fashion.style.values import StyleAnalysis
    from bottega.fashion.tryon.values import TryOn


def say(reply: Reply, *lines: str) -> None:
    """Sentences that may hold what others wrote: brackets in them are no markup."""
    if reply.as_json:
        return
    from rich.text import Text

    reply.show(*(Text(line) for line in lines))


def show_tryon(reply: Reply, done: "TryOn", out: Path) -> None:
    verdict = done.verdict
    score = "not judged" if verdict.score is None else f"{verdict.score:.2f} of {verdict.threshold:g}"
    say(reply, f"{out}: a {done.report['engine']}. Score {score}.")
    if verdict.not_judged:
        say(reply, f"Not judged: {', '.join(verdict.not_judged)}.")
    say(reply, f"{done.edit_mask.mean():.0%} of the pixels may have changed; all others are as they were.")


def show_check(reply: Reply, path: Path, found: "Check") -> None:
    judges = " and ".join(judge.replace("_", " ") for judge in found.judges)
    say(reply, f"{path.name}: {'can be used' if found.usable else 'cannot be used'} ({judges}).")
    for finding in found.findings:
        say(reply, f"  {finding.grave.value} {finding.code}: {finding.message} {finding.fix}".rstrip())


def show_style(reply: Reply, analysis: "StyleAnalysis") -> None:
    from bottega.fashion.style.values import CANNOT_TELL

    colour, body, profile = analysis.color_analysis, analysis.body_analysis, analysis.style_profile
    say(reply, f"Colours: {colour.season_title or 'cannot tell'}. {colour.reason}".rstrip())
    reply.show(*_swatches("good", [one.hex for one in colour.best_colors]))
    known = "" if body.proportions == CANNOT_TELL else body.proportions
    say(reply, "Proportions: " + " ".join(filter(None, (known, body.reason or CANNOT_TELL * (not known)))))
    say(reply, f"Style: {profile.current_style}. {profile.reason}".rstrip())
    say(reply, *(f"  {each.text}" for each in analysis.fashion_recommendations.styling_tips))
    say(reply, *analysis.notes)
    seen = sorted({name.split(".")[0] for name, who in analysis.sources.items() if "vision_model" in who})
    if seen:
        parts = ", ".join(name.replace("_", " ") for name in seen)
        say(
            reply, f"A vision model spoke as well, for: {parts}. Colours that were measured stay as measured."
        )


def _swatches(title: str, hexes: "Sequence[str]") -> list[Any]:
    from rich.text import Text

    if not hexes:
        return []
    line = Text(f"  {title}: ")
    for value in hexes:
        line.append("  ", style=f"on {value}").append(f" {value}  ")
    return [line]
