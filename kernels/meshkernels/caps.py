"""Caps: fans of triangles that close the boundary of consistently wound faces.

The boundary of consistently wound faces leaves every vertex as often as it arrives there, so it can be
cut into closed cycles, and a fan from each cycle to its centroid leaves no boundary. Where a vertex is
passed more than once, cycles are cut short there, so that holes which touch are closed one by one.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshkernels.jit import scalar


class Cap(NamedTuple):
    """Triangles that close an open surface, wound like it.

    Attributes
    ----------
    vertices, faces:
        float64 (N, 3), mm, and int32 (T, 3) into them: one triangle for each boundary edge.
    groups:
        int32 (T,): group of the edge that each triangle closes.
    """

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]
    groups: NDArray[np.int32]


EMPTY_CAP = Cap(np.empty((0, 3)), np.empty((0, 3), np.int32), np.empty(0, np.int32))
"""What closes a closed surface."""


def open_edges(
    tails: NDArray[np.int32], heads: NDArray[np.int32], groups: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Half-edges that remain when those along one edge in opposite directions have closed each other.

    Parameters
    ----------
    tails, heads, groups:
        int32 (N,): half-edges and a group for each. Half-edges of one edge are in one group.

    Returns
    -------
    tails, heads, groups of what remains, int32.
    """
    edges = (np.minimum(tails, heads).astype(np.int64) << 32) | np.maximum(tails, heads)
    unique, first, inverse = np.unique(edges, return_index=True, return_inverse=True)
    net = np.bincount(inverse, np.where(tails < heads, 1, -1), len(unique)).astype(np.int64)
    low, high = (unique >> 32).astype(np.int32), (unique & 0xFFFFFFFF).astype(np.int32)
    times = np.abs(net)
    forward, backward = np.where(net > 0, low, high), np.where(net > 0, high, low)
    return forward.repeat(times), backward.repeat(times), groups[first].repeat(times)


def cap_boundary(
    vertices: NDArray[np.float64],
    tails: NDArray[np.int32],
    heads: NDArray[np.int32],
    groups: NDArray[np.int32],
) -> Cap:
    """Close the directed boundary edges of a surface, each group of them by itself.

    Parameters
    ----------
    vertices:
        float64 (V, 3), mm.
    tails, heads, groups:
        int32 (T,): edges as the faces run along them. In each group every vertex must be head as
        often as tail, as it is where the faces of the group are consistently wound.

    Raises
    ------
    ValueError
        Where an edge lies on no closed cycle.
    """
    count = len(tails)
    if count == 0:
        return EMPTY_CAP
    tail_keys = (groups.astype(np.int64) << 32) | tails
    order = np.argsort(tail_keys, kind="stable")
    runs = tail_keys[order]
    tail_run = np.searchsorted(runs, tail_keys)
    head_keys = (groups.astype(np.int64) << 32) | heads
    head_run = np.searchsorted(runs, head_keys)
    head_run[runs[np.minimum(head_run, count - 1)] != head_keys] = -1
    cycles = np.full(count, -1, np.int32)
    found = _cut_into_cycles(order, tail_run, head_run, np.empty((2, count), np.int64), cycles)
    if cycles.min() < 0:
        raise ValueError("the edges do not bound consistently wound faces")
    start, end = vertices[tails], vertices[heads]
    length = np.linalg.norm(end - start, axis=1)
    # A cycle of coincident points has no length; any weight places its centroid right.
    length += np.finfo(np.float64).tiny
    weight = np.bincount(cycles, length, found)
    middle = (start + end) / 2
    apexes = np.stack([np.bincount(cycles, length * middle[:, k], found) / weight for k in range(3)], axis=1)
    edge = np.arange(count, dtype=np.int32)
    faces = np.stack([edge + np.int32(count), edge, cycles + np.int32(2 * count)], axis=1)
    return Cap(np.concatenate([start, end, apexes]), np.ascontiguousarray(faces), groups)


@scalar
def _cut_into_cycles(order: Any, tail_run: Any, head_run: Any, scratch: Any, cycles: Any) -> int:
    """Give each edge the number of its cycle. A run is where the edges of one vertex begin in ``order``."""
    count = len(order)
    used, path = scratch[0], scratch[1]
    used[:] = 0
    place = np.full(count, -1, np.int64)
    found = 0
    for seed in range(count):
        run = seed if tail_run[order[seed]] == seed else -1
        depth = 0
        while run >= 0:
            if place[run] >= 0:  # back at a vertex of the path: what lies between is a cycle
                first = place[run]
                while depth > first:
                    depth -= 1
                    cycles[path[depth]] = found
                    place[tail_run[path[depth]]] = -1
                found += 1
            following = run + used[run]
            if following == count or tail_run[order[following]] != run:
                break
            used[run] += 1
            place[run] = depth
            path[depth] = order[following]
            depth += 1
            run = head_run[order[following]]
    return found
