"""A ray in float64 and what it crosses, and the same ray as the float32 filters of ``simd`` want it.

Woop, Benthin and Wald, "Watertight Ray/Triangle Intersection" (2013): axes are permuted and sheared so that
the ray runs along +z from the origin, and the signs of three 2-D edge functions decide. Here an edge that
passes exactly through the ray goes to one of its two faces, by moving the ray an infinitesimal step
(Edelsbrunner and Mücke, "Simulation of Simplicity", 1990): a ray through a closed mesh enters and leaves
equally often, through edges and corners too.
"""

from typing import Any, NamedTuple

import numpy as np

from meshkernels.jit import inlined
from meshkernels.simd import FilterRay
from meshkernels.vec3 import Vec3

# Errors of the filters in float32, as multiples of the mesh's reach: of a sheared corner (rounding of corner,
# origin, their difference, and the shear), and of a distance along the ray.
_SHEAR_ERROR = 1e-6
_RANGE_ERROR = 1e-6

_f4 = np.float32


class Ray(NamedTuple):
    """Origin in permuted axes and the shear that turns the direction into +z; distances in mm.

    Axis kz is where the direction is greatest; kx and ky keep the handedness.
    """

    kx: int
    ky: int
    kz: int
    ox: float
    oy: float
    oz: float
    sx: float
    sy: float
    sz: float


@inlined
def make_ray(origin: Vec3, direction: Vec3) -> Ray:
    """Ray in a unit direction."""
    ax, ay, az = abs(direction.x), abs(direction.y), abs(direction.z)
    if ax >= ay and ax >= az:
        kx, ky, kz = 1, 2, 0
    elif ay >= az:
        kx, ky, kz = 2, 0, 1
    else:
        kx, ky, kz = 0, 1, 2
    if direction[kz] < 0.0:
        kx, ky = ky, kx
    sz = 1.0 / direction[kz]
    return Ray(kx, ky, kz, origin[kx], origin[ky], origin[kz], direction[kx] * sz, direction[ky] * sz, sz)


@inlined
def _reciprocal(x: float) -> Any:
    # A component of 0 becomes one too small to matter: infinity times zero would not be a distance.
    if abs(x) < 1e-20:
        x = 1e-20 if x > 0.0 else -1e-20
    return _f4(1.0 / x)


@inlined
def make_filter_ray(origin: Vec3, direction: Vec3, ray: Ray, centre: Any, reach: float) -> FilterRay:
    """The same ray for the filters; ``centre`` and ``reach`` are those of the hierarchy."""
    return FilterRay(
        _f4(origin.x - centre[0]),
        _f4(origin.y - centre[1]),
        _f4(origin.z - centre[2]),
        _reciprocal(direction.x),
        _reciprocal(direction.y),
        _reciprocal(direction.z),
        0 if direction.x > 0.0 else 3,
        0 if direction.y > 0.0 else 3,
        0 if direction.z > 0.0 else 3,
        ray.kx,
        ray.ky,
        ray.kz,
        _f4(ray.ox - centre[ray.kx]),
        _f4(ray.oy - centre[ray.ky]),
        _f4(ray.oz - centre[ray.kz]),
        _f4(ray.sx),
        _f4(ray.sy),
        _f4(ray.sz),
        _f4(_SHEAR_ERROR * reach),
        _f4(_RANGE_ERROR * reach),
    )


@inlined
def _sheared(vertices: Any, v: int, ray: Ray) -> Vec3:
    z = vertices[v, ray.kz] - ray.oz
    return Vec3(
        vertices[v, ray.kx] - ray.ox - ray.sx * z, vertices[v, ray.ky] - ray.oy - ray.sy * z, ray.sz * z
    )


@inlined
def _edge_side(edge: float, a: Vec3, b: Vec3) -> int:
    """Sign of an edge function ``b.x a.y - b.y a.x``; on the edge, its sign after a step along x, then y."""
    if edge != 0.0:
        return 1 if edge > 0.0 else -1
    if a.y != b.y:
        return 1 if b.y > a.y else -1
    if a.x != b.x:
        return 1 if a.x > b.x else -1
    return 0


@inlined
def crossing(vertices: Any, faces: Any, f: int, ray: Ray) -> Any:
    """Distance (mm, may be negative) and side where the line of a ray crosses face ``f``.

    Side 1: from the front, entering the solid. Side -1: from behind, leaving it. Side 0: not crossed.
    """
    a = _sheared(vertices, faces[f, 0], ray)
    b = _sheared(vertices, faces[f, 1], ray)
    c = _sheared(vertices, faces[f, 2], ray)
    u = c.x * b.y - c.y * b.x
    v = a.x * c.y - a.y * c.x
    w = b.x * a.y - b.y * a.x
    side = _edge_side(u, b, c)
    if side == 0 or _edge_side(v, c, a) != side or _edge_side(w, a, b) != side:
        return 0.0, 0
    det = u + v + w
    if det == 0.0:
        return 0.0, 0
    # From one corner on, so that a face square to the ray is at exactly its distance.
    return a.z + (v * (b.z - a.z) + w * (c.z - a.z)) / det, side
