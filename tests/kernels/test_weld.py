"""Welding: exact by bits, within a tolerance, and the tests for open edges."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

import shapes
from meshkernels.weld import open_edges, scan_faces, weld, weld_blocks, weld_within

COORDINATES = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, 1e-300, 1e300, float(np.float32(0.1))])


def soup(shape: shapes.Shape) -> NDArray[np.float64]:
    return np.ascontiguousarray(shape[0][shape[1]].reshape(-1, 3))


def test_cube_soup_has_eight_vertices_in_order_of_first_use() -> None:
    points = soup(shapes.box())
    vertices, indices = weld(points)
    assert len(vertices) == 8
    assert np.array_equal(vertices[indices], points)
    first_use = [int(np.flatnonzero(indices == v)[0]) for v in range(8)]
    assert first_use == sorted(first_use)


def test_negative_zero_is_zero() -> None:
    vertices, indices = weld(np.array([[0.0, 1.0, 2.0], [-0.0, 1.0, 2.0]]))
    assert indices.tolist() == [0, 0]
    assert not np.signbit(vertices).any()


def test_nearest_float_is_another_vertex() -> None:
    x = 0.1
    vertices, indices = weld(np.array([[x, 0, 0], [np.nextafter(x, 1), 0, 0]]))
    assert indices.tolist() == [0, 1]
    assert len(vertices) == 2


def test_no_points() -> None:
    vertices, indices = weld(np.empty((0, 3)))
    assert vertices.shape == (0, 3)
    assert indices.shape == (0,)


@given(arrays(np.float64, st.tuples(st.integers(0, 60), st.just(3)), elements=COORDINATES))
def test_agrees_with_numpy_unique(points: NDArray[np.float64]) -> None:
    vertices, indices = weld(points)
    assert np.array_equal(vertices[indices], points)  # compares -0.0 equal to 0.0
    assert len(vertices) == len(np.unique(points + 0.0, axis=0))


@given(st.integers(1, 400), st.integers(0, 500))
def test_blocks_and_estimates_change_nothing(size: int, expected: int) -> None:
    points = soup(shapes.icosphere(10, 2))
    blocks = (points[i : i + size].copy() for i in range(0, len(points), size))
    vertices, indices = weld_blocks(blocks, expected)
    once = weld(points)
    assert np.array_equal(vertices, once[0])
    assert np.array_equal(indices, once[1])


def test_a_reused_block_is_read_before_the_next() -> None:
    def blocks() -> list[NDArray[np.float64]]:
        return [np.full((1, 3), float(i)) for i in range(5)]

    buffer = np.empty((1, 3))

    def reuse() -> Iterator[NDArray[np.float64]]:
        for block in blocks():
            buffer[:] = block
            yield buffer

    vertices, indices = weld_blocks(reuse(), 5)
    assert indices.tolist() == [0, 1, 2, 3, 4]
    assert vertices[:, 0].tolist() == [0, 1, 2, 3, 4]


def test_tolerance_joins_the_earliest_near_point() -> None:
    points = np.array([[0, 0, 0], [0.9, 0, 0], [1.8, 0, 0], [5, 5, 5], [5, 5, 4.05]], dtype=float)
    leader, moved = weld_within(points, 1.0)
    # The third is near the second, but that one has moved to the first and is no leader.
    assert leader.tolist() == [0, 0, 2, 3, 3]
    assert moved == 2


@given(
    arrays(np.float64, st.tuples(st.integers(0, 40), st.just(3)), elements=st.floats(-3, 3, width=16)),
    st.floats(0.01, 2),
)
def test_tolerance_weld_agrees_with_the_obvious_way(points: NDArray[np.float64], tolerance: float) -> None:
    expected: list[int] = []
    for i, point in enumerate(points):
        kept = [k for k in range(i) if expected[k] == k]
        near = [k for k in kept if ((points[k] - point) ** 2).sum() <= tolerance * tolerance]
        expected.append(near[0] if near else i)
    leader, moved = weld_within(np.ascontiguousarray(points), tolerance)
    assert leader.tolist() == expected
    assert moved == sum(k != i for i, k in enumerate(expected))


def test_open_edges_of_known_shapes() -> None:
    vertices, faces = shapes.open_box()
    count, crowded, is_open = open_edges(faces, len(vertices))
    assert (count, crowded) == (4, 0)
    assert np.array_equal(np.flatnonzero(is_open), np.flatnonzero(vertices[:, 2] == 10))

    vertices, faces = shapes.box()
    assert open_edges(faces, len(vertices))[:2] == (0, 0)

    vertices, faces = shapes.duplicated_faces(shapes.box(), [0])
    assert open_edges(faces, len(vertices))[:2] == (0, 3)


def test_edges_of_a_hub_with_many_faces() -> None:
    n = 5000
    rim = np.arange(1, n + 1)
    faces = np.column_stack([np.zeros(n), rim, np.roll(rim, -1)]).astype(np.int32)
    assert open_edges(faces, n + 1)[:2] == (n, 0)


@pytest.mark.parametrize(
    ("shape", "degenerate", "even"),
    [
        (shapes.box(), 0, True),
        (shapes.open_box(), 0, False),
        (shapes.moebius(), 0, False),
        (shapes.overlapping_spheres(), 0, True),
        (shapes.flipped(shapes.box(), [3]), 0, True),
    ],
)
def test_scan_of_known_shapes(shape: shapes.Shape, degenerate: int, even: bool) -> None:
    assert scan_faces(shape[1]) == (degenerate, even)


def test_scan_leaves_degenerate_faces_out() -> None:
    faces = np.vstack([shapes.box()[1], [[0, 0, 1], [2, 3, 2]]]).astype(np.int32)
    assert scan_faces(faces) == (2, True)


@given(st.lists(st.integers(0, 319), unique=True, max_size=6))
def test_scan_agrees_with_counting_edges(missing: list[int]) -> None:
    vertices, faces = shapes.icosphere(10, 2)
    left = np.delete(faces, missing, axis=0)
    assert scan_faces(left)[1] == (open_edges(left, len(vertices))[0] == 0)
