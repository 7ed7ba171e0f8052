"""The app in a browser: for this machine and this user, and gone when the server is."""

from __future__ import annotations

import asyncio
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from index.problems import Problem
from qa.cli import main
from qa.exits import Exit

pytest.importorskip("textual_serve", reason="the extra serve is not installed")

from aiohttp import ClientSession, CookieJar, WSServerHandshakeError

from qa.serving import AppServer

ROOT = Path(__file__).parents[2]
APP = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
sys.stdout.write("__GANGLION__\\n")
payload = str(child.pid).encode()
sys.stdout.flush()
sys.stdout.buffer.write(b"D" + len(payload).to_bytes(4, "big") + payload)
sys.stdout.buffer.flush()
time.sleep(600)
"""
"""Speaks like a Textual app, tells its child's process id, and does not quit when asked to."""


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AppServer]:
    monkeypatch.setattr("qa.serving.PATIENCE", 0.2)
    server = AppServer([sys.executable, "-c", APP], 0)
    await server.begin()
    yield server
    await server.end()


def browser() -> ClientSession:
    """One that keeps cookies of an address in figures, as browsers do."""
    return ClientSession(cookie_jar=CookieJar(unsafe=True))


async def has_ended(process: int) -> bool:
    """Wait for the end of a process that may be nobody's child any more."""
    ended, _, _ = await asyncio.to_thread(select.select, [process], [], [], 30)
    return bool(ended)


async def test_the_page_asks_nothing_of_any_other_place(server: AppServer) -> None:
    async with browser() as visitor, visitor.get(server.url) as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert answer.status == 200
    addresses = set(re.findall(r"\w+://[^/\"]+", page))
    assert addresses == {f"http://127.0.0.1:{server.port}", f"ws://127.0.0.1:{server.port}"}
    assert "default-src 'self'" in policy
    files = re.findall(r"/static/[\w./-]+", page)
    assert len(files) == 3
    async with browser() as visitor:
        for file in files:
            async with visitor.get(server.public_url + file) as answer:
                assert answer.status == 200


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/?key=wrong", {}),
        ("/ws", {}),
        ("/download/1", {}),
        ("KEY", {"Host": "elsewhere.example"}),
        ("KEY", {"Origin": "http://elsewhere.example"}),
        ("KEY", {"Origin": "http://127.0.0.1:1"}),
    ],
)
async def test_nobody_else_is_let_in(server: AppServer, path: str, headers: dict[str, str]) -> None:
    url = server.url if path == "KEY" else server.public_url + path
    async with browser() as visitor, visitor.get(url, headers=headers) as answer:
        assert answer.status == 403
        assert "Set-Cookie" not in answer.headers


async def test_another_page_cannot_start_an_app(server: AppServer) -> None:
    async with browser() as visitor:
        await visitor.get(server.url)
        with pytest.raises(WSServerHandshakeError, match="403"):
            await visitor.ws_connect(
                f"{server.public_url}/ws", headers={"Origin": "http://elsewhere.example"}
            )


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes are watched as Linux does")
async def test_the_app_and_its_children_end_with_their_page(server: AppServer) -> None:
    async with browser() as visitor:
        await visitor.get(server.url)
        async with visitor.ws_connect(f"{server.public_url}/ws?width=80&height=24") as page:
            child = os.pidfd_open(int(await page.receive_bytes()))
        assert await has_ended(child)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes are watched as Linux does")
async def test_apps_end_with_the_server(server: AppServer) -> None:
    async with browser() as visitor:
        await visitor.get(server.url)
        page = await visitor.ws_connect(f"{server.public_url}/ws")
        child = os.pidfd_open(int(await page.receive_bytes()))
        await server.end()
        assert await has_ended(child)
        await page.close()


async def test_a_port_in_use_is_a_problem(server: AppServer) -> None:
    with pytest.raises(Problem, match="--port 0"):
        await AppServer(["true"], server.port).begin()


def test_the_command_tells_its_address_and_ends_when_told_to() -> None:
    command = [sys.executable, "-m", "qa", "serve", "--port", "0", "examples/geneva.txt"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        line = process.stderr.readline()
        assert re.match(r"Open http://127\.0\.0\.1:\d+/\?key=[\w-]{22} ", line)
        os.kill(process.pid, signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_missing_article_is_told_before_anything_listens(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["serve", "nowhere.txt"]) == Exit.SOURCE
    assert "nowhere.txt" in capsys.readouterr().err


def test_the_missing_extra_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "qa.serving", None)
    assert main(["serve"]) == Exit.USAGE
    assert "pip install 'pullquote[serve]'" in capsys.readouterr().err
