"""The clipboard of the desktop, beside the one that the terminal itself offers (OSC 52)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PATIENCE = 2.0
"""Seconds that a clipboard program may take."""

_PROGRAMS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
)


def program() -> tuple[str, ...] | None:
    """The command that takes text for the desktop's clipboard, or None if there is none."""
    if sys.platform == "darwin":
        return ("pbcopy",)
    if sys.platform == "win32":
        return ("clip",)
    fitting = (line for needed, line in _PROGRAMS if os.environ.get(needed))
    return next((line for line in fitting if shutil.which(line[0])), None)


def copy(text: str) -> None:
    """Put ``text`` on the desktop's clipboard, if there is one; over ssh there is none."""
    command = program()
    if command is None:
        return
    encoding = "utf-16" if command == ("clip",) else "utf-8"
    try:
        subprocess.run(
            command,
            input=text.encode(encoding, "replace"),
            timeout=PATIENCE,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
