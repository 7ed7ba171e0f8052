from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.settings import Settings
from qa.assistant import Assistant
from tests.qa.models import static_model
from tests.qa.texts import FERRY, document


@pytest.fixture(scope="session")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return static_model(tmp_path_factory.mktemp("models") / "static", [FERRY])


@pytest.fixture
def settings(embedder: Path, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", model=str(embedder), reader="lexical")


@pytest.fixture
def ferry(settings: Settings) -> Iterator[Assistant]:
    with Assistant.over([document()], settings=settings) as assistant:
        yield assistant
