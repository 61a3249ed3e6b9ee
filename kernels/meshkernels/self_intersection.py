"""Which faces of a mesh are in one another's way.

**What counts.** Two faces intersect when their interiors have a common point: they pass through each other
along a segment, or they are coplanar and overlap in an area. The same rule covers neighbours, because what
they share is on their boundaries: a face that pokes through another from a common corner counts, two
coplanar faces folded onto each other over a common edge count, and so do faces with the same three
vertices. Meeting in single points, along an edge, or with a corner or an edge resting on a face is touching
and does not count, with one exception: where a surface passes through another exactly along an edge of its
own, no two interiors meet although the surfaces cross, and the faces at that edge count as well. Faces
without area have no interior and never count.

CGAL (and libigl on top of it) uses the same exact arithmetic but also counts touching faces that are not
neighbours, and ignores faces with the same three corners.

**How.** The hierarchy is traversed against itself; faces whose boxes meet go through float64 certificates
that dismiss nearly all neighbours, and what is left is decided by exact predicates
(``triangle_intersection``). Every thread works through a fixed list of pairs of subtrees and only ever sets
flags, so the answer does not depend on the order. Subtrees whose faces are all known to intersect are not
compared again: a thousand faces in the same place cost about as much as a thousand anywhere.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import get_num_threads, prange
from numpy.typing import NDArray

from meshkernels.bvh import Bvh
from meshkernels.bvh_build import WIDTH
from meshkernels.edge_crossing import crosses_along_edge
from meshkernels.face_contact import face_contact
from meshkernels.jit import inlined, parallel, scalar
from meshkernels.self_join import (
    STACK_SIZE,
    faces_overlapping,
    is_leaf,
    leaf_of,
    open_pair,
    pack_boxes,
    task_pairs,
)
from meshkernels.simd import lowest_bit, take_number
from meshkernels.triangle_intersection import APART, EDGE


class SelfIntersections(NamedTuple):
    """Which faces intersect others.

    Attributes
    ----------
    crossing:
        bool (F,): faces whose interior meets another face's, by the rule above.
    touching:
        bool (F,): faces that lie with an edge on another face, or along its edge, over some length,
        and do not cross any.
    """

    crossing: NDArray[np.bool_]
    touching: NDArray[np.bool_]


class _Search(NamedTuple):
    """What the traversal reads and sets. A child is named by ``8 * node + slot``."""

    vertices: Any
    faces: Any
    bvh: Any
    face_boxes: Any  # float32 (6 F + 8,)
    crossing: Any  # bool (F,)
    touching: Any  # bool (F,)
    complete: Any  # bool (nodes,): all faces below are known to cross


def self_intersections(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], bvh: Bvh
) -> SelfIntersections:
    """Find all faces that intersect others.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3), mm; int32 (F, 3).
    bvh:
        ``bvh.build(vertices, faces)``.
    """
    crossing = np.zeros(len(faces), np.bool_)
    touching = np.zeros(len(faces), np.bool_)
    complete = np.zeros(len(bvh.children), np.bool_)
    _flag_faces(vertices, faces, bvh, crossing, touching, complete, get_num_threads())
    # Whether two crossing faces also touch depends on which pairs were skipped.
    return SelfIntersections(crossing, touching & ~crossing)


@inlined
def _compare_leaves(search: _Search, x: int, y: int) -> None:
    """Flag the faces of leaf ``x`` and leaf ``y`` that intersect."""
    vertices, faces, bvh = search.vertices, search.faces, search.bvh
    first, end = leaf_of(bvh, x)
    other_first, other_end = leaf_of(bvh, y)
    for i in range(first, end):
        f = bvh.order[i]
        bits = np.int32(faces_overlapping(search.face_boxes, first, end, i, other_first, other_end))
        if x == y:
            bits &= np.int32(-2 << (i - first))
        while bits != 0:
            g = bvh.order[other_first + lowest_bit(bits)]
            bits &= bits - np.int32(1)
            if search.crossing[f] and search.crossing[g]:
                continue
            meeting = face_contact(vertices, faces, f, g)
            if meeting == APART:
                continue
            if meeting == EDGE:
                search.touching[f] = True
                search.touching[g] = True
                if not crosses_along_edge(vertices, faces, bvh, f, g):
                    continue
            search.crossing[f] = True
            search.crossing[g] = True


@inlined
def _leaf_crosses(search: _Search, x: int) -> bool:
    first, end = leaf_of(search.bvh, x)
    i = first
    while i < end and search.crossing[search.bvh.order[i]]:
        i += 1
    return bool(i == end)


@inlined
def _all_cross(search: _Search, x: int) -> bool:
    """Whether all faces below child ``x`` are known to cross, as far as its own children can tell."""
    if is_leaf(search.bvh, x):
        return _leaf_crosses(search, x)
    node: Any = np.int64(search.bvh.children[x >> 3, x & 7])
    if search.complete[node]:
        return True
    for c in range(WIDTH):
        child = search.bvh.children[node, c]
        if child > 0 and not search.complete[child]:
            return False
        if child < 0 and not _leaf_crosses(search, node * WIDTH + c):
            return False
    search.complete[node] = True
    return True


@scalar
def _run_task(search: _Search, x: int, y: int, stack: Any) -> None:
    """Compare all faces below child ``x`` with all below child ``y``."""
    stack[0, 0] = x
    stack[0, 1] = y
    top = 1
    while top > 0:
        top -= 1
        x = stack[top, 0]
        y = stack[top, 1]
        if _all_cross(search, x) and _all_cross(search, y):
            continue
        if is_leaf(search.bvh, x) and is_leaf(search.bvh, y):
            _compare_leaves(search, x, y)
        else:
            top = open_pair(search.bvh, x, y, stack, top)


@parallel
def _flag_faces(
    vertices: Any, faces: Any, bvh: Any, crossing: Any, touching: Any, complete: Any, threads: int
) -> None:
    face_boxes = np.empty(6 * faces.shape[0] + WIDTH, np.float32)
    for node in prange(len(bvh.children)):
        pack_boxes(vertices, faces, bvh, node, face_boxes)
    pairs = task_pairs(bvh)
    next_task = np.zeros(1, np.int64)
    for _ in prange(threads):
        search = _Search(vertices, faces, bvh, face_boxes, crossing, touching, complete)
        stack = np.empty((STACK_SIZE, 2), np.int64)
        t = take_number(next_task)
        while t < len(pairs):
            _run_task(search, pairs[t, 0], pairs[t, 1], stack)
            t = take_number(next_task)
