"""The recipe of the weights that make follow-up questions stand alone."""
