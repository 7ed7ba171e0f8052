"""The recipe of the weights that tell who said what."""
