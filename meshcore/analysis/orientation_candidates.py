"""Directions worth trying as the upper side of a print."""

from math import pi, radians, sqrt

import numpy as np
from numpy.typing import NDArray

from meshkernels.orientation_search import SurfaceSamples

Array = NDArray[np.float64]

_SPHERE = 192
_HULL_FACES = 64
_NORMALS = 16


def tilted(direction: Array, step: float) -> Array:
    """Eight directions a step away."""
    helper = np.eye(3)[int(np.argmin(np.abs(direction)))]
    u = np.cross(direction, helper)
    u /= np.linalg.norm(u)
    v = np.cross(direction, u)
    angle = np.arange(8) * (pi / 4.0)
    around = direction + step * (np.cos(angle)[:, None] * u + np.sin(angle)[:, None] * v)
    return np.asarray(around / np.linalg.norm(around, axis=1)[:, None])


def resting(facets: Array) -> Array:
    """Directions that put the largest facets of the hull on the plate, facets within 3° taken together."""
    order = np.argsort(-facets[:, 3], kind="stable")
    normals, weight = facets[order, :3], facets[order, 3].copy()
    leaders: list[int] = []
    total: list[float] = []
    while len(leaders) < 2 * _HULL_FACES and weight.max(initial=0.0) > 0.0:
        k = int(np.argmax(weight > 0.0))  # the largest facet not yet taken
        near = normals @ normals[k] > np.cos(radians(3.0))
        leaders.append(k)
        total.append(float(weight[near].sum()))
        weight[near] = 0.0
    best = np.argsort(-np.array(total), kind="stable")[:_HULL_FACES]
    return np.asarray(-normals[np.array(leaders, np.int64)[best]].reshape(-1, 3))


def common_normals(samples: SurfaceSamples) -> Array:
    """Directions that turn the commonest surface normals down."""
    cells = np.round(samples.normals * 64.0).astype(np.int64) + 64
    keys = (cells[:, 0] * 129 + cells[:, 1]) * 129 + cells[:, 2]
    values, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    best = np.argsort(-counts, kind="stable")[:_NORMALS]
    sums = np.column_stack([np.bincount(inverse, samples.normals[:, k], len(values)) for k in range(3)])[best]
    lengths = np.linalg.norm(sums, axis=1)
    return np.asarray(-sums[lengths > 0.0] / lengths[lengths > 0.0, None])


def sphere(samples: SurfaceSamples) -> Array:
    """Even directions (Fibonacci lattice) in the frame of the principal axes, and those axes."""
    k = np.arange(_SPHERE) + 0.5
    z = 1.0 - 2.0 * k / _SPHERE
    angle = pi * (1.0 + sqrt(5.0)) * k
    r = np.sqrt(1.0 - z * z)
    lattice = np.column_stack([r * np.cos(angle), r * np.sin(angle), z])
    centred = samples.points - samples.points.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    frame = np.vstack([np.eye(3), -np.eye(3), lattice])
    # Each axis points where the third moment is positive, so that a turned part turns its lattice along.
    axes = axes * np.where(((centred @ axes) ** 3).sum(axis=0) < 0.0, -1.0, 1.0)
    return np.asarray(frame @ axes.T)


def spread(directions: Array, rough: Array, count: int) -> NDArray[np.int64]:
    """The current direction, which is the first, and the ``count`` cheapest no two of which are within 4°.

    A pose close to the current one stays in: a part may miss standing firmly by a few degrees.
    """
    current, chosen = 0, [int(np.argmin(rough))]
    for k in np.argsort(rough, kind="stable"):
        if len(chosen) >= count:
            break
        if (directions[chosen] @ directions[k]).max() < np.cos(radians(4.0)):
            chosen.append(int(k))
    return np.array([current] + [k for k in chosen if k != current], np.int64)
