"""Names of units, units in comments, and the guess."""

import pytest

from meshcore import ErrorCode, MeshError
from meshcore.units import MILLIMETERS, infer_unit, stated_unit, unit_name


@pytest.mark.parametrize("unit", MILLIMETERS)
def test_a_unit_is_its_own_name(unit: str) -> None:
    assert unit_name(unit) == unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [("mm", "millimeter"), (" MM ", "millimeter"), ("Inches", "inch"), ("in", "inch"), ("m", "meter"),
     ("metres", "meter"), ("feet", "foot"), ("µm", "micron"), ("cm", "centimeter")],
)  # fmt: skip
def test_other_spellings(text: str, unit: str) -> None:
    assert unit_name(text) == unit


@pytest.mark.parametrize("text", ["", "furlong", "mmm", "1"])
def test_unknown_unit(text: str) -> None:
    with pytest.raises(MeshError) as caught:
        unit_name(text)
    assert caught.value.code == ErrorCode.INVALID_OPTION


@pytest.mark.parametrize(
    ("comment", "unit"),
    [
        ("units=mm", "millimeter"),
        ("# Units: Inches", "inch"),
        ("# File units = centimeters", "centimeter"),
        ("unit is cm.", "centimeter"),
        ("comment unit mm", "millimeter"),
        ("Unit : in", "inch"),
        ("made for our unit test ;)\nunits: foot", "foot"),
        ("# 3 units in height", None),
        ("# unit in", None),
        ("# units of length", None),
        ("made in mm", None),
        ("united metres", None),
        ("", None),
    ],
)
def test_units_in_comments(comment: str, unit: str | None) -> None:
    assert stated_unit(comment) == unit


@pytest.mark.parametrize(
    ("extent", "unit"),
    [
        (20.0, "millimeter"),  # a calibration cube
        (5.0, "millimeter"),
        (0.875, "inch"),  # seven eighths of an inch
        (1.0, "inch"),
        (0.156, "meter"),  # the Stanford bunny
        (0.047, "meter"),
        (350.0, "millimeter"),
        (4572.0, "millimeter"),
        (1e9, "millimeter"),
        (1e-9, "meter"),
    ],
)
def test_guess(extent: float, unit: str) -> None:
    guess = infer_unit(extent)
    assert guess.unit == unit
    assert 0 < guess.confidence < 1


def test_common_sizes_are_surest() -> None:
    best = infer_unit(50.0).confidence
    assert best > max(infer_unit(x).confidence for x in (0.001, 0.1, 1, 5, 800, 5000))
