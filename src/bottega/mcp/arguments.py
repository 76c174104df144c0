"""What the tools take: one model each, from which the tools' JSON schemas come.

Values that depend on what is stored or installed (ids, workflows, their options) are checked further down.
"""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bottega.domain.request import Preference, Role
from bottega.errors import InputError
from bottega.workflows.protocol import Workflow

MOST_FILES = 16
LONGEST_WAIT_SECONDS = 3600
_DEEPEST = 8

A = TypeVar("A", bound="Arguments")


def _deep(value: object, levels: int) -> bool:
    inner: Iterable[object] = ()
    if isinstance(value, dict):
        inner = cast("dict[str, object]", value).values()
    elif isinstance(value, list):
        inner = cast("list[object]", value)
    return levels < 0 or any(_deep(item, levels - 1) for item in inner)


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    """JSON that every database and every client can hold: finite, Unicode, not nested without end."""
    if _deep(value, _DEEPEST):
        raise ValueError(f"nested deeper than {_DEEPEST} levels")
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_storable)]
AssetId = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="Id of a stored asset.")]
JobId = Annotated[str, Field(min_length=1, max_length=80, description="Id of a job, `job_...`.")]
Before = Annotated[
    float | None, Field(description="`next_before` of the page before; without it the list begins.")
]


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Source(Arguments):
    """Where a file's bytes come from."""

    path: str | None = Field(
        default=None,
        min_length=1,
        max_length=4096,
        description="A file of the machine that the server runs on, inside one of the allowed folders; "
        "relative paths begin at the first of them.",
    )
    data: str | None = Field(default=None, min_length=1, description="The file's bytes as base64.")
    name: str = Field(default="", max_length=200, description="A file name for `data`.")


class FileArgument(Source):
    """A picture and what it is for; it comes from exactly one source."""

    role: Role = Role.WORKING
    asset_id: AssetId | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(value is not None for value in (self.asset_id, self.path, self.data)) != 1:
            raise ValueError("give exactly one of asset_id, path and data")
        return self


class AddAssetArguments(Source):
    """A picture to store; it comes from exactly one source."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.path is None) == (self.data is None):
            raise ValueError("give exactly one of path and data")
        return self


class TaskArguments(Arguments):
    """A piece of work, whatever its workflow."""

    prompt: str = Field(default="", max_length=2000, description="What is wanted, in one's own words.")
    inputs: tuple[FileArgument, ...] = Field(
        default=(), max_length=MOST_FILES, description="The pictures, each with what it is for."
    )
    options: JsonObject = Field(
        default_factory=dict[str, Any],
        description="Options of the workflow; the prompt is read for those not given.",
    )
    model: str | None = Field(
        default=None, max_length=200, description="The only model that may do it; see list_models."
    )
    preference: Preference = Field(default=Preference.BALANCED, description="What matters most.")
    stay_local: bool = Field(
        default=False, description="Use only engines that send nothing to somebody else."
    )
    max_cost_usd: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,10}(\.[0-9]{1,6})?$",
        examples=["0.25"],
        description="What this job may cost at most: US dollars as text, such as 0.25.",
    )


class RunTaskArguments(TaskArguments):
    fresh: bool = Field(default=False, description="Do the work again even when the result is known.")
    wait_seconds: float = Field(
        default=60,
        ge=0,
        le=LONGEST_WAIT_SECONDS,
        description="How long to wait for the end; a job that takes longer goes on, see job_status.",
    )


class WorkArguments(TaskArguments):
    workflow: str | None = Field(
        default=None, max_length=80, description="Name of a workflow; without it the prompt decides."
    )


class PlanArguments(WorkArguments):
    pass


class RunArguments(WorkArguments, RunTaskArguments):
    pass


class JobArguments(Arguments):
    job_id: JobId


class JobStatusArguments(JobArguments):
    wait_seconds: float = Field(
        default=0, ge=0, le=LONGEST_WAIT_SECONDS, description="How long to wait for the job's end."
    )


class AssetArguments(Arguments):
    asset_id: AssetId


class ListAssetsArguments(Arguments):
    limit: int = Field(default=20, ge=1, le=100)
    before: Before = None


class ListWorkflowsArguments(Arguments):
    name: str | None = Field(
        default=None, max_length=80, description="Only this one, with the JSON schema of its options."
    )


class ListModelsArguments(Arguments):
    operation: str | None = Field(
        default=None, max_length=80, description="Only models that do this, such as `enhance`."
    )


def parse(model: type[A], given: dict[str, Any] | None) -> A:
    """The arguments of a call. Raises InputError that names the field; the values themselves are not sent back."""
    try:
        return model.model_validate(given or {})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        first = faults[0]
        field = ".".join(str(part) for part in first["loc"])[:200]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        where = f"{field}: " if field else ""
        known = ", ".join(model.model_fields)
        raise InputError(
            f"{where}{first['msg']}{more}", hint=f"The arguments are: {known}." if known else "", field=field
        ) from None


# --- schemas -------------------------------------------------------------------------------------------------


def arguments_schema(model: type[Arguments], *, paths: bool) -> dict[str, Any]:
    """The JSON schema of a tool's arguments; `paths` says whether files may be named by their path."""
    schema = model.model_json_schema()
    if not paths:
        for holder in (schema, *schema.get("$defs", {}).values()):
            if "data" in holder.get("properties", {}):
                holder["properties"].pop("path", None)
    return schema


def workflow_schema(workflow: Workflow, *, paths: bool) -> dict[str, Any]:
    """The arguments of a workflow's own tool: `options` is the JSON schema of the workflow's options, whose
    definitions stand in `$defs`, and `inputs` allows its roles and numbers of files."""
    schema = arguments_schema(RunTaskArguments, paths=paths)
    options = workflow.options.model_json_schema()
    schema["$defs"] |= options.pop("$defs", {})
    schema["properties"]["options"] = options
    inputs = schema["properties"]["inputs"]
    inputs["minItems"] = sum(spec.minimum for spec in workflow.inputs)
    inputs["maxItems"] = sum(spec.maximum for spec in workflow.inputs)
    inputs["description"] = (
        "; ".join(
            f"{spec.role.value} ({_count(spec.minimum, spec.maximum)}): {spec.description}"
            for spec in workflow.inputs
        )
        or "This workflow takes no files."
    )
    if inputs["minItems"]:
        schema["required"] = ["inputs"]
    else:
        del inputs["minItems"]
    schema["title"] = workflow.title
    return schema


def _count(minimum: int, maximum: int) -> str:
    return str(minimum) if minimum == maximum else f"{minimum} to {maximum}"
