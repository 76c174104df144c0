"""The contact sheet of the demo: one self-contained HTML page that shows jobs beside what went in and came out.

Pure text in, text out: who makes the pictures and puts them where the links lead is `demo`'s business. Every text
that is not ours is escaped.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from bottega.cli.contact_sheet_style import STYLE
from bottega.cli.show import (
    figure,
    measure_name,
    money,
    option_sources,
    percent,
    report_facts,
    report_warnings,
    seconds,
    worded,
)
from bottega.domain.intent import Intent
from bottega.domain.job import Job
from bottega.domain.plan import Plan
from bottega.domain.request import Request
from bottega.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Shown:
    """A file on the sheet. `href` and `preview` are relative to the page; without `preview` it is only linked."""

    href: str
    label: str
    details: str
    alt: str
    preview: str | None = None
    pixels: tuple[int, int] | None = None
    """Width and height of the preview."""


@dataclass(frozen=True, slots=True)
class Card:
    """One request and what became of it: `job` when one was made, `error` when it was refused or failed."""

    request: Request
    intent: Intent | None
    source: Shown | None
    outputs: tuple[Shown, ...] = ()
    job: Job | None = None
    error: dict[str, Any] | None = None
    expected: bool = True
    """Whether this is the end that the demo meant to show."""
    seconds: float = 0.0
    """From the sentence to the end, all told."""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    version: str
    cards: tuple[Card, ...]
    notes: tuple[str, ...] = field(default=())


def render(sheet: Sheet) -> str:
    """The page as HTML text, UTF-8."""
    cards = "\n".join(_card(number, card) for number, card in enumerate(sheet.cards, start=1))
    notes = "".join(f"<p>{escape(note)}</p>" for note in sheet.notes)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(sheet.title)}</title>
<style>{STYLE}</style>
</head>
<body>
<header class="page">
<p class="eyebrow">Bottega {escape(sheet.version)}</p>
<h1>{escape(sheet.title)}</h1>
{_summary(sheet.cards)}
</header>
<main>
{cards}
</main>
<footer class="page">{notes}</footer>
</body>
</html>
"""


def _summary(cards: Iterable[Card]) -> str:
    several = list(cards)
    results = [card.job.result for card in several if card.job is not None and card.job.result is not None]
    refused = sum(card.job is None for card in several)
    failed = sum(not card.expected for card in several)
    away = any(card.job.plan.sent_to or card.job.plan.shown_to for card in several if card.job)
    facts = [
        (str(sum(card.job is not None and not card.error for card in several)), "finished"),
        (str(refused), "refused, with the reason"),
        (money(sum(result.cost for result in results)), "spent"),
        (seconds(sum(card.seconds for card in several)), "all told"),
        ("some" if away else "nothing", "left this machine"),
    ]
    if failed:
        facts.insert(2, (str(failed), "not as expected"))
    items = "".join(f"<li><b>{escape(value)}</b> {escape(words)}</li>" for value, words in facts)
    return f'<ul class="facts">{items}</ul>'


# --- a card --------------------------------------------------------------------------------------------------


def _card(number: int, card: Card) -> str:
    state, tone = _state(card)
    columns = [_understood(card)]
    if card.job is not None:
        columns.append(_plan(card.job.plan))
        if card.job.result is not None:
            columns.append(_verdict(card.job.result.verdict))
    if card.error is not None:
        columns.append(_error(card.error))
    return f"""<article class="card" id="job-{number}">
<header><h2><span class="number">{number}</span> “{escape(card.request.prompt)}”</h2>
<span class="badge {tone}">{escape(state)}</span></header>
{_pictures(card)}
{_strip(card)}
<div class="columns">{"".join(columns)}</div>
{_command(card)}
</article>"""


def _state(card: Card) -> tuple[str, str]:
    if card.job is None:
        return "refused", "amber"
    tones = {"succeeded": "green", "rejected": "amber"}
    verdict = card.job.result.verdict.state.value if card.job.result is not None else None
    words = f"{verdict}" if verdict and card.job.state == "succeeded" else card.job.state.value
    return words, tones.get(card.job.state.value, "red")


def _pictures(card: Card) -> str:
    figures = [_figure(card.source, "in")] if card.source is not None else []
    figures += [_figure(output, "out") for output in card.outputs if output.preview]
    if not figures:
        return ""
    return f'<div class="pictures n{len(figures)}">{"".join(figures)}</div>'


def _figure(shown: Shown, way: str) -> str:
    size = f' width="{shown.pixels[0]}" height="{shown.pixels[1]}"' if shown.pixels else ""
    return (
        f'<figure class="{way}"><a href="{escape(shown.href)}">'
        f'<img src="{escape(shown.preview or shown.href)}" alt="{escape(shown.alt)}"{size}></a>'
        f"<figcaption><b>{escape(shown.label)}</b> {escape(shown.details)}</figcaption></figure>"
    )


def _strip(card: Card) -> str:
    """Price, time and the other files, in one line."""
    result = card.job.result if card.job is not None else None
    items: list[tuple[str, str]] = []
    if card.job is not None and result is not None:
        items = [("model", result.model_id), ("cost", money(result.cost)), ("work", seconds(result.seconds))]
    items.append(("sentence to end", seconds(card.seconds)))
    cells = "".join(f"<span><i>{escape(name)}</i> {escape(value)}</span>" for name, value in items)
    files = [output for output in card.outputs if output.preview is None]
    links = "".join(
        f'<span><i>file</i> <a href="{escape(f.href)}">{escape(f.label)}</a> {escape(f.details)}</span>'
        for f in files
    )
    return f'<p class="strip">{cells}{links}</p>'


def _section(title: str, body: str) -> str:
    return f"<section><h3>{escape(title)}</h3>{body}</section>"


def _understood(card: Card) -> str:
    intent = card.intent
    if intent is None:
        return ""
    name = intent.workflow.replace("_", " ") + (f", {intent.subkind}" if intent.subkind else "")
    body = f"<p><b>{escape(name)}</b>, {escape(percent(intent.confidence))} sure</p>"
    body += f'<p class="quiet">{escape(intent.reasoning)}</p>'
    if card.job is not None:
        body += _options(card.job.plan, card.request)
    return _section("Understood", body)


def _options(plan: Plan, request: Request) -> str:
    sources = option_sources(plan, request)
    rows = "".join(
        f"<tr><th>{escape(name.replace('_', ' '))}</th><td>{escape(worded(plan.options[name]))}</td>"
        f'<td><span class="chip">{escape(source)}</span></td></tr>'
        for name, source in sources.items()
        if source != "default"
    )
    defaults = ", ".join(
        f"{name.replace('_', ' ')} {worded(plan.options[name])}"
        for name, source in sources.items()
        if source == "default" and plan.options[name] is not None
    )
    table = f"<table>{rows}</table>" if rows else ""
    return table + (f'<p class="quiet small">Defaults: {escape(defaults)}.</p>' if defaults else "")


def _plan(plan: Plan) -> str:
    body = "".join(_step(step, named=plan.before is not None) for step in plan.steps)
    away = [c.model_id for step in plan.steps for c in step.candidates if c.leaves_machine]
    away += [step.looks.models[0] for step in plan.steps if step.looks is not None and step.looks.sent_to]
    words = f"Would be sent to: {', '.join(away)}." if away else "Nothing leaves this machine."
    return _section("Plan", body + f'<p class="small">{escape(words)}</p>')


def _step(step: Plan, *, named: bool) -> str:
    rows = "".join(
        f"<tr><td>{number}</td><th>{_breakable(c.model_id)}</th><td>{escape(str(c.price))}</td>"
        f'<td class="nowrap">{escape(str(c.time))}</td></tr>'
        f'<tr class="why"><td></td><td colspan="3">{escape(", ".join(c.reasons))}</td></tr>'
        for number, c in enumerate(step.candidates, start=1)
    )
    head = '<tr class="head"><td></td><td>candidate</td><td>price</td><td>time</td></tr>'
    title = f'<p class="small">Step: {escape(step.workflow)}</p>' if named else ""
    out = ruled_out_list([item.model_dump() for item in step.ruled_out])
    return f"{title}<table>{head}{rows}</table>" + (out or '<p class="quiet small">Nobody was ruled out.</p>')


def _breakable(model_id: str) -> str:
    return escape(model_id).replace("/", "/<wbr>")


def ruled_out_list(items: list[dict[str, Any]]) -> str:
    """Who was ruled out and why; empty when nobody was."""
    lines = "".join(
        f"<li><b>{escape(item['model_id'])}</b> {escape(item['reason'])}. {escape(item.get('hint', ''))}</li>"
        for item in items
    )
    return f'<p class="small">Ruled out</p><ul class="quiet small">{lines}</ul>' if lines else ""


def _verdict(verdict: Verdict) -> str:
    rows = "".join(
        f"<tr><th>{escape(measure_name(m))}</th><td>{escape(figure(m.value))}</td>"
        f'<td class="nowrap">{"≥" if m.rule == "at_least" else "≤"} {escape(figure(m.threshold))}</td>'
        f'<td class="{"green" if m.passed else "amber"}">{"passed" if m.passed else escape(m.why)}</td></tr>'
        for m in verdict.measures
    )
    body = f"<p><b>{escape(verdict.state.value)}</b> {escape(verdict.reason)}</p>"
    return _section("Verdict", body + (f"<table>{rows}</table>" if rows else ""))


def _error(error: dict[str, Any]) -> str:
    body = f"<p>{escape(str(error.get('message', '')))}</p>"
    if error.get("hint"):
        body += f"<p><b>What to do</b> {escape(str(error['hint']))}</p>"
    if error.get("money"):
        body += f'<p class="quiet">Money: {escape(str(error["money"]))}.</p>'
    body += ruled_out_list(error.get("details", {}).get("ruled_out", []))
    return _section(str(error.get("title", "Error")), body)


def _command(card: Card) -> str:
    report = card.job.result.report if card.job is not None and card.job.result is not None else {}
    facts = report_facts(report)
    parts: list[str] = []
    if facts:
        rows = "".join(
            f"<tr><th>{escape(name.replace('_', ' '))}</th><td>{escape(value)}</td></tr>"
            for name, value in facts.items()
        )
        parts.append(f"<details><summary>Report</summary><table>{rows}</table></details>")
    parts += [f'<p class="amber small">{escape(words)}</p>' for words in report_warnings(report)]
    if card.command:
        parts.append(f"<pre>$ {escape(card.command)}</pre>")
    return "".join(parts)
