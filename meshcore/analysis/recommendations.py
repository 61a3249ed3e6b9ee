"""Print settings to start from, by rules on what was measured; ``docs/scores.md`` gives their sources."""

import math
from dataclasses import dataclass

from meshcore.analysis.estimate import DRAFT, HIGH_QUALITY, NORMAL, PrintSettings, layer_count
from meshcore.analysis.scoring import DetailLevel

# A wall prints when at least one line fits: lines may be as narrow as the nozzle (Prusa, Cura).
_FINE_NOZZLE_MM, _NOZZLE_MM, _COARSE_NOZZLE_MM = 0.25, 0.4, 0.6
_COARSE_WALL_MM = 1.2  # two lines of the coarse nozzle
_COARSE_VOLUME_MM3 = 500_000.0  # about a day of printing with 0.4 mm
_SMALL_HEIGHT_MM = 60.0
_TALL_MM = 150.0
_SLENDER = 8.0  # height over width of the base
_SMALL_BASE_MM2 = 100.0
_BULKY_MM = 30.0


@dataclass(frozen=True, slots=True)
class SlicerRecommendations:
    """Settings for a slicer, with a sentence for each that differs from the usual and for the material."""

    layer_height_mm: float
    infill_percentage: float
    nozzle_size_mm: float
    print_speed_mm_s: float
    temperature_c: float
    bed_temperature_c: float
    support_enabled: bool
    material_type: str
    estimated_layer_count: int
    reasons: tuple[str, ...]


def recommend_settings(
    *,
    extents_mm: tuple[float, float, float],
    min_wall_mm: float | None,
    printed_volume_mm3: float | None,
    surface_area_mm2: float,
    first_layer_mm2: float | None,
    requires_supports: bool,
    detail_level: DetailLevel,
) -> SlicerRecommendations:
    """Recommend settings for a part as it stands.

    Parameters
    ----------
    extents_mm:
        Size of the bounding box x, y, z in print orientation.
    min_wall_mm, printed_volume_mm3, first_layer_mm2:
        None where unknown; the rule that needs them then keeps the usual value.
    surface_area_mm2, requires_supports, detail_level:
        As measured.
    """
    height = extents_mm[2]
    reasons: list[str] = []
    nozzle = _nozzle(extents_mm, min_wall_mm, printed_volume_mm3, reasons)
    settings = _layers(nozzle, height, detail_level, reasons)
    slender = first_layer_mm2 is not None and _slenderness(height, first_layer_mm2) > _SLENDER
    infill = _infill(printed_volume_mm3, surface_area_mm2, slender, reasons)
    speed = _speed(nozzle, slender, first_layer_mm2, reasons)
    if requires_supports:
        reasons.append("Supports: some overhangs are steeper than 45 degrees and cannot be bridged.")
    reasons.append(
        "PLA at 210 °C: nothing in the geometry asks for another plastic, and PLA warps least."
        if nozzle <= _NOZZLE_MM
        else "PLA at 220 °C: a wide nozzle melts more plastic each second."
    )
    return SlicerRecommendations(
        layer_height_mm=settings.layer_height_mm,
        infill_percentage=infill,
        nozzle_size_mm=nozzle,
        print_speed_mm_s=speed,
        temperature_c=210.0 if nozzle <= _NOZZLE_MM else 220.0,
        bed_temperature_c=60.0,
        support_enabled=requires_supports,
        material_type="PLA",
        estimated_layer_count=layer_count(height, settings),
        reasons=tuple(reasons),
    )


def _slenderness(height_mm: float, base_mm2: float) -> float:
    return height_mm / math.sqrt(max(base_mm2, 1e-6) * 4 / math.pi)


def _nozzle(
    extents_mm: tuple[float, float, float],
    min_wall_mm: float | None,
    volume_mm3: float | None,
    reasons: list[str],
) -> float:
    if min_wall_mm is not None and min_wall_mm < _NOZZLE_MM:
        verdict = "" if min_wall_mm >= _FINE_NOZZLE_MM else "; even so the thinnest walls may vanish"
        reasons.append(f"Nozzle 0.25 mm: walls are {min_wall_mm:.2f} mm thin{verdict}.")
        return _FINE_NOZZLE_MM
    large = volume_mm3 is not None and volume_mm3 > _COARSE_VOLUME_MM3
    if large and min_wall_mm is not None and min_wall_mm >= _COARSE_WALL_MM:
        reasons.append("Nozzle 0.6 mm: a large part with walls of two wide lines or more.")
        return _COARSE_NOZZLE_MM
    return _NOZZLE_MM


def _layers(nozzle: float, height: float, detail: DetailLevel, reasons: list[str]) -> PrintSettings:
    """Layer heights stay between a quarter and three quarters of the nozzle."""
    if nozzle == _FINE_NOZZLE_MM:
        return PrintSettings(layer_height_mm=0.1, first_layer_height_mm=0.15)
    if nozzle == _COARSE_NOZZLE_MM:
        return PrintSettings(layer_height_mm=0.3, first_layer_height_mm=0.3)
    if detail in (DetailLevel.HIGH, DetailLevel.ULTRA) and height <= _SMALL_HEIGHT_MM:
        reasons.append("Layers of 0.12 mm: a small part with a finely modelled surface.")
        return HIGH_QUALITY
    if detail in (DetailLevel.LOW, DetailLevel.MEDIUM) and height >= _TALL_MM:
        reasons.append("Layers of 0.28 mm: a tall part without fine detail.")
        return DRAFT
    return NORMAL


def _infill(volume: float | None, area: float, slender: bool, reasons: list[str]) -> float:
    if slender:
        reasons.append("Infill 40 %: a slender part bends and breaks easily.")
        return 40.0
    # 2V/A is the mean thickness, as of a plate; a ball of 90 mm has 30 mm.
    if volume is not None and area > 0 and 2 * volume / area > _BULKY_MM:
        reasons.append("Infill 15 %: a bulky part is stiff by its shell.")
        return 15.0
    return 20.0


def _speed(nozzle: float, slender: bool, base_mm2: float | None, reasons: list[str]) -> float:
    if slender or (base_mm2 is not None and base_mm2 < _SMALL_BASE_MM2):
        reasons.append("30 mm/s: a small or slender base must not be shaken loose.")
        return 30.0
    return 35.0 if nozzle == _FINE_NOZZLE_MM else 50.0
