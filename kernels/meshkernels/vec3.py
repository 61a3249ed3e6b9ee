"""Small vectors as named tuples, so that kernel code reads like the formula it computes."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


class Vec3(NamedTuple):
    """A point or a direction in space."""

    x: float
    y: float
    z: float


def _inlined(function: F) -> F:
    """Left to LLVM to inline: when forced to, the predicates take ten minutes to compile."""
    compiled: F = njit(function, cache=True, nogil=True, error_model="numpy")
    return compiled


@_inlined
def row(array: Any, i: int) -> Vec3:
    """Row ``i`` of an (N, 3) array."""
    return Vec3(array[i, 0], array[i, 1], array[i, 2])


@_inlined
def sub(a: Vec3, b: Vec3) -> Vec3:
    """``a - b``."""
    return Vec3(a.x - b.x, a.y - b.y, a.z - b.z)


@_inlined
def add(a: Vec3, b: Vec3) -> Vec3:
    """``a + b``."""
    return Vec3(a.x + b.x, a.y + b.y, a.z + b.z)


@_inlined
def scale(a: Vec3, s: float) -> Vec3:
    """``s * a``."""
    return Vec3(a.x * s, a.y * s, a.z * s)


@_inlined
def dot(a: Vec3, b: Vec3) -> float:
    """Scalar product."""
    return a.x * b.x + a.y * b.y + a.z * b.z


@_inlined
def cross(a: Vec3, b: Vec3) -> Vec3:
    """Vector product."""
    return Vec3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
