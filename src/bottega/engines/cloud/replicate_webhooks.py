"""Webhooks that Replicate signs as Standard Webhooks 1.0 asks: what makes one genuine. Nothing in it is believed
beside the number of the prediction that is to be looked at."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from bottega.engines.cloud.replicate_api import ReplicateApi
from bottega.errors import InputError, NotAuthenticated

TOLERANCE_S = 300.0
"""How old, or from how far in the future, a message may be (Standard Webhooks: five minutes)."""
_PREFIX = "whsec_"
_KEPT = 10_000
_AGAIN_S = 300.0
"""The key is read again for a signature that does not fit, as it may have been changed; at most so often."""


@dataclass(slots=True)
class Webhooks:
    """Checks messages; the key is read from the vendor when the first one comes."""

    api: ReplicateApi
    _secret: str = ""
    _read_at: float = 0.0
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict[str, None])

    async def prediction_in(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The number of the prediction that a genuine message is about; None for one that came before.

        Raises NotAuthenticated for any other, InputError for one that names no prediction, and as `ReplicateApi.get`
        does when the key cannot be read.
        """
        now = time.time()
        check_age(headers, now)
        if not (
            is_signed(await self._key(), headers, body) or is_signed(await self._new_key(), headers, body)
        ):
            raise NotAuthenticated("The message is not signed with the key of this account.")
        if not self._is_new(headers["webhook-id"]):
            return None
        prediction_id = _id_in(body)
        if prediction_id is None:
            raise InputError("The message names no prediction.")
        return prediction_id

    def _is_new(self, message_id: str) -> bool:
        if message_id in self._seen:
            return False
        self._seen[message_id] = None
        if len(self._seen) > _KEPT:
            self._seen.popitem(last=False)
        return True

    async def _key(self) -> str:
        return self._secret or await self._read()

    async def _new_key(self) -> str:
        old = time.monotonic() - self._read_at >= _AGAIN_S
        return await self._read() if old else self._secret

    async def _read(self) -> str:
        async with self.api.connected():
            self._secret = await self.api.webhook_secret()
        self._read_at = time.monotonic()
        return self._secret


def check_age(headers: Mapping[str, str], now: float) -> None:
    """Raises NotAuthenticated for a message without its headers, and for one that is too old to be new."""
    stamp = headers.get("webhook-timestamp", "")
    if not headers.get("webhook-id") or not headers.get("webhook-signature") or not _is_whole(stamp):
        raise NotAuthenticated("This address takes signed messages only.")
    if abs(now - int(stamp)) > TOLERANCE_S:
        raise NotAuthenticated("The message is too old, or the clocks differ.")


def is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; compared in
    constant time."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    given = [one.removeprefix("v1,") for one in headers["webhook-signature"].split() if one.startswith("v1,")]
    return any(hmac.compare_digest(expected, one.encode()) for one in given)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12


def _id_in(body: bytes) -> str | None:
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    found = cast("dict[str, Any]", value).get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) and found else None
