"""Volume, area, centre of mass and inertia of what a mesh encloses, at density one.

The divergence theorem turns integrals over the solid into sums over its faces (Mirtich, "Fast and
accurate computation of polyhedral mass properties", 1996; Eberly, "Polyhedral mass properties
(revisited)", 2002). Here each face spans a signed tetrahedron with a point of the mesh, whose moments
have a closed form (Tonon, "Explicit exact formulas for the 3-D tetrahedron inertia tensor in terms of
its vertex coordinates", 2004). Starting from a point of the mesh, not the origin, keeps the precision
of parts far away from it.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.caps import Cap
from meshkernels.jit import parallel, scalar
from meshkernels.vec3 import Vec3, add, cross, dot, row, sub

_CHUNK = 4096
_MOMENTS = 11  # area, volume, three first moments, six second moments


class Moments(NamedTuple):
    """Integrals over the solid.

    Attributes
    ----------
    area:
        Area of all faces, mm².
    volume:
        Signed, mm³: positive where faces look outwards.
    center:
        float64 (3,), centre of mass, mm; NaN where the volume is zero.
    inertia:
        float64 (3, 3), tensor about the centre of mass with the axes of the mesh, mm⁵; NaN where the
        volume is zero. Multiply by the density.
    """

    area: float
    volume: float
    center: NDArray[np.float64]
    inertia: NDArray[np.float64]


def mass_properties(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], cap: Cap | None = None
) -> Moments:
    """Integrate over what the faces enclose.

    The volume of an open mesh depends on where the integration starts unless a cap closes it; the
    area leaves the cap out.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3), mm, and int32 (F, 3).
    cap:
        Triangles that bound the volume but are no part of the surface.
    """
    if len(faces) == 0:
        return Moments(0.0, 0.0, np.full(3, np.nan), np.full((3, 3), np.nan))
    origin = vertices[faces[0, 0]].copy()
    sums = _integrate(vertices, faces, origin)
    if cap is not None:
        closing = _integrate(cap.vertices, cap.faces, origin)
        sums[1:] = [s + t for s, t in zip(sums[1:], closing[1:])]
    area, volume = sums[0], sums[1]
    if volume == 0.0:
        return Moments(area, volume, np.full(3, np.nan), np.full((3, 3), np.nan))
    offset = np.array(sums[2:5]) / volume
    xx, yy, zz, xy, yz, zx = sums[5:]
    second = np.array([[xx, xy, zx], [xy, yy, yz], [zx, yz, zz]]) - volume * np.outer(offset, offset)
    return Moments(area, volume, origin + offset, np.trace(second) * np.eye(3) - second)


def part_volumes(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    labels: NDArray[np.int32],
    parts: int,
    origins: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Signed volume and area of each part of a mesh.

    Parameters
    ----------
    vertices, faces:
        float64 (V, 3), mm, and int32 (F, 3).
    labels, parts:
        int32 (F,), part of each face, in ``range(parts)``; faces with a negative one are left out.
    origins:
        float64 (P, 3), mm: what a part that is not closed is joined to when its volume is taken. By
        default the first corner of its first face; the sums of a surface and its cap need the same.

    Returns
    -------
    volumes (mm³), areas (mm²) and origins (mm), float64 (P,), (P,), (P, 3).
    """
    sums = np.zeros((4, parts))
    origins = np.full((parts, 3), np.nan) if origins is None else origins
    _sum_parts(vertices, faces, labels, origins, sums)
    return sums[0] + sums[1], sums[2] + sums[3], origins


def _integrate(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], origin: NDArray[np.float64]
) -> list[float]:
    sums = np.empty(((len(faces) + _CHUNK - 1) // _CHUNK, _MOMENTS))
    _integrate_chunks(vertices, faces, origin, sums)
    return [math.fsum(column) for column in sums.T]


@parallel
def _integrate_chunks(vertices: Any, faces: Any, origin: Any, sums: Any) -> None:
    for chunk in prange(len(sums)):
        _integrate_faces(vertices, faces, origin, chunk * _CHUNK, sums[chunk])


@scalar
def _integrate_faces(vertices: Any, faces: Any, origin: Any, start: int, out: Any) -> None:
    o = Vec3(origin[0], origin[1], origin[2])
    area = volume = x = y = z = xx = yy = zz = xy = yz = zx = 0.0
    for f in range(start, min(start + _CHUNK, len(faces))):
        a = sub(row(vertices, faces[f, 0]), o)
        b = sub(row(vertices, faces[f, 1]), o)
        c = sub(row(vertices, faces[f, 2]), o)
        normal = cross(sub(b, a), sub(c, a))
        area += math.sqrt(dot(normal, normal))
        det = dot(a, normal)
        s = add(add(a, b), c)
        volume += det
        x += det * s.x
        y += det * s.y
        z += det * s.z
        xx += det * (a.x * a.x + b.x * b.x + c.x * c.x + s.x * s.x)
        yy += det * (a.y * a.y + b.y * b.y + c.y * c.y + s.y * s.y)
        zz += det * (a.z * a.z + b.z * b.z + c.z * c.z + s.z * s.z)
        xy += det * (a.x * a.y + b.x * b.y + c.x * c.y + s.x * s.y)
        yz += det * (a.y * a.z + b.y * b.z + c.y * c.z + s.y * s.z)
        zx += det * (a.z * a.x + b.z * b.x + c.z * c.x + s.z * s.x)
    out[0], out[1] = area / 2, volume / 6
    out[2], out[3], out[4] = x / 24, y / 24, z / 24
    out[5], out[6], out[7] = xx / 120, yy / 120, zz / 120
    out[8], out[9], out[10] = xy / 120, yz / 120, zx / 120


@scalar
def _sum_parts(vertices: Any, faces: Any, labels: Any, origins: Any, sums: Any) -> None:
    for f in range(len(faces)):
        part = labels[f]
        if part < 0:
            continue
        a, b, c = row(vertices, faces[f, 0]), row(vertices, faces[f, 1]), row(vertices, faces[f, 2])
        if origins[part, 0] != origins[part, 0]:
            origins[part, 0], origins[part, 1], origins[part, 2] = a.x, a.y, a.z
        normal = cross(sub(b, a), sub(c, a))
        _add(sums, 0, part, dot(sub(a, row(origins, part)), normal) / 6)
        _add(sums, 2, part, math.sqrt(dot(normal, normal)) / 2)


@scalar
def _add(sums: Any, k: int, part: int, term: float) -> None:
    """Add to ``sums[k]``; what rounding drops goes to ``sums[k + 1]`` (Neumaier, 1974)."""
    old = sums[k, part]
    new = old + term
    sums[k + 1, part] += (old - new) + term if abs(old) >= abs(term) else (term - new) + old
    sums[k, part] = new
