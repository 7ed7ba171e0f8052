"""The measurement behind ``qa.boolean``: how well small features tell yes from no."""
