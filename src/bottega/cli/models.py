"""`models` and `workflows`: what an installation knows and can do."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bottega.cli.session import JsonOption, Reply, carry_out, load_settings

if TYPE_CHECKING:
    from bottega.models import Model
    from bottega.workflows.protocol import Workflow

models_group = typer.Typer(name="models", help="The catalogue of models.", no_args_is_help=True)
workflows_group = typer.Typer(name="workflows", help="The kinds of work.", no_args_is_help=True)


@models_group.command("list")
def list_models(
    operation: Annotated[
        str | None, typer.Option(help="Only models that do this, such as edit.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Models that have ended as well.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Every model with what it makes, its price and its end, and whether its engine can be used now."""
    reply = Reply(as_json, models=[])

    async def work() -> int:
        from datetime import UTC, datetime

        from rich.text import Text

        from bottega.cli.show import plain_table
        from bottega.engines.registry import built_in_engines
        from bottega.models import has_ended, load_catalogue

        settings = load_settings()
        engines = built_in_engines(settings)
        today = datetime.now(UTC).date()
        table = plain_table("model", "does", "makes", "price", "until", "usable", whole=("until",))
        for model in load_catalogue(settings.catalogue):
            ended = has_ended(model, today)
            if (operation and operation not in model.operations) or (ended and not everything):
                continue
            engine = engines.get(model.engine)
            why = "no such engine" if engine is None else engine.availability().reason
            if ended:
                why = "has ended"
            reply.document["models"].append(model.model_dump(mode="json") | {"unusable": why or None})
            table.add_row(
                Text(model.id),
                ", ".join(sorted(model.operations)),
                model.output,
                price_words(model),
                model.ends.isoformat() if model.ends else "",
                Text(why or "yes", style="dim" if why else "green"),
            )
        reply.show(table)
        return 0

    carry_out(reply, work)


@models_group.command("check")
def check_models(
    days: Annotated[int, typer.Option(min=0, max=3650, help="Look so many days ahead.")] = 60,
    as_json: JsonOption = False,
) -> None:
    """Models that have ended or soon will, and what to use then; exit code 1 when one that the settings or
    the installation's own catalogue name has ended."""
    reply = Reply(as_json, endings=[], relied_on=[])

    async def work() -> int:
        from datetime import UTC, datetime

        from rich.text import Text

        from bottega.cli.show import plain_table
        from bottega.models import endings, load_catalogue

        settings = load_settings()
        catalogue, built_in = load_catalogue(settings.catalogue), load_catalogue()
        named = {settings.classifier_model, settings.judge_model} - {""}
        found = endings(catalogue, datetime.now(UTC).date(), within_days=days)
        # Built-in entries that have ended are left out of every plan by themselves: what counts are models that the
        # operator's settings or own file name.
        relied_on = {name for name in named if catalogue.get(name) is None}
        for item in found:
            model = catalogue[item.model_id]
            own = model != built_in.get(model.id) and model.status != "retired"
            if item.ended and (own or model.id in named):
                relied_on.add(model.id)
        reply.document |= {
            "endings": [item.model_dump(mode="json") for item in found],
            "relied_on": sorted(relied_on),
        }
        table = plain_table("model", "ends", "in days", "use instead", right=("in days",), whole=("ends",))
        for item in found:
            style = "red" if item.model_id in relied_on else "dim" if item.ended else "yellow"
            table.add_row(
                Text(item.model_id, style=style),
                item.ends.isoformat() if item.ends else "has ended",
                "" if item.days_left is None or item.ended else str(item.days_left),
                item.replacement or "",
            )
        reply.show(table if found else f"No model has ended or ends within {days} days.")
        for name in sorted(relied_on):
            gone = "has ended" if catalogue.get(name) else "is not in the catalogue"
            reply.show(Text(f"{name} is relied on here and {gone}.", style="red"))
        return 1 if relied_on else 0

    carry_out(reply, work)


def price_words(model: "Model") -> str:
    """`free`, `$0.04 per picture`..., `no price`."""
    if model.price is None or not model.price.is_known:
        return "no price"
    return model.price.in_words()


@workflows_group.command("list")
def list_workflows(as_json: JsonOption = False) -> None:
    """Every workflow, with a sentence that asks for it."""
    reply = Reply(as_json, workflows=[])

    async def work() -> int:
        from bottega.cli.show import plain_table
        from bottega.workflows.registry import all_workflows

        table = plain_table("workflow", "what it does", "say, for example")
        for workflow in all_workflows().values():
            reply.document["workflows"].append(_described(workflow))
            table.add_row(workflow.name, workflow.summary, f"“{workflow.examples[0]}”")
        reply.show(table)
        return 0

    carry_out(reply, work)


@workflows_group.command("show")
def show_workflow(
    name: Annotated[str, typer.Argument(help="The workflow's name.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """One workflow: its inputs, its options with limits and defaults, sentences that ask for it."""
    reply = Reply(as_json, workflow=None)

    async def work() -> int:
        from bottega.workflows.registry import all_workflows, find_workflow

        workflow = find_workflow(all_workflows(), name)
        reply.document["workflow"] = _described(workflow)
        _show_workflow(reply, workflow)
        return 0

    carry_out(reply, work)


def _described(workflow: "Workflow") -> dict[str, Any]:
    return {
        "name": workflow.name,
        "title": workflow.title,
        "summary": workflow.summary,
        "examples": list(workflow.examples),
        "inputs": [spec.model_dump(mode="json") for spec in workflow.inputs],
        "options": workflow.options.model_json_schema(),
    }


def _show_workflow(reply: Reply, workflow: "Workflow") -> None:
    from rich.text import Text

    from bottega.cli.show import heading, indented, plain_table, worded

    reply.show(heading(f"{workflow.name}: {workflow.title}"), indented(Text(workflow.summary)), "")
    reply.show(heading("Say, for example"), indented(*(Text(example) for example in workflow.examples)), "")
    if workflow.inputs:
        inputs = plain_table("input", "how many", "what for")
        for spec in workflow.inputs:
            count = f"{spec.minimum} to {spec.maximum}" if spec.minimum != spec.maximum else f"{spec.minimum}"
            inputs.add_row(spec.role.value, count, spec.description)
        reply.show(inputs, "")
    options = plain_table("option", "values", "default", "meaning")
    for name, schema in workflow.options.model_json_schema()["properties"].items():
        options.add_row(
            name, Text(_values(schema)), worded(schema.get("default")), Text(schema.get("description", ""))
        )
    reply.show(options)


def _values(schema: dict[str, Any]) -> str:
    """What a field of a JSON schema takes, in words."""
    if "anyOf" in schema:
        return " or ".join(_values(kind) for kind in schema["anyOf"] if kind.get("type") != "null")
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "boolean":
        return "yes or no"
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return {"string": "text", "integer": "whole number", "number": "number"}.get(
        schema.get("type", ""), "text"
    )
