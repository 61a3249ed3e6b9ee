"""Winding numbers on both sides of faces."""

import numpy as np
from numpy.typing import NDArray

import shapes
from meshkernels import bvh
from meshkernels.face_winding import FaceWindings, face_windings
from meshkernels.self_intersection import self_intersections
from meshkernels.topology import edge_topology
from meshkernels.winding_number import winding_numbers_exact


def windings(shape: shapes.Shape, weights: NDArray[np.int32] | None = None) -> FaceWindings:
    vertices, faces = shape
    tree = bvh.build(vertices, faces)
    crossing = self_intersections(vertices, faces, tree).crossing
    neighbors = edge_topology(faces, len(vertices)).neighbors
    return face_windings(vertices, faces, tree, crossing, neighbors, weights)


def kinds(found: FaceWindings) -> list[tuple[int, int, int]]:
    """How many faces have which numbers inside and outside."""
    both = np.stack([found.inside, found.outside], axis=1)
    unique, counts = np.unique(both, axis=0, return_counts=True)
    return [(a, b, n) for (a, b), n in zip(unique.tolist(), counts.tolist())]


def test_shells_in_shells() -> None:
    assert kinds(windings(shapes.box())) == [(1, 0, 12)]
    assert kinds(windings(shapes.hollow_sphere(subdivisions=2))) == [(1, 0, 640)]
    assert kinds(windings(shapes.nested_shells())) == [(1, 0, 12), (2, 1, 12)]
    cavity = shapes.flipped(shapes.icosphere(5, 1))
    inner = shapes.together(shapes.icosphere(10, 2), cavity, shapes.icosphere(3, 1))
    assert kinds(windings(inner)) == [(1, 0, 480)]


def test_inside_out() -> None:
    assert kinds(windings(shapes.flipped(shapes.box()))) == [(0, -1, 12)]


def test_a_face_that_counts_twice() -> None:
    assert kinds(windings(shapes.box(), np.full(12, 2, np.int32))) == [(2, 0, 12)]


def test_against_solid_angles_around_crossing_shells() -> None:
    rng = np.random.default_rng(2)
    centers = rng.normal(size=(6, 3)) * 4
    shape = shapes.together(*[shapes.icosphere(5, 2, (x, y, z)) for x, y, z in centers])
    found = windings(shape)
    corners = shape[0][shape[1]]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    centroids = corners.mean(axis=1)
    for side, numbers in ((1e-7, found.outside), (-1e-7, found.inside)):
        expected = winding_numbers_exact(centroids + side * normals, *shape)
        assert np.abs(numbers - expected).max() < 1e-3
    assert found.certain.all()
    assert found.inside.max() >= 3


def test_faces_that_lie_on_each_other_are_uncertain() -> None:
    # Below the square the box above stands on one could say either.
    found = windings(shapes.together(shapes.box(), shapes.box((4, 4, 4), (5, 1, 10))))
    assert not found.certain.all()
    assert found.certain[:2].all()
