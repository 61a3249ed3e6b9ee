"""Holes: closed loops of boundary edges.

The boundary edges form a graph. A part of it in which two edges meet at every vertex is one simple
closed loop, the rim of a hole. Any other part has a loose end or a branching, as at fins and where
holes touch in a vertex; it has no single reading as holes and is counted apart.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshkernels.components import BOUNDARY, find, union
from meshkernels.jit import scalar


class BoundaryLoops(NamedTuple):
    """The boundary of a mesh.

    Attributes
    ----------
    vertices, offsets:
        int32: loop ``k`` runs through ``vertices[offsets[k]:offsets[k + 1]]`` and back to the first;
        it follows its first face's winding. Loops are ordered by first face.
    open_chains:
        Number of connected parts of the boundary that are not a simple closed loop.
    """

    vertices: NDArray[np.int32]
    offsets: NDArray[np.int32]
    open_chains: int


def boundary_loops(
    faces: NDArray[np.int32], neighbors: NDArray[np.int32], vertex_count: int, boundary_edges: int
) -> BoundaryLoops:
    """Closed boundary loops, whatever the winding of the faces along them.

    Parameters
    ----------
    faces, neighbors:
        int32 (F, 3), as in :class:`meshkernels.topology.EdgeTopology`.
    vertex_count, boundary_edges:
        Number of vertices and of edges with exactly one face.
    """
    if boundary_edges == 0:
        return BoundaryLoops(np.empty(0, np.int32), np.zeros(1, np.int32), 0)
    edges = np.empty((boundary_edges, 2), np.int32)
    degree = np.zeros(vertex_count, np.int32)
    links = np.empty((vertex_count, 2), np.int32)
    parent = np.empty(vertex_count, np.int32)
    vertices = np.empty(boundary_edges, np.int32)
    offsets = np.zeros(boundary_edges + 1, np.int32)
    loops, chains = _trace(faces, neighbors, edges, degree, links, parent, vertices, offsets)
    offsets = offsets[: loops + 1].copy()
    return BoundaryLoops(vertices[: offsets[-1]].copy(), offsets, int(chains))


@scalar
def _trace(
    faces: Any, neighbors: Any, edges: Any, degree: Any, links: Any, parent: Any, vertices: Any, offsets: Any
) -> tuple[int, int]:
    count = 0
    for f in range(len(faces)):
        for j in range(3):
            if neighbors[f, j] == BOUNDARY:
                edges[count, 0] = faces[f, j]
                edges[count, 1] = faces[f, (j + 1) % 3]
                for end in range(2):
                    v = edges[count, end]
                    if degree[v] == 0:
                        parent[v] = v
                    if degree[v] < 2:
                        links[v, degree[v]] = count
                    degree[v] += 1
                count += 1
    for e in range(count):
        union(parent, edges[e, 0], edges[e, 1])
    simple = np.ones(len(parent), np.bool_)
    for e in range(count):
        for end in range(2):
            if degree[edges[e, end]] != 2:
                simple[find(parent, edges[e, end])] = False
    loops, chains, length = 0, 0, 0
    done = np.zeros(len(parent), np.bool_)
    for e in range(count):
        root = find(parent, edges[e, 0])
        if done[root]:
            continue
        done[root] = True
        if simple[root]:
            length = _follow(edges, links, e, vertices, length)
            loops += 1
            offsets[loops] = length
        else:
            chains += 1
    return loops, chains


@scalar
def _follow(edges: Any, links: Any, first: int, vertices: Any, length: int) -> int:
    edge, v = first, edges[first, 0]
    while True:
        vertices[length] = v
        length += 1
        v = edges[edge, 0] + edges[edge, 1] - v
        edge = links[v, 0] + links[v, 1] - edge
        if edge == first:
            return length
