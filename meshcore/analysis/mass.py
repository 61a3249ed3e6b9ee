"""Volume, area, centre of mass and inertia, and how far they can be trusted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshcore.analysis.face_orientation import FaceOrientation
from meshcore.analysis.topology import Topology
from meshcore.mesh import MeshWarning, Severity
from meshkernels.caps import Cap, cap_boundary
from meshkernels.components import COLLAPSED
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
    solid, cap = _close(vertices, orientation, topology)
    faces = orientation.faces
    moments = mass_properties(vertices, faces if solid.all() else faces[solid], cap)
    labels = np.where(solid, topology.labels, np.int32(-1))
    volumes, areas, origins = part_volumes(vertices, faces, labels, topology.components)
    volumes += part_volumes(cap.vertices, cap.faces, cap.groups, topology.components, origins)[0]
    if not solid.all():
        areas = part_volumes(vertices, faces, topology.labels, topology.components)[1]
    area = float(areas.sum())
    if not moments.volume > 0.0:
        return MassProperties(area, None, None, None, False, volumes, areas, (_UNKNOWN,))
    ignored = ~solid & ~topology.degenerate
    exact = len(cap.faces) == 0 and not ignored.any()
    warnings = () if exact else (_estimated(cap, int(np.count_nonzero(ignored))),)
    return MassProperties(
        area, moments.volume, moments.center, moments.inertia, exact, volumes, areas, warnings
    )


def _close(
    vertices: NDArray[np.float64], orientation: FaceOrientation, topology: Topology
) -> tuple[NDArray[np.bool_], Cap]:
    """Which faces bound the solid, and the cap that closes what they leave open.

    A component whose faces leave no boundary, sheets included, is closed as it is. From any other the
    sheets are left out.
    """
    f, j = np.nonzero((orientation.neighbors < 0) & (orientation.neighbors != COLLAPSED))
    tails, heads = orientation.faces[f, j], orientation.faces[f, (j + 1) % 3]
    labels = topology.labels[f]
    open_components = np.zeros(topology.components + 1, np.bool_)
    open_components[-1] = True  # faces without a component, labelled -1
    open_components[_boundary(tails, heads, labels)[2]] = True
    one_sided = np.append(~topology.patches.orientable, False)[topology.patches.labels]
    open_components[topology.labels[one_sided]] = True
    solid = ~(orientation.sheet & open_components[topology.labels])
    kept = solid[f]
    return solid, cap_boundary(vertices, *_boundary(tails[kept], heads[kept], labels[kept]))


def _boundary(
    tails: NDArray[np.int32], heads: NDArray[np.int32], labels: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Half-edges left when those that run along an edge in opposite directions have closed each other."""
    edges = (np.minimum(tails, heads).astype(np.int64) << 32) | np.maximum(tails, heads)
    unique, first, inverse = np.unique(edges, return_index=True, return_inverse=True)
    net = np.bincount(inverse, np.where(tails < heads, 1, -1), len(unique)).astype(np.int64)
    low, high = (unique >> 32).astype(np.int32), (unique & 0xFFFFFFFF).astype(np.int32)
    times = np.abs(net)
    forward, backward = np.where(net > 0, low, high), np.where(net > 0, high, low)
    return forward.repeat(times), backward.repeat(times), labels[first].repeat(times)


def _estimated(cap: Cap, ignored: int) -> MeshWarning:
    causes = []
    if len(cap.faces) > 0:
        causes.append("openings were closed with flat caps")
    if ignored > 0:
        causes.append(f"{ignored} faces that enclose nothing were left out")
    return MeshWarning("VOLUME_ESTIMATED", f"The volume is an estimate: {' and '.join(causes)}.")
