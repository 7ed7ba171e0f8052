"""How the window is shared out."""

WIDE = 100
"""Columns from which conversation and source stand side by side."""
NARROWEST, WIDEST = 25, 75
"""Per cent of the width that the conversation can have beside the source."""
