"""The OpenAPI document: what FastAPI derives from the routes, plus the bodies that routes read themselves.

Routes read their own bodies so that limits hold while reading; `takes` declares such a body on a route.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from bottega.api.problems import MEDIA_TYPE
from bottega.api.schemas import Problem

_REFERENCE = "#/components/schemas/{model}"


def takes(**kinds: type[BaseModel] | dict[str, Any]) -> dict[str, Any]:
    """`openapi_extra` of a route whose body is `json=Model`, `form=Model` or `any_picture=schema`."""
    names = {"json": "application/json", "form": "multipart/form-data", "picture": "image/*"}
    content = {
        names[kind]: {"schema": what if isinstance(what, dict) else _schema_of(what)}
        for kind, what in kinds.items()
    }
    return {"requestBody": {"required": True, "content": content}}


def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(ref_template=_REFERENCE)


DOCUMENTED_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "The request cannot be served as it is.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}},
    },
    "5XX": {
        "description": "The fault is on this side.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}},
    },
}
FILES: dict[str, Any] = {
    "type": "object",
    "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
}
BINARY: dict[str, Any] = {"type": "string", "format": "binary"}


def document(app: FastAPI) -> None:
    """Let `app.openapi()` give the whole document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi


def _document(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    components: dict[str, Any] = found.setdefault("components", {})
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    schemas["Problem"] = _schema_of(Problem)
    for operations in found["paths"].values():
        for operation in operations.values():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                _name_body(media, schemas)
    for schema in list(schemas.values()):
        schemas.update(schema.pop("$defs", {}))
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, `btg_...`."},
        "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    # The empty one: on a loopback address no key is needed.
    found["security"] = [{"bearer": []}, {"header": []}, {}]
    # FastAPI declares its own form of validation errors for routes with parameters; ours are problems.
    for operations in found["paths"].values():
        for operation in operations.values():
            operation.get("responses", {}).pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return found


def _name_body(media: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Put a model that stands in a route under the names that all routes share, so that clients get one type of it."""
    schema = media.get("schema", {})
    if "title" in schema and "properties" in schema:
        media["schema"] = {"$ref": _REFERENCE.format(model=schema["title"])}
        schemas.update(schema.pop("$defs", {}))
        schemas.setdefault(schema["title"], schema)
