"""Connectivity: known answers, a slow reference, invariances, agreement with trimesh."""

import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numba import get_num_threads, set_num_threads
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from meshkernels.boundary_loops import boundary_loops
from meshkernels.degenerate_faces import degenerate_faces
from meshkernels.patches import wind_patches
from meshkernels.topology import edge_topology
from shapes import box, icosphere, moebius, open_box, tube

Faces = NDArray[np.int32]

TETRAHEDRON = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], np.int32)
ANY_FACES = arrays(np.int32, st.tuples(st.integers(0, 40), st.just(3)), elements=st.integers(0, 9))


def i32(rows: Any) -> Faces:
    return np.array(rows, np.int32).reshape(-1, 3)


def reference(faces: Faces) -> dict[str, Any]:
    """Everything with dictionaries and sets, as the definitions say it."""
    edges: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    kept = [f for f, t in enumerate(faces.tolist()) if len(set(t)) == 3]
    for f in kept:
        for j in range(3):
            a, b = int(faces[f, j]), int(faces[f, (j + 1) % 3])
            edges[min(a, b), max(a, b)].append((f, j))
    neighbors = np.full((len(faces), 3), -3, np.int32)
    linked: dict[int, set[int]] = {f: set() for f in kept}
    inconsistent = 0
    for sides in edges.values():
        for f, j in sides:
            neighbors[f, j] = {1: -1, 2: sum(g for g, _ in sides) - f}.get(len(sides), -2)
            linked[f] |= {g for g, _ in sides}
        inconsistent += len(sides) == 2 and len({int(faces[f, j]) for f, j in sides}) == 1
    labels = np.full(len(faces), -1, np.int32)
    components = 0
    for seed in kept:
        if labels[seed] < 0:
            _flood(seed, linked, labels, components)
            components += 1
    pinned = {v for e, sides in edges.items() if len(sides) > 2 for v in e}
    used = {int(v) for f in kept for v in faces[f]}
    fans = {v: _count_fans(v, faces, kept, neighbors) for v in used}
    seen: set[frozenset[int]] = set()
    duplicate = np.zeros(len(faces), bool)
    for f in kept:
        key = frozenset(faces[f].tolist())
        duplicate[f] = key in seen
        seen.add(key)
    sizes = [len(s) for s in edges.values()]
    return {
        "vertices": len(used), "faces": len(kept), "edges": len(edges),
        "boundary_edges": sizes.count(1), "nonmanifold_edges": sum(s > 2 for s in sizes),
        "inconsistent_edges": inconsistent, "neighbors": neighbors, "components": components,
        "labels": labels, "nonmanifold_vertices": {v for v in used - pinned if fans[v] > 1},
        "fans": sum(fans.values()), "duplicate": duplicate,
    }  # fmt: skip


def _flood(seed: int, linked: dict[int, set[int]], labels: Any, label: int) -> None:
    stack = [seed]
    while stack:
        f = stack.pop()
        if labels[f] < 0:
            labels[f] = label
            stack.extend(linked[f])


def _count_fans(v: int, faces: Faces, kept: list[int], neighbors: Faces) -> int:
    around = {f for f in kept if v in faces[f]}
    linked = {
        f: {
            int(neighbors[f, j])
            for j in range(3)
            if v in (faces[f, j], faces[f, (j + 1) % 3]) and neighbors[f, j] >= 0
        }
        for f in around
    }
    labels = np.full(len(faces), -1)
    count = 0
    for f in sorted(around):
        if labels[f] < 0:
            _flood(f, linked, labels, count)
            count += 1
    return count


def assert_as_reference(faces: Faces, vertex_count: int) -> None:
    answer = edge_topology(faces, vertex_count)
    for name, expected in reference(faces).items():
        found = getattr(answer, name)
        if name == "nonmanifold_vertices":
            found = set(np.flatnonzero(found).tolist())
        if isinstance(expected, np.ndarray):
            np.testing.assert_array_equal(found, expected, err_msg=name)
        else:
            assert found == expected, name


def test_a_tetrahedron_is_closed() -> None:
    t = edge_topology(TETRAHEDRON, 4)
    assert (t.vertices, t.edges, t.faces) == (4, 6, 4)
    assert (t.boundary_edges, t.nonmanifold_edges, t.inconsistent_edges) == (0, 0, 0)
    assert t.neighbors.tolist() == [[3, 2, 1], [0, 2, 3], [0, 3, 1], [0, 1, 2]]
    assert (t.components, t.fans) == (1, 4)


def test_no_faces_at_all() -> None:
    t = edge_topology(np.empty((0, 3), np.int32), 0)
    assert (t.vertices, t.edges, t.faces, t.components, t.fans) == (0, 0, 0, 0, 0)


def test_a_face_that_repeats_a_vertex_is_left_out() -> None:
    faces = np.vstack([TETRAHEDRON, i32([[0, 0, 1], [2, 3, 2]])])
    t = edge_topology(faces, 4)
    assert (t.boundary_edges, t.nonmanifold_edges, t.faces) == (0, 0, 4)
    assert t.neighbors[4:].tolist() == [[-3] * 3] * 2
    assert t.labels.tolist() == [0, 0, 0, 0, -1, -1]


def test_tips_that_touch_make_a_nonmanifold_vertex_but_one_that_a_fin_stands_on_does_not() -> None:
    tips = np.vstack([TETRAHEDRON, np.where(TETRAHEDRON == 0, 0, TETRAHEDRON + 3)]).astype(np.int32)
    t = edge_topology(tips, 7)
    assert np.flatnonzero(t.nonmanifold_vertices).tolist() == [0]
    assert (t.components, t.vertices, t.fans) == (2, 7, 8)
    fin = np.vstack([TETRAHEDRON, i32([[0, 1, 4]])])
    t = edge_topology(fin, 5)
    assert t.nonmanifold_edges == 1
    assert not t.nonmanifold_vertices.any()


def test_components_connect_through_nonmanifold_edges() -> None:
    book = i32([[0, 1, 2], [0, 1, 3], [0, 1, 4], [5, 6, 7]])
    t = edge_topology(book, 8)
    assert t.labels.tolist() == [0, 0, 0, 1]
    assert wind_patches(book, t.neighbors).labels.tolist() == [0, 1, 2, 3]


def test_duplicates_in_any_order() -> None:
    faces = np.vstack([TETRAHEDRON, i32([[1, 2, 0], [0, 1, 2], [3, 1, 0]])])
    assert np.flatnonzero(edge_topology(faces, 4).duplicate).tolist() == [4, 5, 6]
    two = i32([[4, 7, 5], [7, 4, 5]])
    t = edge_topology(two, 8)
    assert t.duplicate.tolist() == [False, True]
    assert (t.boundary_edges, t.nonmanifold_edges) == (0, 0)


def test_thousands_of_faces_around_one_vertex_or_one_edge_cost_no_more_than_elsewhere() -> None:
    n = 300_000
    rim = np.arange(1, n + 1, dtype=np.int32)
    fan = np.stack([np.zeros(n, np.int32), rim, np.roll(rim, -1)], axis=1)
    shuffled = np.ascontiguousarray(fan[np.random.default_rng(1).permutation(n)])
    book = np.stack(
        [np.zeros(n, np.int32), np.ones(n, np.int32), np.arange(2, n + 2, dtype=np.int32)], axis=1
    )
    edge_topology(fan[:10].copy(), n + 2)
    start = time.perf_counter()
    closed_fan = edge_topology(shuffled, n + 2)
    open_book = edge_topology(book, n + 2)
    assert time.perf_counter() - start < 5.0  # the square would be minutes
    assert (closed_fan.edges, closed_fan.boundary_edges, closed_fan.fans) == (2 * n, n, n + 1)
    assert (open_book.nonmanifold_edges, open_book.components) == (1, 1)


@given(ANY_FACES)
@settings(max_examples=200, deadline=None)
def test_any_triangles_agree_with_the_definitions(faces: Faces) -> None:
    assert_as_reference(np.ascontiguousarray(faces), 10)


@given(ANY_FACES, st.randoms())
@settings(max_examples=50, deadline=None)
def test_names_and_order_do_not_matter(faces: Faces, random: Any) -> None:
    rename = np.array(random.sample(range(10), 10), np.int32)
    order = random.sample(range(len(faces)), len(faces))
    turns = [random.randrange(3) for _ in order]
    other = i32([np.roll(rename[faces[f]], turn) for f, turn in zip(order, turns)])
    a, b = edge_topology(np.ascontiguousarray(faces), 10), edge_topology(other, 10)
    assert a[:6] == b[:6]
    assert (a.components, a.fans, a.duplicate.sum()) == (b.components, b.fans, b.duplicate.sum())
    np.testing.assert_array_equal(a.nonmanifold_vertices, b.nonmanifold_vertices[rename])
    loops, others = (
        boundary_loops(g, t.neighbors, 10, t.boundary_edges) for g, t in [(faces, a), (other, b)]
    )
    assert sorted(np.diff(loops.offsets)) == sorted(np.diff(others.offsets))
    assert loops.open_chains == others.open_chains


def test_the_number_of_threads_does_not_matter() -> None:
    _, faces = icosphere(1.0, 6)
    faces = np.ascontiguousarray(faces[np.random.default_rng(0).permutation(len(faces))][:-50])
    count = int(faces.max()) + 1
    threads = get_num_threads()
    many = edge_topology(faces, count)
    try:
        set_num_threads(1)
        one = edge_topology(faces, count)
    finally:
        set_num_threads(threads)
    for a, b in zip(one, many):
        np.testing.assert_array_equal(a, b)


def loops_of(faces: Faces) -> tuple[list[list[int]], int]:
    t = edge_topology(faces, int(faces.max()) + 1)
    loops = boundary_loops(faces, t.neighbors, int(faces.max()) + 1, t.boundary_edges)
    return [part.tolist() for part in np.split(loops.vertices, loops.offsets[1:-1])], loops.open_chains


def test_the_rim_of_an_open_box_is_one_hole_along_its_faces() -> None:
    loops, chains = loops_of(open_box()[1])
    assert chains == 0
    assert [sorted(loop) for loop in loops] == [[4, 5, 6, 7]]
    edges = {(int(f[j]), int(f[(j + 1) % 3])) for f in open_box()[1] for j in range(3)}
    assert all(step in edges for step in zip(loops[0], loops[0][1:] + loops[0][:1]))


def test_a_hole_is_a_hole_whatever_the_winding_along_it() -> None:
    faces = open_box()[1].copy()
    faces[3:7] = faces[3:7, ::-1]
    assert sorted(loops_of(faces)[0][0]) == [4, 5, 6, 7]


def test_holes_that_touch_and_fins_are_reported_apart() -> None:
    _, sphere = icosphere(1.0, 2)
    touching = [int(f) for f in np.flatnonzero((sphere == 20).any(axis=1))[[0, 3]]]
    assert loops_of(np.delete(sphere, touching, axis=0)) == ([[]], 1)
    fin = np.vstack([TETRAHEDRON, i32([[0, 1, 4]])])
    assert loops_of(fin) == ([[]], 1)
    assert loops_of(TETRAHEDRON) == ([[]], 0)


def test_a_moebius_band_has_one_rim_and_no_sides() -> None:
    _, faces = moebius(30)
    t = edge_topology(faces, 60)
    patches = wind_patches(faces, t.neighbors)
    assert patches.orientable.tolist() == [False]
    assert not patches.against.any()
    assert len(loops_of(faces)[0]) == 1


@given(st.sets(st.integers(0, 79), max_size=30))
@settings(max_examples=50, deadline=None)
def test_winding_finds_the_minority(turned: set[int]) -> None:
    _, faces = icosphere(1.0, 1)
    faces = faces.copy()
    ids = sorted(turned)
    faces[ids] = faces[ids][:, ::-1]
    patches = wind_patches(faces, edge_topology(faces, 42).neighbors)
    assert np.flatnonzero(patches.against).tolist() == ids
    assert patches.orientable.all()


def test_degenerate_faces_whatever_the_scale_and_place() -> None:
    flat = np.array([[0, 0, 0], [1, 1, 1], [3, 3, 3], [0, 1, 0], [1, 1 + 1e-9, 1]], float)
    faces = i32([[0, 1, 2], [0, 3, 1], [0, 1, 1], [0, 4, 2]])
    rotation = Rotation.from_euler("xyz", [10, 20, 30], degrees=True).as_matrix()
    for scale in (1e-6, 1.0, 1e6):
        for offset in (0.0, 7.0):
            vertices = (flat + offset) @ rotation.T * scale
            assert degenerate_faces(vertices, faces).tolist() == [True, False, True, False]


def test_a_needle_with_true_area_is_not_degenerate() -> None:
    vertices = np.array([[0, 0, 0], [1e3, 0, 0], [500, 1e-6, 0], [1e3, 1e-6, 0]], float)
    assert not degenerate_faces(vertices, i32([[0, 1, 2], [0, 1, 3]])).any()


@pytest.mark.parametrize("shape", [box(), tube(), icosphere(3.0, 4), moebius()])
def test_agrees_with_trimesh_on_shapes(shape: tuple[Any, Faces]) -> None:
    _compare(*shape)


@pytest.mark.parametrize(
    "name",
    ["cycloidal.ply", "bunny.ply", "ADIS16480.STL", "box.STL", "teapot.stl", "soup.stl", "featuretype.3MF"],
)
def test_agrees_with_trimesh_on_real_meshes(shared: Path, name: str) -> None:
    mesh: Any = trimesh.load(shared / "meshes/trimesh" / name, force="mesh")
    _compare(np.array(mesh.vertices), np.array(mesh.faces, np.int32))


def _compare(vertices: Any, faces: Faces) -> None:
    peer = trimesh.Trimesh(vertices, faces, process=False)
    t = edge_topology(faces, len(vertices))
    assert t.edges == len(peer.edges_unique)
    assert t.vertices - t.edges + t.faces == peer.euler_number
    sides = np.bincount(peer.edges_unique_inverse)
    assert t.boundary_edges == (sides == 1).sum()
    assert t.nonmanifold_edges == (sides > 2).sum()
    assert (t.boundary_edges + t.nonmanifold_edges == 0) == peer.is_watertight
    # trimesh connects faces by two-face edges only, so its components are our patches.
    peers = trimesh.graph.connected_components(peer.face_adjacency, nodes=np.arange(len(faces)))
    assert len(wind_patches(faces, t.neighbors).sizes) == len(peers)
