"""Vertical lines through meshes: every crossing found once, gaps measured to what lies below."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from meshkernels.height_field import HeightField, drop_to_below, height_field
from shapes import box, hollow_sphere, icosphere, moved, overlapping_cubes, t_overhang, together

Shape = tuple[NDArray[np.float64], NDArray[np.int32]]


def field_of(shape: Shape, columns: int = 64 * 64) -> HeightField:
    vertices, faces = shape
    return height_field(vertices, faces, vertices.min(axis=0), vertices.max(axis=0), columns=columns)


def drop(shape: Shape, label: NDArray[np.int32], columns: int = 64 * 64) -> tuple[NDArray[np.float64], float]:
    regions = int(label.max(initial=-1)) + 1
    return drop_to_below(
        field_of(shape, columns), label, regions, plate_z=float(shape[0][:, 2].min()), plate_tolerance=0.1
    )


def flat_down(shape: Shape, above: float) -> NDArray[np.int32]:
    """Label 0 for horizontal faces that face down above a height."""
    corners = shape[0][shape[1]]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    down = (normals[:, 2] < -0.99 * np.linalg.norm(normals, axis=1)) & (corners[:, :, 2].min(axis=1) > above)
    return np.where(down, 0, -1).astype(np.int32)


def test_a_cube_has_two_hits_in_every_column() -> None:
    field = field_of(box(), 100)
    assert (field.nx, field.ny) == (10, 10)
    assert np.array_equal(np.diff(field.start), np.full(100, 2))
    assert np.array_equal(field.z.reshape(100, 2), np.tile([0.0, 10.0], (100, 1)))
    assert (field.face.reshape(100, 2)[:, 0] < 0).all()  # enters through a face that faces down
    assert (field.face.reshape(100, 2)[:, 1] >= 0).all()


def test_edges_through_the_centres_are_counted_once() -> None:
    # 5 columns on a 10 mm cube put a row of centres on the diagonals that split the square faces.
    field = field_of(box(), 25)
    assert np.array_equal(np.diff(field.start), np.full(25, 2))


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), columns=st.integers(1, 5000))
def test_a_watertight_mesh_is_left_as_often_as_entered(seed: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    vertices, faces = icosphere(10.0, 2)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    vertices = np.round(vertices @ turn.T, 1)  # coarse coordinates put vertices and edges on the lines
    field = field_of((vertices, faces), columns)
    assert (np.diff(field.start) % 2 == 0).all()
    for c in range(len(field.start) - 1):
        column = slice(field.start[c], field.start[c + 1])
        assert (np.diff(field.z[column]) >= 0.0).all()
        assert np.count_nonzero(field.face[column] < 0) * 2 == field.start[c + 1] - field.start[c]


def test_heights_lie_on_the_sphere() -> None:
    field = field_of(icosphere(10.0, 5))
    c = np.repeat(np.arange(field.nx * field.ny), np.diff(field.start))
    x = field.x0 + (c % field.nx + 0.5) * field.pitch
    y = field.y0 + (c // field.nx + 0.5) * field.pitch
    radius = np.sqrt(x**2 + y**2 + field.z**2)
    assert radius.max() <= 10.0
    assert radius.min() > 9.99


def test_face_order_does_not_matter() -> None:
    vertices, faces = overlapping_cubes()
    order = np.random.default_rng(1).permutation(len(faces))
    one, other = field_of((vertices, faces)), field_of((vertices, faces[order]))
    assert np.array_equal(one.start, other.start)
    assert np.array_equal(one.z, other.z)


def test_drop_of_the_arms_of_a_t() -> None:
    shape = t_overhang()
    sums, plate = drop(shape, flat_down(shape, 1.0))
    assert sums[0] == pytest.approx([2 * 10 * 10 * 20.0, 200.0, 0.0], rel=0.02)
    assert plate == pytest.approx(100.0, rel=0.02)


def test_drop_stops_on_a_shelf() -> None:
    shape = together(t_overhang(), moved(box((10, 10, 5)), (0, 0, 0)))
    sums, _ = drop(shape, flat_down(shape, 6.0))
    assert sums[0, 0] == pytest.approx(100.0 * 20.0 + 100.0 * 15.0, rel=0.02)


def test_what_lies_on_or_inside_another_body_needs_nothing() -> None:
    resting = together(box(), moved(box(), (0, 0, 10)))
    sums, _ = drop(resting, flat_down(resting, 1.0))
    assert sums[0] == pytest.approx([0.0, 100.0, 100.0])
    sunk = together(box(), moved(box((4, 4, 20)), (3, 3, 5)))
    sums, _ = drop(sunk, flat_down(sunk, 1.0))
    assert sums[0, 0] == 0.0
    assert sums[0, 2] == sums[0, 1] > 0.0


def test_the_roof_of_a_cavity_hangs_over_its_floor() -> None:
    shape = hollow_sphere()
    inner = np.arange(len(shape[1])) >= len(shape[1]) // 2
    corners = shape[0][shape[1]]
    down = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] < 0.0
    sums, _ = drop(shape, np.where(inner & down, 0, -1).astype(np.int32))
    assert sums[0, 0] == pytest.approx(4.0 / 3.0 * np.pi * 8.8**3, rel=0.02)


def test_an_open_sheet_drops_to_the_next_surface() -> None:
    vertices = np.array([[x, y, z] for z in (0.0, 4.0, 9.0) for y in (0.0, 10.0) for x in (0.0, 10.0)])
    up, down = [[0, 1, 2], [1, 3, 2]], [[0, 2, 1], [1, 2, 3]]
    faces = np.array(down + [[a + 4 for a in f] for f in up] + [[a + 8 for a in f] for f in down], np.int32)
    label = np.array([-1, -1, -1, -1, 0, 0], np.int32)
    sums, _ = drop((vertices, faces), label)
    assert sums[0, 0] == pytest.approx(100.0 * 5.0)


def test_a_mesh_without_width_has_no_columns() -> None:
    vertices = np.array([[0.0, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, 0.0, 10.0]])
    assert len(field_of((vertices, np.array([[0, 1, 2]], np.int32))).z) == 0
