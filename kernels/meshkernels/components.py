"""Connected components of faces by union-find.

Tarjan, "Efficiency of a good but not linear set union algorithm" (1975), with path halving. The root
of a set is its smallest face, so the answer does not depend on the order of the unions: chunks of
faces are joined in parallel first, what crosses chunks afterwards.
"""

from typing import Any

from meshkernels.jit import scalar

BOUNDARY = -1
"""In a table of neighbours: the edge belongs to this face alone."""
NONMANIFOLD = -2
"""In a table of neighbours: the edge belongs to more than two faces."""
COLLAPSED = -3
"""In a table of neighbours: the face repeats a vertex, so it has no place in the surface."""


@scalar
def find(parent: Any, i: int) -> int:
    """Root of the set that holds ``i``."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@scalar
def union(parent: Any, a: int, b: int) -> None:
    """Join the sets of ``a`` and ``b``; the smaller root stays."""
    a = find(parent, a)
    b = find(parent, b)
    if a < b:
        parent[b] = a
    elif b < a:
        parent[a] = b


@scalar
def union_chunk(neighbors: Any, parent: Any, start: int, stop: int) -> None:
    """Make the faces of a chunk singletons, then join those that are neighbours within it."""
    for f in range(start, stop):
        parent[f] = f
        for j in range(3):
            g = neighbors[f, j]
            if start <= g < f:
                union(parent, f, g)


@scalar
def union_across(neighbors: Any, parent: Any, chunk: int) -> None:
    """Join neighbours that lie in different chunks."""
    for f in range(len(neighbors)):
        start = f - f % chunk
        for j in range(3):
            g = neighbors[f, j]
            if 0 <= g < start:
                union(parent, f, g)


@scalar
def number_by_first_face(neighbors: Any, parent: Any, labels: Any) -> int:
    """Number the sets by their first face; collapsed faces get -1. Returns the number of sets."""
    count = 0
    for f in range(len(parent)):
        if neighbors[f, 0] == COLLAPSED:
            labels[f] = -1
            continue
        root = find(parent, f)
        if root == f:
            labels[f] = count
            count += 1
        else:
            labels[f] = labels[root]
    return count
