"""The app in Chromium, as a user has it: ``make check-browser``."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from qa import samples

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "docs" / "screenshots" / "browser.py"
PNG = b"\x89PNG\r\n"


@pytest.mark.browser
def test_an_answer_is_painted_in_a_browser_that_asks_nobody_else(tmp_path: Path) -> None:
    pytest.importorskip("playwright", reason="the extra browser is not installed")
    pytest.importorskip("textual_serve", reason="the extra serve is not installed")
    spec = importlib.util.spec_from_file_location("browser", SCRIPT)
    assert spec
    assert spec.loader
    browser = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(browser)
    if not os.access(browser.CHROMIUM, os.X_OK):
        pytest.skip("Chromium is not installed")
    picture = tmp_path / "browser.png"
    with browser.served(str(samples.path())) as url:
        fetched = browser.walk(url, picture)
    assert picture.read_bytes().startswith(PNG)
    own = url.partition("/?")[0]
    assert fetched
    assert all(one.startswith((own, "data:")) for one in fetched)
