"""Decimal numbers against Python's own, which round correctly."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshkernels.decimal import parse_number


def parse(text: str) -> tuple[float, int]:
    data = np.frombuffer(bytearray(text.encode()), np.uint8)
    value, end = parse_number(data, 0, len(data))
    return float(value), int(end)


@pytest.mark.parametrize(
    "text",
    ["0", "1", "-1.5", "+.5", "5.", "1e3", "1E-3", "0.10000000000000001", "1e400", "-1e400", "1e-400",
     "123456789012345678901234567890", "0.0000000000000000000001", "1.7976931348623157e308", "-inf",
     "infinity", "9223372036854775807", "18446744073709551615", "99999999999999999999e-20"],
)  # fmt: skip
def test_is_the_number_python_reads(text: str) -> None:
    assert parse(text) == (float(text), len(text))


@pytest.mark.parametrize("text", ["nan", "-NaN", "nan(ind)", "NAN(snan)"])
def test_not_a_number(text: str) -> None:
    value, end = parse(text)
    assert math.isnan(value)
    assert end == len(text)


@pytest.mark.parametrize("text", ["", "-", "+", ".", "-.", "e5", "x1", ".nan", "--1", "in"])
def test_no_number(text: str) -> None:
    assert parse(text) == (0.0, 0)


@pytest.mark.parametrize(
    ("text", "value", "end"),
    [("12abc", 12.0, 2), ("1..2", 1.0, 2), ("1e", 1.0, 1), ("1e+", 1.0, 1), ("1-2", 1.0, 1), ("0x10", 0.0, 1),
     ("1,5", 1.0, 1), ("1d2", 100.0, 3)],
)  # fmt: skip
def test_stops_behind_the_number(text: str, value: float, end: int) -> None:
    assert parse(text) == (value, end)


def test_negative_zero_keeps_its_sign() -> None:
    assert math.copysign(1.0, parse("-0.0")[0]) == -1.0


@given(st.floats(-1e16, 1e16).filter(lambda x: x == 0 or abs(x) > 1e-5))
def test_coordinates_survive_being_written_in_full(value: float) -> None:
    assert parse(repr(value))[0] == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=2.0**-40, max_value=2.0**40))
def test_single_precision_survives_nine_digits(value: float) -> None:
    assert np.float32(parse(f"{value:.9g}")[0]) == np.float32(value)


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_any_number_is_within_two_units_in_the_last_place(value: float) -> None:
    assert abs(parse(repr(value))[0] - value) <= 2 * math.ulp(value)
