"""Volume of the union: known solids, conservation, other ways to the same number, and invariances."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from scipy.stats import qmc

import shapes
from meshkernels import bvh
from meshkernels.self_intersection import self_intersections
from meshkernels.topology import edge_topology
from meshkernels.union_volume import UnionVolume, merge_duplicates, union_volume
from meshkernels.winding_number import winding_numbers_exact


def measure(shape: shapes.Shape) -> UnionVolume:
    vertices = np.ascontiguousarray(shape[0], np.float64)
    faces = np.ascontiguousarray(shape[1], np.int32)
    tree = bvh.build(vertices, faces)
    crossing = self_intersections(vertices, faces, tree).crossing
    neighbors = edge_topology(faces, len(vertices)).neighbors
    union = union_volume(vertices, faces, tree, crossing, neighbors)
    assert union is not None
    return union


def signed_volume(shape: shapes.Shape) -> float:
    corners = shape[0][shape[1]]
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


BOX = shapes.box()
SPHERE = shapes.icosphere(10, 3)


@pytest.mark.parametrize(
    ("shape", "volume", "overlap"),
    [
        (BOX, 1000, 0),
        (shapes.overlapping_cubes(), 1875, 125),
        (shapes.nested_shells(20, 10), 8000, 1000),
        (shapes.together(BOX, shapes.flipped(shapes.box((4, 4, 4), (3, 3, 3)))), 936, 0),
        # Inside out, alone or around another: still a shell, and printed.
        (shapes.flipped(BOX), 1000, 0),
        (shapes.together(BOX, shapes.flipped(shapes.box((4, 4, 4), (20, 3, 3)))), 1064, 0),
        # A cavity that sticks out of its solid: the part outside has winding -1.
        (shapes.together(BOX, shapes.flipped(shapes.box((4, 4, 4), (8, 3.1, 3.2)))), 1000 - 32 + 32, 0),
        # A shell in a cavity in a shell.
        (
            shapes.together(
                BOX, shapes.flipped(shapes.box((8, 8, 8), (1, 1, 1))), shapes.box((2, 2, 2), (4, 4, 4))
            ),
            1000 - 512 + 8,
            0,
        ),
        # A bar through a box.
        (shapes.together(BOX, shapes.box((30, 2, 2), (-10, 4, 4.5))), 1000 + 80, 40),
        # Three boxes, two by two and all three overlapping.
        (
            shapes.together(BOX, shapes.box((10, 8.5, 9), (5, 1, 0.5)), shapes.box((8, 8, 30), (3, 0.5, -4))),
            1000 + 765 + 1920 - (5 * 8.5 * 9 + 7 * 8 * 10 + 6 * 7.5 * 9) + 5 * 7.5 * 9,
            5 * 8.5 * 9 + 7 * 8 * 10 + 6 * 7.5 * 9 - 2 * 5 * 7.5 * 9,
        ),
    ],
)  # fmt: skip
def test_boxes_in_general_position(shape: shapes.Shape, volume: float, overlap: float) -> None:
    union = measure(shape)
    assert union.volume == pytest.approx(volume, rel=1e-14)
    assert union.overlap == pytest.approx(overlap, rel=1e-14, abs=1e-11)
    assert not union.displaced


@pytest.mark.parametrize(
    ("shape", "volume"),
    [
        (shapes.together(BOX, shapes.box(origin=(5, 0, 0))), 1500),
        (shapes.together(BOX, shapes.box(origin=(10, 0, 0))), 2000),
        (shapes.together(BOX, shapes.box(origin=(10, 3, 4))), 2000),
        (shapes.together(BOX, shapes.box((5, 5, 5))), 1000),
        (shapes.together(BOX, BOX), 1000),
        (shapes.together(SPHERE, SPHERE, SPHERE), signed_volume(SPHERE)),
        (shapes.together(BOX, shapes.flipped(BOX)), 0),
        # All walls of the one end on grid lines of the other.
        (
            shapes.together(
                shapes.polycube(np.ones((4, 4, 4), np.bool_)),
                shapes.moved(shapes.polycube(np.ones((8, 8, 8), np.bool_), (0.5, 0.5, 0.5)), (1, 1, 2)),
            ),
            64 + 64 - 3 * 3 * 2,
        ),
    ],
)
def test_faces_on_faces(shape: shapes.Shape, volume: float) -> None:
    """Vertices are displaced; the error stays below what was promised."""
    union = measure(shape)
    assert union.displaced
    reach = np.ptp(shape[0], axis=0).max() / 2
    corners = shape[0][shape[1]]
    area = (
        np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum()
        / 2
    )
    assert abs(union.volume - volume) <= math.sqrt(3) * 2.0**-27 * reach * area
    assert abs(union.volume - volume) <= 2e-8 * (volume + 1000)


def test_faces_with_the_same_vertices_are_merged() -> None:
    box = shapes.box()
    twice = shapes.duplicated_faces(box, list(range(12)))
    assert measure(twice).volume == pytest.approx(1000, rel=1e-14)
    assert measure(twice).overlap == pytest.approx(1000, rel=1e-14)
    assert not measure(twice).displaced
    # A cube in a cube with the same vertices but its faces turned is a cavity that leaves nothing.
    assert measure((box[0], np.concatenate([box[1], box[1][:, ::-1]]))).volume == 0
    faces, weights = merge_duplicates(
        np.array([[3, 1, 2], [1, 2, 3], [2, 1, 3], [4, 5, 6], [6, 5, 4], [7, 7, 8]])
    )
    assert faces.tolist() == [[1, 2, 3]]
    assert weights.tolist() == [1]


@pytest.mark.parametrize("distance", [3.0, 12.0, 19.0])
def test_overlapping_spheres_approach_the_lens(distance: float) -> None:
    radius = 10.0
    h = radius - distance / 2
    exact = 2 * (4 / 3 * math.pi * radius**3 - math.pi * h * h * (radius - h / 3))
    errors = []
    for level in (2, 3, 4):
        one = shapes.icosphere(radius, level)
        union = measure(shapes.together(one, shapes.moved(one, (distance, 0.02, 0.01))))
        assert union.volume + union.overlap == pytest.approx(2 * signed_volume(one), rel=1e-13)
        errors.append(exact / union.volume - 1)
    # Second order in the length of the edges, as for a single sphere.
    assert errors[2] < 0.004
    assert 3.5 < errors[0] / errors[1] < 4.5
    assert 3.5 < errors[1] / errors[2] < 4.5


def test_a_torn_shell_against_sampling() -> None:
    """One closed surface that crosses itself all over, with winding numbers from -4 to 4."""
    rng = np.random.default_rng(5)
    vertices, faces = shapes.icosphere(10, 1)
    vertices = vertices + rng.normal(size=vertices.shape) * 8
    union = measure((vertices, faces))
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    points = low + (high - low) * qmc.Sobol(3, seed=1).random(2**17)
    numbers = np.rint(winding_numbers_exact(points, vertices, faces))
    assert numbers.min() < -1
    assert numbers.max() > 1
    box = float(np.prod(high - low))
    assert union.volume == pytest.approx((numbers != 0).mean() * box, rel=0.01)
    assert union.overlap == pytest.approx((np.abs(numbers) >= 2).mean() * box, rel=0.04)


cell = st.tuples(*[st.integers(0, 4)] * 3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(cell, st.tuples(*[st.integers(1, 4)] * 3)), min_size=2, max_size=5))
def test_lattice_boxes_against_counting_cells(
    boxes: list[tuple[tuple[int, int, int], tuple[int, int, int]]],
) -> None:
    """Every way two boxes can lie on, in and beside each other."""
    cells = np.zeros((9, 9, 9), np.int64)
    for (x, y, z), (a, b, c) in boxes:
        cells[x : x + a, y : y + b, z : z + c] += 1
    union = measure(shapes.together(*[shapes.box(size, origin) for origin, size in boxes]))
    assert union.volume == pytest.approx((cells > 0).sum(), abs=1e-4)
    assert union.overlap == pytest.approx((cells > 1).sum(), abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-100, 100), st.floats(0.01, 100))
def test_moving_turning_and_scaling(seed: int, shift: float, factor: float) -> None:
    rng = np.random.default_rng(seed)
    parts = [shapes.box((4, 3, 2)), shapes.icosphere(3, 1), shapes.cylinder(2, 5, 7)]
    placed = [
        (v @ Rotation.random(random_state=rng).as_matrix().T + rng.normal(size=3) * 1.5, f) for v, f in parts
    ]
    vertices, faces = shapes.together(*placed)
    union = measure((vertices, faces))
    turn = Rotation.random(random_state=rng).as_matrix().T
    other = measure((factor * (vertices @ turn) + shift, rng.permutation(faces)))
    assert other.volume == pytest.approx(union.volume * factor**3, rel=1e-9)
    assert other.overlap == pytest.approx(union.overlap * factor**3, rel=1e-9, abs=1e-9 * factor**3)
