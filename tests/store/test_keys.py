import hashlib

import pytest
import sqlalchemy as sa

from bottega.domain.principal import Scope
from bottega.errors import InvalidOption, NotFound
from bottega.store.database import Database
from bottega.store.keys import KeyStore
from bottega.store.schema import api_keys


@pytest.fixture
def keys(database: Database) -> KeyStore:
    return KeyStore(database)


async def test_a_new_key_opens_as_its_owner_with_its_scopes(keys: KeyStore) -> None:
    new = await keys.create("ann", "laptop", {Scope.USER, Scope.ADMIN})
    principal = await keys.authenticate(new.secret)
    assert principal is not None
    assert (principal.owner, principal.is_admin, principal.key_id) == ("ann", True, new.key_id)


async def test_a_key_opens_as_a_plain_user_unless_more_is_granted(keys: KeyStore) -> None:
    principal = await keys.authenticate((await keys.create("ann", "laptop")).secret)
    assert principal is not None
    assert principal.scopes == {Scope.USER}


async def test_nothing_that_is_stored_opens_anything(keys: KeyStore, database: Database) -> None:
    new = await keys.create("ann", "laptop")
    row = await database.read(lambda c: c.execute(sa.select(api_keys)).one())
    secret = new.secret.removeprefix(f"btg_{new.key_id}_")
    assert len(secret) == 43
    assert secret not in str(tuple(row))
    assert row.hash == hashlib.sha256(secret.encode()).hexdigest()
    assert await keys.authenticate(f"btg_{new.key_id}_{row.hash[:43]}") is None


async def test_the_secret_stays_out_of_logs(keys: KeyStore) -> None:
    new = await keys.create("ann", "laptop")
    assert new.secret not in repr(new)


async def test_only_the_whole_key_opens(keys: KeyStore) -> None:
    new, other = await keys.create("ann", "one"), await keys.create("bob", "two")
    mixed = f"btg_{new.key_id}_{other.secret.split('_', 2)[2]}"
    unknown = new.secret.replace(new.key_id, "0" * 16)
    changed = new.secret[:-1] + ("A" if new.secret[-1] != "A" else "B")
    for presented in (
        "",
        "btg_",
        "\x00",
        new.key_id,
        new.secret + " ",
        new.secret + "\n",
        mixed,
        unknown,
        changed,
    ):
        assert await keys.authenticate(presented) is None


async def test_a_revoked_key_opens_nothing_and_is_still_listed(keys: KeyStore) -> None:
    new = await keys.create("ann", "laptop")
    assert await keys.any_active()
    await keys.revoke(new.key_id)
    await keys.revoke(new.key_id)
    assert await keys.authenticate(new.secret) is None
    assert not await keys.any_active()
    assert [key.is_active for key in await keys.list()] == [False]


@pytest.mark.parametrize("key_id", ["0" * 16, "", "\x00"])
async def test_an_unknown_key_cannot_be_revoked(keys: KeyStore, key_id: str) -> None:
    with pytest.raises(NotFound):
        await keys.revoke(key_id)


async def test_keys_are_listed_by_owner_and_without_their_hash(keys: KeyStore) -> None:
    await keys.create("ann", "laptop")
    await keys.create("bob", "phone")
    assert [(key.owner, key.name) for key in await keys.list()] == [("ann", "laptop"), ("bob", "phone")]
    assert [key.owner for key in await keys.list("bob")] == ["bob"]
    assert not hasattr((await keys.list())[0], "hash")


async def test_the_last_use_is_written_at_most_once_a_minute(keys: KeyStore, database: Database) -> None:
    new = await keys.create("ann", "laptop")

    async def last_used() -> float | None:
        return (await keys.list())[0].last_used_at

    async def used_ago(seconds: float) -> float:
        earlier = (await keys.list())[0].created_at - seconds
        await database.write(lambda c: c.execute(sa.update(api_keys).values(last_used_at=earlier)) and None)
        return earlier

    assert await last_used() is None
    await keys.authenticate(new.secret)
    assert await last_used() is not None
    recent = await used_ago(30)
    await keys.authenticate(new.secret)
    assert await last_used() == recent
    old = await used_ago(90)
    await keys.authenticate(new.secret)
    assert (await last_used() or 0) > old


async def test_a_failed_attempt_does_not_count_as_use(keys: KeyStore) -> None:
    new = await keys.create("ann", "laptop")
    await keys.authenticate(f"btg_{new.key_id}_{'x' * 43}")
    assert (await keys.list())[0].last_used_at is None


@pytest.mark.parametrize("owner", ["", "a" * 65, "two words", "*", "ann/bob", "ann\n", "änne", "a\x00"])
async def test_an_impossible_owner_is_refused(keys: KeyStore, owner: str) -> None:
    with pytest.raises(InvalidOption):
        await keys.create(owner, "laptop")


@pytest.mark.parametrize("owner", ["a", "a" * 64, "ann.b-c_d@example.org", "7"])
async def test_usual_owner_names_are_taken(keys: KeyStore, owner: str) -> None:
    assert await keys.authenticate((await keys.create(owner, "laptop")).secret)


@pytest.mark.parametrize("name", ["", "n" * 101, "a\x00b", "a\nb"])
async def test_an_impossible_name_is_refused(keys: KeyStore, name: str) -> None:
    with pytest.raises(InvalidOption):
        await keys.create("ann", name)


async def test_a_key_without_scopes_is_refused(keys: KeyStore) -> None:
    with pytest.raises(InvalidOption):
        await keys.create("ann", "laptop", ())
