"""``model-technical-metadata-request`` in, ``model-technical-metadata-completed`` out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import meshcore
from meshcore.analysis.technical import ANALYSIS_VERSION, TechnicalReport, analyze
from meshcore.errors import ErrorCode, MeshError
from meshcore.formats import load
from meshcore.messages.technical_metadata import (
    AnalysisWarning,
    BoundingBox,
    MaterialEstimates,
    OverhangArea,
    PrintTimeEstimates,
    RecommendedOrientation,
    SlicerSettings,
    TechnicalMetadataCompleted,
    TechnicalMetadataRequest,
)

ANALYZED_BY = f"meshcore {meshcore.__version__}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The message to send, and the report behind it; None when the analysis failed."""

    message: TechnicalMetadataCompleted
    report: TechnicalReport | None


def analyze_file(
    path: Path,
    request: TechnicalMetadataRequest | None = None,
    *,
    job_id: str | None = None,
    unit: str | None = None,
    overhang_angle_degrees: float = 45.0,
    progress: Callable[[str], None] | None = None,
) -> Outcome:
    """Answer a request for a file that lies on this machine; every failure becomes a FAILED message.

    Parameters
    ----------
    path:
        The model file.
    request:
        Who asks and what for. Without one the model is named after the file.
    job_id:
        Job to answer; without one a fresh id names this run.
    unit, overhang_angle_degrees, progress:
        As for :func:`meshcore.load` and :func:`meshcore.analyze`.
    """
    request = request or TechnicalMetadataRequest(model_id=path.stem)
    job_id = job_id or f"local-{uuid4()}"
    options = request.analysis_options
    estimate = options is None or options.estimate_print_metrics is not False
    try:
        report = analyze(
            load(path, unit=unit),
            overhang_angle_degrees=overhang_angle_degrees,
            estimate=estimate,
            progress=progress,
        )
        return Outcome(completed(request, job_id, report), report)
    except MeshError as error:
        return Outcome(failed(request, job_id, error), None)
    except Exception as error:  # a bug of ours: one answer, no traceback, the batch goes on
        bug = MeshError(ErrorCode.INTERNAL_ERROR, f"The analysis stopped: {type(error).__name__}: {error}")
        return Outcome(failed(request, job_id, bug), None)


def failed(request: TechnicalMetadataRequest, job_id: str, error: MeshError) -> TechnicalMetadataCompleted:
    """The message for an analysis that could not be made."""
    return TechnicalMetadataCompleted(
        original_job_id=job_id,
        model_id=request.model_id,
        status="FAILED",
        analyzed_by=ANALYZED_BY,
        analysis_version=ANALYSIS_VERSION,
        analyzed_at=_now(),
        error_code=str(error.code),
        error_message=error.message,
    )


def completed(
    request: TechnicalMetadataRequest, job_id: str, report: TechnicalReport
) -> TechnicalMetadataCompleted:
    """The message for a report; what the report does not know is left out."""
    mesh, topology, scores = report.mesh, report.topology, report.scores
    x, y, z = report.extents_mm
    estimates = report.estimates
    return TechnicalMetadataCompleted(
        original_job_id=job_id,
        model_id=request.model_id,
        status="COMPLETED",
        vertices=len(mesh.vertices),
        faces=len(mesh.faces),
        edges=topology.edge_count,
        detail_level=str(scores.detail_level),
        bounding_box=BoundingBox(width=x, height=z, depth=y, original_unit=mesh.original_unit),
        volume_cubic_mm=report.volume_mm3,
        surface_area_sq_mm=report.mass.area_mm2,
        min_wall_thickness=report.thickness.minimum_mm,
        max_wall_thickness=report.thickness.maximum_mm,
        manifold=topology.manifold,
        non_manifold_edges=topology.nonmanifold_edges,
        holes=topology.holes,
        flipped_normals=report.face_orientation.flipped_faces,
        self_intersections=report.self_intersections.self_intersecting_faces,
        quality_score=scores.quality,
        printability_score=scores.printability,
        requires_supports=report.overhangs.requires_supports,
        overhangs=_overhangs(report),
        estimated_print_time_minutes=_minutes(estimates.normal.print_time_s) if estimates else None,
        print_time_estimates=_print_times(report),
        estimated_material_grams=round(estimates.normal.material_g, 2) if estimates else None,
        material_estimates=_materials(report),
        recommended_orientation=_orientation(report),
        slicer_recommendations=_settings(report),
        original_unit=mesh.original_unit,
        format_version=mesh.format_version,
        has_color_data=mesh.has_colors,
        has_texture_coordinates=mesh.has_uv,
        has_vertex_normals=mesh.has_normals,
        analyzed_by=ANALYZED_BY,
        analysis_version=report.analysis_version,
        analysis_confidence=scores.confidence,
        analysis_warnings=[
            AnalysisWarning(code=w.code, message=w.message, severity=str(w.severity)) for w in report.warnings
        ],
        analyzed_at=_now(),
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _minutes(seconds: float) -> int:
    return max(1, round(seconds / 60))


def _overhangs(report: TechnicalReport) -> list[OverhangArea]:
    """The regions that need support; bridges and tiny ones are in the report, not in the message."""
    return [
        OverhangArea(
            angle=round(region.worst_angle_degrees, 2),
            area=round(region.area_mm2, 3),
            location=region.location,
        )
        for region in report.overhangs.regions
        if region.needs_support
    ]


def _print_times(report: TechnicalReport) -> PrintTimeEstimates | None:
    estimates = report.estimates
    if estimates is None:
        return None
    return PrintTimeEstimates(
        draft=_minutes(estimates.draft.print_time_s),
        normal=_minutes(estimates.normal.print_time_s),
        high_quality=_minutes(estimates.high_quality.print_time_s),
    )


def _materials(report: TechnicalReport) -> MaterialEstimates | None:
    estimates = report.estimates
    if estimates is None:
        return None
    return MaterialEstimates(
        infill10=round(estimates.infill10_g, 2),
        infill20=round(estimates.infill20_g, 2),
        infill50=round(estimates.infill50_g, 2),
        infill100=round(estimates.infill100_g, 2),
    )


def _orientation(report: TechnicalReport) -> RecommendedOrientation:
    orientation = report.orientation
    return RecommendedOrientation(
        rotation_x=round(orientation.rotation_x, 4),
        rotation_y=round(orientation.rotation_y, 4),
        rotation_z=round(orientation.rotation_z, 4),
        reasoning=orientation.reason,
    )


def _settings(report: TechnicalReport) -> SlicerSettings:
    settings = report.recommendations
    return SlicerSettings(
        layer_height_mm=settings.layer_height_mm,
        infill_percentage=settings.infill_percentage,
        nozzle_size_mm=settings.nozzle_size_mm,
        print_speed_mm_s=settings.print_speed_mm_s,
        temperature_c=settings.temperature_c,
        bed_temperature_c=settings.bed_temperature_c,
        support_enabled=settings.support_enabled,
        material_type=settings.material_type,
        estimated_layer_count=settings.estimated_layer_count,
    )
