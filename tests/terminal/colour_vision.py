"""How colours look to people who lack one of the three kinds of cones."""

from __future__ import annotations

from collections.abc import Sequence
from math import dist

Colour = tuple[float, float, float]
"""Red, green, blue, or what stands for them; 0 to 1 each."""

SIMULATIONS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Of linear RGB, at severity 1.0: Machado, Oliveira and Fernandes, "A Physiologically-based Model
for Simulation of Color Vision Deficiency", IEEE TVCG 15 (6), 2009."""

_TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_WHITE = (0.9505, 1.0, 1.089)


def seen(colour: Colour, kind: str) -> Colour:
    """An sRGB ``colour`` as linear RGB, as people with this ``kind`` of sight see it."""
    red, green, blue = _times(SIMULATIONS[kind], _linear(colour))
    return _within(red), _within(green), _within(blue)


def distance(one: Colour, other: Colour) -> float:
    """The difference of two linear RGB colours, in CIE 1976 units; about 2.3 can just be told."""
    return dist(_lab(one), _lab(other))


def _linear(colour: Colour) -> Colour:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return red, green, blue


def _lab(linear: Colour) -> Colour:
    x, y, z = (
        _root(part / white) for part, white in zip(_times(_TO_XYZ, linear), _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _root(part: float) -> float:
    return float(part ** (1 / 3)) if part > 0.008856 else 7.787 * part + 16 / 116


def _times(matrix: Sequence[Colour], colour: Colour) -> Colour:
    x, y, z = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return x, y, z


def _within(part: float) -> float:
    return min(1.0, max(0.0, part))
