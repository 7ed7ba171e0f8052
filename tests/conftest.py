"""What all tests share."""

from __future__ import annotations

import pytest
from hypothesis import settings

# How long an example takes says more of the machine's load than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Milvus Lite: its server drops calls on a busy machine, whatever the code."""
    for item in items:
        served = "milvus" in item.nodeid and "packaging" not in item.nodeid
        if served or "milvus" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.milvus)


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URI of a Milvus Lite that all tests share: a process can have only one for a file."""
    pytest.importorskip("pymilvus", exc_type=ImportError)
    pytest.importorskip("milvus_lite", exc_type=ImportError)
    return str(tmp_path_factory.mktemp("milvus") / "lite.db")
