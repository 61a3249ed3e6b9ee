"""Patches: faces joined across two-face edges, wound alike where that is possible.

Winding is passed on breadth first from the first face of each patch. A patch that meets itself with
the opposite winding, as a Möbius band does, has no two sides and is left as it is.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshkernels.components import COLLAPSED
from meshkernels.jit import scalar


class Patches(NamedTuple):
    """Consistently wound patches.

    Attributes
    ----------
    labels:
        int32 (F,): patch of each face, numbered by first face; -1 for collapsed faces.
    against:
        bool (F,): faces wound against the rest of their patch: the minority, and where both windings
        have the same number of faces those unlike the first face. Nowhere on a patch that is not
        orientable.
    sizes:
        int32 (P,): number of faces.
    orientable:
        bool (P,): whether one winding fits all faces of the patch.
    """

    labels: NDArray[np.int32]
    against: NDArray[np.bool_]
    sizes: NDArray[np.int32]
    orientable: NDArray[np.bool_]


def wind_patches(faces: NDArray[np.int32], neighbors: NDArray[np.int32]) -> Patches:
    """Find the patches of a mesh and the faces to turn so that each is wound alike.

    Parameters
    ----------
    faces, neighbors:
        int32 (F, 3), as in :class:`meshkernels.topology.EdgeTopology`.
    """
    n = len(faces)
    labels = np.full(n, -1, np.int32)
    against = np.zeros(n, np.bool_)
    sizes = np.empty(n, np.int32)
    orientable = np.empty(n, np.bool_)
    count = _wind(faces, neighbors, np.empty(n, np.int32), labels, against, sizes, orientable)
    return Patches(labels, against, sizes[:count].copy(), orientable[:count].copy())


@scalar
def _wind(
    faces: Any, neighbors: Any, queue: Any, labels: Any, against: Any, sizes: Any, orientable: Any
) -> int:
    patch = 0
    for seed in range(len(faces)):
        if labels[seed] >= 0 or neighbors[seed, 0] == COLLAPSED:
            continue
        labels[seed] = patch
        queue[0] = seed
        head, tail, turned = 0, 1, 0
        orientable[patch] = True
        while head < tail:
            f = queue[head]
            head += 1
            for j in range(3):
                g = neighbors[f, j]
                if g < 0:
                    continue
                unlike = against[f] != _same_direction(faces, g, faces[f, j], faces[f, (j + 1) % 3])
                if labels[g] < 0:
                    labels[g] = patch
                    against[g] = unlike
                    turned += 1 if unlike else 0
                    queue[tail] = g
                    tail += 1
                elif against[g] != unlike:
                    orientable[patch] = False
        sizes[patch] = tail
        if not orientable[patch] or 2 * turned > tail:
            for k in range(tail):
                f = queue[k]
                against[f] = orientable[patch] and not against[f]
        patch += 1
    return patch


@scalar
def _same_direction(faces: Any, g: int, a: int, b: int) -> bool:
    """Whether face ``g`` runs along its edge between ``a`` and ``b`` from ``a`` to ``b``."""
    for k in range(3):
        if faces[g, k] == a:
            return bool(faces[g, (k + 1) % 3] == b)
    return False
