"""Wall thickness of a solid: for each face, and the thinnest and thickest wall robustly."""

import math
from dataclasses import dataclass
from typing import Literal

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

ROUNDNESS = 0.8
"""A chord crosses a wall if a ball around its middle, this many times its length wide, fits in the solid:
both sides are then within 37 degrees of parallel, and the wall is about as wide as it is thick or wider."""


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
        extreme ``LEAST_SHARE`` of the surface. None where no thickness is known.
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
    ignored = np.isnan(rays)
    samples, sample_rays = _even_samples(vertices, leaf_faces, bvh, rays, area, outer)
    per_leaf_face = rays
    if method == "sphere":
        per_leaf_face, _ = inscribed_diameters(
            vertices, leaf_faces, bvh, centroids(len(faces)), rays, ignored
        )
    per_face = np.empty(len(faces))
    per_face[bvh.order] = per_leaf_face

    points, is_wall = find_walls(vertices, leaf_faces, bvh, samples, sample_rays, ignored, ROUNDNESS)
    values = sample_rays
    least = math.ceil(LEAST_SHARE * SAMPLES)
    if method == "sphere" or np.count_nonzero(is_wall) < least:
        values, opposition = inscribed_diameters(vertices, leaf_faces, bvh, samples, sample_rays, ignored)
        is_wall = opposition >= ROUNDNESS
        if np.count_nonzero(is_wall) < least:
            is_wall = _largest(values)
    walls = np.flatnonzero(is_wall)
    warnings = _warnings(sample_rays, outer, bvh, samples)
    if len(walls) == 0:
        return WallThickness(per_face, None, None, None, None, None, np.empty(0), warnings)
    walls = walls[np.argsort(values[walls], kind="stable")]
    least = min(least, len(walls))
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


def _even_samples(
    vertices: NDArray[np.float64],
    leaf_faces: NDArray[np.int32],
    bvh: Bvh,
    rays: NDArray[np.float64],
    area: NDArray[np.float64],
    outer: NDArray[np.bool_],
) -> tuple[FaceSamples, NDArray[np.float64]]:
    """Points of equal weight on the surface, and the thickness at each."""
    cumulative = np.cumsum(area)
    if not cumulative[-1] > 0.0:
        return FaceSamples(np.empty(0, np.int32), np.empty(0, np.int32)), np.empty(0)
    targets = (np.arange(SAMPLES) + 0.5) * (cumulative[-1] / SAMPLES)
    position = np.searchsorted(cumulative, targets).astype(np.int32)
    first = np.searchsorted(position, position)
    number = (np.arange(SAMPLES) - first).astype(np.int32)
    thickness = rays[position]
    more = number > 0
    if more.any():
        extra = FaceSamples(position[more], number[more])
        overlapping = not outer.all()
        thickness[more], _ = cast_inward(vertices, leaf_faces, bvh, extra, outer, check_winding=overlapping)
    return FaceSamples(position, number), thickness


def _largest(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The greatest of the values that are known."""
    found = np.zeros(len(values), np.bool_)
    if not np.isnan(values).all():
        found[np.nanargmax(values)] = True
    return found


def _warnings(
    sample_rays: NDArray[np.float64], outer: NDArray[np.bool_], bvh: Bvh, samples: FaceSamples
) -> tuple[MeshWarning, ...]:
    unknown = np.isnan(sample_rays) & outer[bvh.order[samples.position]]
    share = float(np.count_nonzero(unknown)) / max(len(unknown), 1)
    if len(unknown) > 0 and share <= 0.01:
        return ()
    return (
        MeshWarning(
            "THICKNESS_UNKNOWN",
            f"Wall thickness is unknown on {share:.0%} of the surface, where the mesh does not close."
            if len(unknown) > 0
            else "Wall thickness is unknown: no face has an area.",
            Severity.WARNING,
        ),
    )
