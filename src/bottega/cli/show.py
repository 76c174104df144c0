"""How intents, plans, jobs, verdicts and errors look on a terminal; rich renderables, shared by all commands.

Texts of users and engines are put into `Text` objects, never into markup.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bottega.domain.asset import Asset
from bottega.domain.intent import Intent
from bottega.domain.job import Attempt, Event, FinishedJob, Job, JobState
from bottega.domain.money import format_usd
from bottega.domain.plan import Candidate, Plan, TimeEstimate
from bottega.domain.request import Request
from bottega.domain.verdict import Measure, Verdict, VerdictState
from bottega.engines.cloud.reach import VENDOR_TITLES

STATE_STYLES = {
    JobState.SUCCEEDED: "green",
    JobState.REJECTED: "yellow",
    JobState.FAILED: "red",
    JobState.QUARANTINED: "red",
    JobState.UNKNOWN: "yellow",
    JobState.CANCELLED: "dim",
}
VERDICT_STYLES = {
    VerdictState.ACCEPTED: "green",
    VerdictState.REJECTED: "yellow",
    VerdictState.NOT_JUDGED: "dim",
}
_MAY_COST = re.compile(r"may cost \$(?P<amount>\d+(?:\.\d+)?)")
SURE = 0.8
"""Below this confidence the runner-up is named."""


def heading(words: str, style: str = "bold") -> Text:
    return Text(words, style=style)


def indented(*parts: RenderableType) -> RenderableType:
    return Padding(Group(*parts), (0, 0, 0, 2), expand=False)


def plain_table(*columns: str, right: Iterable[str] = (), whole: Iterable[str] = ()) -> Table:
    """A quiet table; `right` names the columns of figures, `whole` those that are never folded."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in right else "left",
            overflow="fold",
            no_wrap=column in whole or column in right,
        )
    return table


# --- plain values as words -----------------------------------------------------------------------------------


def percent(share: float) -> str:
    """A confidence; certainty is not claimed below 1."""
    return "over 99%" if 0.995 < share < 1 else f"{share:.0%}"


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s" if value < 90 else f"{value / 60:.1f} min"


def figure(value: float) -> str:
    return f"{value:.4g}"


def money(amount: int) -> str:
    """As `format_usd`, for sums: nothing is `$0.00`, not free."""
    return format_usd(amount) if amount else "$0.00"


def moment(at: float) -> str:
    """Local time."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def size(count: int) -> str:
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def worded(value: Any) -> str:
    """An option's value."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def option_sources(plan: Plan, request: Request | None) -> dict[str, str]:
    """Where each option of the plan comes from: `given`, `from your sentence` or `default`."""
    given = set(request.options) if request is not None else set[str]()
    return {
        name: "given" if name in given else "from your sentence" if name in plan.options_read else "default"
        for name in plan.options
    }


# --- intent and plan -----------------------------------------------------------------------------------------


def intent_view(intent: Intent) -> RenderableType:
    if intent.out_of_scope:
        return Group(heading("Intent"), indented(Text(intent.reasoning), *_flags(intent)))
    name = str(intent.workflow) + (f" / {intent.subkind}" if intent.subkind else "")
    lines = [
        Text.assemble(
            (name, "cyan"), f"  {percent(intent.confidence)} sure (classifier: {intent.classifier})"
        ),
        Text(intent.reasoning),
    ]
    second = intent.runner_up
    if second is not None and intent.confidence < SURE:
        lines.append(
            Text(f"It could also be {second.workflow} ({percent(second.confidence)}).", style="yellow")
        )
    if intent.needs_clarification:
        lines.append(Text(intent.needs_clarification, style="yellow"))
    return Group(heading("Intent"), indented(*lines, *_flags(intent)))


def _flags(intent: Intent) -> list[Text]:
    return [Text(f"Flagged: {', '.join(intent.flagged)}", style="yellow")] if intent.flagged else []


def plan_view(
    plan: Plan, request: Request | None = None, *, notes: Iterable[str] = (), most: int | None = None
) -> RenderableType:
    """`most`: how many candidates are shown, the rest as one line; by default all of them."""
    parts: list[RenderableType] = []
    for number, step in enumerate(plan.steps, start=1):
        if plan.before is not None:
            parts.append(Text(f"Step {number} of {len(plan.steps)}: {step.workflow}", style="bold"))
        parts += [_options_view(step, request if step is plan else None)]
        parts.append(_candidates_view(step.candidates, most))
        if step.ruled_out:
            parts.append(ruled_out_view([item.model_dump() for item in step.ruled_out]))
        if plan.before is not None and step.ruled_out:
            parts.append(Text(""))
    if plan.before is not None or plan.looks is not None:
        parts.append(Text.assemble(("Together  ", "bold"), str(plan.price)))
    parts.append(_leaving_view(plan, request))
    parts += [Text(f"Note: {words}", style="yellow") for words in notes]
    return Group(heading("Plan"), indented(*parts))


def _options_view(plan: Plan, request: Request | None) -> RenderableType:
    sources = option_sources(plan, request)
    table = plain_table("option", "value", "")
    for name, source in sources.items():
        if source != "default":
            table.add_row(name, Text(worded(plan.options[name])), Text(source, style="cyan"))
    defaults = ", ".join(
        f"{name} {worded(plan.options[name])}"
        for name, source in sources.items()
        if source == "default" and plan.options[name] not in (None, "")
    )
    parts: list[RenderableType] = [table] if table.row_count else []
    if defaults:
        parts.append(Text(f"default: {defaults}", style="dim"))
    return Group(*parts, Text(""))


def _candidates_view(candidates: tuple[Candidate, ...], most: int | None) -> RenderableType:
    """A line for each candidate, and below it in words why it stands where it does."""
    table = plain_table("#", "model", "price", "time", "quality", whole=("price", "time"))
    shown, rest = candidates[:most], candidates[len(candidates[:most]) :]
    for number, candidate in enumerate(shown, start=1):
        table.add_row(
            str(number),
            Text(candidate.model_id, style="bold" if number == 1 else ""),
            str(candidate.price),
            expected_time(candidate.time),
            f"{candidate.quality:.0%}",
        )
        if candidate.reasons:
            table.add_row("", Text(", ".join(candidate.reasons), style="dim"))
    parts: list[RenderableType] = [table]
    if rest:
        low, high = min(one.price.low for one in rest), max(one.price.high for one in rest)
        prices = money(low) if low == high else f"{money(low)} to {money(high)}"
        parts.append(Text(f"and {len(rest)} more, {prices} (`bottega plan` shows them all)", style="dim"))
    if any(candidate.time.basis == "prior" for candidate in shown):
        parts.append(Text("~ the catalogue's figure, not measured here yet", style="dim"))
    return Group(*parts, Text(""))


def expected_time(time: TimeEstimate) -> str:
    if time.seconds is None:
        return "not measured yet"
    mark = "" if time.basis == "measured" else "~ "
    return mark + (f"{time.seconds:.0f} s" if 10 <= time.seconds < 90 else seconds(time.seconds))


def ruled_out_view(items: Iterable[dict[str, Any]]) -> RenderableType:
    """Entries with `model_id`, `engine`, `reason` and `hint`; those of an engine with the same reason in one line,
    also where they differ in what they may cost."""
    table = plain_table("ruled out", "why")
    together: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for item in items:
        words = ". ".join(filter(None, (item["reason"], item.get("hint", ""))))
        dear = _MAY_COST.match(words)
        same = words[dear.end() :] if dear else words
        amount = dear["amount"] if dear else ""
        together.setdefault((item.get("engine", ""), same), []).append((item["model_id"], amount))
    for (engine, words), models in together.items():
        named = (
            ", ".join(name for name, _ in models) if len(models) <= 2 else f"{len(models)} models of {engine}"
        )
        amounts = sorted({amount for _, amount in models if amount}, key=float)
        if amounts:
            words = f"may cost ${' to $'.join(dict.fromkeys((amounts[0], amounts[-1])))}{words}"
        table.add_row(Text(named, style="dim"), Text(words, style="dim"))
    return table


def _leaving_view(plan: Plan, request: Request | None) -> Text:
    """Who gets what, in the order of the plan."""
    told = [words for words in (_sent(plan, request), _shown(plan)) if words]
    return (
        Text(" ".join(told), style="yellow") if told else Text("Nothing leaves this machine.", style="green")
    )


def _sent(plan: Plan, request: Request | None) -> str:
    vendors = _titles(plan.sent_to)
    if not vendors:
        return ""
    what = "Your sentence" if request is not None and not request.inputs else "Your sentence and pictures"
    first = vendors.pop(0) if any(step.first.leaves_machine for step in plan.steps) else None
    if first is not None:
        more = f", and to {listed(vendors)} if later candidates are tried" if vendors else ""
        return f"{what} would be sent to {first}{more}."
    if plan.shown_to:
        return f"{what} would be sent to {listed(vendors)} if the first candidate fails."
    return (
        f"Nothing leaves this machine unless the first candidate fails: then {what[0].lower()}{what[1:]} "
        f"would be sent to {listed(vendors)}."
    )


def _shown(plan: Plan) -> str:
    if not plan.shown_to:
        return ""
    return (
        f"A vision model of {listed(_titles(plan.shown_to))} is shown sentence and pictures, to judge them."
    )


def _titles(vendors: Iterable[str]) -> list[str]:
    return [VENDOR_TITLES.get(vendor, vendor) for vendor in vendors]


def listed(words: list[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


# --- a job's story -------------------------------------------------------------------------------------------


def event_line(event: Event) -> Text | None:
    """One event as a line; None for those that say nothing to a person. Unknown kinds are shown as they are."""
    data = event.data
    match event.kind:
        case "queued" | "started" | "step" | "progress":
            return None
        case "stage":
            return Text(
                f"Step {data.get('stage')} of {data.get('stages')}: {data.get('workflow')}", style="bold"
            )
        case "attempt":
            return Text.assemble("Trying ", (str(data.get("model_id")), "bold"), f" ({data.get('price')})")
        case "left":
            words = f"Left {data.get('model_id')}: {data.get('outcome')}. {data.get('reason')}"
            return Text(words.strip(), style="yellow")
        case "verdict":
            state = str(data.get("state"))
            style = VERDICT_STYLES.get(VerdictState(state), "") if state in set(VerdictState) else ""
            return Text.assemble(
                "Checked: ", (state, style), f". {data['reason']}" if data.get("reason") else ""
            )
        case "cached":
            return Text(f"The same work was done before by {data.get('model_id')}; its result is used.")
        case "hold" | "charge" | "release":
            done = {"hold": "Held", "charge": "Charged", "release": "Released"}[event.kind]
            return Text(f"{done} {money(int(data.get('amount', 0)))} for {data.get('model_id')}")
        case "waiting":
            words = f"Waiting {seconds(float(data.get('seconds', 0)))}: {data.get('reason')}"
            return Text(words, style="yellow")
        case "recovered":
            return Text(f"Taken up again after a crash ({data.get('crashes')})", style="yellow")
        case "handed_over":
            return Text("Put back into the queue: the process is ending", style="yellow")
        case "cancel_requested":
            return Text("Asked to stop", style="yellow")
        case "released":
            return Text("Released from quarantine")
        case "finished":
            state = str(data.get("state"))
            style = STATE_STYLES.get(JobState(state), "") if state in set(JobState) else ""
            return Text.assemble("Finished: ", (state, style))
        case _:
            return Text(
                " ".join([event.kind, *(f"{key}={value}" for key, value in data.items())]), style="dim"
            )


# --- the end of a job ----------------------------------------------------------------------------------------


def verdict_view(verdict: Verdict) -> RenderableType:
    title = Text.assemble(("Verdict  ", "bold"), (str(verdict.state), VERDICT_STYLES[verdict.state]))
    if verdict.reason:
        title.append(f"  {verdict.reason}")
    if not verdict.measures:
        return title
    table = plain_table("measure", "value", "threshold", "", right=("value",))
    for measure in verdict.measures:
        mark = ("passed", "green") if measure.passed else (f"missed: {measure.why}", "yellow")
        table.add_row(
            measure_name(measure), figure(measure.value), threshold(measure), Text(mark[0], style=mark[1])
        )
    return Group(title, indented(table))


def measure_name(measure: Measure) -> str:
    return measure.name.removeprefix("report.").replace("_", " ")


def threshold(measure: Measure) -> str:
    return f"{measure.rule.replace('_', ' ')} {figure(measure.threshold)}"


def left_view(attempts: Iterable[Attempt]) -> RenderableType | None:
    """What was tried and why it was left; None when the first candidate was taken."""
    left = [attempt for attempt in attempts if attempt.outcome not in ("accepted", "not judged")]
    if not left:
        return None
    table = plain_table("model", "left because", "cost")
    for attempt in left:
        reason = f"{attempt.outcome}: {attempt.reason}" if attempt.reason else attempt.outcome
        table.add_row(attempt.model_id, Text(reason), money(attempt.cost))
    return Group(heading("Tried before"), indented(table))


def files_view(rows: Iterable[tuple[str, Asset]]) -> RenderableType:
    table = plain_table("file", "what", "size")
    for path, asset in rows:
        media = asset.media
        pixels = f"{media.width} x {media.height}, " if media.width else ""
        length = f"{media.seconds:.1f} s{' with sound' if media.has_audio else ''}, " if media.seconds else ""
        table.add_row(Text(path, style="cyan"), Text(asset.label), f"{pixels}{length}{size(asset.size)}")
    return Group(heading("Files"), indented(table))


def finished_view(finished: FinishedJob, files: Iterable[tuple[str, Asset]]) -> RenderableType:
    job, parts = finished.job, list[RenderableType]()
    rows = list(files)
    if rows:
        parts += [files_view(rows), Text("")]
    if job.result is not None:
        if job.state is JobState.REJECTED:
            words = "No result met the threshold; this is the best one, labelled as rejected."
            parts.append(Text(words, style="yellow"))
        parts.append(verdict_view(job.result.verdict))
        parts += report_lines(job.result.report)
        if (left := left_view(job.result.attempts)) is not None:
            parts.append(left)
        how = "found in the cache" if job.result.cached else seconds(job.result.seconds)
        parts.append(Text.assemble(("Cost  ", "bold"), money(job.result.cost), f"    {how}    {job.id}"))
    return Group(*parts)


def report_facts(report: dict[str, Any]) -> dict[str, str]:
    """The single figures and words of an engine's report; what is nested is for machines."""
    return {
        name: worded(value)
        for name, value in report.items()
        if isinstance(value, bool | int | float | str) and value != ""
    }


def report_warnings(report: dict[str, Any]) -> list[str]:
    warnings: Any = report.get("warnings")
    return [str(words) for words in warnings] if isinstance(warnings, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def report_lines(report: dict[str, Any]) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if facts := report_facts(report):
        words = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items())
        parts.append(Text.assemble(("Report  ", "bold"), words))
    parts += [Text(f"Note: {words}", style="yellow") for words in report_warnings(report)]
    return parts


def error_view(error: dict[str, Any]) -> RenderableType:
    """Of what `BottegaError.as_dict` gives."""
    lines: list[RenderableType] = [Text(str(error.get("message", "")))]
    if error.get("hint"):
        lines.append(Text.assemble(("What to do: ", "bold"), str(error["hint"])))
    if error.get("money"):
        lines.append(Text.assemble(("Money: ", "bold"), f"{error['money']}."))
    ruled_out = error.get("details", {}).get("ruled_out")
    if ruled_out:
        lines.append(ruled_out_view(ruled_out))
    return Group(heading(str(error.get("title", "Error")), "bold red"), indented(*lines))


def jobs_table(jobs: Iterable[Job]) -> Table:
    table = plain_table(
        "job",
        "state",
        "workflow",
        "sentence",
        "cost",
        "made",
        right=("cost",),
        whole=("job", "workflow", "made"),
    )
    for job in jobs:
        sentence = job.request.prompt if len(job.request.prompt) <= 48 else job.request.prompt[:47] + "…"
        table.add_row(
            job.id,
            Text(str(job.state), style=STATE_STYLES.get(job.state, "")),
            job.plan.workflow,
            Text(sentence),
            money(job.result.cost) if job.result is not None else "",
            moment(job.created_at),
        )
    return table
