from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ahead import ahead


@given(st.lists(st.integers()), st.integers(1, 4))
def test_results_come_with_their_items_in_order(items: list[int], depth: int) -> None:
    assert list(ahead(items, lambda n: n * 2, depth)) == [(n, n * 2) for n in items]


def test_work_is_done_on_another_thread_and_items_are_drawn_on_this_one() -> None:
    here = threading.get_ident()
    drawn: list[int] = []

    def items() -> Iterator[int]:
        for n in range(4):
            drawn.append(threading.get_ident())
            yield n

    threads = {thread for _, thread in ahead(items(), lambda _: threading.get_ident())}
    assert set(drawn) == {here}
    assert len(threads) == 1
    assert here not in threads


def test_one_item_is_not_worth_a_thread() -> None:
    assert list(ahead([1], lambda _: threading.get_ident())) == [(1, threading.get_ident())]


def test_no_more_than_asked_for_is_drawn_ahead() -> None:
    drawn: list[int] = []

    def items() -> Iterator[int]:
        for n in range(100):
            drawn.append(n)
            yield n

    with closing(ahead(items(), lambda n: n, depth=2)) as results:
        for item, _ in results:
            assert len(drawn) <= item + 3
            if item == 50:
                break
    assert len(drawn) <= 53


@pytest.mark.parametrize("count", [1, 5])
def test_failing_work_is_raised_in_its_turn(count: int) -> None:
    seen: list[int] = []

    def work(n: int) -> int:
        if n == count - 1:
            raise KeyError(n)
        return n

    def use() -> None:
        for item, _ in ahead(range(count), work):
            seen.append(item)

    with pytest.raises(KeyError):
        use()
    assert seen == list(range(count - 1))


def test_failing_items_are_raised_and_leave_no_thread() -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise KeyError("the disk went away")

    before = threading.active_count()
    with pytest.raises(KeyError):
        list(ahead(items(), lambda n: n))
    assert threading.active_count() == before


def test_nothing_works_on_after_it_was_closed() -> None:
    before = threading.active_count()
    results = ahead(range(100), lambda n: n)
    next(results)
    results.close()
    assert threading.active_count() == before
