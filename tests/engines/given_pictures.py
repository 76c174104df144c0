"""Pictures in files, as the pipeline hands them to engines."""

from pathlib import Path

from PIL import Image

from bottega.domain.asset import MediaInfo
from bottega.domain.request import Role
from bottega.domain.task import TaskInput


def taken(path: Path, role: Role = Role.WORKING) -> TaskInput:
    """The file as the input of a task, in that role."""
    with Image.open(path) as opened:
        media = MediaInfo(
            media_type=Image.MIME[opened.format or ""], width=opened.width, height=opened.height
        )
    return TaskInput(role=role, asset_id=path.name, path=path, media=media)
