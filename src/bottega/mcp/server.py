"""The protocol's server: its handlers find out who asks and hand over to the tools and resources."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
)

from bottega import __version__
from bottega.app import Bottega
from bottega.domain.principal import LOCAL, Principal
from bottega.mcp import resources
from bottega.mcp.faults import error_document, protocol_error
from bottega.mcp.files import FileAccess
from bottega.mcp.results import error_result
from bottega.mcp.tools import Caller, Toolbox

Context = ServerRequestContext[Any, Any]

INSTRUCTIONS = (
    "Bottega edits, enhances, styles and makes pictures, and prepares them for laser engraving, at a known price. "
    "`plan` says what a request would cost and runs nothing; `run` does it and checks the result. Amounts are "
    "micro-dollars (1,000,000 are one US dollar)."
)


def local_user(_: Context) -> Principal:
    """Whoever started the server on this machine."""
    return LOCAL


def create_server(
    shop: Bottega,
    *,
    who: Callable[[Context], Principal] = local_user,
    roots: Sequence[Path] = (),
    same_machine: bool = False,
) -> Server[Any]:
    """The server of a shop that has been started; `who` says who sent a request.

    Clients may name files below `roots` by their paths. With `same_machine`, files that are told of come with
    where they lie.
    """
    toolbox = Toolbox(shop, FileAccess(shop, roots), show_paths=same_machine)

    async def list_tools(context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[offered.tool for offered in toolbox.offered.values()])

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in toolbox.offered:
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name[:80]!r}.")
        caller = Caller(who(context), context.session.report_progress)
        try:
            answer = await toolbox.offered[params.name].call(caller, params.arguments)
            return answer.result()
        except Exception as error:  # noqa: BLE001 - logged, and answered as what it is
            return error_result(error_document(error, params.name))

    async def list_resources(context: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        try:
            return await resources.list_resources(shop, who(context), params.cursor if params else None)
        except Exception as error:  # noqa: BLE001 - logged, and answered as what it is
            raise protocol_error(error, "resources/list") from None

    async def list_templates(
        context: Context, params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        return resources.list_templates()

    async def read_resource(context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        try:
            return await resources.read_resource(shop, who(context), params.uri)
        except Exception as error:  # noqa: BLE001 - logged, and answered as what it is
            raise protocol_error(error, "resources/read") from None

    return Server(
        "bottega",
        version=__version__,
        title="Bottega",
        instructions=INSTRUCTIONS,
        get_tool_input_schema=toolbox.schema,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


async def serve_stdio(server: Server[Any]) -> None:
    """Speak over standard input and output until the input ends. Meanwhile whatever else is written to standard
    output goes to standard error, so that nothing but the protocol is on it."""
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
