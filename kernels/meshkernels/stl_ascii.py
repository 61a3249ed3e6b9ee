"""Corners of the facets in the text of an ASCII STL, as far as the text goes."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshkernels.decimal import parse_number
from meshkernels.jit import scalar

_SOLID = np.frombuffer(b"solid", np.uint8).copy()
_ENDSOLID = np.frombuffer(b"endsolid", np.uint8).copy()
_FACET = np.frombuffer(b"facet", np.uint8).copy()
_ENDFACET = np.frombuffer(b"endfacet", np.uint8).copy()
_VERTEX = np.frombuffer(b"vertex", np.uint8).copy()

COMPLETE, BAD_NUMBER, BAD_FACET, CUT_OFF = 0, 1, 2, 3


class Facets(NamedTuple):
    """What :func:`stl_facets` found.

    ``points`` float64 (3n, 3); ``consumed``, the bytes up to the end of the last whole facet or, with an
    error, its position; ``unclosed``, how many more ``solid`` lines than ``endsolid`` there are; ``status``.
    """

    points: NDArray[np.float64]
    consumed: int
    unclosed: int
    status: int


@scalar
def _is_word(text: Any, i: Any, j: Any, word: Any) -> bool:
    if j - i != word.shape[0]:
        return False
    same = True
    for k in range(word.shape[0]):
        same &= (text[i + k] | 32) == word[k]
    return same


@scalar
def _line_end(text: Any, i: Any, end: Any) -> int:
    while i < end and text[i] != 10 and text[i] != 13:
        i += 1
    return int(i)


@scalar
def _three_numbers(text: Any, i: Any, end: Any, out: Any) -> Any:
    """Parse a point into ``out``; return the position behind it and whether it is good so far.

    A number cut off by the end of the text counts as good: the facet is unfinished then anyway.
    """
    for k in range(3):
        while i < end and text[i] <= 32:
            i += 1
        value, j = parse_number(text, i, end)
        if j == i or (j < end and text[j] > 32):
            while j < end and text[j] > 32:
                j += 1
            return j, j == end
        out[k] = value
        i = j
    return i, True


@scalar
def _stl_facets(text: Any, final: Any, points: Any) -> Any:
    end = text.shape[0]
    i = consumed = 0
    n = whole = unclosed = 0
    inside = False  # of a facet
    while True:
        while i < end and text[i] <= 32:
            i += 1
        j = i
        while j < end and text[j] > 32:
            j += 1
        if j == i or (j == end and not final):
            break
        if _is_word(text, i, j, _VERTEX):
            if n == points.shape[0]:
                break
            j, good = _three_numbers(text, j, end, points[n])
            if not good:
                return whole, j, unclosed, BAD_NUMBER
            if j == end and not final:  # the last number may go on in the next block
                break
            n += 1
        elif _is_word(text, i, j, _ENDFACET):
            if n - whole != 3:
                return whole, i, unclosed, BAD_FACET
            whole = n
            consumed = j
            inside = False
        elif _is_word(text, i, j, _SOLID) or _is_word(text, i, j, _ENDSOLID):
            begins = j - i == _SOLID.shape[0]
            j = _line_end(text, j, end)  # a name may contain any word
            if j == end and not final:
                break
            if n != whole:
                return whole, i, unclosed, BAD_FACET
            unclosed += 1 if begins else -1
            consumed = j
        elif _is_word(text, i, j, _FACET):
            if n != whole:
                return whole, i, unclosed, BAD_FACET
            inside = True
        i = j
    return whole, consumed, unclosed, CUT_OFF if final and (inside or n != whole) else COMPLETE


def stl_facets(text: NDArray[np.uint8], final: bool) -> Facets:
    """Parse the facets in a block of an ASCII STL that begins between facets.

    Keywords of any case, any white space, numbers of any form; words that mean nothing here (normals,
    ``outer loop``) are skipped, a facet that has not three vertices is an error. ``final`` says that the
    text ends here; otherwise a facet that goes on behind the block is left for the next call.
    """
    points = np.empty((len(text) // 14 + 1, 3))  # "vertex 0 0 0 " and part of "endfacet"
    whole, consumed, unclosed, status = _stl_facets(text, np.int64(final), points)
    return Facets(points[:whole], consumed, unclosed, status)
