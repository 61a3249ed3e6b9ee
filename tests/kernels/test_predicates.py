"""The predicates against rational arithmetic, where rounding would get the sign wrong."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from meshkernels import predicates
from meshkernels.vec3 import Vec3

Points = NDArray[np.float64]


def exact_sign(rows: list[list[Fraction]]) -> int:
    if len(rows) == 2:
        value = rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    else:
        (a, b, c), (d, e, f), (g, h, i) = rows
        value = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (value > 0) - (value < 0)


def exact_orientation(points: Points) -> int:
    exact = [[Fraction(x) for x in p] for p in points.tolist()]
    return exact_sign([[x - x0 for x, x0 in zip(p, exact[0])] for p in exact[1:]])


def orient3d(points: Points) -> int:
    return int(predicates.orient3d(*(Vec3(*p) for p in points.tolist())))


def orient2d(points: Points) -> int:
    return int(predicates.orient2d(*points.ravel().tolist()))


def test_known_sides() -> None:
    below, above = [0.0, 0.0, -1.0], [0.3, 0.3, 1e-300]
    corner = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    assert orient3d(np.array([*corner, above])) == 1
    assert orient3d(np.array([*corner, below])) == -1
    assert orient3d(np.array([*corner, [5.0, -7.0, 0.0]])) == 0
    assert orient2d(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])) == 1
    assert orient2d(np.array([[0.0, 0.0], [0.1, 0.1], [0.3, 0.3]])) == 0


def test_neighbouring_floats_around_a_line() -> None:
    """Kettner et al. 2008: a naive orient2d gives a noisy picture on this grid of adjacent numbers."""
    naive_errors = 0
    for i in range(32):
        for j in range(32):
            p = np.array([[0.5 + i * 2.0**-53, 0.5 + j * 2.0**-53], [12.0, 12.0], [24.0, 24.0]])
            truth = exact_orientation(p)
            assert orient2d(p) == truth
            u, v = p[1] - p[0], p[2] - p[0]
            naive_errors += int(np.sign(u[0] * v[1] - u[1] * v[0])) != truth
    assert naive_errors > 100  # the grid is hard: it would show a predicate without exact arithmetic


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_points_moved_off_a_common_plane_by_single_ulps(dimension: int, precision: type) -> None:
    rng = np.random.default_rng(dimension)
    predicate = orient2d if dimension == 2 else orient3d
    seen = set()
    for _ in range(1500):
        basis = rng.normal(size=(dimension - 1, dimension)) * 10.0 ** rng.uniform(-6, 3)
        weights = rng.normal(size=(dimension + 1, dimension - 1))
        weights *= 10.0 ** rng.uniform(-4, 1, (dimension + 1, 1))
        p = (rng.normal(size=dimension) * 10.0 ** rng.uniform(-3, 3) + weights @ basis).astype(precision)
        p = np.nextafter(p, p + rng.integers(-1, 2, p.shape).astype(precision)).astype(np.float64)
        truth = exact_orientation(p)
        seen.add(truth)
        assert predicate(p) == truth
    assert {-1, 1} <= seen


def test_exactly_coplanar_points() -> None:
    rng = np.random.default_rng(7)
    for _ in range(500):
        u, v = rng.integers(-(2**20), 2**20, (2, 3)).astype(np.float64)
        weights = rng.integers(-(2**20), 2**20, (4, 2)).astype(np.float64)
        # Coordinates below 2**42 times a power of two: exactly representable, exactly coplanar.
        p = (weights[:, :1] * u + weights[:, 1:] * v) * 2.0 ** rng.integers(-30, 30)
        assert orient3d(p) == 0
        p[3, rng.integers(3)] += np.spacing(np.abs(p).max())
        assert orient3d(p) == exact_orientation(p)


# Magnitudes that mix freely without the products of three leaving the range of float64.
coordinate = st.one_of(
    st.floats(min_value=1e-60, max_value=1e60),
    st.floats(min_value=-1e60, max_value=-1e-60),
    st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.7, 1.0, 1.0 + 2.0**-52, 1.0 - 2.0**-53, 3.0, -0.1, -1.0, 1e16]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(coordinate, min_size=12, max_size=12))
def test_any_coordinates(numbers: list[float]) -> None:
    p = np.array(numbers)
    assert orient3d(p.reshape(4, 3)) == exact_orientation(p.reshape(4, 3))
    assert orient2d(p[:6].reshape(3, 2)) == exact_orientation(p[:6].reshape(3, 2))


@settings(max_examples=100, deadline=None)
@given(st.lists(coordinate, min_size=12, max_size=12), st.permutations(range(4)), st.integers(-40, 40))
def test_exchanges_flip_and_scales_keep_the_sign(
    numbers: list[float], order: list[int], exponent: int
) -> None:
    p = np.array(numbers).reshape(4, 3)
    sign = orient3d(p)
    parity = round(np.linalg.det(np.eye(4)[order]))
    assert orient3d(p[order]) == parity * sign
    moderate = p * 2.0**exponent
    if (np.abs(moderate[moderate != 0]) > 1e-60).all() and (np.abs(moderate) < 1e60).all():
        assert orient3d(moderate) == sign
