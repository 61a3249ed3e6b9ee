"""Which way up to print: the direction that needs least support and still stands firmly.

Candidates are the faces of the convex hull (the poses a part can rest in), the commonest face normals,
and an even sample of the sphere in the frame of the part's principal axes, so that the answer does not
depend on how the file happened to be turned. All are scored on a sample of the surface; the best are
judged by exact columns (:mod:`meshkernels.height_field`), refined, and judged again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, degrees, hypot, radians

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from meshcore.analysis.orientation_candidates import common_normals, resting, sphere, spread, tilted
from meshcore.analysis.overhangs import plate_tolerance, threshold_sine
from meshkernels.height_field import drop_to_below, height_field
from meshkernels.orientation_search import (
    SurfaceSamples,
    outer_vertices,
    rotate,
    sample_surface,
    score_directions,
)
from meshkernels.overhang import classify_overhangs

Array = NDArray[np.float64]

_SAMPLES = 16384
_MAX_HULL_POINTS = 20_000
_COARSE_COLUMNS = 64 * 64
_FINE_COLUMNS = 192 * 192

# Weights of the cost, all relative to the part's own size; see _cost() below.
_AREA_WEIGHT = 0.05
_HEIGHT_WEIGHT = 0.02
_CONTACT_WEIGHT = 0.03
_TIPPING_WEIGHT = 1.0
_ENOUGH_CONTACT = 0.05
_FIRM_DEGREES = 10.0
# The lowest 2 % carry the part: what a brim or the first layers of support steady. Feet are never quite flat.
_BASE_SHARE = 0.02
# Turning a part for nothing annoys: the gain must be worth this share of the cost and this much at least.
_WORTH_SHARE = 0.05
_WORTH_LEAST = 0.01


@dataclass(frozen=True, slots=True)
class PoseMetrics:
    """What it takes to print a part in one pose.

    Attributes
    ----------
    support_volume_mm3:
        Space between all overhanging faces and what lies below them, bridges and small regions included.
    overhang_area_mm2:
        Area of the overhanging faces.
    contact_area_mm2:
        Area lying on the plate.
    height_mm:
        Vertical extent.
    tipping_degrees:
        How far the part can be tilted before it falls: the angle between the vertical and the line from
        the centre of mass to the nearest side of the base. 0 where it does not stand by itself.
    """

    support_volume_mm3: float
    overhang_area_mm2: float
    contact_area_mm2: float
    height_mm: float
    tipping_degrees: float


@dataclass(frozen=True, slots=True)
class PrintOrientation:
    """A recommended pose.

    Attributes
    ----------
    rotation_x, rotation_y, rotation_z:
        Degrees about the fixed x, then y, then z axis, right-handed. ``rotation_z`` is 0: turning about
        the vertical changes nothing.
    matrix:
        float64 (3, 3), the same rotation: ``vertices @ matrix.T``.
    reason:
        One sentence with the numbers that speak for it.
    before, after:
        Metrics of the pose given and of the one recommended; equal where the part stays as it is.
    """

    rotation_x: float
    rotation_y: float
    rotation_z: float
    matrix: Array
    reason: str
    before: PoseMetrics
    after: PoseMetrics

    @property
    def changed(self) -> bool:
        """Whether the part should be turned at all."""
        return (self.rotation_x, self.rotation_y, self.rotation_z) != (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Part:
    """What every candidate is judged against."""

    vertices: Array
    faces: NDArray[np.int32]
    samples: SurfaceSamples
    hull: Array  # vertices of the convex hull, or the outer vertices where they span no volume
    centre: Array  # centre of mass (3,)
    facets: Array  # (N, 4): outward normal and area of the hull's facets
    size: float  # edge of the cube with the hull's volume, mm
    sine: float
    scratch: Array


def recommend_orientation(
    vertices: Array, faces: NDArray[np.int32], *, threshold_degrees: float = 45.0
) -> PrintOrientation:
    """Search the direction to print in.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3) in mm, z up, and int32 (F, 3), counter-clockwise seen from outside.
    threshold_degrees:
        Steepest angle from the vertical that prints without support.
    """
    part = _prepare(vertices, faces, threshold_degrees)
    before = _measure(part, np.eye(3), _FINE_COLUMNS)
    x, y, after = _search(part)
    current_cost, best_cost = _cost(before, part.size), _cost(after, part.size)
    if best_cost > current_cost - max(_WORTH_LEAST, _WORTH_SHARE * current_cost):
        return PrintOrientation(0.0, 0.0, 0.0, np.eye(3), _reason_to_stay(before, after), before, before)
    matrix = rotation_matrix(x, y, 0.0)
    return PrintOrientation(
        x, y, 0.0, matrix, _reason_to_turn(matrix, before, after, part.size), before, after
    )


def pose_metrics(
    vertices: Array,
    faces: NDArray[np.int32],
    matrix: Array | None = None,
    *,
    threshold_degrees: float = 45.0,
) -> PoseMetrics:
    """Measure one pose, the mesh turned by ``vertices @ matrix.T``: the yardstick of the search."""
    part = _prepare(vertices, faces, threshold_degrees)
    return _measure(part, np.eye(3) if matrix is None else matrix, _FINE_COLUMNS)


def rotation_matrix(x: float, y: float, z: float) -> Array:
    """Turn about the fixed x, then y, then z axis (degrees, right-handed), for ``vertices @ matrix.T``."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(np.radians([x, y, z])), np.sin(np.radians([x, y, z]))
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, cx, -sx], [0.0, sx, cx]])
    about_y = np.array([[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]])
    about_z = np.array([[cz, -sz, 0.0], [sz, cz, 0.0], [0.0, 0.0, 1.0]])
    turned: Array = about_z @ about_y @ about_x
    return turned


def _angles(up: Array) -> tuple[float, float]:
    """Turns about x, then y, that bring a direction up; half a millidegree is 3 µm on a 300 mm part."""
    x = round(degrees(atan2(up[1], up[2])), 3) if hypot(up[1], up[2]) > 1e-9 else 0.0
    y = round(degrees(atan2(-up[0], hypot(up[1], up[2]))), 3)
    return x + 0.0, y + 0.0


def _prepare(vertices: Array, faces: NDArray[np.int32], threshold_degrees: float) -> _Part:
    samples = sample_surface(vertices, faces, _SAMPLES)
    outer = vertices if len(vertices) <= _MAX_HULL_POINTS else outer_vertices(vertices, samples.centroid)
    hull, facets, volume = outer, np.zeros((0, 4)), 0.0
    try:
        quickhull = ConvexHull(outer)
    except QhullError:  # flat, or a single line
        pass
    else:
        hull = np.ascontiguousarray(outer[quickhull.vertices])
        corners = outer[quickhull.simplices]
        sides = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        areas = 0.5 * np.linalg.norm(sides, axis=1)
        facets = np.column_stack([quickhull.equations[:, :3], areas])
        volume = float(quickhull.volume)
    low, high = hull.min(axis=0), hull.max(axis=0)
    centre = samples.centroid
    if samples.volume <= 0.0 or (centre < low).any() or (centre > high).any():
        centre = samples.points.mean(axis=0)  # faces turned inside out: their volume means nothing
    extent = float(np.linalg.norm(high - low))
    size = max(volume ** (1.0 / 3.0), 0.05 * extent, 1e-90)  # a point, too: its cube is a number
    sine = threshold_sine(threshold_degrees)
    return _Part(vertices, faces, samples, hull, centre, facets, size, sine, np.empty_like(vertices))


def _measure(part: _Part, matrix: Array, columns: int) -> PoseMetrics:
    hull = part.hull @ matrix.T
    turned = part.scratch
    lowest, highest = rotate(part.vertices, np.ascontiguousarray(matrix), turned)
    low, height = float(lowest[2]), float(highest[2] - lowest[2])
    tolerance = plate_tolerance(height)
    label, areas = classify_overhangs(turned, part.faces, sine=part.sine, plate=low + tolerance)
    volume = 0.0
    if areas[0] > 0.0:
        field = height_field(turned, part.faces, lowest, highest, columns=columns)
        sums, _ = drop_to_below(field, label, 1, plate_z=low, plate_tolerance=tolerance)
        if sums[0, 1] > 0.0:  # scaled to the exact projected area, which takes most of the grid's noise away
            volume = float(sums[0, 0] * areas[1] / sums[0, 1])
    base = hull[hull[:, 2] <= low + max(tolerance, _BASE_SHARE * part.size), :2]
    centre = matrix @ part.centre
    return PoseMetrics(
        support_volume_mm3=volume,
        overhang_area_mm2=float(areas[0]),
        contact_area_mm2=float(areas[2]),
        height_mm=height,
        tipping_degrees=_tipping_degrees(base, centre[:2], float(centre[2]) - low),
    )


def _tipping_degrees(base: Array, centre: Array, height: float) -> float:
    """Tilt that brings the centre of mass over the side of the base polygon; 0 outside or without one."""
    if len(base) < 3:
        return 0.0
    try:
        sides = ConvexHull(base).equations
    except QhullError:  # all in line
        return 0.0
    margin = float(-(sides[:, :2] @ centre + sides[:, 2]).max())
    return degrees(atan2(margin, max(height, 1e-12))) if margin > 0.0 else 0.0


def _cost(pose: PoseMetrics, size: float) -> float:
    """What the search minimises, free of units: sums relative to the cube with the hull's volume.

    Support volume counts fully; overhanging area (scars, whatever the height of the support) as a layer a
    twentieth of the size thick; height a little, which decides between poses that need no support. A part
    that touches the plate with less than 5 % of the cube's face pays a little for the missing grip, and one
    that falls when tilted by less than 10° pays for the risk: as much as filling the cube with support
    where it does not stand at all, so that such a pose is the last resort.
    """
    return (
        pose.support_volume_mm3 / size**3
        + _AREA_WEIGHT * pose.overhang_area_mm2 / size**2
        + _HEIGHT_WEIGHT * pose.height_mm / size
        + _CONTACT_WEIGHT * max(0.0, 1.0 - pose.contact_area_mm2 / (_ENOUGH_CONTACT * size**2))
        + _TIPPING_WEIGHT * (1.0 - min(max(pose.tipping_degrees / _FIRM_DEGREES, 0.0), 1.0)) ** 2
    )


def _search(part: _Part) -> tuple[float, float, PoseMetrics]:
    """Turns about x and y to the pose with the lowest cost, and its metrics."""
    up = np.array([[0.0, 0.0, 1.0]])
    directions = np.vstack([up, resting(part.facets), common_normals(part.samples), sphere(part.samples)])
    # Exact columns cost time in proportion to the faces; the rough ranking is good enough to leave out more
    # on big meshes.
    finalists = max(8, min(32, 3_000_000 // len(part.faces)))
    chosen = directions[spread(directions, _rough_cost(part, directions), finalists)]
    found = [(_cost(_measure_up(part, up, _COARSE_COLUMNS)[2], part.size), up) for up in chosen]
    found.sort(key=lambda candidate: candidate[0])
    found = _refine(part, found)
    poses = [
        _measure_up(part, up, _FINE_COLUMNS) for cost, up in found[:3] if cost < 1.1 * found[0][0] + 0.01
    ]
    return min(poses, key=lambda pose: _cost(pose[2], part.size))


def _rough_cost(part: _Part, directions: Array) -> Array:
    scores = score_directions(
        part.samples,
        part.hull,
        part.centre,
        np.ascontiguousarray(directions),
        sine=part.sine,
        tolerance=plate_tolerance(part.size),
        base=_BASE_SHARE * part.size,
    )
    overhang, volume, contact, height, tipping = scores.T
    return np.asarray(
        [
            _cost(PoseMetrics(*pose), part.size)
            for pose in zip(volume, overhang, contact, height, np.degrees(tipping), strict=True)
        ]
    )


def _measure_up(part: _Part, up: Array, columns: int) -> tuple[float, float, PoseMetrics]:
    x, y = _angles(up)
    return x, y, _measure(part, rotation_matrix(x, y, 0.0), columns)


def _refine(part: _Part, found: list[tuple[float, Array]]) -> list[tuple[float, Array]]:
    """Tilt the three best by shrinking steps while the rough cost falls; add what exact columns confirm."""
    refined = list(found)
    for cost, start in found[:3]:
        direction, step = start, radians(6.0)
        lowest = float(_rough_cost(part, direction[None])[0])
        while step > radians(0.5):
            around = tilted(direction, step)
            rough = _rough_cost(part, around)
            k = int(np.argmin(rough))
            if rough[k] < lowest - 1e-6:
                lowest, direction = float(rough[k]), around[k]
            else:
                step *= 0.5
        if direction is not start:
            exact = _cost(_measure_up(part, direction, _COARSE_COLUMNS)[2], part.size)
            if exact < cost:
                refined.append((exact, direction))
    refined.sort(key=lambda candidate: candidate[0])
    return refined


def _reason_to_stay(current: PoseMetrics, best: PoseMetrics) -> str:
    stance = "Print it as it is: it "
    if current.contact_area_mm2 >= 0.1:
        stance += f"stands on {_area(current.contact_area_mm2)} and "
    if current.support_volume_mm3 < 1.0:
        return stance + "needs no support."
    if best.support_volume_mm3 > 0.95 * current.support_volume_mm3:
        return stance + f"no other pose needs clearly less support ({_volume(current.support_volume_mm3)})."
    if best.contact_area_mm2 < 0.5 * current.contact_area_mm2:
        drawback = f"would stand on {_area(best.contact_area_mm2)} only"
    else:
        drawback = f"would be {best.height_mm:.1f} mm high and is not worth turning it"
    return (
        f"{stance}needs {_volume(current.support_volume_mm3)} of support volume; the best other pose needs "
        f"{_volume(best.support_volume_mm3)} but {drawback}."
    )


def _reason_to_turn(matrix: Array, before: PoseMetrics, after: PoseMetrics, size: float) -> str:
    how = "Upside down" if matrix[2, 2] < -0.9999 else "Turned"
    if after.contact_area_mm2 > _ENOUGH_CONTACT * size**2:
        how += f" onto a flat side of {_area(after.contact_area_mm2)}"
    changes = [
        _change("support volume", before.support_volume_mm3, after.support_volume_mm3, _volume),
        _change("overhanging area", before.overhang_area_mm2, after.overhang_area_mm2, _area),
        _change("height", before.height_mm, after.height_mm, _length),
        _change("area on the plate", before.contact_area_mm2, after.contact_area_mm2, _area),
    ]
    if before.tipping_degrees < _FIRM_DEGREES <= after.tipping_degrees:
        changes.append("it stands firmly")
    return f"{how}: {', '.join(change for change in changes if change)}."


def _change(what: str, before: float, after: float, unit: Callable[[float], str]) -> str:
    if unit(before) == unit(after):
        return ""
    return f"{what} {'falls' if after < before else 'rises'} from {unit(before)} to {unit(after)}"


def _volume(mm3: float) -> str:
    if mm3 < 1.0:
        return "none"
    return f"{mm3 / 1000.0:.1f} cm³" if mm3 >= 1000.0 else f"{mm3:.0f} mm³"


def _area(mm2: float) -> str:
    if mm2 < 0.1:
        return "none"
    return f"{mm2 / 100.0:.1f} cm²" if mm2 >= 100.0 else f"{mm2:.1f} mm²"


def _length(mm: float) -> str:
    return f"{mm:.1f} mm"
