"""One's own data over HTTP: how long pictures of persons are kept, everything as a ZIP, everything erased."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from pydantic import Field
from starlette.background import BackgroundTask

from bottega.api.documents import takes
from bottega.api.schemas import Body
from bottega.api.security import Asker, Shop, Who
from bottega.api.uploads import read_json
from bottega.domain.base import Value
from bottega.errors import InvalidOption
from bottega.store.privacy import Erased

router = APIRouter(prefix="/privacy", tags=["privacy"])


class PrivacyTerms(Value):
    """0 hours: a person's picture goes as soon as its job has ended. What is saved, and results, stay."""

    owner: str
    person_pictures_hours: float


class EraseBody(Body):
    confirm: str = Field(
        max_length=200, description="The owner's name as `GET /privacy` gives it: nothing comes back."
    )


@router.get("")
def get_privacy_terms(shop: Shop, who: Who) -> PrivacyTerms:
    return PrivacyTerms(owner=who.owner, person_pictures_hours=shop.settings.person_pictures_hours)


@router.post("/export", response_class=FileResponse)
async def export_everything(shop: Shop, who: Asker) -> FileResponse:
    """A ZIP of everything that is kept about who asks: files, and a JSON document for each kind of record."""
    scratch = shop.settings.home_dir / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=scratch, prefix="export-"))
    try:
        await shop.privacy.export(who.owner, folder / "export.zip")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        folder / "export.zip",
        media_type="application/zip",
        filename="bottega-export.zip",
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


@router.post("/erase", openapi_extra=takes(json=EraseBody))
async def erase_everything(request: Request, shop: Shop, who: Asker) -> Erased:
    """Delete everything about who asks, keys included; sums of money stay under another name. Cancel running jobs first."""
    body = await read_json(request, EraseBody)
    if body.confirm != who.owner:
        raise InvalidOption("The confirmation is not the owner's name.", hint="Ask GET /privacy for it.")
    return await shop.privacy.erase(who.owner)
