"""The keys of the main screen."""

from __future__ import annotations

from textual.binding import Binding, BindingType

_JUMPS = [
    Binding(str(n), f"jump({n})", "Show evidence 1 to 9" * (n == 1), id=f"evidence.{n}", show=False)
    for n in range(1, 10)
]
MAIN: list[BindingType] = [
    Binding("n,ctrl+down,alt+n", "walk(1)", "Next evidence", id="evidence.next"),
    Binding("p,ctrl+up,alt+p", "walk(-1)", "Previous evidence", id="evidence.previous"),
    *_JUMPS,
    Binding("j", "turn(1)", "Next answer", id="answer.next"),
    Binding("k", "turn(-1)", "Previous answer", id="answer.previous"),
    Binding("c,alt+c", "copy", "Copy the quote with its source", id="answer.copy"),
    Binding("i,enter", "write", "Write a question", id="question.write"),
    Binding("e,alt+e", "edit", "Edit this question and ask again", id="question.edit"),
    Binding("w,alt+w", "as_is", "Ask this again as it is written", id="question.as_is"),
    Binding("slash,ctrl+f", "find", "Find in this text", id="source.find"),
    Binding("o,alt+o", "outline", "Go to a heading", id="source.outline"),
    Binding("m,f4", "zoom", "One pane alone, or both", id="pane.zoom"),
    Binding("less_than_sign", "share(-5)", "Narrower conversation", id="pane.narrower"),
    Binding("greater_than_sign", "share(5)", "Wider conversation", id="pane.wider"),
    Binding("escape", "back", "Give up, or go back", id="back", show=False),
    Binding("tab", "switch(1)", "Next pane", id="pane.next", show=False),
    Binding("shift+tab", "switch(-1)", "Previous pane", id="pane.previous", show=False),
]
