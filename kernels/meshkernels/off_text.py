"""Vertices and polygons in the body of an ASCII OFF file."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshkernels.decimal import parse_number
from meshkernels.jit import scalar


@scalar
def _next_number(text: Any, i: Any) -> Any:
    """The next number, over comments and line ends; position -1 where there is none."""
    end = text.shape[0]
    while i < end and (text[i] <= 32 or text[i] == 35):
        if text[i] == 35:
            while i < end and text[i] != 10 and text[i] != 13:
                i += 1
        else:
            i += 1
    value, j = parse_number(text, i, end)
    if j == i or (j < end and text[j] > 32 and text[j] != 35):
        return 0.0, -1
    return value, j


@scalar
def _line_end(text: Any, i: Any) -> Any:
    while i < text.shape[0] and text[i] != 10 and text[i] != 13:
        i += 1
    return i


@scalar
def _vertices(text: Any, i: Any, vertices: Any) -> Any:
    for v in range(vertices.shape[0]):
        for axis in range(3):
            vertices[v, axis], i = _next_number(text, i)
            if i < 0:
                return -1
        i = _line_end(text, i)  # normals, colours, texture coordinates
    return i


@scalar
def _polygons(text: Any, i: Any, sizes: Any, corners: Any) -> Any:
    """Fill ``sizes`` and ``corners``, or only count corners where ``corners`` is empty."""
    total = 0
    for f in range(sizes.shape[0]):
        size, i = _next_number(text, i)
        if i < 0 or not (size >= 0.0 and size <= text.shape[0]) or size != np.floor(size):
            return -1
        sizes[f] = np.int32(size)
        for _ in range(sizes[f]):
            index, i = _next_number(text, i)
            if i < 0:
                return -1
            if corners.shape[0] > 0:
                good = index >= 0.0 and index < 2147483647.0 and index == np.floor(index)
                corners[total] = np.int32(index) if good else -1
            total += 1
        i = _line_end(text, i)  # colours
    return total


def parse_off(
    text: NDArray[np.uint8], vertex_count: int, face_count: int
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]] | None:
    """Parse what follows the counts of an OFF file; one vertex or face begins on each line.

    Returns
    -------
    vertices float64 (V, 3), corners int32 (C,) of all polygons and sizes int32 (P,), the corners of each;
    -1 stands for an index no file could have. ``None`` where the text is malformed or too short.
    """
    vertices = np.empty((vertex_count, 3))
    body = _vertices(text, np.int64(0), vertices)
    if body < 0:
        return None
    sizes = np.empty(face_count, np.int32)
    total = _polygons(text, np.int64(body), sizes, np.empty(0, np.int32))
    if total < 0:
        return None
    corners = np.empty(total, np.int32)
    _polygons(text, np.int64(body), sizes, corners)
    return vertices, corners, sizes
