"""Draws the pictures of the terminal app anew: ``python docs/screenshots/make.py``.

Each picture is the real app over a bundled article, driven by keys, saved as SVG beside this file.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from qa import samples  # noqa: E402 - the checkout has to be found first
from qa.assistant import Assistant  # noqa: E402
from terminal.app import PullquoteApp  # noqa: E402
from terminal.themes import INK, PAPER  # noqa: E402

QUESTION = "What did Ryabkov demand?"
PICTURES = {
    "answer": (INK.name, (120, 36), (QUESTION,)),
    "paper": (PAPER.name, (120, 36), (QUESTION, "2")),
    "small": (INK.name, (80, 24), (QUESTION, "1")),
    "absent": (INK.name, (120, 36), ("Who won the football match?",)),
    "keys": (INK.name, (120, 36), ("question_mark",)),
}


async def draw(name: str) -> None:
    """Walk through the app and save what stands there at the end."""
    theme, size, doing = PICTURES[name]
    app = PullquoteApp(Assistant.over, [samples.path()])
    app.theme = theme
    async with app.run_test(size=size) as pilot:
        while app.main.source.document is None:
            await pilot.pause(0.1)
        for one in doing:
            if one[0].isupper():
                await app.main.ask(one)
                while app.main.conversation.exchanges[-1].has_class("-asking"):
                    await pilot.pause(0.1)
            else:
                await pilot.press(one)
        await pilot.pause(0.2)
        (HERE / f"{name}.svg").write_text(app.export_screenshot(), "utf-8")


if __name__ == "__main__":
    for picture in PICTURES:
        asyncio.run(draw(picture))
        print(f"{picture}.svg")
