"""Faces that are inside out, and the mesh with all of them turned."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshcore.analysis.topology import Topology
from meshcore.mesh import Mesh, MeshWarning
from meshkernels.orient import flip_faces, orient


@dataclass(frozen=True, slots=True)
class FaceOrientation:
    """Which faces look the wrong way.

    Attributes
    ----------
    flipped_faces:
        Number of faces that are inside out.
    flipped:
        bool (F,): those faces.
    faces:
        int32 (F, 3): all faces, counter-clockwise seen from outside; the mesh's own array when none is
        flipped. A turned face keeps its first corner.
    neighbors:
        int32 (F, 3): as in the topology, for the corrected faces.
    sheet:
        bool (F,): faces that enclose nothing: fins, inner walls, flat or gently curved open surfaces,
        faces that repeat a vertex, and surfaces with one side only.
    warnings:
        ``NOT_ORIENTABLE`` when part of the surface has one side only, as a Möbius band has.
    """

    flipped_faces: int
    flipped: NDArray[np.bool_]
    faces: NDArray[np.int32]
    neighbors: NDArray[np.int32]
    sheet: NDArray[np.bool_]
    warnings: tuple[MeshWarning, ...]


def correct_orientation(mesh: Mesh, topology: Topology) -> FaceOrientation:
    """Find the faces that are inside out by passing on winding and by winding number.

    See :mod:`meshkernels.orient` for what counts as right for cavities, nested shells and open surfaces.
    """
    patches = topology.patches
    found = orient(mesh.vertices, mesh.faces, topology.neighbors, topology.labels, patches)
    neighbors = topology.neighbors
    if found.flipped.any():
        neighbors = np.where(found.flipped[:, None], neighbors[:, ::-1], neighbors)
    encloses = np.append(found.encloses, False)  # for faces without a patch, labelled -1
    warnings: tuple[MeshWarning, ...] = ()
    if not topology.orientable:
        one_sided = int(patches.sizes[~patches.orientable].sum())
        message = f"{one_sided} faces form a surface with one side only; they were left as they are."
        warnings = (MeshWarning("NOT_ORIENTABLE", message),)
    return FaceOrientation(
        flipped_faces=int(np.count_nonzero(found.flipped)),
        flipped=found.flipped,
        faces=flip_faces(mesh.faces, found.flipped),
        neighbors=neighbors,
        sheet=~encloses[patches.labels],
        warnings=warnings,
    )
