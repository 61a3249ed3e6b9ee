from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import shapes
from meshcore.analysis.thickness import WallThickness, measure_thickness
from meshkernels import bvh

Shape = tuple[NDArray[np.float64], NDArray[np.int32]]


def measure(shape: Shape, **options: Any) -> WallThickness:
    vertices, faces = shape
    return measure_thickness(vertices, faces, bvh.build(vertices, faces), **options)


def extremes(shape: Shape, **options: Any) -> tuple[float, float]:
    found = measure(shape, **options)
    assert found.minimum_mm is not None
    assert found.maximum_mm is not None
    return found.minimum_mm, found.maximum_mm


def turned(shape: Shape, seed: int = 1) -> Shape:
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    q *= np.sign(np.diag(r))
    q = q if np.linalg.det(q) > 0 else q[:, [1, 0, 2]]
    return np.ascontiguousarray(shape[0] @ q.T), shape[1]


def plate_with_pocket(pocket: int, floor: int) -> Shape:
    """A plate 40 x 40 x 3 of unit cubes with a square pocket that leaves ``floor``."""
    cells = np.ones((40, 40, 6), np.bool_)
    cells[5 : 5 + pocket, 20 : 20 + pocket, floor:] = False
    return shapes.polycube(cells, (1, 1, 0.5))


def chamfered_plate(size: float = 50, height: float = 1, chamfer: float = 0.3) -> Shape:
    """A square plate whose upper edges are cut off at 45 degrees."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
    rings = [(0, 0), (0, height - chamfer), (chamfer, height)]
    vertices = np.vstack([np.c_[corners * (size - 2 * c) + c, np.full(4, z)] for c, z in rings])
    faces = [[0, 2, 1], [0, 3, 2], [8, 9, 10], [8, 10, 11]]
    for ring in (0, 4):
        for i in range(4):
            a, b = ring + i, ring + (i + 1) % 4
            faces += [[a, b, b + 4], [a, b + 4, a + 4]]
    return vertices, np.array(faces, np.int32)


def test_cube() -> None:
    found = measure(shapes.box((10, 10, 10)))
    assert (found.minimum_mm, found.median_mm, found.maximum_mm) == (10.0, 10.0, 10.0)
    assert (found.per_face == 10.0).all()
    assert found.warnings == ()
    assert measure(shapes.box((10, 10, 10)), method="sphere").maximum_mm == pytest.approx(10.0, rel=0.02)


def test_sphere_is_as_thick_as_its_diameter() -> None:
    assert extremes(shapes.icosphere(10.0, 4)) == pytest.approx((20.0, 20.0), rel=0.01)


@pytest.mark.parametrize("method", ["ray", "sphere"])
def test_hollow_sphere_and_tube(method: str) -> None:
    assert extremes(shapes.hollow_sphere(10.0, 1.2), method=method) == pytest.approx((1.2, 1.2), rel=0.01)
    assert extremes(shapes.tube(10.0, 8.0), method=method) == pytest.approx((2.0, 2.0), rel=0.01)


def test_plate_is_not_as_thick_as_it_is_wide() -> None:
    assert extremes(shapes.box((100, 60, 3))) == pytest.approx((3.0, 3.0))


def test_chamfered_edges_do_not_make_a_plate_thinner() -> None:
    assert extremes(chamfered_plate()) == pytest.approx((1.0, 1.0), rel=0.01)


@pytest.mark.parametrize("method", ["ray", "sphere"])
def test_thin_floor_of_a_small_pocket_is_found_and_located(method: str) -> None:
    shape = plate_with_pocket(pocket=4, floor=1)  # 32 of 3700 mm2: 0.9 %
    found = measure(shape, method=method)
    assert found.minimum_mm == pytest.approx(0.5)
    assert found.maximum_mm == pytest.approx(3.0)
    assert found.thinnest_location is not None
    x, y, z = found.thinnest_location
    assert 5 <= x <= 9
    assert 20 <= y <= 24
    assert z == pytest.approx(0.0) or z == pytest.approx(0.5)
    assert found.thinnest_face is not None
    assert found.per_face[found.thinnest_face] == pytest.approx(0.5)
    assert found.share_below(0.6) == pytest.approx(0.01, rel=0.4)
    assert found.share_below(0.4) == 0.0


def test_wedge_tells_where_it_is_thin() -> None:
    length, height = 30.0, 10.0
    found = measure(shapes.wedge(length, height))
    assert found.minimum_mm is not None
    assert 0 < found.minimum_mm < 0.02 * height
    assert found.thinnest_location is not None
    x, _, z = found.thinnest_location
    edge = min(x, length - x)
    assert edge < 0.03 * length
    assert z < 0.03 * height


def test_a_solid_without_walls_is_as_thick_as_the_sphere_in_it() -> None:
    corners = np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    tetrahedron = corners, np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]], np.int32)
    assert extremes(tetrahedron) == pytest.approx((2 / np.sqrt(3), 2 / np.sqrt(3)), rel=1e-4)


def test_open_sheets_have_no_thickness() -> None:
    for shape in (shapes.moebius(), (np.eye(3), np.array([[0, 1, 2]], np.int32))):
        found = measure(shape)
        assert found.minimum_mm is None
        assert found.maximum_mm is None
        assert found.thinnest_location is None
        assert found.share_below(1.0) is None
        assert [w.code for w in found.warnings] == ["THICKNESS_UNKNOWN"]


def test_only_degenerate_faces() -> None:
    found = measure((np.eye(3), np.array([[0, 0, 1], [1, 1, 1]], np.int32)))
    assert found.minimum_mm is None
    assert np.isnan(found.per_face).all()


def test_needles_and_slivers_do_not_set_the_minimum() -> None:
    assert extremes(shapes.needle_box())[0] == pytest.approx(10.0)


def test_inner_faces_of_overlapping_solids_are_no_walls() -> None:
    vertices, faces = shapes.overlapping_cubes(10.0, 5.0)
    centre = vertices[faces].mean(axis=1)
    low, high = vertices[:8].min(axis=0), vertices[:8].max(axis=0)
    low2, high2 = vertices[8:].min(axis=0), vertices[8:].max(axis=0)
    winding = np.ones(len(faces), np.int32)
    winding[12:] += ((centre[12:] > low) & (centre[12:] < high)).all(axis=1)
    winding[:12] += ((centre[:12] > low2) & (centre[:12] < high2)).all(axis=1)
    assert (winding == 2).any()
    found = measure((vertices, faces), start_winding=winding)
    # Without the inner faces the thinnest way through is one cube.
    assert found.minimum_mm == pytest.approx(10.0)
    assert found.warnings == ()


def test_flipped_solid_is_unknown_not_guessed() -> None:
    found = measure(shapes.flipped(shapes.box((10, 10, 10))))
    assert found.minimum_mm is None


@given(seed=st.integers(0, 99), scale=st.sampled_from([0.01, 1.0, 25.4]))
@settings(max_examples=10, deadline=None)
def test_same_walls_however_it_lies_and_is_scaled(seed: int, scale: float) -> None:
    shape = plate_with_pocket(4, 2)
    vertices, faces = turned(shape, seed)
    order = np.random.default_rng(seed).permutation(len(faces))
    moved = np.ascontiguousarray((vertices + 7.0) * scale), np.ascontiguousarray(faces[order])
    assert np.array(extremes(moved)) / scale == pytest.approx(extremes(shape), rel=1e-6)


@pytest.mark.parametrize("name", ["gear", "vase", "bracket", "wedge"])
def test_same_walls_on_a_finer_mesh(name: str) -> None:
    coarse: Shape = getattr(shapes, name)()
    vertices, faces = shapes.subdivide(*coarse)
    fine = measure((np.ascontiguousarray(vertices), np.ascontiguousarray(faces)))
    reference = measure(coarse)
    assert fine.minimum_mm == pytest.approx(reference.minimum_mm, rel=0.02, abs=0.005)
    assert fine.maximum_mm == pytest.approx(reference.maximum_mm, rel=0.02)


def test_threads_do_not_change_the_answer() -> None:
    import numba

    shape = shapes.vase()
    many = measure(shape)
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        one = measure(shape)
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(many.per_face, one.per_face)
    assert np.array_equal(many.walls, one.walls)
    assert many.thinnest_location == one.thinnest_location


@pytest.mark.parametrize("name", ["ADIS16480.STL", "fixed_top.ply", "1002_tray_bottom.STL", "busted.STL"])
def test_real_parts_however_they_lie(shared: Path, name: str) -> None:
    mesh = trimesh.load(shared / "meshes" / "trimesh" / name)
    shape = np.array(mesh.vertices, np.float64), np.array(mesh.faces, np.int32)
    finer = mesh.subdivide()
    fine = np.array(finer.vertices, np.float64), np.array(finer.faces, np.int32)
    assert extremes(turned(shape)) == pytest.approx(extremes(shape), rel=0.01)
    assert extremes(fine) == pytest.approx(extremes(shape), rel=0.02)
