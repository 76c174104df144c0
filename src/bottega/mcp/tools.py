"""The tools: their definitions, and how a call of each becomes a call of `Bottega` and an answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mcp_types import Tool, ToolAnnotations

from bottega.app import Bottega, make_request
from bottega.domain.asset import Asset
from bottega.domain.job import Job
from bottega.domain.principal import Principal
from bottega.domain.request import Request
from bottega.mcp import answers
from bottega.mcp.arguments import (
    AddAssetArguments,
    Arguments,
    AssetArguments,
    JobArguments,
    JobStatusArguments,
    ListAssetsArguments,
    ListModelsArguments,
    ListWorkflowsArguments,
    PlanArguments,
    RunArguments,
    RunTaskArguments,
    TaskArguments,
    WorkArguments,
    arguments_schema,
    parse,
    workflow_schema,
)
from bottega.mcp.files import FileAccess
from bottega.mcp.results import Answer, asset_blocks
from bottega.mcp.waiting import Report, wait_for_end
from bottega.workflows.protocol import Workflow
from bottega.workflows.registry import find_workflow

A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a tool, and where its progress goes."""

    who: Principal
    report: Report


Call = Callable[[Caller, dict[str, Any] | None], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool with what it does. `call` raises BottegaErrors."""

    tool: Tool
    call: Call


class Toolbox:
    """The tools of one installation by name; `show_paths` adds to files where they lie on this machine."""

    def __init__(self, shop: Bottega, files: FileAccess, *, show_paths: bool) -> None:
        self._shop = shop
        self._files = files
        self._show_paths = show_paths
        general = (
            self._offer("plan", PLAN, PlanArguments, self._plan, STORES),
            self._offer("run", RUN, RunArguments, self._run, WORKS),
            self._offer("job_status", JOB_STATUS, JobStatusArguments, self._job_status, READS),
            self._offer("cancel_job", CANCEL_JOB, JobArguments, self._cancel_job, STOPS),
            self._offer("list_assets", LIST_ASSETS, ListAssetsArguments, self._list_assets, READS),
            self._offer("get_asset", GET_ASSET, AssetArguments, self._get_asset, READS),
            self._offer("add_asset", ADD_ASSET, AddAssetArguments, self._add_asset, STORES),
            self._offer(
                "list_workflows", LIST_WORKFLOWS, ListWorkflowsArguments, self._list_workflows, READS
            ),
            self._offer("list_models", LIST_MODELS, ListModelsArguments, self._list_models, READS),
        )
        own = (self._offer_workflow(workflow) for workflow in shop.workflows.values())
        self.offered = {each.tool.name: each for each in (*general, *own)}

    def schema(self, name: str) -> dict[str, Any] | None:
        """A tool's input schema; None for an unknown name."""
        return self.offered[name].tool.input_schema if name in self.offered else None

    # --- definitions -----------------------------------------------------------------------------------------

    def _offer(
        self,
        name: str,
        description: str,
        arguments: type[A],
        handle: Callable[[Caller, A], Awaitable[Answer]],
        hints: ToolAnnotations,
    ) -> Offered:
        tool = Tool(
            name=name,
            title=name.replace("_", " ").capitalize(),
            description=description,
            input_schema=arguments_schema(arguments, paths=bool(self._files.roots)),
            annotations=hints,
        )

        async def call(caller: Caller, given: dict[str, Any] | None) -> Answer:
            return await handle(caller, parse(arguments, given))

        return Offered(tool, call)

    def _offer_workflow(self, workflow: Workflow) -> Offered:
        examples = "; ".join(f'"{example}"' for example in workflow.examples[:3])
        tool = Tool(
            name=answers.tool_name(workflow),
            title=workflow.title,
            description=f"{workflow.summary} Prompts such as: {examples}. {HOW_RUNS}",
            input_schema=workflow_schema(workflow, paths=bool(self._files.roots)),
            annotations=WORKS,
        )

        async def call(caller: Caller, given: dict[str, Any] | None) -> Answer:
            arguments = parse(RunTaskArguments, given)
            return await self._do(caller, arguments, workflow.name)

        return Offered(tool, call)

    # --- work ------------------------------------------------------------------------------------------------

    async def _plan(self, caller: Caller, arguments: PlanArguments) -> Answer:
        await self._shop.may_ask(caller.who, what="plan")
        planned = await self._shop.plan(await self._request(caller, arguments), caller.who)
        return Answer(answers.plan_words(planned), answers.plan_document(planned))

    async def _run(self, caller: Caller, arguments: RunArguments) -> Answer:
        return await self._do(caller, arguments, arguments.workflow)

    async def _do(self, caller: Caller, arguments: RunTaskArguments, workflow: str | None) -> Answer:
        request = await self._request(caller, arguments, workflow=workflow, fresh=arguments.fresh)
        await self._shop.may_ask(caller.who)
        job = await self._shop.submit(request, caller.who)
        job = await wait_for_end(self._shop, job.id, caller.who, arguments.wait_seconds, caller.report)
        return await self._job_answer(caller, job, is_error=job.error is not None)

    async def _request(self, caller: Caller, arguments: TaskArguments, **more: Any) -> Request:
        if isinstance(arguments, WorkArguments):
            more.setdefault("workflow", arguments.workflow)
        if more.get("workflow") is not None:  # before any file is stored
            find_workflow(self._shop.workflows, more["workflow"])
        return make_request(
            prompt=arguments.prompt,
            inputs=await self._files.refs(arguments.inputs, caller.who),
            options=arguments.options,
            model=arguments.model,
            preference=arguments.preference,
            stay_local=arguments.stay_local,
            max_cost_usd=arguments.max_cost_usd,
            **more,
        )

    # --- jobs ------------------------------------------------------------------------------------------------

    async def _job_status(self, caller: Caller, arguments: JobStatusArguments) -> Answer:
        job = await wait_for_end(
            self._shop, arguments.job_id, caller.who, arguments.wait_seconds, caller.report
        )
        return await self._job_answer(caller, job)

    async def _cancel_job(self, caller: Caller, arguments: JobArguments) -> Answer:
        return await self._job_answer(caller, await self._shop.cancel(arguments.job_id, caller.who))

    async def _job_answer(self, caller: Caller, job: Job, *, is_error: bool = False) -> Answer:
        made = job.result.outputs if job.result is not None else ()
        assets = await self._shop.store.get_many(made, caller.who.owner)
        return Answer(
            answers.job_words(job, assets),
            answers.job_document(job, [self._asset_document(asset) for asset in assets]),
            await asset_blocks(self._shop, caller.who, assets),
            is_error,
        )

    # --- assets ----------------------------------------------------------------------------------------------

    async def _list_assets(self, caller: Caller, arguments: ListAssetsArguments) -> Answer:
        found = await self._shop.assets(caller.who, limit=arguments.limit, before=arguments.before)
        more = found[-1].created_at if len(found) == arguments.limit else None
        words = "\n".join(answers.asset_words(asset) for asset in found) or "There are no assets yet."
        return Answer(
            words, {"assets": [self._asset_document(asset) for asset in found], "next_before": more}
        )

    async def _get_asset(self, caller: Caller, arguments: AssetArguments) -> Answer:
        return await self._asset_answer(caller, await self._shop.asset(arguments.asset_id, caller.who))

    async def _add_asset(self, caller: Caller, arguments: AddAssetArguments) -> Answer:
        return await self._asset_answer(caller, await self._files.add(arguments, caller.who))

    async def _asset_answer(self, caller: Caller, asset: Asset) -> Answer:
        blocks = await asset_blocks(self._shop, caller.who, [asset])
        return Answer(answers.asset_words(asset), self._asset_document(asset), blocks)

    def _asset_document(self, asset: Asset) -> dict[str, Any]:
        path: Path | None = self._shop.asset_path(asset) if self._show_paths else None
        return answers.asset_document(asset, path)

    # --- what there is ---------------------------------------------------------------------------------------

    async def _list_workflows(self, caller: Caller, arguments: ListWorkflowsArguments) -> Answer:
        workflows = self._shop.workflows
        if arguments.name is not None:
            chosen = [find_workflow(workflows, arguments.name)]
        else:
            chosen = list(workflows.values())
        words = "\n".join(f"{each.name}: {each.summary}" for each in chosen)
        named = arguments.name is not None
        documents = [answers.workflow_document(each, options=named) for each in chosen]
        return Answer(words, {"workflows": documents})

    async def _list_models(self, caller: Caller, arguments: ListModelsArguments) -> Answer:
        documents = [
            answers.model_document(self._shop, model)
            for model in self._shop.catalogue
            if arguments.operation is None or arguments.operation in model.operations
        ]
        lines = [
            f"{each['id']}: {each['title']}" + ("" if each["usable"] else f", not usable: {each['reason']}")
            for each in documents
        ]
        return Answer("\n".join(lines) or "No model does that.", {"models": documents})


def _hints(
    *, reads: bool = False, again: bool = True, stops: bool = False, away: bool = False
) -> ToolAnnotations:
    return ToolAnnotations(
        read_only_hint=reads, idempotent_hint=again, destructive_hint=stops, open_world_hint=away
    )


READS = _hints(reads=True)
STORES = _hints()
STOPS = _hints(stops=True)
WORKS = _hints(again=False, away=True)
"""Work is new each time, and a provider may do it."""

HOW_RUNS = (
    "Starts a job and waits for its end, up to wait_seconds; returns the verdict of the quality check, what it cost, "
    "and the files as links (pictures also as images, larger ones as previews). Only accepted results count as done: "
    "look at verdict. Paid engines are used only within the budgets; see the price first with `plan`."
)
PLAN = (
    "Says what would be done with a sentence and pictures: what is understood, which models could do it in which order, "
    "at what price and in what time, and which were ruled out and why. Nothing is run and nothing is bought; "
    "pictures that are handed in are stored."
)
RUN = f"Does what a sentence asks for with pictures. {HOW_RUNS}"
JOB_STATUS = "How a job stands: state, verdict, cost, files. With wait_seconds it waits for the end first."
CANCEL_JOB = "Asks a job to stop. Nothing happens to one that has finished."
LIST_ASSETS = "The stored files, newest first."
GET_ASSET = "What a stored file is and where it comes from, with the picture or a preview of it."
ADD_ASSET = "Checks a picture and stores it, so that it can be named by its asset_id."
LIST_WORKFLOWS = (
    "The kinds of work, with examples and inputs; for one of them also the schema of its options."
)
LIST_MODELS = "The models with price, quality, licence, and whether each can be used now."
