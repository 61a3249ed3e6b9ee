"""Wall thickness of a solid: for each face, and the thinnest and thickest wall robustly."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from meshcore.mesh import MeshWarning, Severity
from meshkernels.bvh import Bvh
from meshkernels.inscribed_sphere import inscribed_diameters
from meshkernels.thickness import FaceSamples, cast_inward, centroids, find_walls

SAMPLES = 2**15
"""Points spread evenly over the surface, from which the thinnest and the thickest wall are taken."""

LEAST_SHARE = 0.001
"""A wall counts from this share of the surface: slivers and noise at creases are less, and a wall on
0.5 % of it is well more."""

LEAST_SAMPLES = math.ceil(LEAST_SHARE * SAMPLES)

ROUNDNESS = 0.8
"""A chord crosses a wall if a ball around its middle, this many times its length wide, fits in the solid:
both sides are then within 37 degrees of parallel, and the wall is about as wide as it is thick or wider."""

WARNED_SHARE = 0.01
"""Unknown thickness on more of the surface than this earns a warning."""

MOST_UNKNOWN = 0.5
"""What is unknown on more of the surface than this is not a solid, and has no walls."""


@dataclass(frozen=True, slots=True)
class WallThickness:
    """How thick the solid is.

    Attributes
    ----------
    per_face:
        float64 (F,): thickness behind the centroid of each face, mm; NaN where it is unknown (open places,
        faces without area) or there is none (faces inside another shell).
    minimum_mm, median_mm, maximum_mm:
        Of the walls, each point of the surface weighing the same; minimum and maximum leave out the most
        extreme ``LEAST_SHARE`` of the surface. None for what is not a solid, such as an open sheet.
    thinnest_location:
        A point of the surface where the wall has the minimum thickness, (x, y, z) in mm.
    thinnest_face:
        The face it is on.
    walls:
        float64 (K,), ascending, mm: thickness at the samples that lie on walls.
    warnings:
        What the numbers leave out.
    """

    per_face: NDArray[np.float64]
    minimum_mm: float | None
    median_mm: float | None
    maximum_mm: float | None
    thinnest_location: tuple[float, float, float] | None
    thinnest_face: int | None
    walls: NDArray[np.float64]
    warnings: tuple[MeshWarning, ...] = ()

    def share_below(self, thickness_mm: float) -> float | None:
        """Share of the walls, by surface, that are thinner than ``thickness_mm``; None without walls."""
        if len(self.walls) == 0:
            return None
        return float(np.searchsorted(self.walls, thickness_mm)) / len(self.walls)


def measure_thickness(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    bvh: Bvh,
    *,
    start_winding: NDArray[np.integer] | None = None,
    method: Literal["ray", "sphere"] = "ray",
) -> WallThickness:
    """Measure the walls of a mesh.

    The surface is sampled evenly: ``SAMPLES`` points of equal weight, of which a face gets as many as its
    share of the area, the first at its centroid. At each, thickness is the way straight inward until the
    solid ends (``"ray"``), or the diameter of the largest sphere inside that touches the point
    (``"sphere"``). Near an edge or a corner neither crosses a wall; such samples (see ``ROUNDNESS``) do not
    count for the minimum, median and maximum. A solid with next to no walls, like a pyramid, gets the
    diameter of its largest inscribed sphere for all three.

    Parameters
    ----------
    vertices:
        float64 (V, 3), mm.
    faces:
        int32 (F, 3), wound counter-clockwise seen from outside.
    bvh:
        ``meshkernels.bvh.build(vertices, faces)``.
    start_winding:
        Integers (F,): winding number just inside each face, where shells overlap; 1 everywhere when not
        given. Faces with another one are inside another shell and bound no wall.
    method:
        What thickness means.
    """
    outer = np.ones(len(faces), np.bool_) if start_winding is None else np.asarray(start_winding) == 1
    leaf_faces = faces[bvh.order]
    rays, area = cast_inward(vertices, leaf_faces, bvh, centroids(len(faces)), outer)
    # Faces without a thickness (seams, inner faces, slivers) bound no wall either.
    solid = _Solid(vertices, leaf_faces, bvh, np.isnan(rays))
    per_leaf_face = rays
    if method == "sphere":
        per_leaf_face, _ = inscribed_diameters(*solid[:3], centroids(len(faces)), rays, solid.ignored)
    per_face = np.empty(len(faces))
    per_face[bvh.order] = per_leaf_face

    samples, sample_rays, unknown_share = _even_samples(solid, rays, area, outer)
    warnings = _warnings(unknown_share)
    points, values, is_wall = _find_walls(solid, samples, sample_rays, method)
    walls = np.flatnonzero(is_wall)
    if len(walls) == 0 or unknown_share > MOST_UNKNOWN:
        return WallThickness(per_face, None, None, None, None, None, np.empty(0), warnings)
    walls = walls[np.argsort(values[walls], kind="stable")]
    least = min(LEAST_SAMPLES, len(walls))
    thinnest = walls[least - 1]
    x, y, z = points[thinnest].tolist()
    return WallThickness(
        per_face=per_face,
        minimum_mm=float(values[thinnest]),
        median_mm=float(values[walls[len(walls) // 2]]),
        maximum_mm=float(values[walls[-least]]),
        thinnest_location=(x, y, z),
        thinnest_face=int(bvh.order[samples.position[thinnest]]),
        walls=values[walls],
        warnings=warnings,
    )


class _Solid(NamedTuple):
    """What every query needs; ``ignored`` and ``leaf_faces`` are in the order of the leaves."""

    vertices: NDArray[np.float64]
    leaf_faces: NDArray[np.int32]
    bvh: Bvh
    ignored: NDArray[np.bool_]


def _even_samples(
    solid: _Solid, rays: NDArray[np.float64], area: NDArray[np.float64], outer: NDArray[np.bool_]
) -> tuple[FaceSamples, NDArray[np.float64], float]:
    """Points of equal weight on the surface, thickness at each, and the share of those without one.

    Samples inside another shell have none either, but are not part of that share.
    """
    cumulative = np.cumsum(area)
    if not cumulative[-1] > 0.0:
        return FaceSamples(np.empty(0, np.int32), np.empty(0, np.int32)), np.empty(0), 1.0
    targets = (np.arange(SAMPLES) + 0.5) * (cumulative[-1] / SAMPLES)
    position = np.searchsorted(cumulative, targets).astype(np.int32)
    number = (np.arange(SAMPLES) - np.searchsorted(position, position)).astype(np.int32)
    thickness = rays[position]
    outside = outer[solid.bvh.order[position]]
    more = number > 0
    if more.any():
        extra = FaceSamples(position[more], number[more])
        thickness[more], visible_area = cast_inward(
            *solid[:3], extra, outer, check_winding=not bool(outer.all())
        )
        outside[more] &= visible_area > 0.0
    unknown = int(np.count_nonzero(np.isnan(thickness) & outside))
    return FaceSamples(position, number), thickness, unknown / max(int(np.count_nonzero(outside)), 1)


def _find_walls(
    solid: _Solid, samples: FaceSamples, rays: NDArray[np.float64], method: Literal["ray", "sphere"]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Position and thickness of each sample, and whether it is on a wall."""
    points, is_wall = find_walls(*solid[:3], samples, rays, solid.ignored, ROUNDNESS)
    if method == "ray" and np.count_nonzero(is_wall) >= LEAST_SAMPLES:
        return points, rays, is_wall
    diameters, opposition = inscribed_diameters(*solid[:3], samples, rays, solid.ignored)
    is_wall = opposition >= ROUNDNESS
    if np.count_nonzero(is_wall) < LEAST_SAMPLES:
        is_wall = _largest(diameters)
    return points, diameters, is_wall


def _largest(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The greatest of the values that are known."""
    found = np.zeros(len(values), np.bool_)
    if not np.isnan(values).all():
        found[np.nanargmax(values)] = True
    return found


def _warnings(unknown_share: float) -> tuple[MeshWarning, ...]:
    if unknown_share <= WARNED_SHARE:
        return ()
    message = f"Wall thickness is unknown on {unknown_share:.0%} of the surface, which does not close there."
    return (MeshWarning("THICKNESS_UNKNOWN", message, Severity.WARNING),)
