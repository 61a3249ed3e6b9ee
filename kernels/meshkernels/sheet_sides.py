"""Which side of an open sheet is inside, as the rest of the mesh tells.

A panel of a solid whose panels do not quite meet encloses nothing itself, but the generalised winding
number of all other faces (Jacobson, Kavan and Sorkine-Hornung, "Robust inside-outside segmentation
using generalized winding numbers", 2013; for many faces at once Barill et al., "Fast winding numbers for
soups and clouds", 2018) is near one on its inner side and near zero on its outer.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshkernels.bvh import build
from meshkernels.jit import scalar
from meshkernels.vec3 import row
from meshkernels.winding_number import solid_angle, winding_numbers

_INSIDE, _OUTSIDE = (0.6, 1.4), 0.3
"""Winding numbers that tell. In the middle of a side of a cube they are 5/6 and 1/6."""
_MINORITY = 1 / 3
"""Where more sheets than this, of those that can tell, contradict the others, none is believed."""
_MOST_SHEETS = 10_000
"""Beyond this many sheets, about half a second, the mesh is a soup and they stay as they are."""


def reversed_sheets(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], labels: NDArray[np.int32], count: int
) -> NDArray[np.bool_]:
    """Sheets whose front is on the inside.

    Looks from half the width of the sheet in front of its largest face and behind it; nearer by, the
    gap that the sheet itself fills would blur the difference.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3), mm, and int32 (F, 3).
    labels, count:
        int32 (F,), sheet of each face in ``range(count)``, negative for all other faces.

    Returns
    -------
    bool (count,); False where the rest of the mesh does not tell.
    """
    if count == 0 or count > _MOST_SHEETS:
        return np.zeros(count, np.bool_)
    of_sheet = np.flatnonzero(labels >= 0)
    a, b, c = (vertices[faces[of_sheet, k]] for k in range(3))
    normals = np.cross(b - a, c - a) / 2
    areas = np.linalg.norm(normals, axis=1)
    total = np.bincount(labels[of_sheet], areas, count)
    last = np.lexsort((areas, labels[of_sheet]))
    largest = last[np.searchsorted(labels[of_sheet][last], np.arange(count), side="right") - 1]
    width = np.sqrt(total) / np.maximum(areas[largest], np.finfo(np.float64).tiny)
    step = 0.5 * width[:, None] * normals[largest]
    middle = (a + b + c)[largest] / 3
    points = np.concatenate([middle + step, middle - step])
    own = np.zeros(2 * count)
    _add_own(points, vertices, faces, labels, own)
    everything = winding_numbers(points, vertices, faces, build(vertices, faces))
    others = np.abs(everything - own / (4 * np.pi))
    inside, outside = (others > _INSIDE[0]) & (others < _INSIDE[1]), others < _OUTSIDE
    reverse = inside[:count] & outside[count:]
    right = inside[count:] & outside[:count]
    few, many = sorted((np.count_nonzero(reverse), np.count_nonzero(right)))
    return reverse if few <= _MINORITY * many else np.zeros(count, np.bool_)


@scalar
def _add_own(points: Any, vertices: Any, faces: Any, labels: Any, own: Any) -> None:
    """Solid angle of each sheet by itself, from its point in front and its point behind."""
    count = len(points) // 2
    for f in range(len(faces)):
        if labels[f] >= 0:
            a, b, c = row(vertices, faces[f, 0]), row(vertices, faces[f, 1]), row(vertices, faces[f, 2])
            for q in range(labels[f], len(points), count):
                own[q] += solid_angle(a, b, c, row(points, q))
