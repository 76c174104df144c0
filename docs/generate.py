"""Writes the reference pages from the code, so that they cannot drift from it.

`python docs/generate.py` writes them, `--check` ends with 1 when one of them is out of date.
"""

import inspect
import io
import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ |= {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "_TYPER_FORCE_DISABLE_TERMINAL": "1"}

HERE = Path(__file__).parent
HEADER = "<!-- Written by docs/generate.py from the code. Change the code, then run `make docs`. -->\n\n"


def table(head: list[str], rows: Iterator[list[str]] | list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for row in rows:
        cells = (cell.replace("|", "\\|").replace("\n", " ").strip() for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    from bottega.settings import Settings

    documents = _field_documents(Settings)
    rows: list[list[str]] = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if name.startswith("budget_"):
            shown = "no cap" if default is None else f"`{default / 1e6:g}` US dollars"
        elif name.endswith("_key"):
            shown = "empty"
        else:
            shown = "empty" if default in ("", None, ()) else f"`{default}`"
        rows.append([_variables(name, field.validation_alias), shown, documents.get(name, "")])
    return (
        "# Settings\n\nRead from the environment and from a `.env` file in the working folder. Where several names are "
        "given, the first one that is set counts.\n\n" + table(["variable", "default", "meaning"], rows)
    )


def _variables(name: str, alias: object) -> str:
    """The names under which a setting is looked up, the first one first."""
    own = f"BOTTEGA_{name.upper()}"
    others = [str(choice) for choice in getattr(alias, "choices", ()) if choice not in (own, name)]
    return ", ".join(f"`{variable}`" for variable in (own, *others))


def _field_documents(model: type[Any]) -> dict[str, str]:
    """The string literals below the fields of a class: their documentation."""
    import ast

    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
            case _:
                pass
    return found


def errors_page() -> str:
    from bottega import errors

    kinds = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.BottegaError)
    ]
    rows = [
        [
            f"`{kind.code}`",
            kind.title,
            kind.category.value,
            kind.severity.value,
            str(kind.http_status),
            str(kind.exit_code),
            "yes" if kind.retryable else "no",
        ]
        for kind in kinds
    ]
    head = ["code", "title", "category", "severity", "HTTP", "exit code", "may be tried again"]
    return (
        "# Errors\n\nEvery error says what happened, what it means for money and what to do next. Over HTTP it is a "
        "problem document (RFC 9457) of type `urn:bottega:problem:<code>`; on the command line its exit code "
        "says which kind it was.\n\n" + table(head, rows)
    )


def workflows_page() -> str:
    from bottega.workflows.registry import all_workflows

    parts = ["# Workflows\n"]
    for workflow in all_workflows().values():
        parts.append(f"## `{workflow.name}`: {workflow.title}\n\n{workflow.summary}\n")
        parts.append("Say, for example:\n\n" + "".join(f"- {example}\n" for example in workflow.examples))
        inputs = [
            [f"`{spec.role.value}`", _count(spec.minimum, spec.maximum), spec.description]
            for spec in workflow.inputs
        ]
        if inputs:
            parts.append(table(["input", "how many", "what for"], inputs))
        schema = workflow.options.model_json_schema()
        rows = [
            [f"`{name}`", _kind(field), f"`{json.dumps(field.get('default'))}`", field.get("description", "")]
            for name, field in schema["properties"].items()
        ]
        parts.append(table(["option", "values", "default", "meaning"], rows))
    return "\n".join(parts)


def _count(minimum: int, maximum: int) -> str:
    return str(minimum) if minimum == maximum else f"{minimum} to {maximum}"


def _kind(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(kind) for kind in field["anyOf"] if kind.get("type") != "null")
    if "enum" in field:
        return ", ".join(str(value) for value in field["enum"])
    if "const" in field:
        return str(field["const"])
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    limits = f" {low} to {high}" if low is not None and high is not None else ""
    return f"{field.get('type', 'text')}{limits}"


def models_page() -> str:
    from bottega.models import load_catalogue

    rows = [
        [
            f"`{model.id}`",
            model.title,
            ", ".join(sorted(model.operations)),
            ", ".join(sorted(model.features)),
            "free" if model.price and model.price.free else "priced" if model.price else "no price",
            model.licence,
        ]
        for model in load_catalogue()
    ]
    head = ["id", "what it is", "does", "offers", "price", "licence"]
    return (
        "# Models\n\nThe built-in catalogue. A TOML file named by `BOTTEGA_CATALOGUE` adds models or replaces these.\n\n"
        + table(head, rows)
    )


def cli_page() -> str:
    import typer.core
    import typer.main

    from bottega.cli import application

    command = typer.main.get_command(application)
    out = io.StringIO()
    out.write("# Command line\n")

    def describe(node: Any, path: str) -> None:
        context = typer.Context(node, info_name=path)
        out.write(f"\n## `{path}`\n\n{inspect.cleandoc(node.help or '').strip()}\n\n")
        rows: list[list[str]] = []
        for parameter in node.params:
            names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
            rows.append([names, getattr(parameter, "help", None) or ""])
        if rows:
            out.write(table(["argument or option", "meaning"], rows))
        if isinstance(node, typer.core.TyperGroup):
            for name in node.list_commands(context):
                child = node.get_command(context, name)
                if child is not None and not child.hidden:
                    describe(child, f"{path} {name}")

    describe(command, "bottega")
    return out.getvalue()


def http_page() -> str:
    from bottega.api import create_app

    schema = create_app().openapi()
    rows = [
        [f"`{method.upper()} {path}`", operation.get("summary", ""), operation.get("description", "")]
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]
    return "# HTTP\n\nThe server describes itself at `/openapi.json`; this is the overview.\n\n" + table(
        ["request", "what", "more"], rows
    )


def taxonomy() -> str:
    from bottega.intent.taxonomy import taxonomy_page

    return taxonomy_page()


PAGES: dict[str, Callable[[], str]] = {
    "classes": taxonomy,
    "settings": settings_page,
    "errors": errors_page,
    "workflows": workflows_page,
    "models": models_page,
    "command-line": cli_page,
    "http": http_page,
}


def main() -> int:
    stale: list[str] = []
    for name, page in PAGES.items():
        path = HERE / "reference" / f"{name}.md"
        text = HEADER + page().rstrip() + "\n"
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path))
        if "--check" not in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        verb = "out of date (run `make docs`)" if "--check" in sys.argv else "written"
        print(f"{verb}: {', '.join(stale)}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
