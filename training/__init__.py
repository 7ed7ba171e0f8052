"""Recipes that make the embedded models; nothing here is imported at run time."""
