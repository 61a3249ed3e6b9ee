"""Volume, area, centre and inertia: closed forms, invariances, agreement with trimesh."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.transform import Rotation

from meshkernels.caps import cap_boundary, open_edges
from meshkernels.mass_properties import mass_properties, part_volumes
from shapes import Shape, box, flipped, gear, hollow_sphere, icosphere, moved, open_box, subdivide, together

ANGLES = st.lists(st.floats(-180, 180), min_size=3, max_size=3)


def half_edges(faces: Any) -> Any:
    groups = np.zeros(3 * len(faces), np.int32)
    return open_edges(faces.ravel().copy(), np.roll(faces, -1, axis=1).ravel(), groups)


def test_a_box() -> None:
    m = mass_properties(*box((2, 3, 4), (5, 6, 7)))
    assert m.volume == pytest.approx(24, rel=1e-14)
    assert m.area == pytest.approx(52, rel=1e-14)
    assert_allclose(m.center, [6, 7.5, 9], rtol=1e-14)
    assert_allclose(m.inertia, 2 * np.diag([9 + 16, 4 + 16, 4 + 9]), atol=1e-11)


def test_a_tetrahedron_at_the_axes() -> None:
    vertices = np.vstack([np.zeros(3), np.eye(3)])
    m = mass_properties(vertices, np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], np.int32))
    assert m.volume == pytest.approx(1 / 6, rel=1e-14)
    assert m.area == pytest.approx(1.5 + math.sqrt(3) / 2, rel=1e-14)
    assert_allclose(m.center, [0.25] * 3, rtol=1e-14)
    assert_allclose(m.inertia, np.full((3, 3), 1 / 480) + np.eye(3) * (1 / 80 - 1 / 480), rtol=1e-12)


def test_a_shell_within_a_shell_is_subtracted() -> None:
    m = mass_properties(*together(box((10, 10, 10)), flipped(box((4, 4, 4), (1, 1, 1)))))
    assert m.volume == pytest.approx(1000 - 64, rel=1e-13)
    assert_allclose(m.center, [(5000 - 64 * 3) / 936] * 3, rtol=1e-13)


def test_nothing_has_no_centre() -> None:
    assert mass_properties(np.empty((0, 3)), np.empty((0, 3), np.int32)).volume == 0
    flat = mass_properties(np.eye(3), np.array([[0, 1, 2]], np.int32))
    assert flat.volume == 0
    assert np.isnan(flat.center).all()


def test_a_part_far_from_the_origin_keeps_its_digits() -> None:
    # Whole steps of 2^-10 stay exact at a distance of 2^24 mm, nearly 17 km.
    vertices, faces = icosphere(10, 3)
    vertices = np.round(vertices * 1024) / 1024
    here, there = mass_properties(vertices, faces), mass_properties(vertices + 2.0**24, faces)
    assert there.volume == pytest.approx(here.volume, rel=1e-13)
    assert_allclose(there.inertia, here.inertia, rtol=1e-12, atol=1e-9)
    assert_allclose(there.center - 2.0**24, here.center, atol=1e-8)


@given(ANGLES, st.floats(0.01, 1000), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_rotation_scale_and_face_order(angles: Any, scale: float, seed: int) -> None:
    shape = together(box((3, 5, 7)), moved(gear(9), (30, 0, 2)))
    rotation = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    rng = np.random.default_rng(seed)
    turned = shape[1][rng.permutation(len(shape[1]))]
    a = mass_properties(*shape)
    b = mass_properties(np.ascontiguousarray(shape[0] @ rotation.T * scale), turned)
    assert b.volume == pytest.approx(a.volume * scale**3, rel=1e-12)
    assert b.area == pytest.approx(a.area * scale**2, rel=1e-12)
    assert_allclose(b.center, rotation @ a.center * scale, rtol=1e-11, atol=1e-11 * scale)
    expected = rotation @ a.inertia @ rotation.T * scale**5
    assert_allclose(b.inertia, expected, atol=1e-11 * np.abs(expected).max())


def test_finer_faces_of_the_same_shape_change_nothing() -> None:
    coarse, fine = mass_properties(*gear()), mass_properties(*subdivide(*subdivide(*gear())))
    assert fine.volume == pytest.approx(coarse.volume, rel=1e-13)
    assert_allclose(fine.inertia, coarse.inertia, rtol=1e-12, atol=1e-7)


def test_parts() -> None:
    shapes = [box((1, 2, 3)), flipped(box((4, 4, 4))), icosphere(2, 2)]
    vertices, faces = together(*shapes)
    labels = np.repeat(np.arange(3, dtype=np.int32), [len(s[1]) for s in shapes])
    labels[0] = -1
    volumes, areas, origins = part_volumes(vertices, faces, labels, 3)
    assert volumes[1] == pytest.approx(-64, rel=1e-14)
    assert areas[0] == pytest.approx(22 - 1)
    assert volumes[2] == pytest.approx(mass_properties(*shapes[2]).volume, rel=1e-13)
    assert_allclose(origins[2], shapes[2][0][shapes[2][1][0, 0]])


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_a_cap_makes_the_volume_of_an_open_box_independent_of_its_place(offset: float) -> None:
    vertices, faces = open_box()
    vertices = vertices + offset
    cap = cap_boundary(vertices, *half_edges(faces))
    assert len(cap.faces) == 4
    m = mass_properties(vertices, faces, cap)
    assert m.volume == pytest.approx(1000, rel=1e-12)
    assert m.area == pytest.approx(500, rel=1e-12)
    assert_allclose(m.center, [5 + offset] * 3, rtol=1e-12)


def test_holes_that_touch_in_a_vertex_are_capped_one_by_one() -> None:
    vertices, faces = icosphere(10, 2)
    at = np.flatnonzero((faces == 20).any(axis=1))[[0, 3]]
    cap = cap_boundary(vertices, *half_edges(np.delete(faces, at, axis=0)))
    assert len(cap.faces) == 6
    assert len(np.unique(cap.faces[:, 2])) == 2
    total = mass_properties(vertices, np.delete(faces, at, axis=0), cap).volume
    assert total == pytest.approx(mass_properties(vertices, faces).volume, rel=1e-13)


@given(st.sets(st.integers(0, 319), min_size=1, max_size=250))
@settings(max_examples=60, deadline=None)
def test_a_cap_closes_whatever_is_left_of_a_sphere(removed: set[int]) -> None:
    vertices, faces = icosphere(10, 2)
    rest = np.delete(faces, sorted(removed), axis=0)
    cap = cap_boundary(vertices, *half_edges(rest))
    every = np.concatenate([rest, cap.faces + np.int32(len(vertices))])
    points = np.concatenate([vertices, cap.vertices])
    # Corners of the cap repeat those of the mesh; by position, nothing stays open.
    _, index = np.unique(points, axis=0, return_inverse=True)
    assert len(half_edges(index.ravel()[every].astype(np.int32))[0]) == 0


def test_edges_that_bound_nothing_are_refused() -> None:
    ends = np.array([0, 1], np.int32), np.array([1, 2], np.int32)
    with pytest.raises(ValueError, match="consistently wound"):
        cap_boundary(np.zeros((3, 3)), *ends, np.zeros(2, np.int32))


@pytest.mark.parametrize("shape", [gear(), hollow_sphere(subdivisions=3), moved(gear(), (90, 0, -4))])
def test_agrees_with_trimesh(shape: Shape) -> None:
    _compare(*shape)


@pytest.mark.parametrize("name", ["ADIS16480.STL", "featuretype.STL", "plate_holes.STL", "cycloidal.ply"])
def test_agrees_with_trimesh_on_real_meshes(shared: Path, name: str) -> None:
    mesh: Any = trimesh.load(shared / "meshes/trimesh" / name)
    _compare(np.array(mesh.vertices), np.array(mesh.faces, np.int32))


def _compare(vertices: Any, faces: Any) -> None:
    m, peer = mass_properties(vertices, faces), trimesh.Trimesh(vertices, faces, process=False)
    assert m.volume == pytest.approx(peer.volume, rel=1e-9)
    assert m.area == pytest.approx(peer.area, rel=1e-9)
    assert_allclose(m.center, peer.center_mass, atol=1e-9 * peer.scale)
    assert_allclose(m.inertia, peer.moment_inertia, atol=1e-9 * np.abs(peer.moment_inertia).max())
