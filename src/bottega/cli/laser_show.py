"""How the laser commands tell people what came out."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

_FIGURES: dict[str, tuple[str, str]] = {
    "method": ("method", ""),
    "material": ("material", ""),
    "machine": ("machine", ""),
    "interval_mm": ("line interval", "mm"),
    "beam_mm": ("beam", "mm"),
    "power": ("power", "%"),
    "speed": ("speed", "mm/min"),
    "passes": ("passes", ""),
    "kerf_mm": ("kerf", "mm"),
    "paths": ("paths", ""),
    "nodes": ("nodes", ""),
    "strokes": ("strokes", ""),
    "stroke_width_mm": ("stroke width", "mm"),
    "edge_error_px": ("edge error", "px"),
    "smallest_feature_mm": ("smallest feature", "mm"),
    "specks_dropped": ("specks dropped", ""),
    "cut_mm": ("cut", "mm"),
    "score_mm": ("scored", "mm"),
    "engraved_mm": ("engraved", "mm"),
    "travel_mm": ("travel", "mm"),
    "travel_before_mm": ("travel before", "mm"),
    "duplicate_mm": ("drawn twice", "mm"),
    "tabs": ("tabs", ""),
    "bridges": ("bridges", ""),
    "parts": ("parts", ""),
    "sheets": ("sheets", ""),
    "tone_error": ("tone error", "of 255"),
    "gcode_lines": ("G-code", "lines"),
    "gcode_errors": ("faults", ""),
}


def report_view(document: dict[str, Any]) -> "RenderableType":
    """Files, figures, and what to look at before the job is run."""
    from rich.console import Group
    from rich.text import Text

    from bottega.cli.show import plain_table, seconds

    table = plain_table("", "")
    for file in document.get("files", ()):
        table.add_row("written", Text(f"{file['path']} ({file['bytes'] / 1024:.0f} kB)"))
    if "width_mm" in document:
        table.add_row("size", f"{document['width_mm']:g} x {document['height_mm']:g} mm")
    for name, (words, unit) in _FIGURES.items():
        value = document.get(name)
        if value not in (None, "", []):
            table.add_row(words, Text(f"{_words(value)} {unit}".rstrip()))
    if document.get("seconds_estimated") is not None:
        table.add_row("time", seconds(float(document["seconds_estimated"])))
    if document.get("cost_micro_dollars"):
        table.add_row("cost", f"${document['cost_micro_dollars'] / 1e6:.2f}")
    lines: list[RenderableType] = [table]
    readiness = document.get("readiness")
    if readiness:
        style = {"ready": "green", "needs attention": "yellow"}.get(readiness["state"], "red")
        lines.append(
            Text(
                f"This is {readiness['state']}." if style == "green" else f"This {_state(readiness)}.",
                style=style,
            )
        )
        for finding in readiness["findings"]:
            place = f" At {finding['x_mm']:g}, {finding['y_mm']:g} mm." if "x_mm" in finding else ""
            lines.append(Text(f"- {finding['what']}{place} {finding['do']}"))
    lines += [Text(f"- {warning}", style="dim") for warning in document.get("warnings", ())]
    return Group(*lines)


def _state(readiness: dict[str, Any]) -> str:
    state: str = readiness["state"]
    return "needs attention" if state == "needs attention" else f"is {state}"


def _words(value: Any) -> str:
    if isinstance(value, list):
        return " x ".join(_words(each) for each in value)  # pyright: ignore[reportUnknownVariableType]
    return f"{value:g}" if isinstance(value, float) else str(value)
