"""Faces without area: a repeated vertex, or three vertices on one line."""

from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.jit import parallel, scalar
from meshkernels.vec3 import cross, dot, row, sub

_CHUNK = 16384
_ROUNDING = 8 * float(np.finfo(np.float64).eps)
"""Coordinates that went through a rotation are off by a few units in the last place."""


def degenerate_faces(vertices: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Faces whose area cannot be told from zero in double precision.

    A face counts when its height over its longest edge is within the rounding of its coordinates,
    so the answer does not depend on unit or place, and thin slivers with true area do not count.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3) and int32 (F, 3), C-contiguous.

    Returns
    -------
    bool (F,).
    """
    mask = np.empty(len(faces), np.bool_)
    _mark(vertices, faces, mask)
    return mask


@parallel
def _mark(vertices: Any, faces: Any, mask: Any) -> None:
    for c in prange((len(faces) + _CHUNK - 1) // _CHUNK):
        for f in range(c * _CHUNK, min((c + 1) * _CHUNK, len(faces))):
            mask[f] = is_degenerate(vertices, faces, f)


@scalar
def is_degenerate(vertices: Any, faces: Any, f: int) -> bool:
    """Whether face ``f`` has no area beyond rounding."""
    a, b, c = row(vertices, faces[f, 0]), row(vertices, faces[f, 1]), row(vertices, faces[f, 2])
    ab, bc, ca = sub(b, a), sub(c, b), sub(a, c)
    longest = max(dot(ab, ab), dot(bc, bc), dot(ca, ca))
    # From the two edges at one corner; where that corner is the far one of a needle, the error bound
    # below still covers the cancellation, as it is relative to the longest edge.
    normal = cross(ab, ca)
    reach = max(abs(a.x), abs(a.y), abs(a.z), abs(b.x), abs(b.y), abs(b.z), abs(c.x), abs(c.y), abs(c.z))
    return bool(dot(normal, normal) <= (_ROUNDING * reach) ** 2 * longest)
