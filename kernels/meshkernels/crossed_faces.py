"""Volume integrals over faces that other faces cross.

The integral over the parts of a face that bound the union is a sum over the line segments which separate
parts (Green's theorem): each spans a triangle with the first corner of the face, which counts as often as the
face bounds the union to the left of the segment, less to the right. The segments are the intersections with
other faces, cut where a third face passes through both, and the edge opposite to the corner, cut where
segments end on it; on the other two edges the triangles are empty. Cutting too often does no harm.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import prange
from numpy.typing import NDArray

from meshkernels.bvh import Bvh
from meshkernels.face_winding import TILT, face_normal, winding_along, winding_in_front
from meshkernels.jit import inlined, parallel, scalar
from meshkernels.predicates import orient3d
from meshkernels.vec3 import Vec3, add, cross, dot, row, scale, sub

_ON_EDGE = 1e-9  # of the reach: an end of a segment this close to an edge may lie on it


class _Mesh(NamedTuple):
    vertices: Any
    faces: Any
    weights: Any  # int32 (F,)
    bvh: Bvh


def crossed_face_integrals(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    weights: NDArray[np.int32],
    bvh: Bvh,
    pairs: NDArray[np.int32],
) -> NDArray[np.float64]:
    """What the faces that cross others contribute to the volume.

    Parameters
    ----------
    vertices, faces, weights:
        float64 (V, 3), mm; int32 (F, 3); int32 (F,), how often each face counts.
    bvh:
        ``bvh.build(vertices, faces)``.
    pairs:
        int32 (P, 2): all pairs of faces that ``CROSS``.

    Returns
    -------
    float64 (3,), mm³: to the volume where the winding number is not 0, to that where it is 2 or more (or -2
    or less), and how much of it hangs on rounding.
    """
    # For each crossed face the faces that cross it, ascending, and the numbers of those pairs.
    owner, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    order = np.lexsort((other, owner))
    number = (order % len(pairs)).astype(np.int32)
    crossed, starts = np.unique(owner[order], return_index=True)
    slots = np.full(len(faces), -1, np.int32)
    slots[crossed] = np.arange(len(crossed))
    crossers = np.ascontiguousarray(other[order])
    offsets = np.append(starts, len(order))
    segments = np.empty((len(pairs), 6))
    by_pair = np.zeros((len(pairs), 3))
    by_face = np.zeros((len(crossed), 3))
    _segments(vertices, faces, weights, bvh, pairs, slots, offsets, crossers, segments, by_pair)
    _opposite_edges(vertices, faces, weights, bvh, crossed, offsets, number, segments, by_face)
    return by_pair.sum(axis=0) + by_face.sum(axis=0)


@scalar
def tetrahedron(origin: Any, a: Vec3, p: Vec3, q: Vec3) -> float:
    """Signed volume under the triangle a, p, q."""
    o = Vec3(origin[0], origin[1], origin[2])
    return dot(sub(a, o), cross(sub(p, o), sub(q, o))) / 6.0


@inlined
def _bounds(inside: int, outside: int, least: int) -> int:
    """1 where a face has points of winding ``least`` or more behind it only, -1 in front only, else 0."""
    return int(abs(inside) >= least) - int(abs(outside) >= least)


@inlined
def add_bounds(sums: Any, i: int, volume: float, inside: int, outside: int, certain: bool) -> None:
    """Add the ``volume`` under a part of a face with these windings behind and in front of it."""
    for least in range(1, 3):
        sums[i, least - 1] += _bounds(inside, outside, least) * volume
    if not certain:
        sums[i, 2] += abs(volume)


@scalar
def _height(vertices: Any, faces: Any, g: Any, v: Any) -> Any:
    """Distance of vertex ``v`` from the plane of face ``g``, times twice its area; exact sign."""
    a, b, c = row(vertices, faces[g, 0]), row(vertices, faces[g, 1]), row(vertices, faces[g, 2])
    p = row(vertices, v)
    return dot(face_normal(vertices, faces, g), sub(p, a)), orient3d(a, b, c, p)


@scalar
def _chord(vertices: Any, faces: Any, f: Any, g: Any, direction: Vec3) -> Any:
    """Where face ``f``, which passes through the plane of ``g``, meets it: two points along ``direction``."""
    first = Vec3(0.0, 0.0, 0.0)
    last = first
    found = 0
    for k in range(3):
        # Lower vertex first: neighbours get the same point of their common edge, to the last bit.
        u, v = faces[f, k], faces[f, (k + 1) % 3]
        if u > v:
            u, v = v, u
        height_u, side_u = _height(vertices, faces, g, u)
        height_v, side_v = _height(vertices, faces, g, v)
        p, q = row(vertices, u), row(vertices, v)
        if side_u * side_v < 0:
            t = min(max(height_u / (height_u - height_v), 0.0), 1.0)
            point = add(p, scale(sub(q, p), t))
        elif _is_corner_in_plane(faces, f, k, u, side_u):
            point = p
        elif _is_corner_in_plane(faces, f, k, v, side_v):
            point = q
        else:
            continue
        if found == 0:
            first = point
        last = point
        found += 1
    if dot(direction, sub(last, first)) < 0.0:
        first, last = last, first
    return first, last


@scalar
def _is_corner_in_plane(faces: Any, f: Any, k: int, v: Any, side: int) -> bool:
    """Whether ``v`` lies in the plane and is corner ``k``, which has each corner found once."""
    return bool(side == 0 and faces[f, k] == v)


@scalar
def _segment(vertices: Any, faces: Any, f: Any, g: Any) -> Any:
    """Ends of the intersection of two faces that cross, along ``normal f x normal g``."""
    direction = cross(face_normal(vertices, faces, f), face_normal(vertices, faces, g))
    p, q = _chord(vertices, faces, f, g, direction)
    r, s = _chord(vertices, faces, g, f, direction)
    if dot(direction, sub(r, p)) > 0.0:
        p = r
    if dot(direction, sub(s, q)) < 0.0:
        q = s
    if dot(direction, sub(q, p)) < 0.0:
        q = p
    return p, q


@scalar
def _common_crossers(crossers: Any, start: int, end: int, other_start: int, other_end: int, out: Any) -> int:
    """Numbers in both of two ascending stretches of ``crossers``; returns how many."""
    if end - start > other_end - other_start:
        start, end, other_start, other_end = other_start, other_end, start, end
    n = 0
    for i in range(start, end):
        at = other_start + np.searchsorted(crossers[other_start:other_end], crossers[i])
        if at < other_end and crossers[at] == crossers[i]:
            out[n] = crossers[i]
            n += 1
    return n


@scalar
def _unit(a: Vec3) -> Vec3:
    return scale(a, 1.0 / math.sqrt(dot(a, a)))


@scalar
def _pieces_of_pair(mesh: _Mesh, f: Any, g: Any, p: Vec3, q: Vec3, cuts: Any, sums: Any, pair: Any) -> None:
    """Add what the pieces of the segment p, q contribute to the integrals over ``f`` and over ``g``."""
    vertices, faces, weights, bvh = mesh
    normal_f = _unit(face_normal(vertices, faces, f))
    normal_g = _unit(face_normal(vertices, faces, g))
    # The ray leaves both faces at half a right angle or more.
    before_g = dot(normal_f, normal_g) >= 0.0
    direction = _unit(add(normal_f, scale(normal_g, 1.0 if before_g else -1.0)))
    direction = add(direction, TILT)
    wf, wg = weights[f], weights[g]
    apex_f, apex_g = row(vertices, faces[f, 0]), row(vertices, faces[g, 0])
    for k in range(len(cuts) - 1):
        if cuts[k + 1] <= cuts[k]:
            continue
        u = add(p, scale(sub(q, p), cuts[k]))
        v = add(p, scale(sub(q, p), cuts[k + 1]))
        middle = scale(add(u, v), 0.5)
        front, certain = winding_along(bvh, vertices, faces, weights, middle, direction, f, g)
        if not before_g:
            front -= wg
        # To the left of the segment on f is the back of g; on g, with the segment reversed, the back of f.
        on_f = tetrahedron(bvh.origin, apex_f, u, v)
        on_g = tetrahedron(bvh.origin, apex_g, v, u)
        for least in range(1, 3):
            behind_g = _bounds(front + wf + wg, front + wg, least)
            before = _bounds(front + wf, front, least)
            sums[pair, least - 1] += (behind_g - before) * on_f
            behind_f = _bounds(front + wf + wg, front + wf, least)
            before = _bounds(front + wg, front, least)
            sums[pair, least - 1] += (behind_f - before) * on_g
        if not certain:
            sums[pair, 2] += abs(on_f) + abs(on_g)


@scalar
def _cuts(vertices: Any, faces: Any, p: Vec3, q: Vec3, third: Any) -> Any:
    """Where, from 0 to 1, the segment p, q passes through the planes of faces; ascending, ends included."""
    cuts = np.empty(len(third) + 2)
    cuts[0] = 0.0
    n = 1
    for h in third:
        normal = face_normal(vertices, faces, h)
        a = row(vertices, faces[h, 0])
        height_p = dot(normal, sub(p, a))
        height_q = dot(normal, sub(q, a))
        if height_p * height_q < 0.0:
            cuts[n] = height_p / (height_p - height_q)
            n += 1
    cuts[n] = 1.0
    return np.sort(cuts[: n + 1])


@parallel
def _segments(
    vertices: Any, faces: Any, weights: Any, bvh: Any,
    pairs: Any, slots: Any, offsets: Any, crossers: Any, segments: Any, sums: Any,
) -> None:  # fmt: skip
    for pair in prange(len(pairs)):
        f, g = pairs[pair, 0], pairs[pair, 1]
        p, q = _segment(vertices, faces, f, g)
        for k in range(3):
            segments[pair, k] = p[k]
            segments[pair, k + 3] = q[k]
        m, n = slots[f], slots[g]
        third = np.empty(min(offsets[m + 1] - offsets[m], offsets[n + 1] - offsets[n]), np.int32)
        count = _common_crossers(crossers, offsets[m], offsets[m + 1], offsets[n], offsets[n + 1], third)
        cuts = _cuts(vertices, faces, p, q, third[:count])
        _pieces_of_pair(_Mesh(vertices, faces, weights, bvh), f, g, p, q, cuts, sums, np.int64(pair))


@scalar
def _edge_cuts(b: Vec3, edge: Vec3, tolerance: float, numbers: Any, segments: Any) -> Any:
    """Where, from 0 to 1, segments end on the edge that starts at ``b``; ascending, ends included."""
    cuts = np.empty(2 * len(numbers) + 2)
    cuts[0] = 0.0
    n = 1
    length2 = dot(edge, edge)
    for i in numbers:
        for end in range(2):
            x = sub(Vec3(segments[i, 3 * end], segments[i, 3 * end + 1], segments[i, 3 * end + 2]), b)
            t = dot(x, edge) / length2
            off = sub(x, scale(edge, t))
            if dot(off, off) <= tolerance * tolerance and 0.0 < t < 1.0:
                cuts[n] = t
                n += 1
    cuts[n] = 1.0
    return np.sort(cuts[: n + 1])


@scalar
def _free_way(
    point: Vec3, along: Vec3, inward: Vec3, a: Vec3, b: Vec3, c: Vec3, numbers: Any, segments: Any
) -> float:
    """How far ``inward`` from ``point`` on the edge b, c of a face the next segment or edge is."""
    nearest = np.inf
    for i in range(-2, len(numbers)):
        if i < 0:
            p, q = a, b if i == -2 else c
        else:
            s = numbers[i]
            p = Vec3(segments[s, 0], segments[s, 1], segments[s, 2])
            q = Vec3(segments[s, 3], segments[s, 4], segments[s, 5])
        p, q = sub(p, point), sub(q, point)
        x, y = dot(p, along), dot(q, along)
        if x * y > 0.0 or x == y:
            continue
        way = (dot(p, inward) * y - dot(q, inward) * x) / (y - x)
        if 0.0 < way < nearest:
            nearest = way
    return nearest


@scalar
def _pieces_of_edge(mesh: _Mesh, f: Any, numbers: Any, segments: Any, sums: Any, i: Any) -> None:
    """Add what the edge opposite to the first corner contributes to the integral over ``f``."""
    vertices, faces, weights, bvh = mesh
    a, b, c = row(vertices, faces[f, 0]), row(vertices, faces[f, 1]), row(vertices, faces[f, 2])
    edge = sub(c, b)
    along = _unit(edge)
    inward = _unit(cross(face_normal(vertices, faces, f), edge))
    cuts = _edge_cuts(b, edge, _ON_EDGE * bvh.reach, numbers, segments)
    for k in range(len(cuts) - 1):
        if cuts[k + 1] <= cuts[k]:
            continue
        u = add(b, scale(edge, cuts[k]))
        v = add(b, scale(edge, cuts[k + 1]))
        middle = scale(add(u, v), 0.5)
        way = _free_way(middle, along, inward, a, b, c, numbers, segments)
        if not way < np.inf:
            continue
        point = add(middle, scale(inward, 0.5 * way))
        front, certain = winding_in_front(bvh, vertices, faces, weights, f, point)
        volume = tetrahedron(bvh.origin, a, u, v)
        add_bounds(sums, i, volume, front + weights[f], front, certain)


@parallel
def _opposite_edges(
    vertices: Any, faces: Any, weights: Any, bvh: Any,
    crossed: Any, offsets: Any, number: Any, segments: Any, sums: Any,
) -> None:  # fmt: skip
    for i in prange(len(crossed)):
        mesh = _Mesh(vertices, faces, weights, bvh)
        _pieces_of_edge(mesh, crossed[i], number[offsets[i] : offsets[i + 1]], segments, sums, np.int64(i))
