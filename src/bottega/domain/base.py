"""The base of the values: immutable, strict about unknown fields, JSON in and out."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
