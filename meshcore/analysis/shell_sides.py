"""Which faces are on the outside of the solid, and which lie inside another shell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshcore.analysis.face_orientation import FaceOrientation
from meshcore.analysis.mass import MassProperties
from meshcore.analysis.self_intersections import SelfIntersections
from meshcore.analysis.topology import Topology
from meshkernels.bvh import Bvh
from meshkernels.face_winding import face_windings


@dataclass(frozen=True, slots=True)
class ShellSides:
    """Winding numbers beside the faces.

    Attributes
    ----------
    inside:
        int32 (F,): winding number just behind the middle of each face, 1 where it bounds the solid alone.
    exterior:
        bool (F,): faces of which at least a part has air in front. Where that is uncertain, because faces
        lie on each other or the mesh is open, a face counts as exterior.
    """

    inside: NDArray[np.int32]
    exterior: NDArray[np.bool_]


def is_one_shell(topology: Topology, intersections: SelfIntersections) -> bool:
    """Whether the mesh is one surface that nothing crosses, so that no face can lie inside another shell."""
    connected = topology.components == 1 and topology.nonmanifold_edges == 0
    return connected and intersections.self_intersecting_faces == 0


def find_shell_sides(
    vertices: NDArray[np.float64],
    bvh: Bvh,
    topology: Topology,
    orientation: FaceOrientation,
    mass: MassProperties,
    intersections: SelfIntersections,
) -> ShellSides:
    """Tell the faces of the outside from those inside other shells.

    Parameters
    ----------
    vertices:
        float64 (V, 3), mm.
    bvh:
        ``meshkernels.bvh.build`` of the mesh with its corrected faces.
    topology, orientation, mass, intersections:
        Of the same mesh.
    """
    count = len(orientation.faces)
    sides = ShellSides(np.ones(count, np.int32), np.ones(count, np.bool_))
    if not mass.volume_is_exact or is_one_shell(topology, intersections):
        return sides
    separate = intersections.crossing | intersections.touching
    found = face_windings(vertices, orientation.faces, bvh, separate, orientation.neighbors)
    buried = found.certain & (found.outside != 0)
    return ShellSides(np.where(buried, found.inside, np.int32(1)), ~buried | separate)
