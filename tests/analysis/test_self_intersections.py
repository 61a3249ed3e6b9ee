"""Self-intersections as the report has them, and on real models."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

import shapes
from meshcore.analysis.self_intersections import SelfIntersections, find_self_intersections
from meshcore.mesh import Mesh
from meshkernels import bvh


def find(shape: shapes.Shape) -> SelfIntersections:
    mesh = Mesh(*shape)
    return find_self_intersections(mesh.vertices, mesh.faces, bvh.build(mesh.vertices, mesh.faces))


def test_none() -> None:
    found = find(shapes.icosphere())
    assert found.self_intersecting_faces == 0
    assert found.warnings == ()


def test_two_spheres() -> None:
    found = find(shapes.overlapping_spheres())
    assert found.self_intersecting_faces == found.crossing.sum() == 148
    assert [w.code for w in found.warnings] == ["SELF_INTERSECTIONS"]
    assert "148" in found.warnings[0].message


# Faces counted by CGAL (through libigl), less those that only touch, plus those it leaves out: faces with the
# same three corners, and neighbours folded flat onto each other whose outlines cross.
REAL = [
    ("common/stanford-bunny.obj", 0, 0),
    ("trimesh/fandisk.obj", 0, 0),
    ("trimesh/ADIS16480.STL", 0, 0),
    ("trimesh/torus.STL", 0, 0),
    ("trimesh/soup.stl", 99, 99),
    ("trimesh/teapot.stl", 51, 51),
    ("trimesh/rabbit.obj", 189, 189),
    ("trimesh/target.obj", 8, 8),
    ("common/suzanne.obj", 88, 86),
    ("trimesh/bunny.ply", 170, 6),
    ("trimesh/angle_block.STL", 62, 111),
    ("trimesh/idler_riser.STL", 3, 41),
    ("trimesh/octagonal_pocket.stl", 8, 68),
    ("trimesh/featuretype.STL", 0, 896),
    ("trimesh/box.STL", 1569, 2320),
    ("trimesh/cycloidal.ply", 22170, 23362),
]


@pytest.mark.parametrize(("name", "expected", "cgal"), REAL, ids=[r[0] for r in REAL])
def test_real_models(shared: Path, name: str, expected: int, cgal: int) -> None:
    loaded = trimesh.load(shared / "meshes" / name, force="mesh", process=False)
    vertices, inverse = np.unique(np.asarray(loaded.vertices, float), axis=0, return_inverse=True)
    faces = inverse.reshape(-1)[np.asarray(loaded.faces)].astype(np.int32)
    found = find((vertices, faces))
    assert found.self_intersecting_faces == expected
    if expected < cgal:  # what CGAL has more touches in edges, or in points
        assert found.touching.any()
