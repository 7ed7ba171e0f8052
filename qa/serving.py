"""The app in a browser: a server for this machine and this user alone, over textual-serve.

It listens on the loopback address. Whoever else works on this machine, and every page that is open
in the same browser, could reach that address too; so the address has a key in it, which becomes a
cookie, and other origins are refused. The page fetches nothing from anywhere else.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from importlib import resources

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from index.problems import Problem

HOST = "127.0.0.1"
PATIENCE = 3.0
"""Seconds that an app has to end by itself."""
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self' ws://{address}; frame-ancestors 'none'"
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Session(AppService):
    """One page's app: a process group of its own, which does not outlive the page."""

    arguments: Sequence[str] = ()

    async def _open_app_process(
        self, width: int = 80, height: int = 24
    ) -> asyncio.subprocess.Process:
        self._process = process = await asyncio.create_subprocess_exec(
            *self.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._build_environment(width, height),
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process

    async def end(self) -> None:
        """Ask the app to quit; if it does not, or its children stay, end them."""
        with suppress(asyncio.TimeoutError, ConnectionError):
            await asyncio.wait_for(self.stop(), PATIENCE)
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()


class AppServer(Server):
    """Serves the page and one app for each page that is open."""

    def __init__(self, arguments: Sequence[str], port: int) -> None:
        """Nothing listens yet.

        Args:
            arguments: the command of the app, as for ``subprocess``.
            port: 0 for any that is free.
        """
        pages = resources.files("qa") / "pages"
        super().__init__("", host=HOST, port=port, title="Pullquote", templates_path=str(pages))
        self._arguments = tuple(arguments)
        self._key = secrets.token_urlsafe(16)
        self._sessions: set[Session] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The address of the page, with its key."""
        return f"{self.public_url}/?key={self._key}"

    @property
    def _cookie(self) -> str:
        return f"pullquote-{self.port}"

    async def begin(self) -> None:
        """Listen.

        Raises:
            Problem: the port cannot be had.
        """
        app = await self._make_app()
        app.middlewares.append(self._guard)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=PATIENCE)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self.port).start()
        except OSError as error:
            await self.end()
            raise Problem(
                f"Port {self.port} cannot be had: {error.strerror or error}.",
                "Choose another with --port, or any that is free with --port 0.",
            ) from error
        self.port = self._runner.addresses[0][1]
        self.public_url = f"http://{HOST}:{self.port}"

    async def end(self) -> None:
        """Close every page and end every app."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the command tells the address."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002 - theirs
        """End the apps before their pages, which wait for them."""
        await asyncio.gather(*(session.end() for session in set(self._sessions)))
        await asyncio.gather(*(socket.close() for socket in set(self._sockets)))

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let in who knows the key, from our own page and by our own name only."""
        address = f"{HOST}:{self.port}"
        origin = request.headers.get("Origin", self.public_url)
        known = request.cookies.get(self._cookie, "") or request.query.get("key", "")
        if request.path.startswith("/static/"):
            known = self._key  # textual-serve's own files
        if request.host != address or origin != self.public_url:
            raise web.HTTPForbidden(text="Open the address as it was printed.")
        if not secrets.compare_digest(known.encode(), self._key.encode()):
            raise web.HTTPForbidden(text="The key is missing. Open the address as it was printed.")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = POLICY.format(address=address)
            response.headers["Referrer-Policy"] = "no-referrer"
            response.set_cookie(self._cookie, self._key, httponly=True, samesite="Strict")
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run an app for as long as the page is open."""
        socket = web.WebSocketResponse(heartbeat=15)
        await socket.prepare(request)

        async def close() -> None:
            await socket.close()

        session = Session(
            "",
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        session.arguments = self._arguments
        self._sessions.add(session)
        self._sockets.add(socket)
        try:
            size = [to_int(request.query.get(side, ""), 0) for side in ("width", "height")]
            await session.start(size[0] or 80, size[1] or 24)
            await self._process_messages(socket, session)
        finally:
            await session.end()
            self._sessions.discard(session)
            self._sockets.discard(socket)
        return socket


def serve(arguments: Sequence[str], port: int) -> None:
    """Serve the app until the process is interrupted or told to end.

    Args:
        arguments: the command of the app.
        port: of the loopback address; 0 for any that is free.

    Raises:
        Problem: the port cannot be had.
    """
    asyncio.run(_serve(AppServer(arguments, port)))


async def _serve(server: AppServer) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    await server.begin()
    print(f"Open {server.url} in a browser; Ctrl+C ends it.", file=sys.stderr, flush=True)
    try:
        await ended.wait()
    finally:
        await server.end()
