"""The pairs behind ``self_intersection``: which face intersects which, and how.

Only subtrees that hold faces known to intersect are compared, which on a mesh with few of them costs next to
nothing. Pairs are counted first and written second, so the list has the right length, and its order depends
on the hierarchy alone.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.bvh import Bvh
from meshkernels.bvh_build import WIDTH
from meshkernels.face_contact import face_contact
from meshkernels.jit import parallel, scalar
from meshkernels.self_join import (
    STACK_SIZE,
    faces_overlapping,
    is_leaf,
    leaf_of,
    open_pair,
    pack_boxes,
    task_pairs,
)
from meshkernels.simd import lowest_bit
from meshkernels.triangle_intersection import APART

MOST_PAIRS = 4_000_000
"""More pairs are not listed: that many take 60 MB, and no model meant to be printed has them."""


class IntersectingPairs(NamedTuple):
    """Pairs of faces in contact, at least one of each marked as intersecting.

    Attributes
    ----------
    faces:
        int32 (P, 2), the lower number first.
    contact:
        int8 (P,): ``EDGE``, ``CROSS`` or ``OVERLAP`` of ``triangle_intersection``.
    """

    faces: NDArray[np.int32]
    contact: NDArray[np.int8]


class _Listing(NamedTuple):
    vertices: Any
    faces: Any
    bvh: Any
    face_boxes: Any  # float32 (6 F + 8,)
    marked: Any  # bool (F,)
    alive: Any  # bool (nodes,): a face below is marked
    found: Any  # int64 (tasks,): pairs found so far
    pairs: Any  # int32 (P, 2), or empty to count only
    contact: Any  # int8 (P,)


def intersecting_pairs(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], bvh: Bvh, marked: NDArray[np.bool_]
) -> IntersectingPairs | None:
    """List the contacts of marked faces with one another; None if they are more than ``MOST_PAIRS``.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3), mm; int32 (F, 3).
    bvh:
        ``bvh.build(vertices, faces)``.
    marked:
        bool (F,): ``SelfIntersections.crossing``, or what else is of interest.
    """
    nothing = IntersectingPairs(np.empty((0, 2), np.int32), np.empty(0, np.int8))
    if not marked.any():
        return nothing
    counts = _list_pairs(vertices, faces, bvh, marked, np.zeros(1, np.int64), *nothing)
    total = int(counts.sum())
    if total > MOST_PAIRS:
        return None
    listed = IntersectingPairs(np.empty((total, 2), np.int32), np.empty(total, np.int8))
    _list_pairs(vertices, faces, bvh, marked, np.concatenate([[0], np.cumsum(counts)]), *listed)
    return listed


@scalar
def _mark_nodes(bvh: Any, marked: Any) -> Any:
    """For every node, whether a face below is marked. Children come after their parents."""
    alive = np.zeros(len(bvh.children), np.bool_)
    for node in range(len(bvh.children) - 1, -1, -1):
        for c in range(WIDTH):
            code = bvh.children[node, c]
            if code > 0:
                alive[node] |= alive[code]
            elif code < 0:
                first, end = leaf_of(bvh, node * WIDTH + c)
                for i in range(first, end):
                    alive[node] |= marked[bvh.order[i]]
    return alive


@scalar
def _compare_leaves(listing: _Listing, x: int, y: int, task: Any, place: Any) -> Any:
    """Count, and list from ``place`` on if there is room, the contacts between two leaves."""
    bvh, marked = listing.bvh, listing.marked
    first, end = leaf_of(bvh, x)
    other_first, other_end = leaf_of(bvh, y)
    for i in range(first, end):
        f = bvh.order[i]
        bits = np.int32(faces_overlapping(listing.face_boxes, first, end, i, other_first, other_end))
        if not marked[f]:
            continue
        if x == y:
            bits &= np.int32(-2 << (i - first))
        while bits != 0:
            g = bvh.order[other_first + lowest_bit(bits)]
            bits &= bits - np.int32(1)
            if not marked[g]:
                continue
            meeting = face_contact(listing.vertices, listing.faces, f, g)
            if meeting == APART:
                continue
            if len(listing.pairs) > 0:
                listing.pairs[place, 0] = min(f, g)
                listing.pairs[place, 1] = max(f, g)
                listing.contact[place] = meeting
            place += 1
            listing.found[task] += 1
    return place


@scalar
def _run_task(listing: _Listing, x: int, y: int, task: Any, place: Any) -> None:
    bvh = listing.bvh
    stack = np.empty((STACK_SIZE, 2), np.int64)
    stack[0, 0] = x
    stack[0, 1] = y
    top = 1
    checked = 0
    while top > 0:
        top -= 1
        x = stack[top, 0]
        y = stack[top, 1]
        if is_leaf(bvh, x) and is_leaf(bvh, y):
            place = _compare_leaves(listing, x, y, task, place)
            # Other tasks only add to their own counts, so no order of events hides that there are too many.
            if listing.found[task] > checked + 1000:
                checked = listing.found[task]
                if listing.found.sum() > MOST_PAIRS:
                    return
        elif (is_leaf(bvh, x) or listing.alive[bvh.children[x >> 3, x & 7]]) and (
            is_leaf(bvh, y) or listing.alive[bvh.children[y >> 3, y & 7]]
        ):
            top = open_pair(bvh, x, y, stack, top)


@parallel
def _list_pairs(
    vertices: Any, faces: Any, bvh: Any, marked: Any, places: Any, pairs: Any, contact: Any
) -> Any:
    face_boxes = np.empty(6 * faces.shape[0] + WIDTH, np.float32)
    for node in prange(len(bvh.children)):
        pack_boxes(vertices, faces, bvh, node, face_boxes)
    alive = _mark_nodes(bvh, marked)
    tasks = task_pairs(bvh)
    found = np.zeros(len(tasks), np.int64)
    for t in prange(len(tasks)):
        listing = _Listing(vertices, faces, bvh, face_boxes, marked, alive, found, pairs, contact)
        place = places[t] if len(places) > 1 else np.int64(0)
        _run_task(listing, tasks[t, 0], tasks[t, 1], np.int64(t), place)
    return found
