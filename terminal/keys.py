"""Keys as people write them."""

from __future__ import annotations

_SIGNS = {
    "ctrl+": "^",
    "shift+": "⇧",
    "alt+": "Alt ",
    "escape": "Esc",
    "enter": "⏎",
    "question_mark": "?",
    "slash": "/",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "up": "↑",
    "down": "↓",
    "tab": "Tab",
}


def key_name(key: str) -> str:
    """A key as people write it: ``ctrl+o`` is ``^O``."""
    if key.startswith("ctrl+") and len(key) == 6:
        return "^" + key[5:].upper()
    for name, sign in _SIGNS.items():
        key = key.replace(name, sign)
    return key.upper() if key[:1] == "f" and key[1:].isdigit() else key
