import numpy as np
import pytest
from numpy.typing import NDArray

from meshkernels import bvh
from meshkernels.bvh_traverse import faces_near_box

Array = NDArray[np.float64]
Faces = NDArray[np.int32]


def random_soup(n: int, seed: int = 0, spread: float = 50.0) -> tuple[Array, Faces]:
    """Unconnected small triangles in a box away from the origin of coordinates."""
    rng = np.random.default_rng(seed)
    corners = rng.uniform(-spread, spread, (n, 1, 3)) + rng.normal(0, 2, (n, 3, 3)) + [1000.0, -20.0, 3.0]
    return corners.reshape(-1, 3), np.arange(3 * n, dtype=np.int32).reshape(-1, 3)


def leaves(tree: bvh.Bvh) -> list[tuple[int, int, int, int]]:
    """(node, slot, first, end) of every leaf reached from the root."""
    found, waiting = [], [0]
    while waiting:
        node = waiting.pop()
        for slot, code in enumerate(tree.children[node].tolist()):
            if tree.boxes[node, 0, slot] > tree.boxes[node, 3, slot]:
                continue
            if code >= 0:
                assert code > node
                waiting.append(code)
            else:
                found.append((node, slot, ~code >> 3, (~code >> 3) + (~code & 7) + 1))
    return found


@pytest.mark.parametrize("n", [1, 2, 8, 9, 100, 5000, 20000])
def test_leaves_hold_every_face_once_in_boxes_that_contain_it(n: int) -> None:
    vertices, faces = random_soup(n, seed=n)
    tree = bvh.build(vertices, faces)
    assert np.array_equal(np.sort(tree.order), np.arange(n))
    covered: list[int] = []
    for node, slot, first, end in leaves(tree):
        covered.extend(range(first, end))
        points = vertices[faces[tree.order[first:end]]].reshape(-1, 3) - tree.origin
        assert (points >= tree.boxes[node, 0:3, slot]).all()
        assert (points <= tree.boxes[node, 3:6, slot]).all()
        block = tree.triangles[9 * first : 9 * end].reshape(3, 3, end - first)
        assert np.allclose(block.transpose(2, 0, 1).reshape(-1, 3), points, rtol=0, atol=1e-5)
    assert sorted(covered) == list(range(n))


def test_parents_contain_their_children() -> None:
    tree = bvh.build(*random_soup(30000))
    for node in range(len(tree.children)):
        for slot, code in enumerate(tree.children[node].tolist()):
            if code > 0:
                used = tree.boxes[code, 0] <= tree.boxes[code, 3]
                assert (tree.boxes[node, 0:3, slot, None] <= tree.boxes[code, 0:3][:, used]).all()
                assert (tree.boxes[node, 3:6, slot, None] >= tree.boxes[code, 3:6][:, used]).all()


def test_box_query_finds_every_face_whose_own_box_touches() -> None:
    vertices, faces = random_soup(3000)
    tree = bvh.build(vertices, faces)
    corners = vertices[faces] - tree.origin
    low, high = corners.min(axis=1), corners.max(axis=1)
    stack = np.empty(bvh.STACK_SIZE, np.int32)
    found = np.empty(len(faces), np.int32)
    for f in range(0, len(faces), 50):
        box = np.concatenate([low[f], high[f]]).astype(np.float32)
        n = faces_near_box(tree, box, stack, found)
        touching = np.flatnonzero(((low <= high[f] - 1e-4) & (high >= low[f] + 1e-4)).all(axis=1))
        assert set(touching) <= set(found[:n].tolist())
        assert n < len(faces) // 2


def test_identical_faces_still_make_a_shallow_tree() -> None:
    vertices = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    faces = np.tile(np.array([[0, 1, 2]], np.int32), (10000, 1))
    tree = bvh.build(vertices, faces)
    assert sum(end - first for _, _, first, end in leaves(tree)) == 10000
    assert len(tree.boxes) < 10000 // 8


def test_exponentially_shrinking_faces_stay_within_the_stack() -> None:
    scale = 0.5 ** np.arange(0, 120, 0.25)
    corners = np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 1]])[None] * scale[:, None, None]
    faces = np.arange(3 * len(scale), dtype=np.int32).reshape(-1, 3)
    vertices = np.ascontiguousarray(corners.reshape(-1, 3))
    tree = bvh.build(vertices, faces)
    stack = np.empty(bvh.STACK_SIZE, np.int32)
    found = np.empty(len(faces), np.int32)
    assert faces_near_box(tree, np.array([-2, -2, -2, 2, 2, 2], np.float32), stack, found) == len(faces)


def test_same_tree_on_one_thread() -> None:
    import numba

    vertices, faces = random_soup(50000)
    many = bvh.build(vertices, faces)
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        one = bvh.build(vertices, faces)
    finally:
        numba.set_num_threads(before)
    for name in ("boxes", "children", "order", "triangles", "origin"):
        assert np.array_equal(getattr(many, name), getattr(one, name)), name
