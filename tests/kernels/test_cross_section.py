"""Cross-sections: known solids, planes through vertices, invariances, an independent slicer."""

from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from meshkernels.cross_section import CrossSections, at_planes, cross_sections
from shapes import Shape, box, flipped, icosphere, moved, polycube, subdivide, together, tube, wedge


def sections(shape: Shape, planes: NDArray[np.float64] | list[float], flat: float = 0.0) -> CrossSections:
    return cross_sections(shape[0], shape[1], np.asarray(planes, dtype=np.float64), flat)


def test_a_box_has_its_base_everywhere() -> None:
    r = sections(box((10, 20, 5), (3, -4, 100)), np.arange(100.5, 105))
    np.testing.assert_allclose(r.area_mm2, 200.0, rtol=1e-14)
    np.testing.assert_allclose(r.perimeter_mm, 60.0, rtol=1e-14)
    np.testing.assert_allclose(r.bounds_mm, [[3, -4, 13, 16]] * 5, rtol=1e-14)
    np.testing.assert_allclose(r.roof_mm2, [0, 0, 0, 0, 0, 200])
    np.testing.assert_allclose(r.floor_mm2, [200, 0, 0, 0, 0, 0])


def test_planes_on_vertices_belong_to_what_lies_above() -> None:
    stairs = np.zeros((3, 1, 3), dtype=np.bool_)
    stairs[:, 0, 0] = stairs[:2, 0, 1] = stairs[:1, 0, 2] = True
    r = sections(subdivide(*polycube(stairs)), [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0])
    np.testing.assert_allclose(r.area_mm2, [0, 3, 3, 2, 1, 0, 0], atol=1e-14)
    np.testing.assert_allclose(r.perimeter_mm, [0, 8, 8, 6, 4, 0, 0], atol=1e-14)
    assert np.isnan(r.bounds_mm[[0, 5, 6]]).all()
    assert np.isfinite(r.bounds_mm[1:5]).all()


def test_the_hole_of_a_tube_is_subtracted_and_its_contour_counts() -> None:
    segments = 64
    r = sections(tube(10, 8, 20, segments), [5.0, 15.0])
    polygon_area = 0.5 * segments * np.sin(2 * np.pi / segments)
    polygon_length = 2 * segments * np.sin(np.pi / segments)
    np.testing.assert_allclose(r.area_mm2, polygon_area * (100 - 64), rtol=1e-12)
    np.testing.assert_allclose(r.perimeter_mm, polygon_length * 18, rtol=1e-12)


def test_a_slope_opens_its_roof_evenly() -> None:
    shape = wedge(30, 10, 20)
    planes = np.arange(0.5, 10)
    r = sections(shape, planes)
    np.testing.assert_allclose(r.area_mm2, 20 * 30 * (1 - planes / 10), rtol=1e-12)
    np.testing.assert_allclose(r.roof_mm2[1:-1], 60.0, rtol=1e-12)
    slope = np.arctan2(10, 30)
    assert sections(shape, planes, np.cos(slope) - 1e-6).roof_mm2.sum() == pytest.approx(600)
    assert sections(shape, planes, np.cos(slope) + 1e-6).roof_mm2.sum() == 0


def test_inside_out_is_negative_and_overlaps_count_twice() -> None:
    planes = np.linspace(-9, 9, 7)
    ball = icosphere(10, 3)
    one = sections(ball, planes)
    assert (one.area_mm2 > 0).all()
    np.testing.assert_allclose(sections(flipped(ball), planes).area_mm2, -one.area_mm2, rtol=1e-12)
    two = sections(together(ball, moved(ball, (12, 3, 0))), planes)
    np.testing.assert_allclose(two.area_mm2, 2 * one.area_mm2, rtol=1e-12)


def test_a_section_at_a_vertex_is_the_limit_from_above() -> None:
    rng = np.random.default_rng(5)
    vertices, faces = icosphere(10, 3)
    snapped = vertices.copy()
    snapped[:, 2] = np.round(snapped[:, 2])
    snapped[:, :2] += rng.normal(0, 0.01, (len(snapped), 2))
    planes = np.arange(-9.0, 10.0)
    at, above = sections((snapped, faces), planes), sections((snapped, faces), planes + 1e-9)
    np.testing.assert_allclose(at.area_mm2, above.area_mm2, rtol=1e-6)
    np.testing.assert_allclose(at.perimeter_mm, above.perimeter_mm, rtol=1e-6)


def test_far_from_the_origin_nothing_is_lost() -> None:
    r = sections(box((1, 1, 1), (1e6, -1e6, 0)), [0.5])
    assert r.area_mm2[0] == pytest.approx(1.0, abs=1e-8)


def test_empty_and_bad_planes() -> None:
    r = sections(box(), [])
    assert r.area_mm2.shape == (0,)
    np.testing.assert_allclose(r.roof_mm2, [100])
    with pytest.raises(ValueError, match="ascending"):
        sections(box(), [2.0, 1.0])


def test_some_of_the_planes_give_what_they_give_alone() -> None:
    shape = icosphere(10, 3)
    planes = np.linspace(-11, 11, 60)
    kept = np.array([0, 3, 4, 17, 40, 59])
    alone = sections(shape, planes[kept])
    for a, b in zip(at_planes(sections(shape, planes), kept), alone, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def test_the_answer_does_not_depend_on_the_thread_count() -> None:
    shape = icosphere(10, 5)
    planes = np.linspace(-10, 10, 101)
    threads = numba.get_num_threads()
    many = sections(shape, planes)
    numba.set_num_threads(1)
    try:
        single = sections(shape, planes)
    finally:
        numba.set_num_threads(threads)
    for a, b in zip(many, single, strict=True):
        np.testing.assert_array_equal(a, b)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_invariances(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vertices, faces = icosphere(8, 2)
    vertices = vertices * rng.uniform(0.3, 2, 3)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    vertices = vertices @ (rotation * np.sign(np.linalg.det(rotation))).T
    planes = np.linspace(vertices[:, 2].min() - 1, vertices[:, 2].max() + 1, 40)
    base = sections((vertices, faces), planes)

    # Closed: what opens or closes between two planes is the difference of their areas.
    np.testing.assert_allclose(np.diff(base.area_mm2), (base.floor_mm2 - base.roof_mm2)[1:-1], atol=1e-9)
    assert base.roof_mm2.sum() == pytest.approx(base.floor_mm2.sum(), rel=1e-12)

    angle, scale, shift = rng.uniform(0, 6), rng.uniform(0.1, 10), rng.normal(0, 50, 3)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    placed = np.ascontiguousarray(vertices @ turn.T * scale + shift)
    shuffled = np.roll(rng.permutation(faces), rng.integers(3), axis=1)
    soup = np.ascontiguousarray(placed[shuffled.ravel()])
    soup_faces = np.arange(len(soup), dtype=np.int32).reshape(-1, 3)
    moved = sections((soup, soup_faces), planes * scale + shift[2])
    np.testing.assert_allclose(moved.area_mm2, base.area_mm2 * scale**2, atol=1e-8 * scale**2)
    np.testing.assert_allclose(moved.perimeter_mm, base.perimeter_mm * scale, atol=1e-8 * scale)
    np.testing.assert_allclose(moved.roof_mm2, base.roof_mm2 * scale**2, atol=1e-8 * scale**2)


@pytest.mark.parametrize("name", ["benchy2k", "bunny", "featuretype", "quadknot"])
def test_agrees_with_an_independent_slicer(shared: Path, name: str) -> None:
    mesh = trimesh.load_mesh(shared / "ground_truth" / "stl" / f"{name}.stl")
    vertices = np.ascontiguousarray(mesh.vertices, dtype=np.float64)
    faces = np.ascontiguousarray(mesh.faces, dtype=np.int32)
    z0, z1 = vertices[:, 2].min(), vertices[:, 2].max()
    planes = np.linspace(z0, z1, 23)[1:-1] + 1e-4  # trimesh has no rule for planes through vertices
    ours = sections((vertices, faces), planes)
    mesh_plane: Any = trimesh.intersections.mesh_plane
    for i, z in enumerate(planes):
        lines, cut = mesh_plane(mesh, [0, 0, 1], [0, 0, z], return_faces=True)
        p, q = lines[:, 0, :2], lines[:, 1, :2]
        d = q - p
        n = mesh.face_normals[cut]
        twice_area = p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]
        twice_area *= np.sign(n[:, 0] * d[:, 1] - n[:, 1] * d[:, 0])
        assert ours.area_mm2[i] == pytest.approx(0.5 * twice_area.sum(), rel=1e-7)
        assert ours.perimeter_mm[i] == pytest.approx(np.hypot(*d.T).sum(), rel=1e-9)
        np.testing.assert_allclose(ours.bounds_mm[i, :2], np.minimum(p, q).min(axis=0), atol=1e-9)
        np.testing.assert_allclose(ours.bounds_mm[i, 2:], np.maximum(p, q).max(axis=0), atol=1e-9)


def test_summed_layers_are_the_volume(shared: Path) -> None:
    mesh = trimesh.load_mesh(shared / "ground_truth" / "stl" / "quadknot.stl")
    vertices = np.ascontiguousarray(mesh.vertices, dtype=np.float64)
    h = 0.01
    planes = np.arange(vertices[:, 2].min() + h / 2, vertices[:, 2].max(), h)
    r = cross_sections(vertices, np.ascontiguousarray(mesh.faces, dtype=np.int32), planes)
    assert r.area_mm2.sum() * h == pytest.approx(mesh.volume, rel=1e-6)
