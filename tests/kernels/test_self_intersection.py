"""Self-intersections: known answers, comparison of all pairs one by one, invariances, odd inputs."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import shapes
from meshkernels import bvh
from meshkernels.box_overlap import boxes_overlapping
from meshkernels.edge_crossing import crosses_along_edge
from meshkernels.self_intersection import SelfIntersections, self_intersections
from meshkernels.triangle_intersection import CROSS, EDGE, contact
from meshkernels.vec3 import Vec3

Vertices = NDArray[np.float64]
Faces = NDArray[np.int32]


def search(vertices: Vertices, faces: Faces) -> SelfIntersections:
    v = np.ascontiguousarray(vertices, np.float64)
    f = np.ascontiguousarray(faces, np.int32)
    return self_intersections(v, f, bvh.build(v, f))


def count(shape: shapes.Shape) -> int:
    return int(search(*shape).crossing.sum())


def all_pairs(vertices: Vertices, faces: Faces) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The same answer from the exact test of every pair, without hierarchy or certificates."""
    tree = bvh.build(vertices, faces)
    crossing, touching = np.zeros((2, len(faces)), np.bool_)
    corners = [[Vec3(*p) for p in t] for t in vertices[faces].tolist()]
    for f in range(len(faces)):
        for g in range(f):
            if len(set(faces[f])) < 3 or len(set(faces[g])) < 3:
                continue
            meeting = contact(*corners[f], *corners[g])
            if meeting >= CROSS or (meeting == EDGE and crosses_along_edge(vertices, faces, tree, f, g)):
                crossing[[f, g]] = True
            elif meeting == EDGE:
                touching[[f, g]] = True
    return crossing, touching & ~crossing


def grid_box(cells: int, size: float, origin: tuple[float, float, float]) -> shapes.Shape:
    """A box whose faces are grids of squares."""
    return shapes.moved(shapes.polycube(np.ones((cells,) * 3, np.bool_), (size / cells,) * 3), origin)


def test_clean_shapes_have_none() -> None:
    for shape in (
        shapes.box(), shapes.icosphere(), shapes.tube(), shapes.plate_with_holes(), shapes.nested_shells(),
        shapes.hollow_sphere(), shapes.moebius(), shapes.t_overhang(), shapes.gear(), shapes.needle_box(),
    ):  # fmt: skip
        found = search(*shape)
        assert not found.crossing.any()
        assert not found.touching.any()


def test_a_sphere_and_its_mirror_image_cross_where_the_mirror_cuts_them() -> None:
    vertices, faces = shapes.icosphere(10, 3, (-6, 0, 0))
    cut = (vertices[faces][:, :, 0].min(axis=1) < 0) & (vertices[faces][:, :, 0].max(axis=1) > 0)
    found = search(*shapes.together((vertices, faces), (vertices * [-1, 1, 1], faces[:, ::-1]))).crossing
    assert cut.any()
    assert np.array_equal(found, np.tile(cut, 2))


def test_overlapping_cubes() -> None:
    # Three squares of each cube reach into the other, with a quarter that their diagonals leave to one of the
    # two triangles; the other is touched in one point.
    assert count(shapes.overlapping_cubes()) == 6


def test_faces_that_coincide() -> None:
    box = shapes.box()
    twice = shapes.duplicated_faces(box, list(range(12)))
    assert count(twice) == 24
    assert count(shapes.duplicated_faces(box, [3])) == 2
    # The same box twice with vertices of its own: both are everywhere on each other.
    assert count(shapes.together(box, box)) == 24
    turned = shapes.together(box, (box[0], box[1][:, ::-1]))
    assert count(turned) == 24


def test_stacked_boxes() -> None:
    lower = shapes.box()
    # On top of each other with the same outline: the two common squares overlap, the walls only touch.
    assert count(shapes.together(lower, shapes.box(origin=(0, 0, 10)))) == 4
    # Off centre, still only the squares.
    found = search(*shapes.together(lower, shapes.box(origin=(3, 4, 10))))
    assert np.nonzero(found.crossing)[0].tolist() == [2, 3, 12, 13]
    assert found.touching.any()
    # An edge or a corner on an edge or a corner is nothing.
    assert count(shapes.together(lower, shapes.box(origin=(10, 0, 10)))) == 0
    assert count(shapes.together(lower, shapes.box(origin=(10, 10, 10)))) == 0
    assert count(shapes.together(lower, shapes.box(origin=(0, 0, 10 + 2.0**-40)))) == 0


def test_wedge_standing_on_its_edge_touches() -> None:
    v = np.array([[0, -1, 0], [0, 1, 0], [1, 0, 2], [-1, 0, 2]], float)
    f = np.array([[0, 1, 3], [1, 0, 2], [0, 3, 2], [1, 2, 3]], np.int32)
    ground = shapes.box((20, 20, 5), (-10, -10, -5))
    found = search(*shapes.together((v, f), ground))
    assert not found.crossing.any()
    assert found.touching[:2].all()
    # Pushed in by one part in a thousand it crosses.
    assert count(shapes.together(shapes.moved((v, f), (0, 0, -0.001)), ground)) >= 5


def test_surfaces_that_cross_exactly_along_their_edges() -> None:
    """Two boxes overlap, and every line where their surfaces meet consists of edges of both meshes."""
    low, high = np.array([1.0, 1.0, 2.0]), 4.0
    vertices, faces = shapes.together(grid_box(4, high, (0, 0, 0)), grid_box(8, high, (1, 1, 2)))

    def on_both_surfaces(p: Vertices, q: Vertices) -> bool:
        within = bool(((p >= low) & (p <= high) & (q >= low) & (q <= high)).all())
        first, second = (p == high) & (q == high), (p == low) & (q == low)
        return within and any(first[i] and second[j] for i in range(3) for j in range(3) if i != j)

    expected = [any(on_both_surfaces(t[k], t[(k + 1) % 3]) for k in range(3)) for t in vertices[faces]]
    assert sum(expected) == 93
    assert search(vertices, faces).crossing.tolist() == expected


def test_walls_that_share_grid_lines_touch() -> None:
    vertices, faces = shapes.together(grid_box(4, 4.0, (0, 0, 0)), grid_box(8, 4.0, (4, 1, 1)))
    on_common_wall = (vertices[faces][:, :, 0] == 4).all(axis=1)
    found = search(vertices, faces)
    assert found.crossing.any()
    assert found.touching.any()
    assert not found.crossing[~on_common_wall].any()


def test_neighbours() -> None:
    # A flat fan folded once: the two coplanar faces over a common edge overlap.
    v = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0], [1, 1, 0], [1, 1, 1e-300]], float)
    assert count((v, np.array([[0, 1, 2], [1, 0, 3]], np.int32))) == 2
    assert count((v, np.array([[0, 1, 2], [1, 0, 4]], np.int32))) == 0
    # From a common corner through the other's interior.
    w = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0], [1, 1, -1], [1, 1, 1]], float)
    assert count((w, np.array([[0, 1, 2], [0, 3, 4]], np.int32))) == 2


def test_faces_without_area_never_count() -> None:
    box = shapes.box()
    spike = (np.array([[5, 5, -5], [5, 5, 5], [5, 5, 15]], float), np.array([[0, 1, 2], [0, 0, 1]], np.int32))
    assert count(shapes.together(box, spike)) == 0
    point = (np.zeros((3, 3)), np.array([[0, 1, 2]], np.int32))
    assert count(point) == 0


corner = st.tuples(*[st.integers(0, 4)] * 3)


@settings(max_examples=60, deadline=None)
@given(st.lists(corner, min_size=4, max_size=9, unique=True), st.data())
def test_lattice_soups_against_all_pairs(points: list[tuple[int, int, int]], data: st.DataObject) -> None:
    vertices = np.array(points, float)
    index = st.integers(0, len(points) - 1)
    faces = np.array(data.draw(st.lists(st.tuples(index, index, index), min_size=2, max_size=14)), np.int32)
    found = search(vertices, faces)
    crossing, touching = all_pairs(vertices, faces)
    assert np.array_equal(found.crossing, crossing)
    assert np.array_equal(found.touching, touching)


@pytest.mark.parametrize("seed", range(4))
def test_random_meshes_against_all_pairs(seed: int) -> None:
    """Deep enough for several levels of the hierarchy, with neighbours of all kinds."""
    rng = np.random.default_rng(seed)
    vertices, faces = shapes.together(
        *[shapes.icosphere(5, 1, tuple(rng.normal(size=3) * 3)) for _ in range(4)]
    )
    if seed % 2:
        vertices = np.round(vertices)  # flat parts, folds, collapsed and coinciding faces
        vertices, inverse = np.unique(vertices, axis=0, return_inverse=True)
        faces = inverse.reshape(-1)[faces].astype(np.int32)
    crossing, touching = all_pairs(vertices, faces)
    found = search(vertices, faces)
    assert crossing.any()
    assert np.array_equal(found.crossing, crossing)
    assert np.array_equal(found.touching, touching)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.permutations(range(3)),
    st.integers(-30, 30),
    st.tuples(*[st.booleans()] * 3),
)
def test_order_axes_mirror_and_scale_change_nothing(
    seed: int, axes: list[int], exponent: int, mirror: tuple[bool, bool, bool]
) -> None:
    """Transformations that are exact in float64, so that touching faces stay touching."""
    rng = np.random.default_rng(seed)
    vertices, faces = shapes.together(
        grid_box(2, 4.0, (0, 0, 0)), grid_box(2, 4.0, (2, 1, 1)), shapes.icosphere(3, 1)
    )
    expected = search(vertices, faces)
    moved = vertices[:, axes] * np.where(mirror, -1, 1) * 2.0**exponent
    order = rng.permutation(len(faces))
    numbers = rng.permutation(len(vertices))
    renumbered = np.empty_like(moved)
    renumbered[numbers] = moved
    corners = np.take_along_axis(
        numbers[faces], rng.permuted(np.tile(np.arange(3), (len(faces), 1)), axis=1), axis=1
    )
    found = search(renumbered, corners[order].astype(np.int32))
    assert np.array_equal(found.crossing, expected.crossing[order])
    assert np.array_equal(found.touching, expected.touching[order])


def test_many_faces_in_one_place_are_quick() -> None:
    """Nearly five thousand million pairs: nothing may be proportional to them."""
    n = 100_000
    triangle = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)
    count((triangle, np.zeros((1, 3), np.int32)))  # compiled
    start = time.perf_counter()
    assert count((triangle, np.tile(np.array([[0, 1, 2]], np.int32), (n, 1)))) == n
    rng = np.random.default_rng(0)
    needles = rng.normal(size=(n, 1, 3)) * [[[-1.0], [1.0], [1.0]]] + rng.normal(size=(n, 3, 3)) * 0.01
    assert count((needles.reshape(-1, 3), np.arange(3 * n, dtype=np.int32).reshape(-1, 3))) == n
    assert time.perf_counter() - start < 20


def test_threads_do_not_change_the_answer() -> None:
    script = (
        "import numpy as np, shapes; from meshkernels import bvh, self_intersection as s\n"
        "v, f = shapes.together(*[shapes.icosphere(5, 4, (k, 0.3 * k, 0)) for k in range(4)])\n"
        "r = s.self_intersections(v, f, bvh.build(v, f))\n"
        "print(hash(r.crossing.tobytes() + r.touching.tobytes()), r.crossing.sum())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True,
            env={**os.environ, "NUMBA_NUM_THREADS": threads, "PYTHONHASHSEED": "0",
                 "PYTHONPATH": os.path.dirname(shapes.__file__)},
        ).stdout
        for threads in ("1", "2")
    }  # fmt: skip
    assert len(answers) == 1


def overlapping(boxes: NDArray[np.float32], stride: int, box: NDArray[np.float32]) -> int:
    """What ``boxes_overlapping`` promises, one box at a time."""
    bits = 0
    for i in range(8):
        other = boxes[i : i + 6 * stride : stride]
        bits |= int((other[:3] <= box[3:]).all() and (other[3:] >= box[:3]).all()) << i
    return bits


def test_eight_boxes_at_once() -> None:
    rng = np.random.default_rng(3)
    boxes = rng.integers(0, 5, 6 * 8 + 8).astype(np.float32)
    from numba import njit

    @njit
    def vector(boxes, first, stride, b):  # type: ignore[no-untyped-def]
        return boxes_overlapping(boxes, first, stride, b[0], b[1], b[2], b[3], b[4], b[5])

    seen = set()
    for _ in range(200):
        box = rng.integers(0, 5, 6).astype(np.float32)
        for stride in (5, 8):
            bits = vector(boxes, np.int64(0), np.int64(stride), box)
            assert bits == overlapping(boxes, stride, box)
            seen.add(int(bits))
    assert len(seen) > 10
