"""Locks by name within one event loop; one that nobody holds or waits for takes no memory."""

import asyncio
import weakref
from collections.abc import Hashable


class KeyedLocks:
    def __init__(self) -> None:
        self._locks: weakref.WeakValueDictionary[Hashable, asyncio.Lock] = weakref.WeakValueDictionary()

    def of(self, key: Hashable) -> asyncio.Lock:
        """The lock of this name, for as long as somebody keeps the returned object."""
        return self._locks.setdefault(key, asyncio.Lock())
