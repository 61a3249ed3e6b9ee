"""Topology of whole meshes."""

from pathlib import Path

import numpy as np
import pytest

from meshcore.analysis.topology import Topology, analyze_topology
from meshcore.mesh import Mesh
from shapes import (
    Shape,
    box,
    duplicated_faces,
    hollow_sphere,
    moebius,
    needle_box,
    open_box,
    plate_with_holes,
    polycube,
    together,
    tube,
)


def analyze(shape: Shape) -> Topology:
    return analyze_topology(Mesh(*shape))


def test_a_box_is_manifold() -> None:
    t = analyze(box())
    assert t.manifold
    assert t.closed
    assert (t.edge_count, t.euler_characteristic, t.genus, t.components, t.holes) == (18, 2, 0, 1, 0)


@pytest.mark.parametrize(
    ("shape", "genus"),
    [(tube(), 1), (plate_with_holes(), 6), (hollow_sphere(subdivisions=1), 0), (together(tube(), tube()), 2)],
)
def test_genus(shape: Shape, genus: int) -> None:
    assert analyze(shape).genus == genus


def test_shells_that_touch_in_a_vertex_are_manifold_by_their_edges() -> None:
    cells = np.zeros((2, 2, 2), bool)
    cells[0, 0, 0] = cells[1, 1, 1] = True
    t = analyze(polycube(cells))
    assert t.manifold
    assert (t.nonmanifold_vertices, t.components, t.genus, t.euler_characteristic) == (1, 2, 0, 3)


def test_shells_that_touch_along_an_edge_are_not_manifold() -> None:
    t = analyze(polycube(np.array([[[True], [False]], [[False], [True]]])))
    assert (t.manifold, t.closed, t.nonmanifold_edges, t.genus) == (False, True, 1, None)


def test_an_open_box_has_one_hole_of_known_length() -> None:
    t = analyze(open_box((10, 20, 5)))
    assert (t.manifold, t.closed, t.holes, t.open_chains) == (False, False, 1, 0)
    assert sorted(t.hole_vertices.tolist()) == [4, 5, 6, 7]
    np.testing.assert_allclose(t.hole_perimeters_mm, [60])


def test_a_moebius_band_is_not_orientable() -> None:
    t = analyze(moebius())
    assert (t.orientable, t.manifold, t.holes, t.euler_characteristic) == (False, False, 1, 0)


def test_doubled_and_degenerate_faces_are_counted() -> None:
    t = analyze(duplicated_faces(box(), [0, 5]))
    assert (t.duplicate_faces, t.nonmanifold_edges) == (2, 6)
    t = analyze(needle_box(0.0))
    assert (t.degenerate_faces, t.manifold) == (1, True)
    assert analyze(needle_box(1e-9)).degenerate_faces == 0
    vertices, faces = box()
    t = analyze((vertices, np.vstack([faces, [[3, 3, 5], [1, 1, 1]]]).astype(np.int32)))
    assert (t.degenerate_faces, t.manifold, t.components) == (2, True, 1)


def test_a_mesh_of_collapsed_faces_alone_is_no_surface() -> None:
    t = analyze((np.eye(3), np.array([[0, 0, 1]], np.int32)))
    assert (t.closed, t.manifold, t.components, t.edge_count) == (False, False, 0, 0)


def test_a_scan_with_five_holes(shared: Path) -> None:
    lines = (shared / "meshes/common/stanford-bunny.obj").read_text().splitlines()
    vertices = np.array([line.split()[1:4] for line in lines if line.startswith("v ")], float)
    corners = [[c.split("/")[0] for c in line.split()[1:]] for line in lines if line.startswith("f ")]
    t = analyze((vertices, np.array(corners, np.int32) - 1))
    assert (t.boundary_edges, t.holes, t.open_chains, t.nonmanifold_edges) == (223, 5, 0, 0)
