"""Who asks."""

from enum import StrEnum

from bottega.domain.base import Value


class Scope(StrEnum):
    USER = "user"
    ADMIN = "admin"


LOCAL_OWNER = "local"


class Principal(Value):
    """`owner` stands on every row that the principal makes; `admin` may see the whole shop."""

    owner: str
    scopes: frozenset[Scope] = frozenset({Scope.USER})
    key_id: str | None = None

    @property
    def is_admin(self) -> bool:
        return Scope.ADMIN in self.scopes


LOCAL = Principal(owner=LOCAL_OWNER, scopes=frozenset({Scope.USER, Scope.ADMIN}))
