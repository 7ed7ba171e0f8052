"""The driver that takes over a screen on which the first picture stands already."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver

from terminal.first_frame import ENTER, Early


def continuing(early: Early) -> type[LinuxDriver]:
    """A driver that does not switch to the alternate screen a first time: it would be cleared."""

    class Continuing(LinuxDriver):
        """Textual's own but for that."""

        def write(self, data: str) -> None:
            """Write to the terminal."""
            if data == ENTER and not early.taken:
                early.taken = True
            else:
                super().write(data)

    return Continuing
