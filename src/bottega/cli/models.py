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
def list_models(as_json: JsonOption = False) -> None:
    """Every model with its price, and whether its engine can be used now."""
    reply = Reply(as_json, models=[])

    async def work() -> int:
        from rich.text import Text

        from bottega.cli.show import plain_table
        from bottega.engines.registry import built_in_engines
        from bottega.models import load_catalogue

        settings = load_settings()
        engines = built_in_engines(settings)
        table = plain_table("model", "does", "price", "quality", "usable", "what it is")
        for model in load_catalogue(settings.catalogue):
            engine = engines.get(model.engine)
            why = "no such engine" if engine is None else engine.availability().reason
            reply.document["models"].append(model.model_dump(mode="json") | {"unusable": why or None})
            table.add_row(
                Text(model.id),
                ", ".join(sorted(model.operations)),
                price_words(model),
                f"{model.quality:.0%}",
                Text(why or "yes", style="dim" if why else "green"),
                Text(model.title),
            )
        reply.show(table)
        return 0

    carry_out(reply, work)


def price_words(model: "Model") -> str:
    """`free`, `$0.04 an image`..., `no price`."""
    from bottega.domain.money import format_usd, micro_usd

    price = model.price
    if price is None or not price.is_known:
        return "no price"
    if price.free:
        return "free"
    parts = {"a run": price.per_run, "an image": price.per_image, "a megapixel": price.per_megapixel}
    return " + ".join(
        f"{format_usd(micro_usd(amount))} {unit}" for unit, amount in parts.items() if micro_usd(amount)
    )


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
