"""Distance from a point to a triangle (Ericson, "Real-Time Collision Detection", 2005, section 5.1.5)."""

from meshkernels.jit import inlined
from meshkernels.vec3 import Vec3, add, dot, scale, sub


@inlined
def closest_point(p: Vec3, a: Vec3, b: Vec3, c: Vec3) -> Vec3:
    """The point of a triangle closest to ``p``; a degenerate triangle is an edge or a point."""
    ab = sub(b, a)
    ac = sub(c, a)
    ap = sub(p, a)
    d1 = dot(ab, ap)
    d2 = dot(ac, ap)
    if d1 <= 0.0 and d2 <= 0.0:
        return a
    bp = sub(p, b)
    d3 = dot(ab, bp)
    d4 = dot(ac, bp)
    if d3 >= 0.0 and d4 <= d3:
        return b
    vc = d1 * d4 - d3 * d2
    if vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0:
        return add(a, scale(ab, d1 / (d1 - d3)))
    cp = sub(p, c)
    d5 = dot(ab, cp)
    d6 = dot(ac, cp)
    if d6 >= 0.0 and d5 <= d6:
        return c
    vb = d5 * d2 - d1 * d6
    if vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0:
        return add(a, scale(ac, d2 / (d2 - d6)))
    va = d3 * d6 - d5 * d4
    if va <= 0.0 and d4 >= d3 and d5 >= d6:
        return add(b, scale(sub(c, b), (d4 - d3) / ((d4 - d3) + (d5 - d6))))
    s = 1.0 / (va + vb + vc)
    return add(a, add(scale(ab, vb * s), scale(ac, vc * s)))


@inlined
def distance_squared(p: Vec3, a: Vec3, b: Vec3, c: Vec3) -> float:
    """Squared distance from ``p`` to a triangle."""
    d = sub(p, closest_point(p, a, b, c))
    return dot(d, d)
