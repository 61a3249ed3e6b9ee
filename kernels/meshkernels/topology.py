"""Which faces meet across which edges, and what is wrong where they do.

Half-edges are bucketed by their smaller vertex and sorted by the larger one inside each bucket, which
brings the faces of an edge together without hashing: a counting sort in place of a comparison sort
(the same idea as in the half-edge builders of Kettner, "Using generic programming for designing a
data structure for polyhedral surfaces", 1999).

Faces that repeat a vertex are left out of the surface: kept, they would turn sound edges into
non-manifold ones.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import get_num_threads, prange
from numpy.typing import NDArray

from meshkernels.components import (
    BOUNDARY,
    COLLAPSED,
    NONMANIFOLD,
    number_by_first_face,
    union,
    union_across,
    union_chunk,
)
from meshkernels.jit import parallel, scalar
from meshkernels.vertex_fans import count_fans, walk_fan

MAX_FACES = (2**31 - 1) // 3
"""Half-edges are counted in int32."""

_LOW = np.int64(0xFFFFFFFF)
_SMALL_BUCKET = 32
_VERTEX_CHUNK = 4096
_FACE_CHUNK = 65536
_MAX_PARTS = 16


class EdgeTopology(NamedTuple):
    """How the faces of a mesh are connected.

    Attributes
    ----------
    vertices, faces, edges:
        Number of vertices in use, of faces that do not repeat a vertex, and of distinct edges
        between them.
    boundary_edges, nonmanifold_edges:
        Edges with exactly one face, with more than two.
    inconsistent_edges:
        Edges with exactly two faces that run along them in the same direction.
    neighbors:
        int32 (F, 3): the face across edge ``j -> j + 1``, or BOUNDARY (-1), NONMANIFOLD (-2); a whole
        row of COLLAPSED (-3) for a face that repeats a vertex.
    components, labels:
        Number of components and int32 (F,) the component of each face, numbered by first face, -1
        for collapsed faces. Faces are connected by a shared edge, non-manifold edges included; a
        shared vertex does not connect.
    nonmanifold_vertices:
        bool (V,): vertices whose faces form more than one fan. Vertices on non-manifold edges are
        not in it: those edges tell of them already.
    fans:
        Number of fans around all vertices: of vertices, were every fan to get its own.
    duplicate:
        bool (F,): faces with the same three vertices, in any order, as an earlier one.
    """

    vertices: int
    faces: int
    edges: int
    boundary_edges: int
    nonmanifold_edges: int
    inconsistent_edges: int
    neighbors: NDArray[np.int32]
    components: int
    labels: NDArray[np.int32]
    nonmanifold_vertices: NDArray[np.bool_]
    fans: int
    duplicate: NDArray[np.bool_]


def edge_topology(faces: NDArray[np.int32], vertex_count: int) -> EdgeTopology:
    """Connect the faces of any triangle mesh; nothing is assumed but indices within range.

    Parameters
    ----------
    faces:
        int32 (F, 3), C-contiguous, indices in ``range(vertex_count)``.
    vertex_count:
        Number of vertices, used or not.

    Raises
    ------
    ValueError
        With more than ``MAX_FACES`` faces.
    """
    n = len(faces)
    if n > MAX_FACES:
        raise ValueError(f"{n} faces are more than the {MAX_FACES} that can be connected")
    neighbors = np.empty((n, 3), np.int32)
    labels = np.empty(n, np.int32)
    duplicate = np.zeros(n, np.bool_)
    several_fans = np.zeros(vertex_count, np.bool_)
    offsets = np.zeros(vertex_count + 1, np.int32)
    valence = np.zeros(vertex_count, np.int32)
    first_face = np.empty(vertex_count, np.int32)
    keys = np.empty(3 * n, np.int64)
    chunks = (vertex_count + _VERTEX_CHUNK - 1) // _VERTEX_CHUNK
    tally = np.zeros((chunks, 5), np.int64)
    parts = min(get_num_threads(), _MAX_PARTS)
    components = _connect(
        faces, parts, offsets, valence, first_face, keys, neighbors, labels, duplicate, several_fans, tally
    )
    edges, boundary, nonmanifold, inconsistent, used = (int(x) for x in tally.sum(axis=0))
    fans = used
    if several_fans.any():
        split = count_fans(faces, neighbors, several_fans, np.zeros((n, 3), np.bool_))
        fans += int(split) - int(np.count_nonzero(several_fans))
    if nonmanifold > 0:
        _exclude_nonmanifold_edges(faces, neighbors, several_fans)
    kept = int(np.count_nonzero(neighbors[:, 0] != COLLAPSED))
    return EdgeTopology(
        used, kept, edges, boundary, nonmanifold, inconsistent,
        neighbors, int(components), labels, several_fans, fans, duplicate,
    )  # fmt: skip


def _exclude_nonmanifold_edges(faces: Any, neighbors: Any, mask: Any) -> None:
    for j in range(3):
        on_edge = neighbors[:, j] == NONMANIFOLD
        mask[faces[on_edge, j]] = False
        mask[faces[on_edge, (j + 1) % 3]] = False


@parallel
def _connect(
    faces: Any, parts: int, offsets: Any, valence: Any, first_face: Any, keys: Any,
    neighbors: Any, labels: Any, duplicate: Any, several_fans: Any, tally: Any,
) -> int:  # fmt: skip
    n = len(faces)
    vertex_count = len(valence)
    # Each part reads all faces and keeps the edges of its own vertices: no two write the same place,
    # and the order within a bucket is the order of the faces whatever the number of parts.
    for p in prange(parts):
        _count(
            faces, vertex_count * p // parts, vertex_count * (p + 1) // parts, offsets, valence, first_face
        )
    _exclusive_sum(offsets)
    for p in prange(parts):
        _fill(faces, vertex_count * p // parts, vertex_count * (p + 1) // parts, offsets, keys, neighbors)
    for c in prange(len(tally)):
        stop = min((c + 1) * _VERTEX_CHUNK, vertex_count)
        _match_chunk(c * _VERTEX_CHUNK, stop, offsets, keys, faces, neighbors, duplicate, tally[c])
    parent = np.empty(n, np.int32)
    for c in prange((n + _FACE_CHUNK - 1) // _FACE_CHUNK):
        union_chunk(neighbors, parent, c * _FACE_CHUNK, min((c + 1) * _FACE_CHUNK, n))
    for c in prange(len(tally)):
        stop = min((c + 1) * _VERTEX_CHUNK, vertex_count)
        _fans_chunk(c * _VERTEX_CHUNK, stop, valence, first_face, faces, neighbors, several_fans, tally[c])
    union_across(neighbors, parent, _FACE_CHUNK)
    nonmanifold = 0
    for c in range(len(tally)):
        nonmanifold += tally[c, 2]
    if nonmanifold > 0:
        _union_nonmanifold(faces, neighbors, keys[: offsets[vertex_count]], parent)
    return number_by_first_face(neighbors, parent, labels)


@scalar
def _is_collapsed(faces: Any, f: int) -> bool:
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    return bool(a == b or b == c or c == a)


@scalar
def _count(faces: Any, low: int, high: int, offsets: Any, valence: Any, first_face: Any) -> None:
    for f in range(len(faces)):
        if _is_collapsed(faces, f):
            continue
        for j in range(3):
            v = faces[f, j]
            if low <= v < high:
                if valence[v] == 0:
                    first_face[v] = f
                valence[v] += 1
            v = min(v, faces[f, (j + 1) % 3])
            if low <= v < high:
                offsets[v] += 1


@scalar
def _exclusive_sum(offsets: Any) -> None:
    total = 0
    for v in range(len(offsets)):
        count = offsets[v]
        offsets[v] = total
        total += count


@scalar
def _fill(faces: Any, low: int, high: int, offsets: Any, keys: Any, neighbors: Any) -> None:
    """Put half-edge ``4 f + j`` under its larger vertex; moves each offset to the end of its bucket."""
    for f in range(len(faces)):
        if _is_collapsed(faces, f):
            if low == 0:
                neighbors[f, 0] = neighbors[f, 1] = neighbors[f, 2] = COLLAPSED
            continue
        for j in range(3):
            a, b = faces[f, j], faces[f, (j + 1) % 3]
            v = min(a, b)
            if low <= v < high:
                keys[offsets[v]] = (np.int64(max(a, b)) << 32) | (4 * f + j)
                offsets[v] += 1


@scalar
def _match_chunk(
    start: int, stop: int, ends: Any, keys: Any, faces: Any, neighbors: Any, duplicate: Any, tally: Any
) -> None:
    begin = ends[start - 1] if start > 0 else 0
    for v in range(start, stop):
        _sort(keys, begin, ends[v])
        x = begin
        while x < ends[v]:
            other = keys[x] >> 32
            y = x + 1
            while y < ends[v] and keys[y] >> 32 == other:
                y += 1
            tally[0] += 1
            if y - x == 2:
                tally[3] += _match_two(keys[x] & _LOW, keys[x + 1] & _LOW, other, faces, neighbors, duplicate)
            elif y - x == 1:
                h = keys[x] & _LOW
                neighbors[h >> 2, h & 3] = BOUNDARY
                tally[1] += 1
            else:
                _match_many(keys, x, y, other, faces, neighbors, duplicate)
                tally[2] += 1
            x = y
        begin = ends[v]


@scalar
def _match_two(h: int, k: int, larger: int, faces: Any, neighbors: Any, duplicate: Any) -> int:
    """Make two faces neighbours; 1 when they run along the edge in the same direction."""
    f, i, g, j = h >> 2, h & 3, k >> 2, k & 3
    neighbors[f, i] = g
    neighbors[g, j] = f
    # A pair of equal faces is seen at three edges; this one joins its two smallest vertices.
    third = faces[f, (i + 2) % 3]
    if third > larger and third == faces[g, (j + 2) % 3]:
        duplicate[g] = True
    return 1 if faces[f, i] == faces[g, j] else 0


@scalar
def _match_many(
    keys: Any, start: int, stop: int, larger: int, faces: Any, neighbors: Any, duplicate: Any
) -> None:
    """Mark a non-manifold edge; sorting its faces by third vertex brings equal ones together."""
    for x in range(start, stop):
        h = keys[x] & _LOW
        neighbors[h >> 2, h & 3] = NONMANIFOLD
        keys[x] = (np.int64(faces[h >> 2, ((h & 3) + 2) % 3]) << 32) | h
    _sort(keys, start, stop)
    for x in range(start + 1, stop):
        third = keys[x] >> 32
        if third > larger and third == keys[x - 1] >> 32:
            duplicate[(keys[x] & _LOW) >> 2] = True


@scalar
def _union_nonmanifold(faces: Any, neighbors: Any, keys: Any, parent: Any) -> None:
    """Join the faces of each non-manifold edge; they are still next to each other in ``keys``."""
    previous, low, high = -1, -1, -1
    for x in range(len(keys)):
        h = keys[x] & _LOW
        f, j = h >> 2, h & 3
        if neighbors[f, j] != NONMANIFOLD:
            continue
        a, b = faces[f, j], faces[f, (j + 1) % 3]
        if min(a, b) == low and max(a, b) == high:
            union(parent, previous, f)
        previous, low, high = f, min(a, b), max(a, b)


@scalar
def _fans_chunk(
    start: int, stop: int, valence: Any, first_face: Any, faces: Any, neighbors: Any, several: Any, tally: Any
) -> None:
    nowhere = np.empty((0, 3), np.bool_)
    for v in range(start, stop):
        if valence[v] == 0:
            continue
        tally[4] += 1
        several[v] = walk_fan(faces, neighbors, first_face[v], v, nowhere) < valence[v]


@scalar
def _sort(keys: Any, start: int, stop: int) -> None:
    if stop - start > _SMALL_BUCKET:
        _heapsort(keys[start:stop])
        return
    for x in range(start + 1, stop):
        key = keys[x]
        y = x - 1
        while y >= start and keys[y] > key:
            keys[y + 1] = keys[y]
            y -= 1
        keys[y + 1] = key


@scalar
def _heapsort(keys: Any) -> None:
    """Williams, "Algorithm 232: Heapsort" (1964): a vertex with 100,000 faces must not cost their square."""
    n = len(keys)
    for i in range(n // 2 - 1, -1, -1):
        _sift(keys, i, n)
    for end in range(n - 1, 0, -1):
        keys[0], keys[end] = keys[end], keys[0]
        _sift(keys, 0, end)


@scalar
def _sift(keys: Any, root: int, end: int) -> None:
    key = keys[root]
    child = 2 * root + 1
    while child < end:
        if child + 1 < end and keys[child + 1] > keys[child]:
            child += 1
        if keys[child] <= key:
            break
        keys[root] = keys[child]
        root = child
        child = 2 * root + 1
    keys[root] = key
