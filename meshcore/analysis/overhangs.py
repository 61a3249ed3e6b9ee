"""Overhangs as a slicer sees them: regions, what needs support, and how much support that is.

Angles are measured from the vertical: 0° is a wall, 90° a ceiling. A face overhangs when it faces down by
more than the threshold (45°). What lies on the plate or on another body is left out.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, degrees, pi, radians, sin

import numpy as np
from numpy.typing import NDArray

from meshkernels.bridge import bridged_share
from meshkernels.height_field import HeightField, drop_to_below, height_field
from meshkernels.islands import find_islands
from meshkernels.overhang import NOT_OVERHANGING, Regions, classify_overhangs, overhang_regions

# Half of a 0.2 mm first layer: the first slice is taken there, what is below it lies on the plate.
PLATE_TOLERANCE_MM = 0.1
# Coordinates of float32 files tilt a 45° face by up to this much; without it the area jumps.
ANGLE_TOLERANCE_DEGREES = 0.01
# Slicers drop an overhang that vanishes when shrunk by one line width of a 0.4 mm nozzle.
EXTRUSION_WIDTH_MM = 0.45
# The gap slicers leave between support and part, and one layer of support: nothing fits into less.
SUPPORT_CLEARANCE_MM = 0.4
# Printers bridge this far with ordinary cooling.
BRIDGE_SPAN_MM = 10.0
# Share of a region that must hang between two supported ends; corners of the pattern may not.
_BRIDGED_SHARE = 0.9
# A tip must rise by one layer all round before it is a layer's first material in mid-air.
_ISLAND_PROMINENCE_MM = 0.2
# Regions below one square line width are counted in the area but not listed one by one.
_LISTED_AREA_MM2 = EXTRUSION_WIDTH_MM**2
# A region that rests on another body with this share of its area does not start in mid-air.
_RESTING_SHARE = 0.02
_NONMANIFOLD = -2  # in the table of neighbours
# A region covered more than this by the body it lies on is no overhang; the rest is grid noise.
_COVERED_SHARE = 0.98


class OverhangKind(StrEnum):
    """What a slicer would do with a region."""

    OVERHANG = "overhang"
    """Needs support."""
    ISLAND = "island"
    """Contains a place where the print would start in mid-air: needs support however small."""
    BRIDGE = "bridge"
    """Hangs between two supported sides at most 10 mm apart: printed as a bridge."""
    SMALL = "small"
    """Thinner than two extrusion lines, or less than 0.4 mm above what is below: printed as it is."""


@dataclass(frozen=True, slots=True)
class OverhangRegion:
    """Edge-connected overhanging faces.

    Attributes
    ----------
    kind:
        Whether it needs support, and if not, why.
    area_mm2:
        Surface area, without the part that rests on or lies inside another body. 0 for a sharp tip whose
        sides are steep.
    worst_angle_degrees:
        Steepest angle from the vertical, at most 90.
    centroid:
        Area centroid x, y, z in mm; the tip itself where the area is 0.
    location:
        The same place in words.
    faces:
        int32 (N,), face indices in ascending order; for a sharp tip one face that touches it.
    span_mm:
        Longest line of the best bridging direction; None unless the region is a bridge.
    support_volume_mm3:
        Volume of the space below, down to the next surface or the plate, whatever the kind.
    """

    kind: OverhangKind
    area_mm2: float
    worst_angle_degrees: float
    centroid: tuple[float, float, float]
    location: str
    faces: NDArray[np.int32]
    span_mm: float | None
    support_volume_mm3: float

    @property
    def needs_support(self) -> bool:
        """True for overhangs and islands."""
        return self.kind in (OverhangKind.OVERHANG, OverhangKind.ISLAND)


@dataclass(frozen=True, slots=True)
class Overhangs:
    """Everything that overhangs in the orientation given, z up, plate at the lowest point.

    Attributes
    ----------
    threshold_degrees:
        Angle from the vertical beyond which a face overhangs.
    area_mm2:
        Area of all overhanging faces, bridges and small regions included.
    surface_area_mm2:
        Area of the whole mesh, for the percentage.
    mask:
        bool (F,), the faces counted in ``area_mm2``.
    regions:
        Those that need support first, each group by falling area. Small ones below 0.2 mm² (one line width
        square) are left out.
    support_volume_mm3:
        Space below the regions that need support, if it were filled solid.
    support_area_mm2:
        Their horizontal projection.
    requires_supports:
        True when at least one region needs support.
    """

    threshold_degrees: float
    area_mm2: float
    surface_area_mm2: float
    mask: NDArray[np.bool_]
    regions: tuple[OverhangRegion, ...]
    support_volume_mm3: float
    support_area_mm2: float
    requires_supports: bool


def find_overhangs(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    neighbors: NDArray[np.int32],
    *,
    threshold_degrees: float = 45.0,
    exterior: NDArray[np.bool_] | None = None,
) -> Overhangs:
    """Find the overhanging regions of a mesh and decide what a slicer would support.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3) in mm, z up, and int32 (F, 3), counter-clockwise seen from outside.
    neighbors:
        int32 (F, 3): the face across edge (k, k + 1) of each face, negative where there is no single one.
    threshold_degrees:
        Steepest angle from the vertical that prints without support, 0 to 90. A face exactly at the
        threshold, within 0.01°, does not overhang.
    exterior:
        bool (F,): False for faces inside the solid, which are then ignored. Without it, what a vertical
        line finds inside another body is ignored all the same, as accurately as the grid of lines sees it.

    Notes
    -----
    The volume comes from a grid of about 147 000 vertical lines over the bounding box, scaled per region to
    its exact projected area: exact below flat regions, within about 1 % otherwise. A region is *small* when
    the radius of the largest circle inside its projection, estimated from area and outline (exact for discs
    and long strips), is below 0.45 mm: the test slicers make by shrinking it by one line width.
    """
    # Column by column: numpy takes twenty times as long to reduce over axis 0.
    low = np.array([vertices[:, k].min() for k in range(3)])
    high = np.array([vertices[:, k].max() for k in range(3)])
    plate_z = float(low[2])
    plate = plate_z + plate_tolerance(float(high[2] - low[2]))
    label, areas = classify_overhangs(vertices, faces, sine=threshold_sine(threshold_degrees), plate=plate)
    if exterior is not None:
        label[(label == 0) & ~exterior] = NOT_OVERHANGING
    found = overhang_regions(vertices, faces, _join_at_seams(faces, neighbors, label), label, plate=plate)
    islands, sines = find_islands(
        vertices, faces, neighbors, found.label, plate=plate, prominence=_ISLAND_PROMINENCE_MM
    )
    stats = found.stats
    if len(stats) == 0 and len(islands) == 0:
        nothing = np.zeros(len(faces), np.bool_)
        return Overhangs(threshold_degrees, 0.0, float(areas[3]), nothing, (), 0.0, 0.0, False)

    field = height_field(vertices, faces, low, high)
    sums, _ = drop_to_below(field, found.label, len(stats), plate_z=plate_z, plate_tolerance=plate - plate_z)
    seen = np.maximum(sums[:, 1], 1e-300)
    covered = sums[:, 2] / seen
    volumes = np.where(
        sums[:, 1] > 0.0, sums[:, 0] * stats[:, 1] / seen, stats[:, 1] * (stats[:, 5] - plate_z)
    )
    kept = covered < _COVERED_SHARE
    exposed = stats[:, 0] * (1.0 - covered)

    shallow = volumes < SUPPORT_CLEARANCE_MM * stats[:, 1] * (1.0 - covered)
    kinds, spans = _classify_regions(found, covered, shallow, islands[:, 2])
    regions: list[OverhangRegion] = []
    members = _faces_by_region(found.label, len(stats))
    for r in np.flatnonzero(kept):
        if kinds[r] == OverhangKind.SMALL and exposed[r] < _LISTED_AREA_MM2:
            continue
        centroid = (float(stats[r, 3]), float(stats[r, 4]), float(stats[r, 5]))
        regions.append(
            OverhangRegion(
                kind=kinds[r],
                area_mm2=float(exposed[r]),
                worst_angle_degrees=degrees(asin(min(1.0, stats[r, 2]))),
                centroid=centroid,
                location=_in_words(kinds[r], centroid, low, high),
                faces=members[r],
                span_mm=spans[r],
                support_volume_mm3=float(volumes[r]),
            )
        )
    regions += _sharp_tips(vertices, islands, sines, field, low, high)
    regions.sort(key=lambda region: (not region.needs_support, -region.area_mm2))
    supported = np.array([k in (OverhangKind.OVERHANG, OverhangKind.ISLAND) for k in kinds], np.bool_) & kept
    return Overhangs(
        threshold_degrees=threshold_degrees,
        area_mm2=float(exposed[kept].sum()),
        surface_area_mm2=float(areas[3]),
        mask=np.append(kept, False)[np.maximum(found.label, -1)],
        regions=tuple(regions),
        support_volume_mm3=float(volumes[supported].sum()),
        support_area_mm2=float((stats[:, 1] * (1.0 - covered))[supported].sum()),
        requires_supports=any(region.needs_support for region in regions),
    )


def plate_tolerance(height: float) -> float:
    """How far above the plate still lies on it: half a first layer, less for parts below 10 mm (mm)."""
    return min(PLATE_TOLERANCE_MM, 0.01 * height)


def threshold_sine(threshold_degrees: float) -> float:
    """Sine of the threshold angle, widened by the tolerance that keeps faces exactly on it out."""
    return sin(radians(min(threshold_degrees + ANGLE_TOLERANCE_DEGREES, 90.0)))


def _join_at_seams(
    faces: NDArray[np.int32], neighbors: NDArray[np.int32], label: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Neighbours with overhanging faces linked in a ring round each non-manifold edge.

    Otherwise a surface whose faces are doubled would fall into single triangles, each too small to matter.
    """
    overhanging = np.flatnonzero(label == 0)
    row, k = np.nonzero(neighbors[overhanging] == _NONMANIFOLD)
    if len(row) == 0:
        return neighbors
    f = overhanging[row]
    ends = np.sort(np.column_stack([faces[f, k], faces[f, (k + 1) % 3]]), axis=1)
    _, edge = np.unique(ends, axis=0, return_inverse=True)
    order = np.argsort(edge.reshape(-1), kind="stable")
    first = np.flatnonzero(np.diff(edge.reshape(-1)[order], prepend=-1))
    following = np.arange(1, len(f) + 1)
    following[np.append(first[1:], len(f)) - 1] = first  # the last one of an edge leads back to its first
    joined = neighbors.copy()
    joined[f[order], k[order]] = f[order][following]
    joined[joined == np.arange(len(faces))[:, None]] = _NONMANIFOLD  # alone on its edge
    return joined


def _classify_regions(
    found: Regions,
    covered: NDArray[np.float64],
    shallow: NDArray[np.bool_],
    with_island: NDArray[np.int32],
) -> tuple[list[OverhangKind], list[float | None]]:
    """Kind of each region, and the span of those that are bridges."""
    projected, perimeter = found.stats[:, 1], np.maximum(found.stats[:, 7], 1e-9)
    # Area / perimeter is the radius of a strip, and half that of a disc: the isoperimetric quotient blends.
    compactness = np.minimum(1.0, 4.0 * pi * projected / perimeter**2)
    radius = projected / perimeter * (1.0 + compactness)
    small = (radius < EXTRUSION_WIDTH_MM) | shallow | (covered >= _COVERED_SHARE)
    island = np.zeros(len(small), np.bool_)
    island[with_island[with_island >= 0]] = True
    island &= covered < _RESTING_SHARE
    kinds: list[OverhangKind] = []
    spans: list[float | None] = []
    for r in range(len(small)):
        span = None
        if island[r]:
            kind = OverhangKind.ISLAND
        elif small[r]:
            kind = OverhangKind.SMALL
        else:
            span = _bridge_span(found, r)
            kind = OverhangKind.OVERHANG if span is None else OverhangKind.BRIDGE
        kinds.append(kind)
        spans.append(span)
    return kinds, spans


def _bridge_span(found: Regions, r: int) -> float | None:
    """Span of a region that can be bridged, else None."""
    if found.stats[r, 8] < 0.02 * found.stats[r, 7]:  # (almost) nothing to anchor to
        return None
    outline = found.outline[found.outline_start[r] : found.outline_start[r + 1]]
    share, span = bridged_share(outline, _directions(outline), limit=BRIDGE_SPAN_MM)
    return span if share >= _BRIDGED_SHARE else None


def _directions(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bridging directions to try: along and across the six most frequent directions of the outline."""
    dx, dy = outline[:, 2] - outline[:, 0], outline[:, 3] - outline[:, 1]
    length = np.hypot(dx, dy)
    # Doubling the angle makes opposite edges agree and lets the mean wrap around; folding by 90° more
    # (factor 4) lets along and across share a bin.
    angle = 4.0 * np.arctan2(dy, dx)
    bins = np.floor((angle / (2.0 * pi)) % 1.0 * 36.0).astype(np.int64) % 36
    weight = np.bincount(bins, length, 36)
    x = np.bincount(bins, length * np.cos(angle), 36)
    y = np.bincount(bins, length * np.sin(angle), 36)
    best = np.argsort(-weight, kind="stable")[:6]
    along = np.arctan2(y, x)[best[weight[best] > 0.0]] / 4.0
    return np.concatenate([along, along + 0.5 * pi])


def _faces_by_region(label: NDArray[np.int32], regions: int) -> list[NDArray[np.int32]]:
    overhanging = np.flatnonzero(label >= 0).astype(np.int32)
    order = np.argsort(label[overhanging], kind="stable")
    ends = np.cumsum(np.bincount(label[overhanging], minlength=regions))
    return np.split(overhanging[order], ends[:-1]) if regions else []


def _sharp_tips(
    vertices: NDArray[np.float64],
    islands: NDArray[np.int32],
    sines: NDArray[np.float64],
    field: HeightField,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> list[OverhangRegion]:
    """Islands without overhanging faces: points of steep cones and arms, unless inside another body."""
    tips = []
    for (vertex, face, region), sine in zip(islands, sines, strict=True):
        if region >= 0:
            continue
        x, y, z = (float(c) for c in vertices[vertex])
        if _is_inside(field, x, y, z):
            continue
        tips.append(
            OverhangRegion(
                kind=OverhangKind.ISLAND,
                area_mm2=0.0,
                worst_angle_degrees=degrees(asin(min(1.0, max(0.0, float(sine))))),
                centroid=(x, y, z),
                location=_in_words(OverhangKind.ISLAND, (x, y, z), low, high),
                faces=np.array([face], np.int32),
                span_mm=None,
                support_volume_mm3=0.0,
            )
        )
    return tips


def _is_inside(field: HeightField, x: float, y: float, z: float) -> bool:
    """Whether the column nearest to a point has entered a body below it and not left it."""
    i = min(field.nx - 1, max(0, int((x - field.x0) / field.pitch)))
    j = min(field.ny - 1, max(0, int((y - field.y0) / field.pitch)))
    begin, end = field.start[j * field.nx + i], field.start[j * field.nx + i + 1]
    # The point's own body may start a little lower in a column beside it: a tip's sides are steep, so look
    # half a pitch below.
    below = field.face[begin:end][field.z[begin:end] < z - 0.5 * field.pitch]
    return int(np.count_nonzero(below < 0)) > int(np.count_nonzero(below >= 0))


def _in_words(
    kind: OverhangKind,
    centroid: tuple[float, float, float],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> str:
    extent = np.maximum(high - low, 1e-12)
    across, along, _ = (int(t) for t in np.clip((np.array(centroid) - low) / extent * 3.0, 0.0, 2.0))
    place = f"{('front', '', 'back')[along]} {('left', '', 'right')[across]}".strip() or "centre"
    what = {OverhangKind.ISLAND: "start in mid-air", OverhangKind.BRIDGE: "bridge"}.get(kind, "underside")
    x, y, z = centroid
    return f"{what} at the {place}, {z - low[2]:.1f} mm above the plate (x {x:.1f}, y {y:.1f}, z {z:.1f} mm)"
