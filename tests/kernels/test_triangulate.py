"""Polygons cut into triangles: same outline, same area, nothing outside."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from meshkernels.triangulate import triangulate

L_SHAPE = [(0, 0), (4, 0), (4, 1), (1, 1), (1, 3), (0, 3)]
COMB = [(0, 0), (7, 0), (7, 3), (6, 1), (5, 3), (4, 1), (3, 3), (2, 1), (1, 3)]
# A square with a square hole, joined by a seam that is walked twice.
FRAME = [(0, 0), (6, 0), (6, 6), (0, 6), (0, 0), (2, 2), (2, 4), (4, 4), (4, 2), (2, 2)]


def cut(points: NDArray[np.float64]) -> NDArray[np.int32]:
    faces = triangulate(
        points, np.arange(len(points), dtype=np.int32), np.array([len(points)], np.int32), 10**8
    )
    assert faces is not None
    return faces


def flat(polygon: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array([(x, y, 0.0) for x, y in polygon])


def signed_areas(points: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.float64]:
    a, b, c = (points[faces[:, k]] for k in range(3))
    return np.asarray(np.cross(b - a, c - a)[:, 2] / 2)


def outline(faces: NDArray[np.int32]) -> set[tuple[int, int]]:
    """Directed edges without an opposite."""
    edges = [(int(f[k]), int(f[(k + 1) % 3])) for f in faces for k in range(3)]
    return {(a, b) for a, b in edges if (b, a) not in edges}


@pytest.mark.parametrize(("polygon", "area"), [(L_SHAPE, 6.0), (COMB, 13.5), (FRAME, 32.0)])
def test_concave_polygons(polygon: list[tuple[float, float]], area: float) -> None:
    for turn in range(len(polygon)):
        points = flat(polygon[turn:] + polygon[:turn] if polygon is not FRAME else polygon)
        faces = cut(points)
        areas = signed_areas(points, faces)
        assert len(faces) == len(points) - 2
        assert areas.min() >= 0  # a triangle outside of the polygon would be turned
        assert math.isclose(areas.sum(), area)


def test_clockwise_polygon_stays_clockwise() -> None:
    points = flat(L_SHAPE[::-1])
    assert math.isclose(signed_areas(points, cut(points)).sum(), -6.0)


def test_quad_is_cut_along_the_inner_diagonal() -> None:
    points = flat([(0, 0), (4, 0), (1, 1), (0, 4)])
    assert signed_areas(points, cut(points)).min() > 0


def test_convex_polygon_with_corners_in_a_line_has_no_flat_triangle() -> None:
    points = flat([(0, 0), (1, 0), (2, 0), (2, 2), (0, 2)])
    assert signed_areas(points, cut(points)).min() > 0


def test_polygons_one_after_the_other() -> None:
    points = flat([*L_SHAPE, (9, 9)])
    corners = np.array([0, 1, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 0, 1], np.int32)
    faces = triangulate(points, corners, np.array([3, 4, 6, 2], np.int32), 10**6)
    assert faces is not None
    assert len(faces) == 1 + 2 + 4 + 0
    assert faces[0].tolist() == [0, 1, 3]


@pytest.mark.parametrize(
    "polygon",
    [
        [(0, 0), (2, 2), (2, 0), (0, 2)],  # bow tie
        [(0, 0), (1, 0), (2, 0), (3, 0)],  # in a line
        [(1, 1)] * 5,
        [(0, 0), (4, 0), (4, 4), (0, 0), (4, 0), (0, 4)],
    ],
)
def test_senseless_polygons_keep_their_outline(polygon: list[tuple[float, float]]) -> None:
    n = len(polygon)
    faces = cut(flat(polygon))
    assert len(faces) == n - 2
    assert outline(faces) == {(i, (i + 1) % n) for i in range(n)}


@given(
    st.lists(st.floats(0.2, 1.0), min_size=4, max_size=40),
    st.integers(0, 39),
    st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1)),
)
def test_star_shaped_polygons_in_any_plane(
    radii: list[float], turn: int, axis: tuple[float, float, float]
) -> None:
    n = len(radii)
    angles = 2 * math.pi * (np.arange(n) + turn) / n
    points = np.column_stack([radii * np.cos(angles), radii * np.sin(angles), np.zeros(n)])
    faces_flat = cut(points)
    area = 0.5 * sum(radii[i] * radii[(i + 1) % n] for i in range(n)) * math.sin(2 * math.pi / n)
    areas = signed_areas(points, faces_flat)
    assert math.isclose(areas.sum(), area, rel_tol=1e-9)
    assert areas.min() > -1e-12

    tilt = np.linalg.qr(np.eye(3) + np.outer(axis, [1, 2, 3]))[0]
    tilted = points @ tilt.T
    a, b, c = (tilted[cut(tilted)[:, k]] for k in range(3))
    assert math.isclose(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2, area, rel_tol=1e-9)


def test_work_is_bounded() -> None:
    n = 4000
    angles = 2 * math.pi * np.arange(n) / n
    radii = np.where(np.arange(n) % 2, 1.0, 0.99)
    points = np.column_stack([radii * np.cos(angles), radii * np.sin(angles), np.zeros(n)])
    corners, sizes = np.arange(n, dtype=np.int32), np.array([n], np.int32)
    assert triangulate(points, corners, sizes, 1000) is None
    assert triangulate(points, corners, sizes, n * n) is not None
