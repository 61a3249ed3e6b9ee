"""An eight-wide bounding volume hierarchy over the faces of a mesh, shared by every spatial query.

Built by binned SAH (Wald, "On fast Construction of SAH-based Bounding Volume Hierarchies", 2007) straight
into eight-wide nodes (Wald, Benthin and Boulos, "Getting Rid of Packets", 2008). The float32 data only
filters: boxes and triangles are padded so that nothing true is ever thrown away, and each query decides in
float64 on the caller's vertices. See ``bvh_traverse`` for the traversals.
"""

from typing import NamedTuple

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from meshkernels import bvh_build

LEAF_FACES = bvh_build.LEAF_FACES  # most faces in a leaf: one vector of triangles
STACK_SIZE = bvh_build.STACK_SIZE  # entries a depth-first traversal may need, whatever the mesh


class Bvh(NamedTuple):
    """The tree as flat arrays. With F faces and M nodes:

    Attributes
    ----------
    boxes:
        float32 (M, 6, 8): child ``c`` of node ``m`` is bounded by ``boxes[m, 0:3, c]`` (least x, y, z) and
        ``boxes[m, 3:6, c]`` (greatest), in mm **relative to** ``origin``. Boxes contain the float64
        vertices of their faces with a margin of 3e-7 ``reach``. Unused slots hold inverted boxes
        (+inf, -inf) and come last. Node 0 is the root.
    children:
        int32 (M, 8): a number >= 0 is the index of an inner node; a negative one is a leaf, the faces
        ``order[first : first + count]`` with ``code = ~children[m, c]; first = code >> 3;
        count = (code & 7) + 1``. Unused slots hold 0.
    order:
        int32 (F,): face ids in leaf order, a permutation; neighbours in it are close in space.
    triangles:
        float32 (9 F + 8,): the corners of a leaf's faces relative to ``origin``, starting at
        ``9 * first``, component by component: ``count`` times the x of corner 0, then its y, z, then those
        of corners 1 and 2. The eight numbers at the end let a vector load overrun.
    origin:
        float64 (3,): centre of the mesh, mm.
    reach:
        float64: greatest distance of any coordinate from ``origin`` along an axis, mm.
    """

    boxes: NDArray[np.float32]
    children: NDArray[np.int32]
    order: NDArray[np.int32]
    triangles: NDArray[np.float32]
    origin: NDArray[np.float64]
    reach: float


def build(vertices: NDArray[np.float64], faces: NDArray[np.int32]) -> Bvh:
    """Build the hierarchy; the same tree whatever the number of threads.

    Parameters
    ----------
    vertices:
        float64 (V, 3), mm, finite.
    faces:
        int32 (F, 3), indices into ``vertices``, fewer than 2**28. Degenerate faces are kept.
    """
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    origin = 0.5 * (low + high)
    reach = float(max((high - origin).max(), (origin - low).max()))
    boxes, children, order, triangles = bvh_build.build(vertices, faces, origin, reach, get_num_threads())
    return Bvh(boxes, children, order, triangles, origin, reach)
