"""The volume that comes out of the printer: slicers unite shells that overlap, or nest the wrong way."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from meshcore.analysis.face_orientation import FaceOrientation
from meshcore.analysis.mass import MassProperties
from meshcore.analysis.self_intersections import SelfIntersections
from meshcore.analysis.shell_sides import is_one_shell
from meshcore.analysis.topology import Topology
from meshcore.mesh import MeshWarning
from meshkernels.bvh import Bvh
from meshkernels.union_volume import DISPLACEMENT, union_volume

OVERLAP_LIMIT = 1e-4
"""Of the printed volume: a greater difference from the sum of the shells gets a warning."""


class VolumeMethod(StrEnum):
    """How the printed volume was found."""

    ONE_SHELL = "one_shell"
    """One surface that nothing crosses: printed is what it encloses."""
    UNION = "union"
    """Integrated over the visible parts of all faces, exact up to rounding."""
    DISPLACED_UNION = "displaced_union"
    """The same after displacing vertices by less than anybody prints, since faces lie on one another."""


@dataclass(frozen=True, slots=True)
class PrintedVolume:
    """What is printed: all points around which the winding number is not 0.

    Attributes
    ----------
    printed_volume_mm3:
        Volume of the union; None for an open mesh and where no certain answer was found.
    overlap_volume_mm3:
        Volume that belongs to two shells or more, counted once; None with the former.
    error_mm3:
        Bound on the error of both beyond rounding, 0 unless the method is ``DISPLACED_UNION``.
    method:
        None with the volume.
    warnings:
        ``SHELLS_OVERLAP`` when the printed volume differs from the sum over all shells by more than
        ``OVERLAP_LIMIT``, ``PRINTED_VOLUME_UNKNOWN`` for a closed mesh without an answer.
    """

    printed_volume_mm3: float | None
    overlap_volume_mm3: float | None
    error_mm3: float
    method: VolumeMethod | None
    warnings: tuple[MeshWarning, ...]


def measure_printed_volume(
    vertices: NDArray[np.float64],
    bvh: Bvh,
    topology: Topology,
    orientation: FaceOrientation,
    mass: MassProperties,
    intersections: SelfIntersections,
) -> PrintedVolume:
    """Measure the union of all shells.

    An open mesh has no answer here (None, without a warning): what its gaps are closed with decides it.

    Parameters
    ----------
    vertices:
        float64 (V, 3), mm.
    bvh:
        ``meshkernels.bvh.build`` of the mesh, with faces wound either way.
    topology, orientation, mass, intersections:
        Of the same mesh.
    """
    if mass.volume_mm3 is None or not mass.volume_is_exact:
        return PrintedVolume(None, None, 0.0, None, ())
    if is_one_shell(topology, intersections):
        return PrintedVolume(mass.volume_mm3, 0.0, 0.0, VolumeMethod.ONE_SHELL, ())
    union = union_volume(vertices, orientation.faces, bvh, intersections.crossing, orientation.neighbors)
    if union is None:
        return PrintedVolume(None, None, 0.0, None, (_UNKNOWN,))
    method = VolumeMethod.DISPLACED_UNION if union.displaced else VolumeMethod.UNION
    error = math.sqrt(3.0) * DISPLACEMENT * bvh.reach * mass.area_mm2 if union.displaced else 0.0
    difference = abs(union.volume - mass.volume_mm3)
    overlaps = difference > OVERLAP_LIMIT * union.volume + error
    warnings = (_overlap(union.volume, mass.volume_mm3),) if overlaps else ()
    return PrintedVolume(union.volume, max(union.overlap, 0.0), error, method, warnings)


_UNKNOWN = MeshWarning(
    "PRINTED_VOLUME_UNKNOWN", "The faces overlap in too many places to tell the volume of their union."
)


def _overlap(printed: float, shells: float) -> MeshWarning:
    return MeshWarning(
        "SHELLS_OVERLAP",
        f"Shells overlap: {printed:.6g} mm³ are printed, although they enclose {shells:.6g} mm³ one by one.",
    )
