"""Parse decimal numbers out of text held as bytes, for readers of text formats.

Method: a 64-bit integer of the digits times a power of ten, rounded once where both are exact
(Clinger, "How to read floating point numbers accurately", 1990), with the rounding error added back
where the digits exceed 53 bits (Dekker, 1971). Exact for up to 19 digits and powers up to 10**22,
otherwise within two units in the last place. About 15 times faster than ``float(token)``.
"""

from typing import Any

import numpy as np

from meshkernels.jit import scalar

_POWERS = np.array([float(f"1e{e}") for e in range(309)])
_EXACT_POWER = 22  # 10**22 is the last power of ten that a float64 holds exactly
_EXACT_DIGITS = np.uint64(1 << 53)
_MOST_DIGITS = np.uint64((1 << 63) // 10 - 1)
_SPLIT = 134217729.0  # 2**27 + 1 cuts a float64 into two halves


@scalar
def _scaled(mantissa: Any, exponent: Any) -> Any:
    """``mantissa * 10**exponent``."""
    high = np.float64(mantissa)
    if exponent >= -_EXACT_POWER and exponent <= 0:
        power = _POWERS[-exponent]
        quotient = high / power
        if mantissa < _EXACT_DIGITS:
            return quotient
        # quotient * power = product + error exactly; what is left of the mantissa corrects the quotient.
        product = quotient * power
        a = _SPLIT * quotient
        a1 = a - (a - quotient)
        b = _SPLIT * power
        b1 = b - (b - power)
        a2 = quotient - a1
        b2 = power - b1
        error = ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2
        low = np.float64(np.int64(mantissa - np.uint64(high)))
        return quotient + ((high - product) - error + low) / power
    if exponent > 0:
        return high * _POWERS[exponent] if exponent < 309 else (np.inf if high > 0 else 0.0)
    if exponent >= -308:
        return high / _POWERS[-exponent]
    if exponent >= -350:
        return high / _POWERS[308] / _POWERS[-exponent - 308]
    return 0.0


@scalar
def _word(text: Any, i: Any, end: Any, a: Any, b: Any, c: Any) -> Any:
    return i + 3 <= end and (text[i] | 32) == a and (text[i + 1] | 32) == b and (text[i + 2] | 32) == c


@scalar
def _not_finite(text: Any, i: Any, end: Any) -> Any:
    """``nan``, ``inf``, ``infinity`` and the ``nan(ind)`` of one C library."""
    if _word(text, i, end, 110, 97, 110):
        i += 3
        if i < end and text[i] == 40:
            while i < end and text[i] > 32:
                i += 1
        return np.nan, i
    if _word(text, i, end, 105, 110, 102):
        return np.inf, i + 8 if i + 8 <= end and _word(text, i + 3, end, 105, 110, 105) else i + 3
    return 0.0, i


@scalar
def parse_number(text: Any, start: Any, end: Any) -> Any:
    """Parse the number that begins at ``text[start]``; return it and the position behind it.

    The position is ``start`` where there is no number. Accepts what C's ``strtod`` does, but for
    hexadecimal, and a ``d`` for the exponent as Fortran writes it.
    """
    i = start
    negative = False
    if i < end and (text[i] == 45 or text[i] == 43):
        negative = text[i] == 45
        i += 1
    mantissa = np.uint64(0)
    exponent = 0
    digits = 0
    fraction = False
    while i < end:
        c = text[i]
        if c >= 48 and c <= 57:
            digits += 1
            if mantissa <= _MOST_DIGITS:
                mantissa = mantissa * np.uint64(10) + np.uint64(c - 48)
                exponent -= fraction
            else:  # too many digits to matter, but those before the point still count
                exponent += not fraction
        elif c == 46 and not fraction:
            fraction = True
        else:
            break
        i += 1
    if digits == 0:
        begin = i
        value, i = _not_finite(text, i, end)
        if i == begin or fraction:
            return 0.0, start
        return -value if negative else value, i
    if i + 1 < end and (text[i] | 32 == 101 or text[i] | 32 == 100):
        j = i + 1
        below_one = text[j] == 45
        if text[j] == 45 or text[j] == 43:
            j += 1
        if j < end and text[j] >= 48 and text[j] <= 57:
            power = 0
            while j < end and text[j] >= 48 and text[j] <= 57:
                power = min(power * 10 + int(text[j]) - 48, 100000)
                j += 1
            exponent += -power if below_one else power
            i = j
    value = _scaled(mantissa, exponent)
    return -value if negative else value, i
