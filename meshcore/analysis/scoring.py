"""Scores: how sound the mesh is, how easily it prints, how finely it is modelled, how sure we are.

Scores depend on numbers only, and each is a product of factors that never rise with a defect, so that
repairing one defect can never lower any score. ``docs/scores.md`` has the tables and the reasons.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

NEEDS_REPAIR_BELOW = 60.0
"""A mesh whose quality score is below this needs repair before printing."""

BED_MM = (220.0, 220.0, 250.0)
"""Build volume of a common desktop printer."""


class DetailLevel(StrEnum):
    """How finely the surface is divided, whatever the size of the part."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    ULTRA = "ultra"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreInputs:
    """What the scores are made of; None is "not known" and never scores better than the best value.

    Attributes
    ----------
    faces, surface_area_mm2:
        Size of the mesh, for its detail level.
    boundary_edges, nonmanifold_edges, nonmanifold_vertices, duplicate_faces, degenerate_faces:
        Counts of defects.
    flipped_faces, self_intersections:
        Counts of faces, None where the check could not be made.
    extents_mm:
        Size of the bounding box x, y, z, as the part is to be printed.
    min_wall_mm:
        Robust minimum wall thickness.
    support_share:
        Support volume / (support volume + printed volume), 0 without supports.
    first_layer_mm2:
        Area that touches the plate.
    unit_confidence:
        0 to 1, how sure the unit is.
    rays_answered:
        0 to 1, share of the thickness rays that found the opposite wall.
    printed_volume_mm3, signed_volume_mm3:
        Volume that a slicer would fill, and the plain signed one.
    """

    faces: int
    surface_area_mm2: float
    extents_mm: tuple[float, float, float]
    boundary_edges: int
    nonmanifold_edges: int
    nonmanifold_vertices: int
    duplicate_faces: int
    degenerate_faces: int
    flipped_faces: int | None
    self_intersections: int | None
    min_wall_mm: float | None
    support_share: float | None
    first_layer_mm2: float | None
    unit_confidence: float
    rays_answered: float | None
    printed_volume_mm3: float | None
    signed_volume_mm3: float | None


@dataclass(frozen=True, slots=True)
class Scores:
    """The four answers, and one sentence for everything that took points away.

    ``quality`` and ``printability`` are 0 to 100 with one decimal, ``confidence`` 0 to 1 with two.
    """

    quality: float
    printability: float
    detail_level: DetailLevel
    confidence: float
    quality_reasons: tuple[str, ...]
    printability_reasons: tuple[str, ...]
    confidence_reasons: tuple[str, ...]

    @property
    def needs_repair(self) -> bool:
        """Whether the mesh must be repaired before it can be trusted to print."""
        return self.quality < NEEDS_REPAIR_BELOW


Factor = tuple[float, str]

# Share of the score lost to the first defect of a kind, and to ten thousand of them. What leaves inside and
# outside undecided costs more than 40 %, so that one alone asks for repair.
_BOUNDARY = (0.45, 0.90)
_NONMANIFOLD_EDGE = (0.42, 0.80)
_FLIPPED = (0.42, 0.80)
_SELF_INTERSECTION = (0.10, 0.40)  # slicers unite crossing shells, at the price of surprises
_DUPLICATE = (0.10, 0.40)
_NONMANIFOLD_VERTEX = (0.05, 0.20)
_DEGENERATE = (0.02, 0.15)

# Mean edge of a face over the diagonal of the part, below which the level is reached.
_DETAIL_EDGES = ((0.005, DetailLevel.ULTRA), (0.015, DetailLevel.HIGH), (0.05, DetailLevel.MEDIUM))


def score(inputs: ScoreInputs) -> Scores:
    """Score a mesh; see ``docs/scores.md`` for every number.

    Raises
    ------
    ValueError
        If the mesh has no faces.
    """
    if inputs.faces < 1:
        raise ValueError("a mesh without faces has no scores")
    quality, quality_reasons = _product(_quality_factors(inputs))
    printability, printability_reasons = _product(_printability_factors(inputs, quality))
    confidence, confidence_reasons = _product(_confidence_factors(inputs))
    return Scores(
        quality=round(100 * quality, 1),
        printability=round(100 * printability, 1),
        detail_level=detail_level(inputs.faces, inputs.surface_area_mm2, inputs.extents_mm),
        confidence=round(confidence, 2),
        quality_reasons=quality_reasons,
        printability_reasons=printability_reasons,
        confidence_reasons=confidence_reasons,
    )


def detail_level(faces: int, surface_area_mm2: float, extents_mm: tuple[float, float, float]) -> DetailLevel:
    """Level by the edge of the mean face, as if equilateral, over the diagonal of the bounding box."""
    edge = math.sqrt(max(surface_area_mm2, 0.0) / faces * 4 / math.sqrt(3))
    diagonal = math.hypot(*extents_mm)
    for limit, level in _DETAIL_EDGES:
        if edge <= limit * diagonal:
            return level
    return DetailLevel.LOW


def _product(factors: Iterable[Factor]) -> tuple[float, tuple[str, ...]]:
    value, reasons = 1.0, []
    for factor, reason in factors:
        value *= factor
        if factor < 1.0:
            reasons.append(reason)
    return value, tuple(reasons)


def _between(x: float, low: tuple[float, float], high: tuple[float, float]) -> float:
    """Straight line through two points (x, y), level outside them."""
    t = min(1.0, max(0.0, (x - low[0]) / (high[0] - low[0])))
    return low[1] + t * (high[1] - low[1])


def _defects(count: int | None, losses: tuple[float, float], what: str) -> Factor:
    """Factor for a number of defects: by their order of magnitude, as repairs go by places not by faces.

    The count is not set against the number of faces: then removing one kind of bad faces would make
    the other kinds look worse.
    """
    if not count:
        return 1.0, ""
    lost = _between(math.log10(count), (0.0, losses[0]), (4.0, losses[1]))
    return 1.0 - lost, f"{count} {what}"


def _quality_factors(x: ScoreInputs) -> list[Factor]:
    return [
        _defects(x.boundary_edges, _BOUNDARY, "boundary edges: the surface is open"),
        _defects(x.nonmanifold_edges, _NONMANIFOLD_EDGE, "edges with more than two faces"),
        _defects(x.flipped_faces, _FLIPPED, "faces turned the wrong way"),
        _defects(x.self_intersections, _SELF_INTERSECTION, "faces that cross others"),
        _defects(x.duplicate_faces, _DUPLICATE, "faces that repeat another"),
        _defects(x.nonmanifold_vertices, _NONMANIFOLD_VERTEX, "vertices where surfaces only touch"),
        _defects(x.degenerate_faces, _DEGENERATE, "faces without area"),
    ]


def _printability_factors(x: ScoreInputs, quality: float) -> list[Factor]:
    factors = [(0.4 + 0.6 * quality, "the mesh has defects")]
    if x.min_wall_mm is not None:
        # Two lines of a 0.4 mm nozzle print well, one line barely, less than the nozzle not at all.
        if x.min_wall_mm >= 0.4:
            wall = _between(x.min_wall_mm, (0.4, 0.75), (0.8, 1.0))
        else:
            wall = _between(x.min_wall_mm, (0.0, 0.3), (0.4, 0.75))
        factors.append((wall, f"walls of {x.min_wall_mm:.2f} mm are thin for a 0.4 mm nozzle"))
    if x.support_share is not None:
        support = 1.0 if x.support_share <= 0 else 0.95 - 0.4 * min(1.0, x.support_share)
        factors.append((support, f"supports fill {x.support_share:.0%} of what has to be printed"))
    if x.first_layer_mm2 is not None:
        factors.append(_base(x.first_layer_mm2, x.extents_mm[2]))
    return [*factors, *_size(x.extents_mm)]


def _base(first_layer_mm2: float, height_mm: float) -> Factor:
    """A part taller than three times the width of its base wobbles, from twelve times on it falls."""
    width = math.sqrt(max(first_layer_mm2, 1e-6) * 4 / math.pi)
    factor = _between(math.log(max(height_mm, 1e-9) / width), (math.log(3), 1.0), (math.log(12), 0.7))
    return factor, f"the part is {height_mm / width:.0f} times as tall as its base is wide"


def _size(extents_mm: tuple[float, float, float]) -> list[Factor]:
    x, y, z = extents_mm
    largest = max(extents_mm)
    over = max(max(x, y) / max(BED_MM[:2]), min(x, y) / min(BED_MM[:2]), z / BED_MM[2])
    fits = 1.0 if over <= 1.0 else max(0.2, 0.6 / over)
    small = _between(math.log10(max(largest, 1e-9)), (0.0, 0.4), (1.0, 1.0))
    return [
        (fits, f"the part exceeds a printer of {BED_MM[0]:.0f} x {BED_MM[1]:.0f} x {BED_MM[2]:.0f} mm"),
        (small, f"the part is only {largest:.1f} mm large"),
    ]


def _confidence_factors(x: ScoreInputs) -> list[Factor]:
    factors = [
        (0.5 + 0.5 * min(1.0, max(0.0, x.unit_confidence)), "the unit was inferred"),
        (0.7 if x.boundary_edges else 1.0, "volume and walls of an open surface are uncertain"),
        (0.9 if x.nonmanifold_edges else 1.0, "inside and outside are ambiguous at non-manifold edges"),
        (0.9 if x.flipped_faces is None else 1.0, "the direction of faces is unknown"),
        (0.9 if x.self_intersections is None else 1.0, "self-intersections are unknown"),
        (0.9 if x.min_wall_mm is None else 1.0, "wall thickness is unknown"),
        (0.95 if x.support_share is None else 1.0, "the need for supports is unknown"),
        (0.95 if x.first_layer_mm2 is None else 1.0, "the base is unknown"),
    ]
    answered = 0.0 if x.rays_answered is None else min(1.0, max(0.0, x.rays_answered))
    factors.append((0.8 + 0.2 * answered, "some thickness rays found no opposite wall"))
    if x.printed_volume_mm3 is None or x.signed_volume_mm3 is None or x.printed_volume_mm3 <= 0:
        return [*factors, (0.6, "the volume is unknown")]
    apart = abs(x.signed_volume_mm3 / x.printed_volume_mm3 - 1.0)
    return [*factors, (1.0 - 0.2 * min(1.0, apart), "shells overlap: printed and signed volume differ")]
