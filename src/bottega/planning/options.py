"""A workflow's options from loose values; what is wrong with one is said in words for people."""

from typing import Any

from pydantic import ValidationError

from bottega.errors import InvalidOption
from bottega.workflows.protocol import Options, Workflow


def checked_options(workflow: Workflow, values: dict[str, Any]) -> Options:
    """Raises InvalidOption, which names the option."""
    try:
        return workflow.options.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "options"
        known = ", ".join(workflow.options.model_fields)
        if first["type"] == "extra_forbidden":
            raise InvalidOption(
                f"{workflow.name} has no option {name!r}.", hint=f"Its options are: {known}."
            ) from None
        raise InvalidOption(
            f"The option {name} cannot be {first['input']!r}: {first['msg']}.",
            hint=f"The options of {workflow.name} are: {known}.",
            option=name,
        ) from None
