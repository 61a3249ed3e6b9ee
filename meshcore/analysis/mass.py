"""Volume, area, centre of mass and inertia, and how far they can be trusted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshcore.analysis.face_orientation import FaceOrientation
from meshcore.analysis.topology import Topology
from meshcore.mesh import MeshWarning, Severity
from meshkernels.caps import EMPTY_CAP, Cap, cap_boundary, open_edges
from meshkernels.components import BOUNDARY, NONMANIFOLD
from meshkernels.mass_properties import mass_properties, part_volumes

_UNKNOWN = MeshWarning("VOLUME_UNKNOWN", "The surface encloses no volume.", Severity.ERROR)


@dataclass(frozen=True, slots=True)
class MassProperties:
    """What the mesh encloses, every shell by itself: where shells overlap, their volume counts twice.

    Attributes
    ----------
    area_mm2:
        Area of all faces.
    volume_mm3:
        Volume; None when the mesh encloses nothing.
    center_of_mass_mm:
        float64 (3,), or None.
    inertia_mm5:
        float64 (3, 3) about the centre of mass along the axes of the mesh, for a density of one;
        multiply by the density. Or None.
    volume_is_exact:
        Whether the faces that enclose the volume leave no gap.
    component_volumes_mm3, component_areas_mm2:
        float64 (components,): negative volume for the wall of a cavity, 0 for a sheet.
    warnings:
        ``VOLUME_ESTIMATED`` when openings were closed with flat caps or sheets left out,
        ``VOLUME_UNKNOWN`` when there is no volume.
    """

    area_mm2: float
    volume_mm3: float | None
    center_of_mass_mm: NDArray[np.float64] | None
    inertia_mm5: NDArray[np.float64] | None
    volume_is_exact: bool
    component_volumes_mm3: NDArray[np.float64]
    component_areas_mm2: NDArray[np.float64]
    warnings: tuple[MeshWarning, ...]


def measure_mass(
    vertices: NDArray[np.float64], orientation: FaceOrientation, topology: Topology
) -> MassProperties:
    """Integrate over the solid. Openings are closed with fans to the middle of their rims.

    Parameters
    ----------
    vertices:
        float64 (V, 3), mm.
    orientation, topology:
        Of the same mesh.
    """
    faces, solid = orientation.faces, ~orientation.sheet
    cap = _cap(vertices, orientation, topology)
    moments = mass_properties(vertices, faces if solid.all() else faces[solid], cap)
    volumes, areas = _components(vertices, faces, solid, topology, cap)
    area = float(areas.sum())
    if not moments.volume > 0.0:
        return MassProperties(area, None, None, None, False, volumes, areas, (_UNKNOWN,))
    ignored = int(np.count_nonzero(~solid & ~topology.degenerate))
    exact = len(cap.faces) == 0 and ignored == 0
    warnings = () if exact else (_estimated(cap, ignored),)
    return MassProperties(
        area, moments.volume, moments.center, moments.inertia, exact, volumes, areas, warnings
    )


def _components(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    solid: NDArray[np.bool_],
    topology: Topology,
    cap: Cap,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Volume of the solid faces, caps included, and area of all faces of each component."""
    labels = np.where(solid, topology.labels, np.int32(-1))
    volumes, areas, origins = part_volumes(vertices, faces, labels, topology.components)
    volumes += part_volumes(cap.vertices, cap.faces, cap.groups, topology.components, origins)[0]
    if not solid.all():
        areas = part_volumes(vertices, faces, topology.labels, topology.components)[1]
    return volumes, areas


def _cap(vertices: NDArray[np.float64], orientation: FaceOrientation, topology: Topology) -> Cap:
    """Close what the faces of the solid leave open, component by component."""
    if topology.boundary_edges == 0 and topology.nonmanifold_edges == 0:
        return EMPTY_CAP
    loose = (orientation.neighbors == BOUNDARY) | (orientation.neighbors == NONMANIFOLD)
    f, j = np.nonzero(loose & ~orientation.sheet[:, None])
    tails, heads = orientation.faces[f, j], orientation.faces[f, (j + 1) % 3]
    return cap_boundary(vertices, *open_edges(tails, heads, topology.labels[f]))


def _estimated(cap: Cap, ignored: int) -> MeshWarning:
    causes = []
    if len(cap.faces) > 0:
        causes.append("openings were closed with flat caps")
    if ignored > 0:
        causes.append(f"{ignored} faces that enclose nothing were left out")
    return MeshWarning("VOLUME_ESTIMATED", f"The volume is an estimate: {' and '.join(causes)}.")
