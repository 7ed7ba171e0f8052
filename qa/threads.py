"""Steps that block, awaited."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import TypeVar

from index.types import Cancelled

Item = TypeVar("Item")


async def in_thread(steps: Callable[[Cancelled], Iterator[Item]]) -> AsyncGenerator[Item, None]:
    """The items of ``steps``, each awaited in a thread; given up when nobody waits any more."""
    given_up = threading.Event()
    items = steps(given_up.is_set)
    end = object()
    try:
        while (item := await asyncio.to_thread(next, items, end)) is not end:
            yield item  # type: ignore[misc]  # all but the end is an item
    finally:
        given_up.set()
