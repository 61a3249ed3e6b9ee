"""Units of length: their names, their millimetres, and a guess where a file is silent."""

import re
from typing import NamedTuple

from meshcore.errors import ErrorCode, MeshError

MILLIMETERS = {
    "micron": 0.001,
    "millimeter": 1.0,
    "centimeter": 10.0,
    "inch": 25.4,
    "foot": 304.8,
    "meter": 1000.0,
}

_ALIASES = {
    "micron": ("microns", "micrometer", "micrometers", "micrometre", "micrometres", "um", "µm"),
    "millimeter": ("millimeters", "millimetre", "millimetres", "mm"),
    "centimeter": ("centimeters", "centimetre", "centimetres", "cm"),
    "inch": ("inches", "in", '"'),
    "foot": ("feet", "ft", "'"),
    "meter": ("meters", "metre", "metres", "m"),
}
_NAMES = {alias: unit for unit, aliases in _ALIASES.items() for alias in (unit, *aliases)}

# "units=mm", "Unit: inches", "File units = centimeters": what exporters write into comments.
_STATED = re.compile(
    r"\bunits?(?:[ \t]*[:=][ \t]*|[ \t]+(?:is|are|in)[ \t]+|[ \t]+(?!in\b))([a-zµ]{2,})\b", re.IGNORECASE
)


class UnitGuess(NamedTuple):
    """A unit, how sure we are (0 to 1), and why, as half a sentence."""

    unit: str
    confidence: float
    reason: str


def unit_name(text: str) -> str:
    """Canonical name of a unit of length, from any common spelling.

    Raises
    ------
    MeshError
        ``INVALID_OPTION`` when the unit is unknown.
    """
    unit = _NAMES.get(text.strip().lower())
    if unit is None:
        raise MeshError(
            ErrorCode.INVALID_OPTION, f"Unknown unit {text[:40]!r}; known are {', '.join(MILLIMETERS)}."
        )
    return unit


def stated_unit(comments: str) -> str | None:
    """Unit that a header or a comment names (``units=mm``), or ``None``."""
    for match in _STATED.finditer(comments):
        unit = _NAMES.get(match.group(1).lower())
        if unit is not None:
            return unit
    return None


def infer_unit(extent: float) -> UnitGuess:
    """Guess the unit of a printable part from its largest extent, in the file's unknown unit.

    Files without a unit are in millimetres by the habit of the trade, so another unit is taken only
    where millimetres would make a part too small to print and the other gives a common size.
    """
    if extent >= 2000.0:
        return UnitGuess("millimeter", 0.4, f"no other unit makes {extent:.6g} units smaller than two metres")
    if extent >= 500.0:
        return UnitGuess("millimeter", 0.8, f"{extent:.6g} mm is large but printable in parts")
    if extent >= 10.0:
        return UnitGuess("millimeter", 0.95, f"{extent:.6g} mm is a common size of a part")
    if extent >= 3.0:
        return UnitGuess("millimeter", 0.7, f"{extent:.6g} mm is a small part")
    if extent >= 0.3:
        return UnitGuess(
            "inch",
            0.5,
            f"{extent:.6g} mm would be too small to print, {extent * 25.4:.4g} mm is a common size",
        )
    confidence = 0.6 if extent >= 0.01 else 0.2
    return UnitGuess(
        "meter",
        confidence,
        f"{extent:.6g} mm would be too small to print, {extent * 1000:.4g} mm is more likely",
    )
