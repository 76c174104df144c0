"""How the enhance commands tell people what came out."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

_FIGURES = {
    "engine": "engine",
    "frames_in": "frames read",
    "frame_rate": "frames a second",
    "duration": "seconds",
    "audio": "sound",
    "encoder": "encoder",
    "segments_reused": "segments kept from before",
    "cuts": "scene cuts",
    "repeats": "repeated frames",
    "done": "done",
    "trust": "trust in the motion",
    "noise_levels": "noise, of 255",
    "files": "files",
    "kept": "kept from before",
    "untouched": "given back as they were",
    "failed": "failed",
    "frames": "frames",
    "bits": "bits a channel",
    "frames_looked_at": "frames looked at",
}

_TOLD_WHEN_ANY = ("segments_reused",)
_MADE = {
    "given": "frames as they were",
    "duplicate": "frames where nothing moves",
    "cut": "frames held up to a cut",
    "motion": "frames along the motion",
    "mixed": "frames along the motion, blended in parts",
    "blend": "frames blended or held",
    "network": "frames by the network",
}
"""Of `interpolate.Between.done`."""


def report_view(report: dict[str, Any]) -> "RenderableType":
    """Files, sizes, figures, and what did not go as asked."""
    from rich.console import Group
    from rich.text import Text

    from bottega.cli.show import plain_table

    table = plain_table("", "")
    if "bytes" in report:
        table.add_row("written", Text(f"{report['target']} ({report['bytes'] / 1024:.0f} kB)"))
    elif "target" in report:
        table.add_row("written to", Text(str(report["target"])))
    if "after" in report:
        table.add_row("size", _size(report))
    for name, words in _FIGURES.items():
        value = report.get(name)
        if value not in (None, "", []) and (value or name not in _TOLD_WHEN_ANY):
            table.add_row(words, Text(_words(value)))
    for group in ("own", "grades", "motion", "against", "made"):
        for name, value in report.get(group, {}).items():
            words = _MADE[name] if group == "made" else name.replace("_", " ")
            prefix = {"against": "against: ", "grades": "looks: ", "motion": "motion: "}.get(group, "")
            table.add_row(f"{prefix}{words}", Text(_words(value)))
    if "seconds" in report and "cpu_seconds" in report:
        table.add_row("took", f"{report['seconds']:.1f} s ({report['cpu_seconds']:.1f} s of the processor)")
    lines: list[RenderableType] = [table]
    for step in report.get("steps", ()):
        told = f"{step['engine']}: {step['message']}"
        if step.get("fallback"):
            told += f" Then: {step['fallback']}."
        lines.append(Text(f"- {told}", style="yellow"))
    for item in report.get("items", ()):
        if item.get("error"):
            error = item["error"]
            lines.append(
                Text(f"- {item['source']}: {error['message']} {error['hint']}".rstrip(), style="red")
            )
        elif item.get("state") in ("original", "degraded") or item.get("time_over"):
            lines.append(Text(f"- {item['source']}: {'; '.join(item.get('notes', ()))}", style="yellow"))
    lines += [Text(f"- {note}", style="dim") for note in report.get("notes", ())]
    return Group(*lines)


def _size(report: dict[str, Any]) -> str:
    after, before = report["after"], report.get("before")
    now = f"{after['width']} x {after['height']}"
    return f"{before['width']} x {before['height']} to {now} pixels" if before else f"{now} pixels"


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_words(each) for each in value)  # pyright: ignore[reportUnknownVariableType]
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)
