"""The MCP face: the workshop as tools and resources of the Model Context Protocol, over stdio and streamable HTTP.

It translates between the protocol and `bottega.app.Bottega` and decides nothing. Needs the extra `mcp`; whether a
server may be reached without a key is decided by whoever starts it.
"""

from bottega.mcp.http import create_http_app
from bottega.mcp.server import create_server, serve_stdio

__all__ = ["create_http_app", "create_server", "serve_stdio"]
