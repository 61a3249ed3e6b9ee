"""The main job: everything that decides whether a model prints, measured once and gathered in one report."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshcore.analysis.estimate import NO_ESTIMATE, PrintEstimates, estimate_print
from meshcore.analysis.face_orientation import FaceOrientation, correct_orientation
from meshcore.analysis.mass import MassProperties, measure_mass
from meshcore.analysis.orientation import PrintOrientation, recommend_orientation
from meshcore.analysis.overhangs import Overhangs, find_overhangs
from meshcore.analysis.printed_volume import PrintedVolume, measure_printed_volume
from meshcore.analysis.recommendations import SlicerRecommendations, recommend_settings
from meshcore.analysis.scoring import ScoreInputs, Scores, score
from meshcore.analysis.self_intersections import SelfIntersections, find_self_intersections
from meshcore.analysis.shell_sides import ShellSides, find_shell_sides
from meshcore.analysis.thickness import WallThickness, measure_thickness
from meshcore.analysis.topology import Topology, analyze_topology
from meshcore.mesh import Mesh, MeshWarning, Severity
from meshcore.threads import kernels
from meshkernels import bvh

ANALYSIS_VERSION = "1.0"
"""Changes whenever the same file may get different numbers."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TechnicalReport:
    """Everything measured about one mesh, as it stands: z up, on the plate at its lowest point.

    Attributes
    ----------
    mesh:
        The mesh that was analysed.
    extents_mm:
        Size of the bounding box along x, y, z.
    volume_mm3:
        What would be printed: the union of all shells, or what an open mesh encloses once its holes are
        capped; None where that is unknown.
    topology, face_orientation, self_intersections, mass, printed_volume, thickness, overhangs, orientation:
        One dataclass for each question; their arrays are one entry a face or as documented there.
    estimates:
        Print time and material; None where the volume is unknown or they were not asked for.
    scores, recommendations:
        Judgements drawn from the measurements.
    warnings:
        What the reader and the analyses had to assume, and what may surprise somebody who prints the part.
    stage_seconds:
        Wall time of each stage.
    analysis_version:
        Version of the algorithms.
    """

    mesh: Mesh
    extents_mm: tuple[float, float, float]
    volume_mm3: float | None
    topology: Topology
    face_orientation: FaceOrientation
    self_intersections: SelfIntersections
    mass: MassProperties
    printed_volume: PrintedVolume
    thickness: WallThickness
    overhangs: Overhangs
    orientation: PrintOrientation
    estimates: PrintEstimates | None
    scores: Scores
    recommendations: SlicerRecommendations
    warnings: tuple[MeshWarning, ...]
    stage_seconds: dict[str, float]
    analysis_version: str = ANALYSIS_VERSION


def analyze(
    mesh: Mesh,
    *,
    overhang_angle_degrees: float = 45.0,
    thickness_method: Literal["ray", "sphere"] = "ray",
    estimate: bool = True,
    progress: Progress | None = None,
) -> TechnicalReport:
    """Measure a mesh.

    Parameters
    ----------
    mesh:
        From :func:`meshcore.load`, or made from arrays in mm.
    overhang_angle_degrees:
        Steepest slope that prints without support, degrees from the vertical.
    thickness_method:
        ``"ray"`` or ``"sphere"``, see :func:`meshcore.analysis.thickness.measure_thickness`.
    estimate:
        Whether to estimate print time and material.
    progress:
        Called with the name of each stage as it starts.

    Raises
    ------
    MeshError
        ``UNSAFE_FORK`` in a process forked after its parent used meshcore on OpenMP.
    """
    stages = _Stages(progress)
    with kernels():
        m = _measure(mesh, overhang_angle_degrees, thickness_method, estimate, stages)
    scores, recommendations = _judge(mesh, m)
    return TechnicalReport(
        mesh=mesh,
        extents_mm=m.extents,
        volume_mm3=m.volume_mm3,
        topology=m.topology,
        face_orientation=m.oriented,
        self_intersections=m.crossings,
        mass=m.mass,
        printed_volume=m.printed,
        thickness=m.thickness,
        overhangs=m.overhangs,
        orientation=m.orientation,
        estimates=m.estimates,
        scores=scores,
        recommendations=recommendations,
        warnings=_warnings(mesh, m, estimate),
        stage_seconds=stages.seconds,
    )


class _Stages:
    """Names the stage that runs and keeps how long each took."""

    def __init__(self, progress: Progress | None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._current: str | None = None
        self._start = 0.0

    def start(self, name: str | None) -> None:
        now = perf_counter()
        if self._current is not None:
            self.seconds[self._current] = now - self._start
        self._current, self._start = name, now
        if name is not None and self._progress is not None:
            self._progress(name)


class _Measured(NamedTuple):
    """Everything that is measured, before it is judged."""

    extents: tuple[float, float, float]
    topology: Topology
    oriented: FaceOrientation
    crossings: SelfIntersections
    mass: MassProperties
    printed: PrintedVolume
    volume_mm3: float | None
    sides: ShellSides
    thickness: WallThickness
    overhangs: Overhangs
    orientation: PrintOrientation
    estimates: PrintEstimates | None


def _measure(
    mesh: Mesh,
    overhang_angle: float,
    thickness_method: Literal["ray", "sphere"],
    estimate: bool,
    stages: _Stages,
) -> _Measured:
    vertices = mesh.vertices
    stages.start("topology")
    topology = analyze_topology(mesh)
    stages.start("face orientation")
    oriented = correct_orientation(mesh, topology)
    faces, neighbors = oriented.faces, oriented.neighbors
    mass = measure_mass(vertices, oriented, topology)
    stages.start("self-intersections")
    tree = bvh.build(vertices, faces)
    crossings = find_self_intersections(vertices, faces, tree)
    stages.start("printed volume")
    printed = measure_printed_volume(vertices, tree, topology, oriented, mass, crossings)
    sides = find_shell_sides(vertices, tree, topology, oriented, mass, crossings)
    stages.start("wall thickness")
    thickness = measure_thickness(vertices, faces, tree, start_winding=sides.inside, method=thickness_method)
    del tree  # the largest piece of memory, and nothing below needs it
    stages.start("overhangs")
    overhangs = find_overhangs(
        vertices, faces, neighbors, threshold_degrees=overhang_angle, exterior=sides.exterior
    )
    stages.start("orientation")
    orientation = recommend_orientation(vertices, faces, threshold_degrees=overhang_angle)
    stages.start("estimates")
    # An open mesh has no union of shells; what it encloses once its holes are capped is the best answer.
    volume = printed.printed_volume_mm3 if mass.volume_is_exact else mass.volume_mm3
    estimates = _estimate(vertices, faces, mass, volume, overhangs) if estimate else None
    stages.start(None)
    return _Measured(
        extents=_extents(vertices),
        topology=topology,
        oriented=oriented,
        crossings=crossings,
        mass=mass,
        printed=printed,
        volume_mm3=volume,
        sides=sides,
        thickness=thickness,
        overhangs=overhangs,
        orientation=orientation,
        estimates=estimates,
    )


def _judge(mesh: Mesh, m: _Measured) -> tuple[Scores, SlicerRecommendations]:
    scores = score(_score_inputs(mesh, m))
    recommendations = recommend_settings(
        extents_mm=m.extents,
        min_wall_mm=m.thickness.minimum_mm,
        printed_volume_mm3=m.volume_mm3,
        surface_area_mm2=m.mass.area_mm2,
        first_layer_mm2=m.estimates.first_layer_mm2 if m.estimates else None,
        requires_supports=m.overhangs.requires_supports,
        detail_level=scores.detail_level,
    )
    return scores, recommendations


def _extents(vertices: NDArray[np.float64]) -> tuple[float, float, float]:
    # Column by column: numpy takes twenty times as long to reduce over axis 0.
    x, y, z = (float(vertices[:, k].max() - vertices[:, k].min()) for k in range(3))
    return x, y, z


def _estimate(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    mass: MassProperties,
    volume_mm3: float | None,
    overhangs: Overhangs,
) -> PrintEstimates | None:
    if mass.volume_mm3 is None:
        return None
    supported = [region for region in overhangs.regions if region.needs_support]
    return estimate_print(
        vertices,
        faces,
        printed_volume_mm3=volume_mm3,
        signed_volume_mm3=mass.volume_mm3,
        support_volume_mm3=np.array([region.support_volume_mm3 for region in supported]),
        support_contact_area_mm2=np.array([region.area_mm2 for region in supported]),
    )


def _score_inputs(mesh: Mesh, m: _Measured) -> ScoreInputs:
    volume = m.volume_mm3
    support = m.overhangs.support_volume_mm3
    return ScoreInputs(
        faces=len(mesh.faces),
        surface_area_mm2=m.mass.area_mm2,
        extents_mm=m.extents,
        boundary_edges=m.topology.boundary_edges,
        nonmanifold_edges=m.topology.nonmanifold_edges,
        nonmanifold_vertices=m.topology.nonmanifold_vertices,
        duplicate_faces=m.topology.duplicate_faces,
        degenerate_faces=m.topology.degenerate_faces + mesh.degenerate_faces_removed,
        flipped_faces=m.oriented.flipped_faces,
        self_intersections=m.crossings.self_intersecting_faces,
        min_wall_mm=m.thickness.minimum_mm,
        support_share=None if volume is None else support / (support + volume),
        first_layer_mm2=m.estimates.first_layer_mm2 if m.estimates else None,
        unit_confidence=mesh.unit_confidence,
        rays_answered=_answered(m),
        printed_volume_mm3=volume,
        signed_volume_mm3=m.mass.volume_mm3,
    )


def _answered(m: _Measured) -> float | None:
    """Share of the faces of the outside whose thickness is known; None where there are none."""
    asked = m.sides.exterior & ~m.topology.degenerate
    if not asked.any():
        return None
    return float(np.count_nonzero(np.isfinite(m.thickness.per_face[asked])) / np.count_nonzero(asked))


def _warnings(mesh: Mesh, m: _Measured, estimate: bool) -> tuple[MeshWarning, ...]:
    """What the reader said, one warning for each kind of defect counted, what the analyses said."""
    counted = [
        ("OPEN_MESH", m.topology.boundary_edges, "edges have only one face: the surface is not closed"),
        ("NON_MANIFOLD_EDGES", m.topology.nonmanifold_edges, "edges have more than two faces"),
        ("FLIPPED_FACES", m.oriented.flipped_faces, "faces are inside out"),
        ("DUPLICATE_FACES", m.topology.duplicate_faces, "faces are there twice"),
        ("DEGENERATE_FACES", m.topology.degenerate_faces, "faces have no area"),
    ]
    mild = {"DUPLICATE_FACES", "DEGENERATE_FACES"}
    defects = (
        MeshWarning(code, f"{count:,} {what}.", Severity.INFO if code in mild else Severity.WARNING)
        for code, count, what in counted
        if count
    )
    unknown = (NO_ESTIMATE,) if estimate and m.estimates is None else ()
    analyses = (
        *m.crossings.warnings,
        *m.oriented.warnings,
        *m.mass.warnings,
        *m.printed.warnings,
        *m.thickness.warnings,
    )
    return (*mesh.warnings, *defects, *analyses, *unknown)
