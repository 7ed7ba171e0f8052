"""Work done on another thread while the caller uses what is finished."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def ahead(
    items: Iterable[_Item], work: Callable[[_Item], _Result], depth: int = 2
) -> Generator[tuple[_Item, _Result], None, None]:
    """Each item with ``work(item)``, in order; ``items`` are drawn on the caller's thread.

    At most ``depth`` results wait for the caller. What ``work`` raises is raised here in its turn,
    what ``items`` raises at once. Close the generator to end early: when that returns, no work is
    going on.
    """
    drawn = iter(items)
    first = list(islice(drawn, 2))
    if len(first) < 2:  # not worth a thread, nor the 10 ms of importing them
        yield from ((item, work(item)) for item in first)
        return
    from concurrent.futures import ThreadPoolExecutor

    waiting: deque[tuple[_Item, Future[_Result]]] = deque()
    with ThreadPoolExecutor(1) as pool:
        try:
            for source in (first, drawn):
                for item in source:
                    waiting.append((item, pool.submit(work, item)))
                    if len(waiting) > depth:
                        yield _finished(*waiting.popleft())
            while waiting:
                yield _finished(*waiting.popleft())
        finally:
            for _, future in waiting:
                future.cancel()


def _finished(item: _Item, future: Future[_Result]) -> tuple[_Item, _Result]:
    return item, future.result()
