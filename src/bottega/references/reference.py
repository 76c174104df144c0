"""What a saved picture is: a name, a kind, and the asset behind it."""

from enum import StrEnum

from bottega.domain.base import Value
from bottega.domain.request import Role


class ReferenceKind(StrEnum):
    PERSON = "person"
    GARMENT = "garment"
    PLACE = "place"
    STYLE = "style"
    OTHER = "other"

    @property
    def role(self) -> Role:
        """What a picture of this kind is for in a request that mentions it."""
        return _ROLES.get(self, Role.REFERENCE)


_ROLES = {ReferenceKind.PERSON: Role.PERSON, ReferenceKind.GARMENT: Role.GARMENT}


class Reference(Value):
    """A saved picture. `name` is as its owner writes it; `created_at` is in seconds since the Unix epoch, UTC."""

    name: str
    kind: ReferenceKind
    asset_id: str
    created_at: float
