"""A hierarchy against itself: all pairs of faces whose boxes overlap, by pairs of subtrees.

A pair of children whose boxes overlap is replaced by the pairs of their children until both are leaves, so
that most of the work is shared by the faces of a subtree: this takes a third of the visits of a search from
the root for every leaf. The pairs at the top are a list of tasks which depends on the tree alone.

A child is named by ``8 * node + slot``.
"""

from typing import Any

import numpy as np

from meshkernels.box_overlap import boxes_overlapping
from meshkernels.bvh_build import PAD, SAH_DEPTH, WIDTH
from meshkernels.bvh_traverse import leaf_range
from meshkernels.jit import inlined, scalar
from meshkernels.simd import lowest_bit

# Enough tasks that two halves, or sixteen sixteenths, of the list take about the same time.
_TASKS = 512
# A child compared with itself is replaced by at most 36 pairs, a pair of two by 8.
_MOST_PAIRS = 36
STACK_SIZE = (SAH_DEPTH + 12) * (_MOST_PAIRS + 2 * WIDTH)  # entries a depth-first walk of a task may need


@inlined
def leaf_of(bvh: Any, x: int) -> Any:
    """First and end position in ``order`` of leaf ``x``."""
    return leaf_range(bvh.children[x >> 3, x & 7])


@inlined
def is_leaf(bvh: Any, x: int) -> bool:
    """Whether child ``x`` is a leaf."""
    return bool(bvh.children[x >> 3, x & 7] < 0)


@scalar
def _pack_leaf(vertices: Any, faces: Any, bvh: Any, first: int, end: int, face_boxes: Any) -> None:
    pad = PAD * bvh.reach
    for i in range(first, end):
        f = bvh.order[i]
        u, v, w = faces[f, 0], faces[f, 1], faces[f, 2]
        collapsed = u == v or v == w or w == u
        at = 6 * first + i - first
        for q in range(3):
            a, b, c = vertices[u, q], vertices[v, q], vertices[w, q]
            least = min(a, b, c) - bvh.origin[q] - pad
            greatest = max(a, b, c) - bvh.origin[q] + pad
            face_boxes[at + q * (end - first)] = np.inf if collapsed else least
            face_boxes[at + (q + 3) * (end - first)] = -np.inf if collapsed else greatest


@inlined
def pack_boxes(vertices: Any, faces: Any, bvh: Any, node: int, face_boxes: Any) -> None:
    """Boxes of the faces in the leaves of ``node``, component by component as in ``bvh.triangles``.

    Inverted, so that nothing meets it, if a face repeats a vertex.
    """
    for c in range(WIDTH):
        if bvh.children[node, c] < 0:
            first, end = leaf_range(bvh.children[node, c])
            _pack_leaf(vertices, faces, bvh, first, end, face_boxes)


@inlined
def faces_overlapping(face_boxes: Any, first: int, end: int, i: int, other_first: int, other_end: int) -> int:
    """Bits of the faces at ``other_first : other_end``, a leaf, whose boxes meet the one of face ``i``."""
    n = end - first
    at = 5 * first + i
    bits: int = boxes_overlapping(
        face_boxes, 6 * other_first, other_end - other_first,
        face_boxes[at], face_boxes[at + n], face_boxes[at + 2 * n],
        face_boxes[at + 3 * n], face_boxes[at + 4 * n], face_boxes[at + 5 * n],
    )  # fmt: skip
    # Lanes past the end read on into other leaves.
    return bits & ((1 << (other_end - other_first)) - 1)


@inlined
def _children_overlapping(bvh: Any, node: int, x: int) -> int:
    """Bits of the children of ``node`` whose boxes meet that of child ``x``."""
    boxes = bvh.boxes
    m, c = x >> 3, x & 7
    bits: int = boxes_overlapping(
        boxes, node * 6 * WIDTH, np.int64(WIDTH),
        boxes[m, 0, c], boxes[m, 1, c], boxes[m, 2, c], boxes[m, 3, c], boxes[m, 4, c], boxes[m, 5, c],
    )  # fmt: skip
    return bits


@inlined
def open_pair(bvh: Any, x: int, y: int, pairs: Any, n: int) -> int:
    """Append the pairs of children that stand for the pair x, y of which one is inner; returns the number."""
    if is_leaf(bvh, x):
        x, y = y, x
    node: Any = np.int64(bvh.children[x >> 3, x & 7])
    if x == y:
        return _open_self(bvh, node, pairs, n)
    bits = np.int32(_children_overlapping(bvh, node, y))
    while bits != 0:
        pairs[n, 0] = node * WIDTH + lowest_bit(bits)
        pairs[n, 1] = y
        n += 1
        bits &= bits - np.int32(1)
    return n


@inlined
def _open_self(bvh: Any, node: int, pairs: Any, n: int) -> int:
    """Append all pairs of children of ``node``, among them each with itself; returns the number."""
    # Last in, first out: a subtree is compared with itself before it is with others.
    for c in range(WIDTH):
        bits = np.int32(_children_overlapping(bvh, node, node * WIDTH + c) & (-2 << c))
        while bits != 0:
            pairs[n, 0] = node * WIDTH + c
            pairs[n, 1] = node * WIDTH + lowest_bit(bits)
            n += 1
            bits &= bits - np.int32(1)
    for c in range(WIDTH):
        if bvh.children[node, c] != 0:
            pairs[n, 0] = node * WIDTH + c
            pairs[n, 1] = node * WIDTH + c
            n += 1
    return n


@scalar
def task_pairs(bvh: Any) -> Any:
    """Pairs of subtrees that together stand for all pairs of faces, int64 (N, 2)."""
    pairs = np.empty((_MOST_PAIRS, 2), np.int64)
    zero: Any = np.int64(0)  # a plain 0 would compile the functions called once more
    n = _open_self(bvh, zero, pairs, zero)
    grown = True
    while grown and n < _TASKS:
        opened = np.empty((n * _MOST_PAIRS, 2), np.int64)
        grown = False
        m = zero
        for i in range(n):
            x = pairs[i, 0]
            y = pairs[i, 1]
            if is_leaf(bvh, x) and is_leaf(bvh, y):
                opened[m, 0] = x
                opened[m, 1] = y
                m += 1
            else:
                m = open_pair(bvh, x, y, opened, m)
                grown = True
        pairs = opened
        n = m
    return pairs[:n]
