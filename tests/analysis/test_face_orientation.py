"""Orientation of whole meshes, and what others are told about it."""

import numpy as np

from meshcore.analysis.face_orientation import FaceOrientation, correct_orientation
from meshcore.analysis.topology import analyze_topology
from meshcore.mesh import Mesh
from shapes import (
    Shape,
    box,
    flipped,
    hollow_sphere,
    icosphere,
    moebius,
    moved,
    open_box,
    overlapping_spheres,
    together,
)


def correct(shape: Shape) -> FaceOrientation:
    mesh = Mesh(*shape)
    return correct_orientation(mesh, analyze_topology(mesh))


def test_a_right_mesh_keeps_its_arrays() -> None:
    mesh = Mesh(*hollow_sphere(subdivisions=1))
    topology = analyze_topology(mesh)
    o = correct_orientation(mesh, topology)
    assert o.flipped_faces == 0
    assert o.faces is mesh.faces
    assert o.neighbors is topology.neighbors
    assert not o.sheet.any()


def test_crossing_spheres_are_right() -> None:
    assert correct(overlapping_spheres()).flipped_faces == 0


def test_corrected_faces_and_neighbours_are_those_of_a_right_mesh() -> None:
    ids = [0, 3, 40, 41, 42, 77]
    o = correct(flipped(icosphere(5, 2), ids))
    assert np.flatnonzero(o.flipped).tolist() == ids
    again = analyze_topology(Mesh(icosphere(5, 2)[0], o.faces))
    assert again.inconsistent_edges == 0
    np.testing.assert_array_equal(again.neighbors, o.neighbors)
    right = np.sort(icosphere(5, 2)[1], axis=1)
    np.testing.assert_array_equal(np.sort(o.faces, axis=1), right)
    assert correct((icosphere(5, 2)[0], o.faces)).flipped_faces == 0


def test_fins_and_collapsed_faces_are_sheets() -> None:
    vertices, faces = flipped(box(), [2])
    extra = np.array([[0, 1, 8], [3, 3, 4]], np.int32)
    o = correct((np.vstack([vertices, [5, -5, -5]]), np.vstack([faces, extra])))
    assert np.flatnonzero(o.flipped).tolist() == [2]
    assert np.flatnonzero(o.sheet).tolist() == [12, 13]


def test_one_sided_surfaces_are_named_and_left() -> None:
    o = correct(together(flipped(open_box()), moved(moebius(), (80, 0, 0))))
    assert o.flipped_faces == 10
    assert [w.code for w in o.warnings] == ["NOT_ORIENTABLE"]
    assert o.sheet[10:].all()
    assert correct(box()).warnings == ()
