"""Whether this installation works, for its administrators: checks while it runs, and how its switches stand. Changes nothing."""

import asyncio
from typing import Literal, get_origin

from fastapi import APIRouter

from bottega.api.security import Admin, Shop
from bottega.checks import Finding, service
from bottega.domain.base import Value
from bottega.settings import Settings

router = APIRouter(tags=["health"])


class Diagnosis(Value):
    """`switches` are the settings that turn something on or off, or choose among a few; nothing secret is among them."""

    healthy: bool
    version: str
    checks: tuple[Finding, ...]
    switches: dict[str, bool | str]


@router.get("/doctor")
async def diagnose(shop: Shop, _: Admin) -> Diagnosis:
    """What `bottega doctor` looks at, as far as a running server can tell. Vendors are asked nothing."""
    health = await shop.health()
    checks = (
        service.database(health),
        await asyncio.to_thread(service.disk, shop.settings.home_dir),
        service.jobs(health["jobs"], served=True),
        await service.books(shop),
        service.models(shop.catalogue),
        *sorted(service.engines(shop), key=lambda found: found.name),
    )
    return Diagnosis(
        healthy=all(check.state != "broken" for check in checks),
        version=health["version"],
        checks=checks,
        switches=switches(shop.settings),
    )


def switches(settings: Settings) -> dict[str, bool | str]:
    """Settings of two or a few values, by name. Whatever can hold a key, an address or a path is of another type."""
    chosen = {
        name: getattr(settings, name)
        for name, field in type(settings).model_fields.items()
        if field.annotation is bool or get_origin(field.annotation) is Literal
    }
    return dict(sorted(chosen.items()))
