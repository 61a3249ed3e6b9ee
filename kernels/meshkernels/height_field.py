"""Layered height field of a mesh: every crossing of a grid of vertical lines, sorted by height.

The columns are the centres of square cells of one pitch. A triangle owns a centre by the half-open
scan-line rule of polygon rasterisation, with each edge evaluated from its lower end whichever triangle
asks, so that a watertight mesh gives every column as many entries as exits: no crossing is lost or
counted twice on a shared edge.

Dropping an underside to whatever lies below it (:func:`drop_to_below`) is what a slicer does when it
projects support from an overhang to the next surface or to the plate.
"""

from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.jit import parallel, scalar

_CHUNK = 4096  # faces or columns per task; fixed, so that the result does not depend on the thread count
_MAX_HITS = 3_000_000  # 16 bytes each, held twice while sorting: 96 MB at most
_TOUCHING = 0.01  # mm: two bodies this close rest on each other


class HeightField(NamedTuple):
    """Crossings of the vertical lines through the cell centres ``(x0 + (i + ½) pitch, y0 + (j + ½) pitch)``.

    ``start`` int64 (nx·ny + 1,): the hits of column ``j·nx + i`` are ``start[c]:start[c + 1]``, lowest first.
    ``z`` float64 (N,): height of each hit, mm. ``face`` int32 (N,): the face hit, or ``~face`` (negative)
    where it faces down, that is where a line going up enters the solid.
    """

    start: NDArray[np.int64]
    z: NDArray[np.float64]
    face: NDArray[np.int32]
    x0: float
    y0: float
    pitch: float
    nx: int
    ny: int


class Corner(NamedTuple):
    """Corner of a triangle seen from above, and the first column and row at or beyond it."""

    x: float
    y: float
    column: int
    row: int


@parallel
def _locate(vertices: NDArray[np.float64], grid: NDArray[np.float64], cell: NDArray[np.int32]) -> None:
    """First column and first row whose centre lies at or beyond each vertex."""
    x0, y0, scale = grid[0], grid[1], 1.0 / grid[2]
    nx, ny = int(grid[3]), int(grid[4])
    for chunk in prange((len(vertices) + _CHUNK - 1) // _CHUNK):
        for v in range(chunk * _CHUNK, min(len(vertices), (chunk + 1) * _CHUNK)):
            i = ceil((vertices[v, 0] - x0) * scale - 0.5)
            j = ceil((vertices[v, 1] - y0) * scale - 0.5)
            cell[v, 0], cell[v, 1] = min(max(i, 0), nx), min(max(j, 0), ny)


@scalar
def _edge_column(a: Corner, b: Corner, y: float, x0: float, scale: float) -> int:
    """First column beyond the point where an edge meets the row at ``y``, whichever way it is given.

    Two triangles that share an edge get the same integer, so that no column is lost or owned twice.
    """
    if b.y < a.y:
        a, b = b, a
    x = a.x + (y - a.y) * ((b.x - a.x) / (b.y - a.y))
    column = ceil((x - x0) * scale - 0.5)
    return int(min(max(column, min(a.column, b.column)), max(a.column, b.column)))


@scalar
def _row_span(a: Corner, b: Corner, c: Corner, j: int, grid: NDArray[np.float64]) -> tuple[int, int]:
    """Half-open range of the columns of row ``j`` that a triangle covers; two of its edges cross the row."""
    y, x0, scale = grid[1] + (j + 0.5) * grid[2], grid[0], 1.0 / grid[2]
    if (a.row <= j) == (b.row <= j):
        a, c = c, a  # now the edge a–b crosses
    first = _edge_column(a, b, y, x0, scale)
    if (b.row <= j) != (c.row <= j):
        second = _edge_column(b, c, y, x0, scale)
    else:
        second = _edge_column(c, a, y, x0, scale)
    return min(first, second), max(first, second)


@scalar
def _corner(vertices: NDArray[np.float64], cell: NDArray[np.int32], v: int) -> Corner:
    return Corner(vertices[v, 0], vertices[v, 1], int(cell[v, 0]), int(cell[v, 1]))


@parallel
def _count_hits(
    vertices: NDArray[np.float64],
    cell: NDArray[np.int32],
    faces: NDArray[np.int32],
    grid: NDArray[np.float64],
    hit_faces: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    """Per chunk of faces, the number of hits and of faces hit, which are listed from the chunk's start on."""
    for chunk in prange(len(counts)):
        hits, listed = 0, chunk * _CHUNK
        for f in range(chunk * _CHUNK, min(len(faces), (chunk + 1) * _CHUNK)):
            # On a fine mesh most triangles lie between the centres. Asking here, on 24 bytes and without
            # a call, makes counting four times as fast.
            a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
            width = max(cell[a, 0], cell[b, 0], cell[c, 0]) - min(cell[a, 0], cell[b, 0], cell[c, 0])
            first, last = min(cell[a, 1], cell[b, 1], cell[c, 1]), max(cell[a, 1], cell[b, 1], cell[c, 1])
            if width * (last - first) == 0:
                continue
            count = 0
            p, q, r = _corner(vertices, cell, a), _corner(vertices, cell, b), _corner(vertices, cell, c)
            for j in range(first, last):
                begin, end = _row_span(p, q, r, j, grid)
                count += end - begin
            if count > 0:
                hits += count
                hit_faces[listed] = f
                listed += 1
        counts[chunk, 0], counts[chunk, 1] = hits, listed - chunk * _CHUNK


@scalar
def _store_hits(
    vertices: NDArray[np.float64],
    cell: NDArray[np.int32],
    faces: NDArray[np.int32],
    f: int,
    grid: NDArray[np.float64],
    write: int,
    column: NDArray[np.int32],
    z: NDArray[np.float64],
    face: NDArray[np.int32],
) -> int:
    """Store the hits of one face from position ``write`` on; returns the position after them."""
    a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
    ax, ay, az = vertices[a, 0], vertices[a, 1], vertices[a, 2]
    bx, by, bz = vertices[b, 0] - ax, vertices[b, 1] - ay, vertices[b, 2] - az
    cx, cy, cz = vertices[c, 0] - ax, vertices[c, 1] - ay, vertices[c, 2] - az
    double_area = bx * cy - by * cx
    slope_x, slope_y = 0.0, 0.0
    if double_area != 0.0:
        slope_x, slope_y = (bz * cy - cz * by) / double_area, (cz * bx - bz * cx) / double_area
    lowest, highest = az + min(0.0, bz, cz), az + max(0.0, bz, cz)
    signed = f if double_area > 0.0 else ~f
    nx = int(grid[3])
    p, q, r = _corner(vertices, cell, a), _corner(vertices, cell, b), _corner(vertices, cell, c)
    for j in range(min(cell[a, 1], cell[b, 1], cell[c, 1]), max(cell[a, 1], cell[b, 1], cell[c, 1])):
        begin, end = _row_span(p, q, r, j, grid)
        at_row = az + slope_y * (grid[1] + (j + 0.5) * grid[2] - ay)
        for i in range(begin, end):
            height = at_row + slope_x * (grid[0] + (i + 0.5) * grid[2] - ax)
            column[write] = j * nx + i
            # The plane of a nearly vertical sliver overshoots; its corners bound what is really there.
            z[write] = min(max(height, lowest), highest)
            face[write] = signed
            write += 1
    return write


@scalar
def _sort_column(z: NDArray[np.float64], face: NDArray[np.int32], begin: int, end: int) -> None:
    """Shell sort by height; at one height what faces down comes first, so that touching bodies overlap."""
    gap = 1
    while gap < (end - begin) // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(begin + gap, end):
            height, f = z[i], face[i]
            k = i
            while k >= begin + gap and (z[k - gap] > height or (z[k - gap] == height and face[k - gap] > f)):
                z[k], face[k] = z[k - gap], face[k - gap]
                k -= gap
            z[k], face[k] = height, f
        gap //= 3


@scalar
def _scatter(
    column: NDArray[np.int32],
    z: NDArray[np.float64],
    face: NDArray[np.int32],
    start: NDArray[np.int64],
    sorted_z: NDArray[np.float64],
    sorted_face: NDArray[np.int32],
) -> None:
    """Counting sort of the hits by column; leaves in ``start`` where each column begins."""
    for c in column:
        start[c + 1] += 1
    for c in range(1, len(start)):
        start[c] += start[c - 1]
    for h in range(len(column)):
        position = start[column[h]]
        sorted_z[position] = z[h]
        sorted_face[position] = face[h]
        start[column[h]] = position + 1
    for c in range(len(start) - 1, 0, -1):
        start[c] = start[c - 1]
    start[0] = 0


@parallel
def _fill(
    vertices: NDArray[np.float64],
    cell: NDArray[np.int32],
    faces: NDArray[np.int32],
    grid: NDArray[np.float64],
    hit_faces: NDArray[np.int32],
    counts: NDArray[np.int64],
    start: NDArray[np.int64],
    sorted_z: NDArray[np.float64],
    sorted_face: NDArray[np.int32],
) -> None:
    column = np.empty(len(sorted_z), np.int32)
    z = np.empty(len(sorted_z), np.float64)
    face = np.empty(len(sorted_z), np.int32)
    offsets = np.zeros(len(counts), np.int64)
    for chunk in range(1, len(counts)):
        offsets[chunk] = offsets[chunk - 1] + counts[chunk - 1, 0]
    for chunk in prange(len(counts)):
        write = offsets[chunk]
        for k in range(chunk * _CHUNK, chunk * _CHUNK + counts[chunk, 1]):
            write = _store_hits(vertices, cell, faces, hit_faces[k], grid, write, column, z, face)
    _scatter(column, z, face, start, sorted_z, sorted_face)
    columns = len(start) - 1
    for chunk in prange((columns + _CHUNK - 1) // _CHUNK):
        for c in range(chunk * _CHUNK, min(columns, (chunk + 1) * _CHUNK)):
            _sort_column(sorted_z, sorted_face, start[c], start[c + 1])


@scalar
def _drop_column(
    z: NDArray[np.float64],
    face: NDArray[np.int32],
    begin: int,
    end: int,
    plate_z: float,
    plate_tolerance: float,
    label: NDArray[np.int32],
    sums: NDArray[np.float64],
) -> None:
    """Walk one line upwards and add what hangs over air to the sums of its region."""
    balance = 0
    for h in range(begin, end):
        balance += 1 if face[h] < 0 else -1
    depth = 0
    top = plate_z
    for h in range(begin, end):
        if face[h] >= 0:
            depth = max(0, depth - 1)
            if depth == 0 or balance != 0:
                top = z[h]
            continue
        region = label[~face[h]]
        if region >= 0:
            gap = z[h] - top
            sums[region, 1] += 1.0
            # An open mesh has no inside: there only the next surface below counts, whichever way it faces.
            inside = depth > 0 and balance == 0
            if inside or (gap <= _TOUCHING and top > plate_z + plate_tolerance):
                sums[region, 2] += 1.0
            elif gap > plate_tolerance or top > plate_z + plate_tolerance:
                sums[region, 0] += gap
        depth += 1
        if balance != 0:
            top = z[h]


@scalar
def _drop(
    start: NDArray[np.int64],
    z: NDArray[np.float64],
    face: NDArray[np.int32],
    plate_z: float,
    plate_tolerance: float,
    label: NDArray[np.int32],
    sums: NDArray[np.float64],
) -> int:
    """All columns in order; returns how many stand on the plate (their lowest hit lies on it)."""
    on_plate = 0
    for c in range(len(start) - 1):
        if start[c] == start[c + 1]:
            continue
        if z[start[c]] <= plate_z + plate_tolerance:
            on_plate += 1
        _drop_column(z, face, start[c], start[c + 1], plate_z, plate_tolerance, label, sums)
    return on_plate


def height_field(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    *,
    columns: int = 384 * 384,
) -> HeightField:
    """Every crossing of about ``columns`` vertical lines, spread evenly over the bounding box.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3) in mm and int32 (F, 3). The mesh may be open, overlap itself or be a soup.
    low, high:
        float64 (3,): lowest and highest coordinates of the vertices, mm.
    columns:
        Number of cells over the bounding rectangle. Fewer are used where the mesh has so many layers
        that the hits would not fit in about 100 MB.
    """
    width, depth = float(high[0] - low[0]), float(high[1] - low[1])
    if width <= 0.0 or depth <= 0.0:  # seen from above the mesh is a line: no column meets it
        return HeightField(
            np.zeros(2, np.int64), np.empty(0), np.empty(0, np.int32), low[0], low[1], 1.0, 1, 1
        )
    cell = np.empty((len(vertices), 2), np.int32)
    hit_faces = np.empty(len(faces), np.int32)
    counts = np.empty(((len(faces) + _CHUNK - 1) // _CHUNK, 2), np.int64)
    while True:
        pitch = sqrt(width * depth / columns)
        nx = max(1, min(columns, round(width / pitch)))
        pitch = width / nx  # a whole number of cells along x: rectangles keep their exact area there
        ny = max(1, ceil(depth / pitch - 1e-9))
        y0 = float(low[1]) - 0.5 * (ny * pitch - depth)
        grid = np.array([low[0], y0, pitch, nx, ny], np.float64)
        _locate(vertices, grid, cell)
        _count_hits(vertices, cell, faces, grid, hit_faces, counts)
        hits = int(counts[:, 0].sum())
        if hits <= _MAX_HITS or columns <= 256:
            break
        columns = max(256, columns * _MAX_HITS // (2 * hits))
    field = HeightField(
        np.zeros(nx * ny + 1, np.int64),
        np.empty(hits),
        np.empty(hits, np.int32),
        float(low[0]),
        y0,
        pitch,
        nx,
        ny,
    )
    _fill(vertices, cell, faces, grid, hit_faces, counts, field.start, field.z, field.face)
    return field


def drop_to_below(
    field: HeightField, label: NDArray[np.int32], regions: int, *, plate_z: float, plate_tolerance: float
) -> tuple[NDArray[np.float64], float]:
    """Drop the undersides of labelled faces to the nearest surface below, or to the plate.

    A line that enters the mesh as often as it leaves it has an inside: undersides there are covered and
    need nothing, and what lies below is the last exit. On other lines (open meshes) the next surface
    below counts, whichever way it faces.

    Parameters
    ----------
    label:
        int32 (F,): region of each face, negative where it needs no support.
    regions:
        Number of regions, R.
    plate_z, plate_tolerance:
        Height of the plate and how far above it still counts as lying on it, mm.

    Returns
    -------
    sums, plate_area:
        float64 (R, 3) per region: volume below it in mm³, horizontal area seen by the grid in mm², and the
        part of that area which rests on or lies inside another body; and the horizontal area in mm² whose
        lowest surface lies on the plate.
    """
    sums = np.zeros((max(regions, 1), 3))
    on_plate = _drop(field.start, field.z, field.face, plate_z, plate_tolerance, label, sums)
    cell = field.pitch * field.pitch
    return sums[:regions] * cell, on_plate * cell
