"""Fans of faces around a vertex: a vertex with more than one is not manifold.

A fan is a set of faces around a vertex joined by the edges that meet there. On a surface there is one
fan, closed inside and open on the boundary; two cones that touch at their tips have two.
"""

from typing import Any

from meshkernels.components import COLLAPSED
from meshkernels.jit import scalar


@scalar
def _corner(faces: Any, f: int, v: int) -> int:
    if faces[f, 0] == v:
        return 0
    if faces[f, 1] == v:
        return 1
    return 2


@scalar
def walk_fan(faces: Any, neighbors: Any, f0: int, v: int, seen: Any) -> int:
    """Number of faces of the fan at vertex ``v`` that holds face ``f0``; it ends at non-manifold edges.

    Marks the corners passed in ``seen`` (F, 3) unless it is empty.
    """
    count = 1
    corner = _corner(faces, f0, v)
    if len(seen) > 0:
        seen[f0, corner] = True
    for side in range(2):
        f = f0
        edge = corner if side == 0 else (corner + 2) % 3
        while True:
            g = neighbors[f, edge]
            if g < 0:
                break
            if g == f0:
                return count
            w = faces[f, edge] + faces[f, (edge + 1) % 3] - v
            k = _corner(faces, g, v)
            edge = (k + 2) % 3 if faces[g, (k + 1) % 3] == w else k
            f = g
            count += 1
            if len(seen) > 0:
                seen[f, k] = True
    return count


@scalar
def count_fans(faces: Any, neighbors: Any, chosen: Any, seen: Any) -> int:
    """Number of fans at the vertices of the mask ``chosen``; ``seen`` (F, 3) starts False."""
    fans = 0
    for f in range(len(faces)):
        if neighbors[f, 0] == COLLAPSED:
            continue
        for j in range(3):
            if chosen[faces[f, j]] and not seen[f, j]:
                walk_fan(faces, neighbors, f, faces[f, j], seen)
                fans += 1
    return fans
