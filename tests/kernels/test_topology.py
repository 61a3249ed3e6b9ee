"""Connectivity: known answers, a slow reference, invariances, agreement with trimesh."""

from collections import defaultdict
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from meshkernels.topology import edge_topology

Faces = NDArray[np.int32]

TETRAHEDRON = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], np.int32)


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
            stack = [seed]
            while stack:
                f = stack.pop()
                if labels[f] < 0:
                    labels[f] = components
                    stack.extend(linked[f])
            components += 1
    pinned = {v for e, sides in edges.items() if len(sides) > 2 for v in e}
    split: set[int] = set()
    used = {int(v) for f in kept for v in faces[f]}
    for v in used - pinned:
        around = {f for f in kept if v in faces[f]}
        reached, stack = set(), [min(around)]
        while stack:
            f = stack.pop()
            if f not in reached:
                reached.add(f)
                stack.extend(
                    g
                    for j in range(3)
                    if v in (faces[f, j], faces[f, (j + 1) % 3])
                    for g in [neighbors[f, j]]
                    if g >= 0
                )
        if reached != around:
            split.add(v)
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
        "labels": labels, "nonmanifold_vertices": split, "duplicate": duplicate,
    }  # fmt: skip


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
    assert t.components == 1
    assert t.fans == 4


@given(arrays(np.int32, st.tuples(st.integers(0, 40), st.just(3)), elements=st.integers(0, 9)))
@settings(max_examples=300, deadline=None)
def test_any_triangles_agree_with_the_definitions(faces: Faces) -> None:
    assert_as_reference(np.ascontiguousarray(faces), 10)
