"""Walks through the app in a real browser: ``python docs/screenshots/browser.py``.

Needs the extra ``serve``, Chromium, and Playwright for Python. Saves ``browser.png`` beside this
file, and says what it saw.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "What did Ryabkov demand?"
ANSWER = "ironclad, waterproof"
PATIENCE = 120_000
"""Milliseconds for each step."""


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """The address of a server that is there meanwhile."""
    command = [sys.executable, "-m", "qa", "serve", "--port", "0", "--no-keep", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        try:
            yield server.stderr.readline().split()[1]
        finally:
            server.terminate()


def walk(address: str, picture: Path) -> list[str]:
    """Ask a question in the page, wait until its answer is painted, and save a picture.

    Returns:
        Every address that the page fetched something from.
    """
    from playwright.sync_api import sync_playwright

    fetched: list[str] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            viewport={"width": 1200, "height": 720},
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        seen: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda data: seen.append(_text(data))),
        )

        def wait_for(words: str) -> None:
            for _ in range(PATIENCE // 200):
                if words in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", "".join(seen)):
                    return
                page.wait_for_timeout(200)
            raise TimeoutError(f"The page has not been sent {words!r}.")

        page.goto(address)
        wait_for("index ready")
        seen.clear()
        page.locator("#terminal").click(position={"x": 300, "y": 680})
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        wait_for(ANSWER)
        page.wait_for_timeout(1000)  # the browser draws when it has a moment
        page.screenshot(path=str(picture))
        context.close()
    return fetched


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from qa import samples

    with served(str(samples.path())) as url:
        addresses = walk(url, HERE / "browser.png")
    print(f"browser.png: the answer was painted; {len(addresses)} files came, all from the server.")
    for one in addresses:
        assert one.startswith((url.partition("/?")[0], "data:")), one
