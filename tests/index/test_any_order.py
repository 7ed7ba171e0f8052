from __future__ import annotations

import pytest

from index.ports import Embedder
from tests.index import any_order


@pytest.mark.parametrize("engine", any_order.ENGINES)
def test_any_order_of_changes_and_crashes_equals_a_dictionary(
    engine: str, embedder: Embedder
) -> None:
    any_order.run(engine, embedder, examples=5, steps=8)
