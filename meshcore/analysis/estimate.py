"""Print time and plastic of a part, estimated from its cross-sections without any toolpath.

Every layer is known by four numbers: its area, its perimeter, and how much of it opens upwards and
downwards to the next layers. Walls follow the perimeter, solid layers lie under roofs and over floors,
sparse infill takes the rest. Lengths become seconds by a trapezoidal speed profile for a line of mean
length. ``docs/estimates.md`` has the formulas and the errors against a real slicer.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshcore.mesh import MeshWarning
from meshkernels.cross_section import CrossSections, at_planes, cross_sections

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PrintSettings:
    """What is printed how: one nozzle of 0.4 mm, PLA, a common bed-slinger; only these change."""

    layer_height_mm: float
    first_layer_height_mm: float
    infill_share: float = 0.2

    @property
    def shell_layers(self) -> int:
        """Solid layers under a roof or over a floor: 0.8 mm in every preset."""
        return math.ceil(_SHELL_MM / self.layer_height_mm - 1e-9)


DRAFT = PrintSettings(layer_height_mm=0.28, first_layer_height_mm=0.28)
NORMAL = PrintSettings(layer_height_mm=0.2, first_layer_height_mm=0.2)
HIGH_QUALITY = PrintSettings(layer_height_mm=0.12, first_layer_height_mm=0.2)

# Printer and filament: the usual values of a 0.4 mm desktop printer.
_PLA_G_MM3 = 1.24e-3
_FILAMENT_MM2 = math.pi * 1.75**2 / 4
_LINE_WIDTH_MM = 0.45
_SHELL_MM = 0.8
_EXTERNAL_MM_S, _WALL_MM_S, _INFILL_MM_S = 25.0, 45.0, 80.0
_SOLID_MM_S, _TOP_MM_S, _BRIDGE_MM_S = 80.0, 40.0, 30.0
_FIRST_LAYER_MM_S, _SLOWEST_MM_S, _TRAVEL_MM_S = 20.0, 15.0, 180.0
_SUPPORT_MM_S, _INTERFACE_MM_S = 50.0, 40.0
_FILL_MM_S2, _FIRST_LAYER_MM_S2, _TRAVEL_MM_S2 = 1000.0, 800.0, 1250.0
# A jerk limit of 8 mm/s on each axis lets a line at 45 degrees turn at 8 / sqrt(2) mm/s.
_CORNER_MM_S = 8.0 / math.sqrt(2.0)
_LAYER_TIME_S = 8.0  # minimum, for cooling
# Pull back and push again 0.8 mm at 1250 mm/s2, lift and lower 0.2 mm at 200 mm/s2.
_RETRACTION_S = 2 * 2 * math.sqrt(0.8 / 1250) + 2 * 0.06
_LAYER_CHANGE_S = 0.3  # the same moves plus the step up

# Measured on PrusaSlicer's toolpaths of the training parts (docs/estimates.md), none of them a test part.
_JOINED_SHARE = 0.42  # infill lines joined along the wall: length per mm of interior perimeter
_SPLITS_PER_MM = 0.35  # extra travels per mm of interior perimeter where solid and sparse fill meet
_RETRACTED_SHARE = 0.42  # travels that cross a wall and retract
_TRAVEL_SHARE = 0.06  # mean travel as a share of the layer's diagonal
_SHORTEST_SOLID_MM = 2.8  # mean line in a narrow solid ring
_SLOWED_SHARE = 0.3  # the slicer's cooling takes moves for instantaneous: this share of them comes on top
# Faces less steep than 60 degrees: over 0.8 mm of height a steeper one moves by less than a line's width.
_FLAT_COSINE = 0.5

# Support lines: width 0.4 mm at a clear distance of 2.5 mm, and two interface layers at 0.2 mm.
_SUPPORT_WIDTH_MM = 0.4
_SUPPORT_DENSITY = 0.125
_SUPPORT_PITCH_MM = 2.9  # every cell of this grid that an overhang touches is filled: half a cell each side
_SUPPORT_FOOT_MM = 3.0  # the first layer reaches this much further, filled to 90 %
_SUPPORT_MEASURED = 1.1  # plastic over what the pattern explains: median of the training parts
_INTERFACE_MM = 0.6  # measured: plastic per area of contact
_SUPPORT_TIME_FACTOR = 1.75  # measured: over length / speed, for line ends and travels

_MOST_LAYERS = 100_000

NO_ESTIMATE = MeshWarning(
    "ESTIMATE_UNAVAILABLE",
    "Print time and material are unknown: the part encloses no volume, or has more than 100000 layers.",
)


@dataclass(frozen=True, slots=True)
class PrintEstimate:
    """One print. Grams are PLA of 1.24 g/cm3; time and filament include the supports."""

    settings: PrintSettings
    print_time_s: float
    model_material_g: float
    support_material_g: float
    support_time_s: float
    layers: int

    @property
    def material_g(self) -> float:
        """Grams of model and supports."""
        return self.model_material_g + self.support_material_g

    @property
    def filament_mm(self) -> float:
        """Length of filament of 1.75 mm for model and supports."""
        return self.material_g / (_PLA_G_MM3 * _FILAMENT_MM2)


@dataclass(frozen=True, slots=True)
class PrintEstimates:
    """The three quality presets, the grams of the normal one at other infill, and its lowest layer."""

    draft: PrintEstimate
    normal: PrintEstimate
    high_quality: PrintEstimate
    infill10_g: float
    infill20_g: float
    infill50_g: float
    infill100_g: float
    first_layer_mm2: float


class Regions(NamedTuple):
    """What each layer is made of: float64 (L,), areas in mm2, lengths in mm."""

    height: Array
    spacing: float
    wall: Array
    external_length: Array
    inner_length: Array
    solid: Array
    top: Array
    bridge: Array
    sparse: Array
    chord: Array
    interior_perimeter: Array
    diagonal: Array


def layer_count(height_mm: float, settings: PrintSettings) -> int:
    """Layers of a part of this height: a slicer prints those whose middle lies inside, at least one."""
    above_first = height_mm - settings.first_layer_height_mm
    return 1 + max(0, math.ceil(above_first / settings.layer_height_mm - 0.5 - 1e-6))


def layer_planes(z_min: float, z_max: float, settings: PrintSettings) -> Array:
    """Heights of the middles of all layers, float64 (L,), ascending; a flat part is cut in its middle."""
    first, h = settings.first_layer_height_mm, settings.layer_height_mm
    above = first + (np.arange(layer_count(z_max - z_min, settings) - 1) + 0.5) * h
    return z_min + np.concatenate([[min(first, z_max - z_min) / 2], above])


def fill_regions(sections: CrossSections, settings: PrintSettings, scale: float = 1.0) -> Regions:
    """Divide every layer into walls, solid shells and sparse infill.

    ``scale`` turns signed areas into printed ones (printed / signed volume). The interior of a layer of
    area A and perimeter P behind walls of depth d is A - dP for a strip and A(1 - dP/2A)^2 for a disc
    (Steiner's formula for parallel bodies); a layer of unknown shape gets the mean of both.
    """
    area = np.maximum(sections.area_mm2 * scale, 0.0)
    perimeter = np.where(area > 0, sections.perimeter_mm * min(abs(scale), 1.0), 0.0)
    roof, floor = sections.roof_mm2 * abs(scale), sections.floor_mm2 * abs(scale)
    if scale < 0:
        roof, floor = floor, roof
    n = len(area)
    h = settings.layer_height_mm
    # Rounded ends of the extruded line: neighbours lie closer than its width by h (1 - pi/4).
    spacing = _LINE_WIDTH_MM - h * (1 - math.pi / 4)
    depth = _LINE_WIDTH_MM + spacing
    solid_area = np.maximum(area, 1e-9)
    u = depth * perimeter / solid_area
    interior = 0.5 * (np.maximum(0.0, 1 - u) + np.maximum(0.0, 1 - u / 2) ** 2)

    # A step makes the layers behind its wall solid as well: the perimeter that appears or ends there.
    step = depth * np.abs(np.diff(perimeter, prepend=0.0, append=0.0))
    step[0] = step[n] = 0.0
    shell = settings.shell_layers
    covered = np.minimum(1.0, _window(roof + np.minimum(step, roof), 1, 1 + shell) / solid_area)
    resting = np.minimum(1.0, _window(floor + np.minimum(step, floor), 1 - shell, 1) / solid_area)
    solid = area * interior * (1 - (1 - covered) * (1 - resting))
    top = np.minimum(solid, area * interior * np.minimum(1.0, roof[1:] / solid_area))
    bridge = np.minimum(solid - top, area * interior * np.minimum(1.0, floor[:-1] / solid_area))
    bridge[0] = 0.0

    wall = area * (1 - interior)
    external = np.minimum(perimeter, wall / spacing)
    box = np.nan_to_num(sections.bounds_mm)
    return Regions(
        height=np.r_[settings.first_layer_height_mm, np.full(n - 1, h)],
        spacing=spacing,
        wall=wall,
        external_length=external,
        inner_length=np.minimum(perimeter, np.maximum(0.0, wall / spacing - external)),
        solid=solid,
        top=top,
        bridge=bridge,
        sparse=area * interior - solid,
        chord=np.maximum(1.0, math.pi * area / np.maximum(perimeter, 1e-9)),  # Cauchy's mean chord
        interior_perimeter=perimeter * interior,
        diagonal=np.hypot(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]),
    )


def _window(values: Array, start: int, stop: int) -> Array:
    """Sum of ``values[i + start : i + stop]`` for every layer i, ``values`` having one entry more."""
    n = len(values) - 1
    total = np.concatenate([[0.0], np.cumsum(values)])
    i = np.arange(n)
    return np.asarray(total[np.clip(i + stop, 0, n + 1)] - total[np.clip(i + start, 0, n + 1)])


def sparse_lengths(regions: Regions, infill_share: float) -> tuple[Array, Array]:
    """Lengths of the sparse infill of every layer, mm: its lines, and what joins them along the walls."""
    full = regions.sparse / regions.spacing
    sparse_share = regions.sparse / np.maximum(regions.sparse + regions.solid, 1e-9)
    lines = infill_share * full
    joins = np.minimum(_JOINED_SHARE * regions.interior_perimeter * sparse_share, lines)
    return lines, (1 - infill_share) * joins


def model_material_g(regions: Regions, infill_share: float) -> float:
    """Grams of the part without supports: every line has the section spacing x layer height."""
    lines, joins = sparse_lengths(regions, infill_share)
    filled = regions.wall + regions.solid + (lines + joins) * regions.spacing
    return float((filled * regions.height).sum() * _PLA_G_MM3)


def _line_time(length: Any, speed: Any, acceleration: Any) -> Array:
    """Seconds for a straight line that starts and ends at corner speed (trapezoidal profile)."""
    c = _CORNER_MM_S
    reaches = length >= (speed**2 - c**2) / acceleration
    cruising = length / speed + (speed - c) ** 2 / (acceleration * speed)
    braking = 2 * (np.sqrt(acceleration * length + c**2) - c) / acceleration
    return np.asarray(np.where(reaches, cruising, braking))


def print_time_s(regions: Regions, infill_share: float, support_s: float = 0.0) -> float:
    """Seconds to print the part.

    ``support_s`` is what its supports take by themselves. Spread over the layers, it first uses up the
    time that short layers would wait to cool.
    """
    first = np.arange(len(regions.height)) == 0
    acceleration = np.where(first, _FIRST_LAYER_MM_S2, _FILL_MM_S2)

    def at(speed: float) -> Array:
        return np.asarray(np.where(first, _FIRST_LAYER_MM_S, speed))

    def hatch(area: Array, chord: Array, speed: float) -> Array:
        """Parallel lines side by side, each with the short step to the next."""
        one = _line_time(chord, at(speed), acceleration) + _line_time(s, at(speed), acceleration)
        return area / (s * chord) * one

    s = regions.spacing
    interior = np.maximum(regions.solid + regions.sparse, 1e-9)
    solid_share = regions.solid / interior
    chord = regions.chord
    solid_chord = np.maximum(_SHORTEST_SOLID_MM, chord * np.sqrt(solid_share))
    lines, joins = sparse_lengths(regions, infill_share)
    count = np.maximum(lines / chord, 1e-9)
    extruding = (
        regions.external_length / at(_EXTERNAL_MM_S)
        + regions.inner_length / at(_WALL_MM_S)
        + hatch(regions.solid - regions.top - regions.bridge, solid_chord, _SOLID_MM_S)
        + hatch(regions.top, solid_chord, _TOP_MM_S)
        + hatch(regions.bridge, solid_chord, _BRIDGE_MM_S)
    )
    join = np.maximum(joins / count, s)  # dense lines step to their neighbour
    one_line = _line_time(chord, at(_INFILL_MM_S), acceleration)
    extruding += count * (one_line + _line_time(join, at(_INFILL_MM_S), acceleration))

    # Narrow solid rings beside sparse infill are drawn in many pieces; whole layers in few.
    mixed = solid_share + 2 * np.sqrt(solid_share * (1 - solid_share))
    travels = 2.0 + (regions.inner_length > 0) + (regions.solid + regions.sparse > 1.0)
    travels = travels + _SPLITS_PER_MM * regions.interior_perimeter * mixed
    one_travel = _line_time(_TRAVEL_SHARE * regions.diagonal, at(_TRAVEL_MM_S), _TRAVEL_MM_S2)
    moving = travels * (one_travel + _RETRACTED_SHARE * _RETRACTION_S) + _LAYER_CHANGE_S

    length = regions.external_length + regions.inner_length + lines + joins + regions.solid / s
    cooled = np.minimum(_LAYER_TIME_S + _SLOWED_SHARE * moving, length / _SLOWEST_MM_S + moving)
    return float(np.maximum(extruding + moving + support_s / len(first), cooled).sum())


def support_estimate(
    volumes_mm3: NDArray[np.float64] | float, areas_mm2: NDArray[np.float64] | float
) -> tuple[float, float]:
    """Grams and seconds of supports, one entry per supported region or their sums.

    A volume is the space between an overhang and what lies below it. The pattern fills it sparsely but
    reaches over its outline, so that slender supports cost more than their volume.
    """
    volume, area = np.atleast_1d(np.asarray(volumes_mm3, float)), np.atleast_1d(np.asarray(areas_mm2, float))
    volume, area = volume[area > 0], area[area > 0]
    # A square of the overhang's area, grown to full cells: its lines, and half of its outline joining them.
    width = np.sqrt(area) + _SUPPORT_PITCH_MM
    lines = width**2 + 2 * _SUPPORT_PITCH_MM * width
    columns = _SUPPORT_DENSITY * volume / area * lines
    foot = NORMAL.layer_height_mm * (0.9 - _SUPPORT_DENSITY) * (width + 2 * _SUPPORT_FOOT_MM) ** 2
    # Low supports, and those that stand on the part, have a small foot or none.
    columns = _SUPPORT_MEASURED * (columns + np.minimum(foot, columns / 2)).sum()
    interface = _INTERFACE_MM * area.sum()
    h = NORMAL.layer_height_mm
    line_mm2 = h * (_SUPPORT_WIDTH_MM - h * (1 - math.pi / 4))
    nominal = columns / line_mm2 / _SUPPORT_MM_S + interface / line_mm2 / _INTERFACE_MM_S
    return float((columns + interface) * _PLA_G_MM3), float(_SUPPORT_TIME_FACTOR * nominal)


def estimate_print(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    *,
    printed_volume_mm3: float | None,
    signed_volume_mm3: float,
    support_volume_mm3: NDArray[np.float64] | float = 0.0,
    support_contact_area_mm2: NDArray[np.float64] | float = 0.0,
) -> PrintEstimates | None:
    """Estimate time and PLA for three quality presets and four infill densities.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3) in mm, z up, as it is to be printed; int32 (F, 3).
    printed_volume_mm3, signed_volume_mm3:
        What a slicer would fill, and the plain signed volume. Their ratio scales every cross-section, so that
        overlapping shells are not paid twice.
    support_volume_mm3, support_contact_area_mm2:
        Space below the overhangs that need support and their area: one entry per region (better) or sums.

    Returns
    -------
    PrintEstimates | None
        None where nothing can be said (see ``NO_ESTIMATE``): no printed volume, no signed volume
        to compare it with, or more than 100 000 layers.

    Notes
    -----
    Supports count the same in every preset: their columns and interfaces have the same plastic at any layer
    height, and their time is a small part of the uncertainty.
    """
    z_min, z_max = float(vertices[:, 2].min()), float(vertices[:, 2].max())
    if (
        printed_volume_mm3 is None
        or not printed_volume_mm3 > 0
        or signed_volume_mm3 == 0
        or layer_count(z_max - z_min, HIGH_QUALITY) > _MOST_LAYERS
    ):
        return None
    scale = printed_volume_mm3 / signed_volume_mm3
    support_g, support_s = support_estimate(support_volume_mm3, support_contact_area_mm2)

    presets = (DRAFT, NORMAL, HIGH_QUALITY)
    planes = [layer_planes(z_min, z_max, settings) for settings in presets]
    every = np.unique(np.concatenate(planes))
    sections = cross_sections(vertices, faces, every, _FLAT_COSINE)
    draft, normal, high = (
        fill_regions(at_planes(sections, np.searchsorted(every, own)), settings, scale)
        for own, settings in zip(planes, presets, strict=True)
    )

    def printed(regions: Regions, settings: PrintSettings) -> PrintEstimate:
        alone = print_time_s(regions, settings.infill_share)
        together = print_time_s(regions, settings.infill_share, support_s)
        return PrintEstimate(
            settings=settings,
            print_time_s=together,
            model_material_g=model_material_g(regions, settings.infill_share),
            support_material_g=support_g,
            support_time_s=together - alone,
            layers=len(regions.height),
        )

    return PrintEstimates(
        draft=printed(draft, DRAFT),
        normal=printed(normal, NORMAL),
        high_quality=printed(high, HIGH_QUALITY),
        infill10_g=model_material_g(normal, 0.1) + support_g,
        infill20_g=model_material_g(normal, 0.2) + support_g,
        infill50_g=model_material_g(normal, 0.5) + support_g,
        infill100_g=model_material_g(normal, 1.0) + support_g,
        first_layer_mm2=float(normal.wall[0] + normal.solid[0] + normal.sparse[0]),
    )
