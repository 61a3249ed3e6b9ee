"""The main job: everything that decides whether a model prints, measured once and gathered in one report."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

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
    thickness_method: str = "ray",
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
    with kernels():
        return _analyze(mesh, overhang_angle_degrees, thickness_method, estimate, _Stages(progress))


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


def _analyze(
    mesh: Mesh, overhang_angle: float, thickness_method: str, estimate: bool, stages: _Stages
) -> TechnicalReport:
    vertices = mesh.vertices
    stages.start("topology")
    topology = analyze_topology(mesh)
    stages.start("face orientation")
    oriented = correct_orientation(mesh, topology)
    faces = oriented.faces
    mass = measure_mass(vertices, oriented, topology)
    stages.start("self-intersections")
    tree = bvh.build(vertices, faces)
    crossings = find_self_intersections(vertices, faces, tree)
    stages.start("printed volume")
    printed = measure_printed_volume(vertices, faces, tree, oriented.neighbors, topology, crossings, mass)
    stages.start("wall thickness")
    thickness = measure_thickness(
        vertices, faces, tree, start_winding=printed.inside_winding, method=thickness_method
    )
    del tree
    stages.start("overhangs")
    overhangs = find_overhangs(
        vertices,
        faces,
        oriented.neighbors,
        threshold_degrees=overhang_angle,
        exterior=printed.exterior,
    )
    stages.start("orientation")
    orientation = recommend_orientation(vertices, faces, threshold_degrees=overhang_angle)
    stages.start("estimates")
    estimates = _estimate(mesh, faces, mass, printed, overhangs) if estimate else None
    stages.start("scores")
    extents = _extents(vertices)
    scores = score(
        _score_inputs(
            mesh, extents, topology, oriented, crossings, mass, printed, thickness, overhangs, orientation
        )
    )
    recommendations = recommend_settings(
        extents_mm=extents,
        min_wall_mm=thickness.minimum_mm,
        printed_volume_mm3=printed.printed_volume_mm3,
        surface_area_mm2=mass.area_mm2,
        first_layer_mm2=orientation.before.contact_area_mm2,
        requires_supports=overhangs.requires_supports,
        detail_level=scores.detail_level,
    )
    stages.start(None)
    warnings = [*mesh.warnings, *_topology_warnings(topology, oriented, crossings)]
    warnings += [*oriented.warnings, *mass.warnings, *printed.warnings, *thickness.warnings]
    if estimate and estimates is None:
        warnings.append(NO_ESTIMATE)
    return TechnicalReport(
        mesh=mesh,
        extents_mm=extents,
        topology=topology,
        face_orientation=oriented,
        self_intersections=crossings,
        mass=mass,
        printed_volume=printed,
        thickness=thickness,
        overhangs=overhangs,
        orientation=orientation,
        estimates=estimates,
        scores=scores,
        recommendations=recommendations,
        warnings=tuple(warnings),
        stage_seconds=stages.seconds,
    )


def _extents(vertices: NDArray[np.float64]) -> tuple[float, float, float]:
    # Column by column: numpy takes twenty times as long to reduce over axis 0.
    x, y, z = (float(vertices[:, k].max() - vertices[:, k].min()) for k in range(3))
    return x, y, z


def _estimate(
    mesh: Mesh,
    faces: NDArray[np.int32],
    mass: MassProperties,
    printed: PrintedVolume,
    overhangs: Overhangs,
) -> PrintEstimates | None:
    if mass.volume_mm3 is None:
        return None
    supported = [region for region in overhangs.regions if region.needs_support]
    return estimate_print(
        mesh.vertices,
        faces,
        printed_volume_mm3=printed.printed_volume_mm3,
        signed_volume_mm3=mass.volume_mm3,
        support_volume_mm3=np.array([region.support_volume_mm3 for region in supported]),
        support_contact_area_mm2=np.array([region.area_mm2 for region in supported]),
    )


def _score_inputs(
    mesh: Mesh,
    extents: tuple[float, float, float],
    topology: Topology,
    oriented: FaceOrientation,
    crossings: SelfIntersections,
    mass: MassProperties,
    printed: PrintedVolume,
    thickness: WallThickness,
    overhangs: Overhangs,
    orientation: PrintOrientation,
) -> ScoreInputs:
    volume = printed.printed_volume_mm3
    support = overhangs.support_volume_mm3 if overhangs.requires_supports else 0.0
    return ScoreInputs(
        faces=len(mesh.faces),
        surface_area_mm2=mass.area_mm2,
        extents_mm=extents,
        boundary_edges=topology.boundary_edges,
        nonmanifold_edges=topology.nonmanifold_edges,
        nonmanifold_vertices=topology.nonmanifold_vertices,
        duplicate_faces=topology.duplicate_faces,
        degenerate_faces=topology.degenerate_faces + mesh.degenerate_faces_removed,
        flipped_faces=oriented.flipped_faces,
        self_intersections=crossings.faces,
        min_wall_mm=thickness.minimum_mm,
        support_share=None if volume is None else support / (support + volume),
        first_layer_mm2=orientation.before.contact_area_mm2,
        unit_confidence=mesh.unit_confidence,
        rays_answered=thickness.answered_share,
        printed_volume_mm3=volume,
        signed_volume_mm3=mass.volume_mm3,
    )


def _topology_warnings(
    topology: Topology, oriented: FaceOrientation, crossings: SelfIntersections
) -> list[MeshWarning]:
    """One warning for each kind of defect that was counted."""
    counted = [
        ("OPEN_MESH", topology.boundary_edges, "edges have only one face: the surface is not closed"),
        ("NON_MANIFOLD_EDGES", topology.nonmanifold_edges, "edges have more than two faces"),
        ("FLIPPED_FACES", oriented.flipped_faces, "faces are inside out"),
        ("SELF_INTERSECTIONS", crossings.faces, "faces cross or overlap others"),
        ("DUPLICATE_FACES", topology.duplicate_faces, "faces are there twice"),
        ("DEGENERATE_FACES", topology.degenerate_faces, "faces have no area"),
    ]
    mild = {"DUPLICATE_FACES", "DEGENERATE_FACES"}
    return [
        MeshWarning(code, f"{count:,} {what}.", Severity.INFO if code in mild else Severity.WARNING)
        for code, count, what in counted
        if count
    ]
