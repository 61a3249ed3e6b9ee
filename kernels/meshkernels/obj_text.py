"""Vertices and polygons in the text of a Wavefront OBJ file."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshkernels.decimal import parse_number
from meshkernels.jit import scalar

_OTHER, _VERTEX, _TEXTURE, _NORMAL, _FACE = 0, 1, 2, 3, 4
_FAR = 1 << 40  # an index beyond any file


class ObjCounts(NamedTuple):
    """How many of each there are in the text."""

    vertices: int
    faces: int
    corners: int
    texture_coordinates: int
    normals: int


@scalar
def _skip_blanks(text: Any, i: Any, end: Any) -> Any:
    """Position of the next token of the line or of the line's end; a backslash joins two lines."""
    while i < end:
        c = text[i]
        if c == 92 and i + 1 < end and (text[i + 1] == 10 or text[i + 1] == 13):
            i += 3 if text[i + 1] == 13 and i + 2 < end and text[i + 2] == 10 else 2
        elif c == 32 or c == 9 or c == 11 or c == 12:
            i += 1
        else:
            break
    return i


@scalar
def _at_line_end(text: Any, i: Any, end: Any) -> Any:
    return i >= end or text[i] == 10 or text[i] == 13 or text[i] == 35


@scalar
def _token_end(text: Any, i: Any, end: Any) -> Any:
    while i < end and text[i] > 32 and text[i] != 92:
        i += 1
    return i


@scalar
def _next_line(text: Any, i: Any, end: Any) -> Any:
    while i < end and text[i] != 10 and text[i] != 13:
        if text[i] == 92 and i + 1 < end:  # skip what it escapes
            i += 2 if text[i + 1] == 13 and i + 2 < end and text[i + 2] == 10 else 1
        i += 1
    return i + 1


@scalar
def _keyword(text: Any, i: Any, j: Any) -> Any:
    if j - i == 1:
        return _VERTEX if text[i] == 118 else (_FACE if text[i] == 102 else _OTHER)
    if j - i == 2 and text[i] == 118:
        return _TEXTURE if text[i + 1] == 116 else (_NORMAL if text[i + 1] == 110 else _OTHER)
    return _OTHER


@scalar
def _count(text: Any, counts: Any) -> None:
    end = text.shape[0]
    i = 0
    while i < end:
        i = _skip_blanks(text, i, end)
        j = _token_end(text, i, end)
        kind = _keyword(text, i, j)
        counts[kind] += 1
        if kind == _FACE:
            j = _skip_blanks(text, j, end)
            while not _at_line_end(text, j, end):
                counts[5] += 1
                j = _skip_blanks(text, max(_token_end(text, j, end), j + 1), end)
        i = _next_line(text, j, end)


@scalar
def _parse_vertex(text: Any, i: Any, end: Any, out: Any) -> Any:
    """Parse ``x y z`` and what follows; return the position behind and how many numbers there were."""
    found = 0
    i = _skip_blanks(text, i, end)
    while not _at_line_end(text, i, end):
        value, j = parse_number(text, i, end)
        if j == i or (j < end and text[j] > 32 and text[j] != 92):
            return i, -1
        if found < 3:
            out[found] = value
        found += 1
        i = _skip_blanks(text, j, end)
    return i, found


@scalar
def _parse_corner(text: Any, i: Any, end: Any) -> Any:
    """Parse ``v``, ``v/vt``, ``v//vn`` or ``v/vt/vn``; return the position behind and v, 0 if malformed."""
    negative = i < end and text[i] == 45
    k = i + negative
    value = 0
    while k < end and text[k] >= 48 and text[k] <= 57:
        value = min(value * 10 + (text[k] - 48), _FAR)
        k += 1
    while k < end and ((text[k] >= 47 and text[k] <= 57) or text[k] == 45):
        k += 1
    if k < end and text[k] > 32 and text[k] != 92:
        return i, 0
    return k, -value if negative else value


@scalar
def _parse(text: Any, vertices: Any, corners: Any, sizes: Any) -> Any:
    """Fill the arrays; return the position of a malformed line or -1, and whether a vertex has a colour."""
    end = text.shape[0]
    i = n_vertices = n_corners = n_faces = colored = 0
    while i < end:
        i = _skip_blanks(text, i, end)
        line = i
        j = _token_end(text, i, end)
        kind = _keyword(text, i, j)
        if kind == _VERTEX:
            j, found = _parse_vertex(text, j, end, vertices[n_vertices])
            if found < 3:
                return line, colored
            colored |= found >= 6
            n_vertices += 1
        elif kind == _FACE:
            first = n_corners
            j = _skip_blanks(text, j, end)
            while not _at_line_end(text, j, end):
                j, index = _parse_corner(text, j, end)
                if index == 0:
                    return line, colored
                # 1 is the first vertex of the file, -1 the latest one before this line.
                index = index - 1 if index > 0 else n_vertices + index
                corners[n_corners] = index if index < 2147483647 and index >= 0 else -1
                n_corners += 1
                j = _skip_blanks(text, j, end)
            sizes[n_faces] = n_corners - first
            n_faces += 1
        i = _next_line(text, j, end)
    return -1, colored


def count_obj(text: NDArray[np.uint8]) -> ObjCounts:
    """Count the elements of an OBJ text, so that limits can be checked before memory is taken."""
    counts = np.zeros(6, np.int64)
    _count(text, counts)
    _, vertices, textures, normals, faces, corners = counts.tolist()
    return ObjCounts(vertices, faces, corners, textures, normals)


def parse_obj(
    text: NDArray[np.uint8], counts: ObjCounts
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32], bool, int]:
    """Parse ``v`` and ``f`` lines; everything else (materials, groups, curves) is skipped.

    Returns
    -------
    vertices: float64 (V, 3).
    corners: int32 (C,), vertices of all polygons, from 0; -1 for one that no file could have.
    sizes: int32 (P,), corners of each polygon.
    colored: whether a vertex has a colour behind its coordinates.
    bad: position of the first malformed line, or -1; the arrays are not complete then.
    """
    vertices = np.empty((counts.vertices, 3))
    corners = np.empty(counts.corners, np.int32)
    sizes = np.empty(counts.faces, np.int32)
    bad, colored = _parse(text, vertices, corners, sizes)
    return vertices, corners, sizes, bool(colored), int(bad)
