"""The weights of ``qa.combining`` and ``qa.telling``: questions, their readings, and the fit."""
