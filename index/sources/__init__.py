"""Bytes to documents: one small reader for each format."""
