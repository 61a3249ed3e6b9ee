"""``model-technical-metadata-request`` and ``model-technical-metadata-completed``."""

from datetime import datetime

from meshcore.messages.base import Message


class StorageLocation(Message):
    """Where a file lies in a storage connection."""

    storage_connection_id: str | None = None
    path: str | None = None


class AnalysisOptions(Message):
    """What the sender wants of the analysis."""

    detailed_analysis: bool | None = None
    estimate_print_metrics: bool | None = None
    skip_cache: bool | None = None


class TechnicalMetadataRequest(Message):
    """Please analyse this model."""

    model_id: str | None = None
    owner_id: str | None = None
    storage_location: StorageLocation | None = None
    minio_path: str | None = None
    parent_job_id: str | None = None
    analysis_options: AnalysisOptions | None = None


class BoundingBox(Message):
    """Size in mm: width along x, depth along y, height along z (up)."""

    width: float | None = None
    height: float | None = None
    depth: float | None = None
    original_unit: str | None = None


class OverhangArea(Message):
    """One region that hangs over: worst angle from vertical (degrees), area (mm²), where it is."""

    angle: float | None = None
    area: float | None = None
    location: str | None = None


class PrintTimeEstimates(Message):
    """Minutes for each quality preset."""

    draft: float | None = None
    normal: float | None = None
    high_quality: float | None = None


class MaterialEstimates(Message):
    """Grams of PLA for each infill share."""

    infill10: float | None = None
    infill20: float | None = None
    infill50: float | None = None
    infill100: float | None = None


class RecommendedOrientation(Message):
    """Rotate about the fixed axes x, then y, then z by these degrees."""

    rotation_x: float | None = None
    rotation_y: float | None = None
    rotation_z: float | None = None
    reasoning: str | None = None


class SlicerSettings(Message):
    """Print settings to start from."""

    layer_height_mm: float | None = None
    infill_percentage: float | None = None
    nozzle_size_mm: float | None = None
    print_speed_mm_s: float | None = None
    temperature_c: float | None = None
    bed_temperature_c: float | None = None
    support_enabled: bool | None = None
    material_type: str | None = None
    estimated_layer_count: int | None = None


class AnalysisWarning(Message):
    """Something to know about the model, with a stable code."""

    code: str | None = None
    message: str | None = None
    severity: str | None = None


class TechnicalMetadataCompleted(Message):
    """The answer: ``status`` COMPLETED with the measurements, or FAILED with code and message."""

    original_job_id: str | None = None
    model_id: str | None = None
    status: str | None = None
    vertices: int | None = None
    faces: int | None = None
    edges: int | None = None
    detail_level: str | None = None
    bounding_box: BoundingBox | None = None
    volume_cubic_mm: float | None = None
    surface_area_sq_mm: float | None = None
    min_wall_thickness: float | None = None
    max_wall_thickness: float | None = None
    manifold: bool | None = None
    non_manifold_edges: int | None = None
    holes: int | None = None
    flipped_normals: int | None = None
    self_intersections: int | None = None
    quality_score: float | None = None
    printability_score: float | None = None
    requires_supports: bool | None = None
    overhangs: list[OverhangArea] | None = None
    estimated_print_time_minutes: int | None = None
    print_time_estimates: PrintTimeEstimates | None = None
    estimated_material_grams: float | None = None
    material_estimates: MaterialEstimates | None = None
    recommended_orientation: RecommendedOrientation | None = None
    slicer_recommendations: SlicerSettings | None = None
    original_unit: str | None = None
    format_version: str | None = None
    has_color_data: bool | None = None
    has_texture_coordinates: bool | None = None
    has_vertex_normals: bool | None = None
    analyzed_by: str | None = None
    analysis_version: str | None = None
    analysis_confidence: float | None = None
    analysis_warnings: list[AnalysisWarning] | None = None
    analyzed_at: datetime | None = None
    error_message: str | None = None
    error_code: str | None = None
