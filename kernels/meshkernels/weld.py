"""Weld a triangle soup: corners with the same position become one vertex.

Exact weld by hashing the bit patterns (open addressing, linear probing; Knuth, TAOCP vol. 3, 6.4).
Vertices come out in order of first occurrence, so the answer does not depend on threads or blocks.
A weld within a tolerance, and the tests that tell whether a mesh needs one, are here too.
"""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshkernels.jit import scalar

_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_Y = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_Z = np.uint64(0x165667B19E3779F9)
_NEGATIVE_ZERO = np.uint64(0x8000000000000000)
_ZERO = np.uint64(0)
_HALF = np.uint64(32)
# Another one in every process, so that nobody can write a file whose vertices all fall into one slot.
# The answer does not depend on it: vertices are numbered as they come.
_SEED = np.uint64(int.from_bytes(os.urandom(8), "little"))
_CELL = 4.0  # tolerances; three to four cells are looked at for a point, where cells of one would be 27


@scalar
def _hash3(x: Any, y: Any, z: Any) -> Any:
    # Floats widened from 32 bits end in zeros, which a product keeps: fold the high half down first.
    h = (x ^ (x >> _HALF)) * _MIX ^ (y ^ (y >> _HALF)) * _MIX_Y ^ (z ^ (z >> _HALF)) * _MIX_Z
    h ^= h >> _HALF
    return h * _MIX


@scalar
def _weld_block(points: Any, seed: Any, table: Any, vertices: Any, count: Any, indices: Any) -> int:
    """Insert ``points`` after ``count`` known vertices; return the new number of vertices."""
    mask = np.uint64(table.shape[0] - 1)
    n = count
    for i in range(points.shape[0]):
        x = points[i, 0]
        y = points[i, 1]
        z = points[i, 2]
        x = _ZERO if x == _NEGATIVE_ZERO else x
        y = _ZERO if y == _NEGATIVE_ZERO else y
        z = _ZERO if z == _NEGATIVE_ZERO else z
        slot = (_hash3(x ^ seed, y, z) >> _HALF) & mask
        while True:
            k = table[slot] - 1
            if k < 0:
                vertices[n, 0] = x
                vertices[n, 1] = y
                vertices[n, 2] = z
                k = n
                n += 1
                table[slot] = n
                break
            if vertices[k, 0] == x and vertices[k, 1] == y and vertices[k, 2] == z:
                break
            slot = (slot + np.uint64(1)) & mask
        indices[i] = k
    return int(n)


def weld_blocks(
    blocks: Iterable[NDArray[np.float64]], expected: int
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Weld points that arrive block by block, so that a file need never be in memory as a whole.

    Parameters
    ----------
    blocks:
        float64 (n, 3) C-contiguous arrays, N < 2**31 points together. A block may be reused by the
        producer after it asked for the next one.
    expected:
        Estimate of N; memory grows where it is too small.

    Returns
    -------
    vertices:
        float64 (V, 3), distinct positions in order of first occurrence; ``-0.0`` counts as ``0.0``
        and comes out as ``0.0``. NaN equals NaN of the same bits.
    indices:
        int32 (N,), the vertex of every point.
    """
    indices = np.empty(expected, np.int32)
    vertices = np.empty((expected // 5, 3), np.uint64)  # a closed mesh has a sixth as many vertices
    table = np.zeros(_table_size(len(vertices)), np.int32)
    count = done = 0
    for block in blocks:
        stop = done + len(block)
        room = count + len(block)
        indices = _with_room(indices, done, stop)
        vertices = _with_room(vertices, count, room)
        if 2 * room > len(table):
            # Welding distinct vertices again gives each its own number: that is rehashing.
            table = np.zeros(_table_size(len(vertices)), np.int32)
            _weld_block(vertices[:count], _SEED, table, vertices, 0, np.empty(count, np.int32))
        count = _weld_block(block.view(np.uint64), _SEED, table, vertices, count, indices[done:stop])
        done = stop
    return vertices[:count].view(np.float64).copy(), indices[:done]


def _with_room(array: NDArray[Any], used: int, needed: int) -> NDArray[Any]:
    """``array``, or a copy of its used rows in at least twice the space when ``needed`` rows are more."""
    if needed <= len(array):
        return array
    larger = np.empty((max(needed, 2 * len(array)), *array.shape[1:]), array.dtype)
    larger[:used] = array[:used]
    return larger


def _table_size(vertex_count: int) -> int:
    return 1 << max(4, (2 * vertex_count - 1).bit_length())


def weld(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Weld float64 (N, 3) points that have exactly the same position; see :func:`weld_blocks`."""
    return weld_blocks([points], len(points))


@scalar
def _cell(x: Any, size: Any) -> Any:
    return np.int64(np.floor(x / size))


@scalar
def _cell_slot(x: Any, y: Any, z: Any, mask: Any) -> Any:
    return (_hash3(np.uint64(x), np.uint64(y), np.uint64(z)) >> _HALF) & mask


@scalar
def _weld_within(points: Any, tolerance: Any, table: Any, chain: Any, leader: Any) -> int:
    """Give every point the first earlier leader within ``tolerance``, or make it a leader."""
    mask = np.uint64(table.shape[0] - 1)
    size = _CELL * tolerance
    moved = 0
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        best = i
        for cell_x in range(_cell(x - tolerance, size), _cell(x + tolerance, size) + 1):
            for cell_y in range(_cell(y - tolerance, size), _cell(y + tolerance, size) + 1):
                for cell_z in range(_cell(z - tolerance, size), _cell(z + tolerance, size) + 1):
                    k = table[_cell_slot(cell_x, cell_y, cell_z, mask)] - 1
                    while k >= 0:
                        dx = points[k, 0] - x
                        dy = points[k, 1] - y
                        dz = points[k, 2] - z
                        if k < best and dx * dx + dy * dy + dz * dz <= tolerance * tolerance:
                            best = k
                        k = chain[k]
        leader[i] = best
        if best == i:
            slot = _cell_slot(_cell(x, size), _cell(y, size), _cell(z, size), mask)
            chain[i] = table[slot] - 1
            table[slot] = i + 1
        else:
            moved += 1
    return moved


def weld_within(points: NDArray[np.float64], tolerance: float) -> tuple[NDArray[np.int32], int]:
    """Weld points closer than ``tolerance`` by hashing the cells of a grid.

    Points are taken in order: each joins the earliest point kept so far within ``tolerance``, or is
    kept itself. No two kept points are that close, and no point moves further.

    Parameters
    ----------
    points:
        float64 (N, 3), finite, C-contiguous; coordinates below 2**62 tolerances.
    tolerance:
        In the unit of the points, above 0.

    Returns
    -------
    leader:
        int32 (N,), the point that each point joined; its own number where it was kept.
    moved:
        Number of points that joined another.
    """
    n = len(points)
    leader = np.empty(n, np.int32)
    table = np.zeros(_table_size(n), np.int32)
    moved = _weld_within(points, np.float64(tolerance), table, np.empty(n, np.int32), leader)
    return leader, int(moved)


@scalar
def _scan_faces(faces: Any) -> Any:
    degenerate = 0
    parity = _ZERO
    for i in range(faces.shape[0]):
        a = np.uint64(faces[i, 0])
        b = np.uint64(faces[i, 1])
        c = np.uint64(faces[i, 2])
        if a == b or b == c or c == a:
            degenerate += 1
        else:
            parity ^= _hash3(min(a, b), max(a, b), _ZERO)
            parity ^= _hash3(min(b, c), max(b, c), _ZERO)
            parity ^= _hash3(min(c, a), max(c, a), _ZERO)
    return degenerate, parity


def scan_faces(faces: NDArray[np.int32]) -> tuple[int, bool]:
    """Count faces with a repeated vertex, and tell whether the others leave no edge open.

    The second answer is true when every edge belongs to an even number of faces: the hashes of all
    edges of all faces then cancel under exclusive or (Zobrist, 1970). One pass without a table, a
    tenth of the time of sorting the edges; wrong with a chance of about 2**-64 on an open mesh.
    """
    degenerate, parity = _scan_faces(faces)
    return int(degenerate), int(parity) == 0


@scalar
def _sort_short(values: Any, start: Any, stop: Any) -> None:
    if stop - start > 16:  # the hub of a fan; without this a large one would take forever
        values[start:stop].sort()
        return
    for i in range(start + 1, stop):
        x = values[i]
        k = i
        while k > start and values[k - 1] > x:
            values[k] = values[k - 1]
            k -= 1
        values[k] = x


@scalar
def _open_edges(faces: Any, first: Any, ends: Any, is_open: Any) -> Any:
    """Counting sort of the edges by their smaller vertex, then one short sort for each vertex."""
    n_faces = faces.shape[0]
    for f in range(n_faces):
        for j in range(3):
            first[min(faces[f, j], faces[f, (j + 1) % 3]) + 1] += 1
    for v in range(is_open.shape[0]):
        first[v + 1] += first[v]
    for f in range(n_faces):
        for j in range(3):
            a = faces[f, j]
            b = faces[f, (j + 1) % 3]
            low = min(a, b)
            ends[first[low]] = max(a, b)
            first[low] += 1  # afterwards first[v] is where the edges of v end
    open_edges = crowded = start = 0
    for v in range(is_open.shape[0]):
        stop = first[v]
        _sort_short(ends, start, stop)
        while start < stop:
            same = start + 1
            while same < stop and ends[same] == ends[start]:
                same += 1
            if same - start == 1:
                open_edges += 1
                is_open[v] = 1
                is_open[ends[start]] = 1
            elif same - start > 2:
                crowded += 1
            start = same
    return open_edges, crowded


def open_edges(faces: NDArray[np.int32], vertex_count: int) -> tuple[int, int, NDArray[np.bool_]]:
    """Count edges of one face and edges of more than two faces; mark the vertices of the former.

    Returns ``(open, crowded, is_open)`` with ``is_open`` bool (V,). Faces must not repeat a vertex.
    """
    first = np.zeros(vertex_count + 1, np.int64)
    ends = np.empty(3 * len(faces), np.int32)
    is_open = np.zeros(vertex_count, np.uint8)
    count, crowded = _open_edges(faces, first, ends, is_open)
    return int(count), int(crowded), is_open.view(np.bool_)
