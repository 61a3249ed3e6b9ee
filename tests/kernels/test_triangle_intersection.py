"""Pairs of triangles with known answers, and rational arithmetic as the referee."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshkernels.triangle_intersection import APART, CROSS, EDGE, OVERLAP
from meshkernels.triangle_intersection import contact as contact_of
from meshkernels.triangle_intersection import is_degenerate as degenerate
from meshkernels.vec3 import Vec3

Point = tuple[float, float, float]
Triangle = tuple[Point, Point, Point]
Exact = tuple[Fraction, ...]


def contact(a: Triangle, b: Triangle) -> int:
    return int(contact_of(*(Vec3(*map(float, p)) for p in (*a, *b))))


BASE: Triangle = ((0, 0, 0), (4, 0, 0), (0, 4, 0))

PAIRS: list[tuple[str, Triangle, int]] = [
    ("far away", ((9, 9, 9), (10, 9, 9), (9, 10, 9)), APART),
    ("parallel above", ((0, 0, 1), (4, 0, 1), (0, 4, 1)), APART),
    ("straight through the middle", ((1, 1, -1), (1, 1, 1), (2, 1, 1)), CROSS),
    ("its chord lies inside", ((0.5, 0.5, -1), (6, 0.5, 1), (0.5, 6, 1)), CROSS),
    ("pokes in with one corner", ((1, 1, -0.001), (1, 1, 5), (1, 2, 5)), CROSS),
    ("corner stands on it", ((1, 1, 0), (1, 1, 5), (1, 2, 5)), APART),
    ("edge stands on it", ((1, 1, 0), (2, 1, 0), (1, 1, 5)), EDGE),
    ("edge stands across its border", ((1, 1, 0), (9, 1, 0), (1, 1, 5)), EDGE),
    ("edge in its plane, beside it", ((5, 5, 0), (9, 5, 0), (5, 5, 5)), APART),
    ("edge in its plane, ends at a corner", ((4, 0, 0), (9, 0, 0), (5, 5, 5)), APART),
    ("edge along its edge", ((1, 0, 0), (3, 0, 0), (1, -1, 5)), EDGE),
    ("edges cross in a point", ((2, 0, -1), (2, 0, 1), (2, -3, 0)), APART),
    ("edges just miss", ((2, -0.01, -1), (2, -0.01, 1), (2, -3, 0)), APART),
    ("edge passes just inside", ((2, 0.01, -1), (2, 0.01, 1), (2, -3, 0)), CROSS),
    ("coplanar overlap", ((1, 1, 0), (5, 1, 0), (1, 5, 0)), OVERLAP),
    ("coplanar inside", ((0.5, 0.5, 0), (1, 0.5, 0), (0.5, 1, 0)), OVERLAP),
    ("coplanar around", ((-9, -9, 0), (99, -9, 0), (-9, 99, 0)), OVERLAP),
    ("coplanar star", ((3, 3, 0), (-1, 3, 0), (3, -1, 0)), OVERLAP),
    ("the same face", BASE, OVERLAP),
    ("the same face turned over", (BASE[0], BASE[2], BASE[1]), OVERLAP),
    ("coplanar, abutting along part of an edge", ((1, 0, 0), (3, 0, 0), (2, -1, 0)), EDGE),
    ("coplanar neighbour", ((0, 0, 0), (4, 0, 0), (2, -1, 0)), APART),
    ("coplanar, corner on edge", ((2, 0, 0), (3, -1, 0), (1, -1, 0)), APART),
    ("coplanar, corner to corner", ((4, 0, 0), (5, 0, 0), (5, 1, 0)), APART),
    ("coplanar, apart", ((9, 0, 0), (10, 0, 0), (9, 1, 0)), APART),
    ("neighbour over an edge", ((0, 0, 0), (4, 0, 0), (2, -1, 3)), APART),
    ("neighbour folded flat onto it", ((0, 0, 0), (4, 0, 0), (1, 1, 0)), OVERLAP),
    ("neighbour folded almost flat", ((0, 0, 0), (4, 0, 0), (1, 1, 1e-300)), APART),
    ("shares a corner, beside", ((0, 0, 0), (-4, 0, 1), (-4, 1, 0)), APART),
    ("shares a corner, pokes through", ((0, 0, 0), (2, 2, -1), (2, 2, 1)), CROSS),
    ("shares a corner, passes on the far side", ((0, 0, 0), (-2, -2, -1), (-2, -2, 1)), APART),
    ("shares a corner, edge lies on it", ((0, 0, 0), (2, 1, 0), (2, 2, 1)), EDGE),
    ("shares a corner, edge along edge", ((0, 0, 0), (2, 0, 0), (2, -2, 1)), EDGE),
    ("shares a corner, coplanar overlap", ((0, 0, 0), (2, 1, 0), (1, 2, 0)), OVERLAP),
    ("shares a corner, coplanar fan", ((0, 0, 0), (-1, 4, 0), (-4, 0, 0)), APART),
    ("without area, through it", ((1, 1, -1), (1, 1, 0), (1, 1, 1)), APART),
    ("without area, on it", ((1, 1, 0), (1.5, 1, 0), (2, 1, 0)), APART),
    ("a point on it", ((1, 1, 0), (1, 1, 0), (1, 1, 0)), APART),
]


@pytest.mark.parametrize(("name", "other", "expected"), PAIRS, ids=[p[0] for p in PAIRS])
def test_known_pairs_in_every_order(name: str, other: Triangle, expected: int) -> None:
    for a in permutations(BASE):
        for b in permutations(other):
            assert contact((a[0], a[1], a[2]), (b[0], b[1], b[2])) == expected
            assert contact((b[0], b[1], b[2]), (a[0], a[1], a[2])) == expected


def test_degenerate() -> None:
    assert degenerate(Vec3(0.0, 0.0, 0.0), Vec3(0.1, 0.1, 0.1), Vec3(0.3, 0.3, 0.3))
    assert degenerate(Vec3(1.0, 2.0, 3.0), Vec3(1.0, 2.0, 3.0), Vec3(5.0, 5.0, 5.0))
    assert not degenerate(Vec3(0.0, 0.0, 0.0), Vec3(0.1, 0.1, 0.1), Vec3(0.3, 0.3, 0.3 + 2.0**-54))


# --- the referee: clip the open triangles against each other in rational numbers ------------------------


def minus(p: Exact, q: Exact) -> Exact:
    return tuple(x - y for x, y in zip(p, q))


def cross3(p: Exact, q: Exact) -> Exact:
    return (p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0])


def dot(p: Exact, q: Exact) -> Fraction:
    return sum((x * y for x, y in zip(p, q)), Fraction(0))


def clip(polygon: list[Exact], normal: Exact, origin: Exact) -> list[Exact]:
    """The part of a polygon (or segment) with ``normal . (x - origin) >= 0``."""
    kept: list[Exact] = []
    for k, p in enumerate(polygon):
        q = polygon[(k + 1) % len(polygon)]
        dp, dq = dot(normal, minus(p, origin)), dot(normal, minus(q, origin))
        if dp >= 0:
            kept.append(p)
        if dp * dq < 0:
            t = dp / (dp - dq)
            kept.append(tuple(x + t * (y - x) for x, y in zip(p, q)))
    return kept


def referee(a: Triangle, b: Triangle) -> bool:
    """Whether the interiors meet, by clipping a by the plane of b, then by the prism over b."""
    corners = [tuple(Fraction(x) for x in p) for p in a]
    other = [tuple(Fraction(x) for x in p) for p in b]
    normal_a = cross3(minus(corners[1], corners[0]), minus(corners[2], corners[0]))
    normal = cross3(minus(other[1], other[0]), minus(other[2], other[0]))
    if not any(normal_a) or not any(normal):
        return False
    sides = [dot(normal, minus(p, other[0])) for p in corners]
    coplanar = not any(sides)
    if not coplanar and not (min(sides) < 0 < max(sides)):
        return False
    flat = clip(clip(corners, normal, other[0]), tuple(-x for x in normal), other[0])
    for k in range(3):
        inward = cross3(normal, minus(other[(k + 1) % 3], other[k]))
        flat = clip(flat, inward, other[k])
    if coplanar:
        area = [Fraction(0)] * 3
        for k in range(1, len(flat) - 1):
            area = [x + y for x, y in zip(area, cross3(minus(flat[k], flat[0]), minus(flat[k + 1], flat[0])))]
        return any(area)
    # A piece of a's chord on b: interior to a, and interior to b unless it runs along an edge.
    if len(set(flat)) < 2:
        return False
    ends = (min(flat), max(flat))
    middle = tuple((x + y) / 2 for x, y in zip(*ends))
    inwards = [cross3(normal, minus(other[(k + 1) % 3], other[k])) for k in range(3)]
    return all(dot(n, minus(middle, p)) > 0 for n, p in zip(inwards, other))


lattice = st.integers(0, 3)
lattice_triangle = st.tuples(*[st.tuples(lattice, lattice, lattice)] * 3)
number = st.one_of(
    st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.5, 1.0, 1.0 + 2.0**-52, 1.0 - 2.0**-53]),
    st.floats(-2, 2, width=16),
)
rough_triangle = st.tuples(*[st.tuples(number, number, number)] * 3)


@settings(max_examples=600, deadline=None)
@given(lattice_triangle, lattice_triangle)
def test_lattice_pairs_against_rational_clipping(a: Triangle, b: Triangle) -> None:
    assert (contact(a, b) >= CROSS) == referee(a, b)


@settings(max_examples=300, deadline=None)
@given(rough_triangle, rough_triangle)
def test_near_degenerate_pairs_against_rational_clipping(a: Triangle, b: Triangle) -> None:
    assert (contact(a, b) >= CROSS) == referee(a, b)


@settings(max_examples=150, deadline=None)
@given(lattice_triangle, lattice_triangle, st.permutations(range(3)), st.integers(-20, 20))
def test_axis_permutation_and_scale_change_nothing(
    a: Triangle, b: Triangle, axes: list[int], exponent: int
) -> None:
    def moved(t: Triangle) -> Triangle:
        p = np.array(t, float)[:, axes] * 2.0**exponent
        return (tuple(p[0]), tuple(p[1]), tuple(p[2]))

    assert contact(moved(a), moved(b)) == contact(a, b) == contact(b, a)
