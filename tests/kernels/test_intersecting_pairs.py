"""The list of contacts between marked faces."""

import numpy as np
import pytest

import shapes
from meshkernels import bvh, intersecting_pairs
from meshkernels.face_contact import face_contact
from meshkernels.self_intersection import self_intersections
from meshkernels.triangle_intersection import APART


@pytest.mark.parametrize(
    "shape",
    [
        shapes.overlapping_spheres(subdivisions=2),
        shapes.together(shapes.box(), shapes.box(origin=(5, 0, 0)), shapes.box(origin=(10, 3, 2))),
        shapes.duplicated_faces(shapes.icosphere(5, 1), [0, 7, 7]),
    ],
)
def test_every_contact_once(shape: shapes.Shape) -> None:
    vertices, faces = shape
    tree = bvh.build(vertices, faces)
    crossing = self_intersections(vertices, faces, tree).crossing
    listed = intersecting_pairs.intersecting_pairs(vertices, faces, tree, crossing)
    assert listed is not None
    marked = np.nonzero(crossing)[0].tolist()
    contacts = {(f, g): face_contact(vertices, faces, f, g) for f in marked for g in marked if f < g}
    expected = {pair: code for pair, code in contacts.items() if code != APART}
    assert len(listed.faces) == len(expected) > 0
    assert dict(zip(map(tuple, listed.faces.tolist()), listed.contact.tolist())) == expected


def test_nothing_marked() -> None:
    vertices, faces = shapes.overlapping_spheres(subdivisions=1)
    tree = bvh.build(vertices, faces)
    listed = intersecting_pairs.intersecting_pairs(vertices, faces, tree, np.zeros(len(faces), np.bool_))
    assert listed is not None
    assert listed.faces.shape == (0, 2)


def test_too_many_are_not_listed() -> None:
    n = 50_000  # more than a thousand million pairs
    vertices = np.tile(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float), (n, 1))
    faces = np.arange(3 * n, dtype=np.int32).reshape(-1, 3)
    tree = bvh.build(vertices, faces)
    marked = np.ones(n, np.bool_)
    assert intersecting_pairs.intersecting_pairs(vertices, faces, tree, marked) is None
