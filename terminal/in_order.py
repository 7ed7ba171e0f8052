"""Keys that act in the order in which they were pressed.

A key goes to the widget that has the focus and then, from parent to parent, up to the app, which
looks for a binding. A letter acts at once, a binding only up there: of a backspace and a letter
that come together, as they do when the app or the line to it is slow, the letter would be written
first and then deleted, and the words behind a ``/`` would be commands to the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.widget import Widget as Base
else:
    Base = object  # Textual looks for styles along the first base only, and those are its own


class InOrder(Base):
    """Runs its own bindings and those of its screen at once; a key it has no focus for goes on."""

    WRITES = True
    """Whether a letter is written here, whatever the screen has it do elsewhere."""

    async def _on_key(self, event: events.Key) -> None:
        focused = self.screen.focused
        if focused is not None and focused is not self:
            event.stop()
            event.prevent_default()
            focused._forward_event(events.Key(event.key, event.character))  # as the app does it
            return
        if self.WRITES and event.is_printable:
            return
        active = self.screen.active_bindings.get(event.key)
        own = active is not None and active.enabled and active.node in (self, self.screen)
        # An action may leave the key to those above, as scrolling does where there is no room.
        if active and own and await self.app.run_action(active.binding.action, active.node):
            event.stop()
            event.prevent_default()
