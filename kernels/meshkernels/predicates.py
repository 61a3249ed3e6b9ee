"""Orientation predicates whose sign is always right.

J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", Discrete
& Computational Geometry 18, 1997. A determinant is first computed in float64 together with a bound on its
rounding error; only when the bound cannot certify the sign is it computed again, exactly, as an expansion: an
unevaluated sum of float64 numbers that do not overlap, smallest first.

The differences of the coordinates are kept as expansions of two numbers, and zero terms are dropped on the
way. Coordinates read from float32 files have differences of one number, so their exact determinants cost 24
terms instead of 192 without a case of their own.

Exact means exact: the signs are those of the real determinants of the float64 coordinates given, as long as
neither overflow nor underflow occurs, which holds for coordinates that are 0 or between 1e-60 and 1e60.
"""

from typing import Any, NamedTuple

import numpy as np

from meshkernels.jit import scalar
from meshkernels.vec3 import Vec3

# Shewchuk's bounds, with epsilon = 2**-53 and the permanent (sum of absolute products) as the yardstick.
_EPSILON = 2.0**-53
_BOUND_2D = (3.0 + 16.0 * _EPSILON) * _EPSILON
_BOUND_3D = (7.0 + 56.0 * _EPSILON) * _EPSILON
_SPLITTER = 2.0**27 + 1.0

# Places in the scratch array of the exact determinants, after nine differences of two numbers. As plain
# integers they would make numba compile the functions below anew for every one of them.
_PRODUCT_A: Any = np.int64(18)  # 8 numbers
_PRODUCT_B: Any = np.int64(26)  # 8
_PARTIAL_A: Any = np.int64(34)  # 32
_PARTIAL_B: Any = np.int64(66)  # 32
_MINOR: Any = np.int64(98)  # 16
_TERM: Any = np.int64(114)  # 64
_SUM_A: Any = np.int64(178)  # 192
_SUM_B: Any = np.int64(370)  # 192
_SCRATCH = 562


class Expansion(NamedTuple):
    """An exact number: the sum of ``size`` numbers of the scratch array from ``at`` on, smallest first."""

    at: int
    size: int


@scalar
def _two_sum(a: float, b: float) -> Any:
    """``a + b`` as a rounded sum and its error."""
    x = a + b
    virtual = x - a
    return x, (a - (x - virtual)) + (b - virtual)


@scalar
def _two_difference(a: float, b: float) -> Any:
    x = a - b
    virtual = a - x
    return x, (a - (x + virtual)) + (virtual - b)


@scalar
def _split(a: float) -> Any:
    """Upper and lower half of the significand (Veltkamp)."""
    c = _SPLITTER * a
    high = c - (c - a)
    return high, a - high


@scalar
def _two_product(a: float, b: float) -> Any:
    x = a * b
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    error = x - a_high * b_high
    error -= a_low * b_high
    error -= a_high * b_low
    return x, a_low * b_low - error


@scalar
def _difference(s: Any, a: float, b: float, out: int) -> Expansion:
    """``a - b``, of one or two terms."""
    x, error = _two_difference(a, b)
    if error == 0.0:
        s[out] = x
        return Expansion(out, 1)
    s[out] = error
    s[out + 1] = x
    return Expansion(out, 2)


@scalar
def _sum(s: Any, e: Expansion, f: Expansion, out: int) -> Expansion:
    """``e + f`` (Fig. 13 with zero elimination)."""
    i = 0
    j = 0
    size = 0
    total = 0.0
    for k in range(e.size + f.size):
        # Merge by magnitude.
        if j >= f.size or (i < e.size and abs(s[e.at + i]) < abs(s[f.at + j])):
            term = s[e.at + i]
            i += 1
        else:
            term = s[f.at + j]
            j += 1
        if k == 0:
            total = term
            continue
        total, error = _two_sum(total, term)
        if error != 0.0:
            s[out + size] = error
            size += 1
    if total != 0.0 or size == 0:
        s[out + size] = total
        size += 1
    return Expansion(out, size)


@scalar
def _scale(s: Any, e: Expansion, b: float, out: int) -> Expansion:
    """``b * e`` (Fig. 16 with zero elimination)."""
    size = 0
    total, error = _two_product(s[e.at], b)
    if error != 0.0:
        s[out + size] = error
        size += 1
    for i in range(1, e.size):
        product, product_error = _two_product(s[e.at + i], b)
        total, error = _two_sum(total, product_error)
        if error != 0.0:
            s[out + size] = error
            size += 1
        total, error = _two_sum(product, total)
        if error != 0.0:
            s[out + size] = error
            size += 1
    if total != 0.0 or size == 0:
        s[out + size] = total
        size += 1
    return Expansion(out, size)


@scalar
def _product(s: Any, e: Expansion, f: Expansion, out: int) -> Expansion:
    """``e * f``, where ``f`` has at most two terms and ``e`` at most sixteen."""
    if f.size == 1:
        return _scale(s, e, s[f.at], out)
    low = _scale(s, e, s[f.at], _PARTIAL_A)
    high = _scale(s, e, s[f.at + 1], _PARTIAL_B)
    return _sum(s, low, high, out)


@scalar
def _minor(s: Any, a: Expansion, b: Expansion, c: Expansion, d: Expansion) -> Expansion:
    """``a * d - b * c`` of four expansions of at most two terms."""
    left = _product(s, a, d, _PRODUCT_A)
    right = _product(s, b, c, _PRODUCT_B)
    for i in range(right.size):
        s[right.at + i] = -s[right.at + i]
    return _sum(s, left, right, _MINOR)


@scalar
def _sign(x: float) -> int:
    return 1 if x > 0.0 else (-1 if x < 0.0 else 0)


@scalar
def _sign_of(s: Any, e: Expansion) -> int:
    # The last term exceeds the sum of all others.
    return _sign(s[e.at + e.size - 1])


@scalar
def _orient2d_exact(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> int:
    s = np.empty(_SCRATCH, np.float64)
    at: Any = np.int64(0)
    ux = _difference(s, bx, ax, at)
    uy = _difference(s, by, ay, at + 2)
    vx = _difference(s, cx, ax, at + 4)
    vy = _difference(s, cy, ay, at + 6)
    return _sign_of(s, _minor(s, ux, uy, vx, vy))


@scalar
def _orient3d_exact(a: Vec3, b: Vec3, c: Vec3, d: Vec3) -> int:
    s = np.empty(_SCRATCH, np.float64)
    at: Any = np.int64(0)
    ux = _difference(s, b.x, a.x, at)
    uy = _difference(s, b.y, a.y, at + 2)
    uz = _difference(s, b.z, a.z, at + 4)
    vx = _difference(s, c.x, a.x, at + 6)
    vy = _difference(s, c.y, a.y, at + 8)
    vz = _difference(s, c.z, a.z, at + 10)
    wx = _difference(s, d.x, a.x, at + 12)
    wy = _difference(s, d.y, a.y, at + 14)
    wz = _difference(s, d.z, a.z, at + 16)
    x = _product(s, _minor(s, uy, uz, vy, vz), wx, _SUM_B)
    y = _product(s, _minor(s, uz, ux, vz, vx), wy, _TERM)
    x_y = _sum(s, x, y, _SUM_A)
    z = _product(s, _minor(s, ux, uy, vx, vy), wz, _TERM)
    return _sign_of(s, _sum(s, x_y, z, _SUM_B))


@scalar
def orient2d(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> int:
    """1 if the points a, b, c of the plane turn left (counter-clockwise), -1 if right, 0 if collinear."""
    left = (bx - ax) * (cy - ay)
    right = (by - ay) * (cx - ax)
    determinant = left - right
    if abs(determinant) >= _BOUND_2D * (abs(left) + abs(right)):
        return _sign(determinant)
    return _orient2d_exact(ax, ay, bx, by, cx, cy)


@scalar
def orient3d(a: Vec3, b: Vec3, c: Vec3, d: Vec3) -> int:
    """1 if ``d`` lies on the side of the plane a, b, c to which ``(b - a) x (c - a)`` points, -1, or 0."""
    ux = b.x - a.x
    uy = b.y - a.y
    uz = b.z - a.z
    vx = c.x - a.x
    vy = c.y - a.y
    vz = c.z - a.z
    wx = d.x - a.x
    wy = d.y - a.y
    wz = d.z - a.z
    yz = uy * vz
    zy = uz * vy
    zx = uz * vx
    xz = ux * vz
    xy = ux * vy
    yx = uy * vx
    determinant = wx * (yz - zy) + wy * (zx - xz) + wz * (xy - yx)
    permanent = abs(wx) * (abs(yz) + abs(zy)) + abs(wy) * (abs(zx) + abs(xz)) + abs(wz) * (abs(xy) + abs(yx))
    if abs(determinant) >= _BOUND_3D * permanent:
        return _sign(determinant)
    return _orient3d_exact(a, b, c, d)
