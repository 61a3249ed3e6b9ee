"""How two triangles in space meet, decided exactly.

P. Guigue and O. Devillers, "Fast and Robust Triangle-Triangle Overlap Test Using Orientation Predicates",
Journal of Graphics Tools 8(1), 2003. Every branch hangs on the sign of an orientation predicate, so there is
no tolerance and the answer does not depend on where the triangles lie.

The question asked is about the *open* triangles, their interiors: two faces of a mesh are in each other's way
when their interiors have a common point. That single rule holds whether or not the faces are neighbours:
what neighbours share is on their boundaries.
"""

from typing import Any

from meshkernels.jit import scalar
from meshkernels.predicates import orient2d, orient3d
from meshkernels.vec3 import Vec3, cross, sub

APART = 0  # nothing in common, or single points of an outline
EDGE = 1  # an edge of one lies on the other over some length; the interiors do not meet
CROSS = 2  # the interiors meet along a segment
OVERLAP = 3  # coplanar, and the interiors meet in an area


@scalar
def flat(p: Vec3, axis: int) -> Any:
    """``p`` without one coordinate: exact, unlike any other projection."""
    if axis == 0:
        return (p.y, p.z)
    if axis == 1:
        return (p.z, p.x)
    return (p.x, p.y)


@scalar
def turn(a: Any, b: Any, c: Any) -> int:
    """``orient2d`` of three flattened points."""
    return orient2d(a[0], a[1], b[0], b[1], c[0], c[1])


@scalar
def flattening_axis(a: Vec3, b: Vec3, c: Vec3) -> int:
    """The coordinate to leave out so that the triangle keeps an area; -1 if it has none."""
    n = cross(sub(b, a), sub(c, a))
    axis = 2
    if abs(n.x) >= abs(n.y) and abs(n.x) >= abs(n.z):
        axis = 0
    elif abs(n.y) >= abs(n.z):
        axis = 1
    for k in range(3):
        candidate = (axis + k) % 3
        if turn(flat(a, candidate), flat(b, candidate), flat(c, candidate)) != 0:
            return candidate
    return -1


@scalar
def is_degenerate(a: Vec3, b: Vec3, c: Vec3) -> bool:
    """Whether the corners are collinear (exactly), so that the triangle has no interior."""
    return flattening_axis(a, b, c) < 0


@scalar
def _separates(p: Any, q: Any, inside: int, a: Any, b: Any, c: Any) -> bool:
    """Whether no corner of a, b, c is strictly on the ``inside`` of the line p, q."""
    return turn(p, q, a) * inside <= 0 and turn(p, q, b) * inside <= 0 and turn(p, q, c) * inside <= 0


@scalar
def _areas_meet(a: Any, b: Any) -> bool:
    """Whether two open triangles of the plane have a common point: no edge of either separates them."""
    turn_a = turn(a[0], a[1], a[2])
    turn_b = turn(b[0], b[1], b[2])
    for k in range(3):
        if _separates(a[k], a[(k + 1) % 3], turn_a, b[0], b[1], b[2]):
            return False
        if _separates(b[k], b[(k + 1) % 3], turn_b, a[0], a[1], a[2]):
            return False
    return True


@scalar
def edge_on_interior(p: Vec3, q: Vec3, a: Vec3, b: Vec3, c: Vec3) -> bool:
    """Whether an edge in the plane of the triangle a, b, c has a stretch in its interior."""
    axis = flattening_axis(a, b, c)
    if axis < 0:
        return False
    u = flat(p, axis)
    v = flat(q, axis)
    t = (flat(a, axis), flat(b, axis), flat(c, axis))
    inside = turn(t[0], t[1], t[2])
    separated = _separates(u, v, inside, t[0], t[1], t[2]) or _separates(v, u, inside, t[0], t[1], t[2])
    for k in range(3):
        separated = separated or _separates(t[k], t[(k + 1) % 3], inside, u, v, v)
    return not separated


@scalar
def _precedes(p: Vec3, q: Vec3) -> bool:
    """Lexicographic order, which is the order along any line."""
    if p.x != q.x:
        return p.x < q.x
    if p.y != q.y:
        return p.y < q.y
    return p.z < q.z


@scalar
def edges_share_length(p: Vec3, q: Vec3, r: Vec3, s: Vec3) -> bool:
    """Whether two edges overlap in more than a point without being the same edge."""
    if not (is_degenerate(p, q, r) and is_degenerate(p, q, s)):
        return False
    if _precedes(q, p):
        p, q = q, p
    if _precedes(s, r):
        r, s = s, r
    return _precedes(p, s) and _precedes(r, q) and (_precedes(p, r) or _precedes(r, p) or s != q)


@scalar
def _outlines_share_length(a0: Vec3, a1: Vec3, a2: Vec3, b0: Vec3, b1: Vec3, b2: Vec3) -> bool:
    """Whether an edge of one triangle overlaps an edge of the other without being the same."""
    a = (a0, a1, a2)
    b = (b0, b1, b2)
    for k in range(3):
        for m in range(3):
            if edges_share_length(a[k], a[(k + 1) % 3], b[m], b[(m + 1) % 3]):
                return True
    return False


@scalar
def _coplanar_contact(a0: Vec3, a1: Vec3, a2: Vec3, b0: Vec3, b1: Vec3, b2: Vec3) -> int:
    axis = flattening_axis(a0, a1, a2)
    if axis < 0 or is_degenerate(b0, b1, b2):
        return APART
    if _areas_meet(
        (flat(a0, axis), flat(a1, axis), flat(a2, axis)), (flat(b0, axis), flat(b1, axis), flat(b2, axis))
    ):
        return OVERLAP
    return EDGE if _outlines_share_length(a0, a1, a2, b0, b1, b2) else APART


@scalar
def _edge_in_plane(a0: Vec3, a1: Vec3, a2: Vec3, s0: int, s1: int, s2: int) -> Any:
    """The edge of a triangle whose ends have sign 0, and whether there is one."""
    if s0 == 0 and s1 == 0:
        return a0, a1, True
    if s1 == 0 and s2 == 0:
        return a1, a2, True
    return a2, a0, s2 == 0 and s0 == 0


@scalar
def _touching_contact(
    a0: Vec3, a1: Vec3, a2: Vec3, t0: int, t1: int, t2: int,
    b0: Vec3, b1: Vec3, b2: Vec3, s0: int, s1: int, s2: int,
) -> int:  # fmt: skip
    """Contact of triangles of which at most one passes through the other's plane."""
    p, q, a_lies = _edge_in_plane(a0, a1, a2, t0, t1, t2)
    u, v, b_lies = _edge_in_plane(b0, b1, b2, s0, s1, s2)
    if not (a_lies or b_lies) or is_degenerate(a0, a1, a2) or is_degenerate(b0, b1, b2):
        return APART
    if a_lies and edge_on_interior(p, q, b0, b1, b2):
        return EDGE
    if b_lies and edge_on_interior(u, v, a0, a1, a2):
        return EDGE
    return EDGE if _outlines_share_length(a0, a1, a2, b0, b1, b2) else APART


@scalar
def _rotate_lone_first(a: Vec3, b: Vec3, c: Vec3, sa: int, sb: int, sc: int) -> Any:
    """Rotate so that the first corner is on its own on one side; returns the corners and its side."""
    if sa * sb <= 0 and sa * sc <= 0 and sa != 0:
        return a, b, c, sa
    if sb * sa <= 0 and sb * sc <= 0 and sb != 0:
        return b, c, a, sb
    return c, a, b, sc


@scalar
def contact(a0: Vec3, a1: Vec3, a2: Vec3, b0: Vec3, b1: Vec3, b2: Vec3) -> int:
    """How triangle ``a`` meets triangle ``b``: ``APART``, ``EDGE``, ``CROSS`` or ``OVERLAP``.

    Triangles without area are apart from everything.
    """
    s0 = orient3d(a0, a1, a2, b0)
    s1 = orient3d(a0, a1, a2, b1)
    s2 = orient3d(a0, a1, a2, b2)
    if s0 == s1 and s1 == s2:
        return APART if s0 != 0 else _coplanar_contact(a0, a1, a2, b0, b1, b2)
    t0 = orient3d(b0, b1, b2, a0)
    t1 = orient3d(b0, b1, b2, a1)
    t2 = orient3d(b0, b1, b2, a2)
    if t0 == t1 and t1 == t2:
        # Zeros would mean that b has no area, a having been left by one of its corners.
        return APART
    b_passes = max(s0, s1, s2) > 0 and min(s0, s1, s2) < 0
    a_passes = max(t0, t1, t2) > 0 and min(t0, t1, t2) < 0
    if not (a_passes and b_passes):
        return _touching_contact(a0, a1, a2, t0, t1, t2, b0, b1, b2, s0, s1, s2)
    # Each passes through the other's plane: they cut the common line in two intervals, compared by two signs.
    p, q, r, p_side = _rotate_lone_first(a0, a1, a2, t0, t1, t2)
    u, v, w, u_side = _rotate_lone_first(b0, b1, b2, s0, s1, s2)
    if p_side < 0:
        v, w = w, v
    if u_side < 0:
        q, r = r, q
    if orient3d(q, u, p, v) < 0 and orient3d(p, u, r, w) < 0:
        return CROSS
    return APART
