"""Widgets, screens and styles of the terminal app; ``tui.py`` is its door."""
