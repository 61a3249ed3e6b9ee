"""Eight boxes or eight triangles against one ray, as LLVM vectors through numba intrinsics.

Numba does not vectorise these loops by itself, and eight at a time is what brings the traversal near
Embree's speed. LLVM lowers the vectors to whatever the CPU has. Each intrinsic
has a scalar twin of the same contract, which is its specification, its test, and what a GPU would call.

Both are filters in float32: they never drop a hit that float64 would find, as long as the ray starts within
the bounding box of the mesh, and may report a few that it would not.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from meshkernels.jit import inlined

WIDTH = 8
# Ize, "Robust BVH Ray Traversal" (2013): relative error of the far end of a slab.
_SLAB_GROWTH = 1.0000008

_f4 = np.float32


def _intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    return cast(Callable[..., Any], intrinsic(prefer_literal=True)(function))


class FilterRay(NamedTuple):
    """A ray in float32 relative to ``bvh.origin``, ready for both tests. All distances are along it.

    Attributes
    ----------
    ox, oy, oz, ix, iy, iz:
        Origin and reciprocal direction, finite.
    nx, ny, nz:
        int64: 0 where the direction is positive, so that boxes are entered at their least coordinate, else 3.
    kx, ky, kz:
        int64: the axes as permuted by Woop, Benthin and Wald, "Watertight Ray/Triangle Intersection" (2013):
        kz is where the direction is greatest.
    px, py, pz, sx, sy, sz:
        Origin in permuted axes and the shear that turns the direction into +z.
    error:
        Bound on the error of a sheared corner, mm.
    slack:
        Bound on the error of a distance, mm.
    """

    ox: Any
    oy: Any
    oz: Any
    ix: Any
    iy: Any
    iz: Any
    nx: int
    ny: int
    nz: int
    kx: int
    ky: int
    kz: int
    px: Any
    py: Any
    pz: Any
    sx: Any
    sy: Any
    sz: Any
    error: Any
    slack: Any


_V = ir.VectorType(ir.FloatType(), WIDTH)
_I32 = ir.IntType(32)
_I64 = ir.IntType(64)


def _splat(b: Any, x: Any) -> Any:
    lane0 = b.insert_element(ir.Constant(_V, ir.Undefined), x, _I32(0))
    return b.shuffle_vector(
        lane0, ir.Constant(_V, ir.Undefined), ir.Constant(ir.VectorType(_I32, WIDTH), [0] * WIDTH)
    )


def _constant(x: float) -> Any:
    return ir.Constant(_V, [float(_f4(x))] * WIDTH)


def _min(b: Any, x: Any, y: Any) -> Any:
    return b.select(b.fcmp_ordered("<", x, y), x, y)


def _max(b: Any, x: Any, y: Any) -> Any:
    return b.select(b.fcmp_ordered(">", x, y), x, y)


def _pointer(context: Any, b: Any, array_type: Any, array: Any, offset: Any) -> Any:
    """Address of eight floats from element ``offset`` of a contiguous array."""
    data = context.make_array(array_type)(context, b, array).data
    return b.bitcast(b.gep(data, [offset]), _V.as_pointer())


def _load(context: Any, b: Any, array_type: Any, array: Any, offset: Any) -> Any:
    return b.load(_pointer(context, b, array_type, array, offset), align=4)


def _fields(b: Any, ray_type: Any, ray: Any) -> Any:
    """The ray's members by name, numbers as vectors, axes as they are."""
    values = {name: b.extract_value(ray, i) for i, name in enumerate(ray_type.fields)}
    return FilterRay(**{k: _splat(b, v) if v.type == ir.FloatType() else v for k, v in values.items()})


@_intrinsic
def box_hits(
    typing: Any, boxes: Any, node: Any, ray: Any, limit: Any, near: Any
) -> Any:  # fmt: skip
    """Bits of the children of ``node`` that the ray meets within ``limit``.

    Their entry distances go to ``near``, float32 (8,).
    """
    signature = types.int32(boxes, types.int64, ray, types.float32, near)

    def generate(context: Any, b: Any, sig: Any, args: Any) -> Any:
        r = _fields(b, ray, args[2])
        base = b.mul(args[1], _I64(6 * WIDTH))
        enter, leave = _constant(0.0), _constant(np.inf)
        for axis, (o, i, n) in enumerate(((r.ox, r.ix, r.nx), (r.oy, r.iy, r.ny), (r.oz, r.iz, r.nz))):
            entry_row = b.mul(b.add(n, _I64(axis)), _I64(WIDTH))
            exit_row = b.mul(b.sub(_I64(axis + 3), n), _I64(WIDTH))
            entry = _load(context, b, boxes, args[0], b.add(base, entry_row))
            exit_ = _load(context, b, boxes, args[0], b.add(base, exit_row))
            enter = _max(b, enter, b.fmul(b.fsub(entry, o), i))
            leave = _min(b, leave, b.fmul(b.fsub(exit_, o), i))
        b.store(enter, _pointer(context, b, near, args[4], _I64(0)), align=4)
        leave = _min(b, b.fmul(leave, _constant(_SLAB_GROWTH)), _splat(b, args[3]))
        hit = b.fcmp_ordered("<=", enter, leave)
        return b.zext(b.bitcast(hit, ir.IntType(WIDTH)), _I32)

    return signature, generate


@_intrinsic
def boxes_near(typing: Any, boxes: Any, node: Any, x: Any, y: Any, z: Any, limit: Any, near: Any) -> Any:
    """Bits of the children of ``node`` whose squared distance from (x, y, z) is at most ``limit``.

    The squared distances go to ``near``, float32 (8,).
    """
    f32 = types.float32
    signature = types.int32(boxes, types.int64, f32, f32, f32, f32, near)

    def generate(context: Any, b: Any, sig: Any, args: Any) -> Any:
        base = b.mul(args[1], _I64(6 * WIDTH))
        distance = zero = _constant(0.0)
        for axis in range(3):
            point = _splat(b, args[2 + axis])
            low = _load(context, b, boxes, args[0], b.add(base, _I64(axis * WIDTH)))
            high = _load(context, b, boxes, args[0], b.add(base, _I64((axis + 3) * WIDTH)))
            apart = _max(b, zero, _max(b, b.fsub(low, point), b.fsub(point, high)))
            distance = b.fadd(distance, b.fmul(apart, apart))
        b.store(distance, _pointer(context, b, near, args[6], _I64(0)), align=4)
        hit = b.fcmp_ordered("<=", distance, _splat(b, args[5]))
        return b.zext(b.bitcast(hit, ir.IntType(WIDTH)), _I32)

    return signature, generate


@_intrinsic
def triangle_hits(typing: Any, triangles: Any, first: Any, count: Any, ray: Any, limit: Any) -> Any:
    """Bits of the ``count`` faces of the leaf at position ``first`` that the ray may hit within ``limit``."""
    signature = types.int32(triangles, types.int64, types.int64, ray, types.float32)

    def generate(context: Any, b: Any, sig: Any, args: Any) -> Any:
        r = _fields(b, ray, args[3])
        zero = _constant(0.0)
        start = b.mul(args[1], _I64(9))
        x, y, z = [], [], []
        for corner in range(3):
            a = [
                b.fsub(
                    _load(
                        context,
                        b,
                        triangles,
                        args[0],
                        b.add(start, b.mul(b.add(axis, _I64(3 * corner)), args[2])),
                    ),
                    origin,
                )
                for axis, origin in ((r.kx, r.px), (r.ky, r.py), (r.kz, r.pz))
            ]
            x.append(b.fsub(a[0], b.fmul(r.sx, a[2])))
            y.append(b.fsub(a[1], b.fmul(r.sy, a[2])))
            z.append(b.fmul(r.sz, a[2]))
        size = zero
        for e in x + y:
            size = _max(b, size, _max(b, e, b.fsub(zero, e)))
        # An edge function is a difference of products of sheared corners, each wrong by at most `error`.
        tolerance = b.fmul(b.fadd(size, r.error), b.fmul(r.error, _constant(5.0)))
        edges = [b.fsub(b.fmul(x[j], y[i]), b.fmul(y[j], x[i])) for i, j in ((1, 2), (2, 0), (0, 1))]
        least = _min(b, _min(b, edges[0], edges[1]), edges[2])
        most = _max(b, _max(b, edges[0], edges[1]), edges[2])
        inside = b.or_(
            b.fcmp_ordered(">=", least, b.fsub(zero, tolerance)), b.fcmp_ordered("<=", most, tolerance)
        )
        ahead = b.fcmp_ordered(">=", _max(b, _max(b, z[0], z[1]), z[2]), b.fsub(zero, r.slack))
        near = b.fcmp_ordered("<=", _min(b, _min(b, z[0], z[1]), z[2]), _splat(b, args[4]))
        hit = b.and_(inside, b.and_(ahead, near))
        bits = b.zext(b.bitcast(hit, ir.IntType(WIDTH)), _I32)
        # Lanes past `count` read into the next leaf.
        return b.and_(bits, b.sub(b.shl(_I32(1), b.trunc(args[2], _I32)), _I32(1)))

    return signature, generate


@_intrinsic
def local_array(typing: Any, size: Any, dtype: Any) -> Any:
    """An array on the machine stack, of a size known when compiling: never return it.

    NumPy's would be counted atomically on every use; without that a ray takes a fifth less time.
    """
    array_type = types.Array(dtype.dtype, 1, "C")
    signature = array_type(size, dtype)

    def generate(context: Any, b: Any, sig: Any, args: Any) -> Any:
        element = context.get_data_type(dtype.dtype)
        width = context.get_abi_sizeof(element)
        data = cgutils.alloca_once(b, element, size=size.literal_value)
        array = context.make_array(array_type)(context, b)
        context.populate_array(
            array,
            data=data,
            shape=[_I64(size.literal_value)],
            strides=[_I64(width)],
            itemsize=_I64(width),
            meminfo=None,
        )
        return array._getvalue()

    return signature, generate


@_intrinsic
def prefetch(typing: Any, array: Any, i: Any) -> Any:
    """Ask for the cache line of ``array.flat[i]``."""
    signature = types.void(array, types.int64)

    def generate(context: Any, b: Any, sig: Any, args: Any) -> Any:
        data = context.make_array(array)(context, b, args[0]).data
        address = b.bitcast(b.gep(data, [args[1]]), ir.IntType(8).as_pointer())
        function_type = ir.FunctionType(ir.VoidType(), [address.type, _I32, _I32, _I32])
        function = cgutils.get_or_insert_function(b.module, function_type, "llvm.prefetch.p0")
        b.call(function, [address, _I32(0), _I32(3), _I32(1)])
        return context.get_dummy_value()

    return signature, generate


@_intrinsic
def take_number(typing: Any, counter: Any) -> Any:
    """The number in ``counter``, int64 (1,), which it raises by one: each caller on any thread gets another.

    Handing out chunks of work this way keeps all threads busy to the end; OpenMP as numba uses it gives each
    thread its share in advance, and all wait for the one with the most work or the busiest core.
    """
    signature = types.int64(counter)

    def generate(context: Any, b: Any, sig: Any, args: Any) -> Any:
        data = context.make_array(counter)(context, b, args[0]).data
        return b.atomic_rmw("add", data, _I64(1), "monotonic")

    return signature, generate


@_intrinsic
def lowest_bit(typing: Any, mask: Any) -> Any:
    """Index of the lowest set bit of a mask that is not 0."""
    signature = types.int64(types.int32)

    def generate(context: Any, b: Any, sig: Any, args: Any) -> Any:
        return b.zext(b.cttz(args[0], ir.Constant(ir.IntType(1), 1)), _I64)

    return signature, generate


@inlined
def box_hits_scalar(boxes: Any, node: int, ray: FilterRay, limit: Any, near: Any) -> int:
    """``box_hits`` one box at a time."""
    mask = 0
    growth = _f4(_SLAB_GROWTH)
    for c in range(WIDTH):
        enter = _f4(0)
        leave = _f4(np.inf)
        for q, o, i, n in (
            (0, ray.ox, ray.ix, ray.nx),
            (1, ray.oy, ray.iy, ray.ny),
            (2, ray.oz, ray.iz, ray.nz),
        ):
            enter = max(enter, (boxes[node, q + n, c] - o) * i)
            leave = min(leave, (boxes[node, q + 3 - n, c] - o) * i)
        near[c] = enter
        if enter <= min(leave * growth, limit):
            mask |= 1 << c
    return mask


@inlined
def boxes_near_scalar(boxes: Any, node: int, x: Any, y: Any, z: Any, limit: Any, near: Any) -> int:
    """``boxes_near`` one box at a time."""
    mask = 0
    for c in range(WIDTH):
        near[c] = _f4(0)
        for q, p in ((0, x), (1, y), (2, z)):
            apart = max(_f4(0), boxes[node, q, c] - p, p - boxes[node, q + 3, c])
            near[c] += apart * apart
        if near[c] <= limit:
            mask |= 1 << c
    return mask


@inlined
def _sheared(triangles: Any, at: int, count: int, ray: FilterRay) -> Any:
    """Corner whose x is at ``triangles[at]``, in the ray's permuted and sheared frame."""
    x = triangles[at + ray.kx * count] - ray.px
    y = triangles[at + ray.ky * count] - ray.py
    z = triangles[at + ray.kz * count] - ray.pz
    return x - ray.sx * z, y - ray.sy * z, ray.sz * z


@inlined
def triangle_hits_scalar(triangles: Any, first: int, count: int, ray: FilterRay, limit: Any) -> int:
    """``triangle_hits`` one triangle at a time."""
    mask = 0
    for i in range(count):
        at = 9 * first + i
        ax, ay, az = _sheared(triangles, at, count, ray)
        bx, by, bz = _sheared(triangles, at + 3 * count, count, ray)
        cx, cy, cz = _sheared(triangles, at + 6 * count, count, ray)
        size = max(abs(ax), abs(ay), abs(bx), abs(by), abs(cx), abs(cy))
        tolerance = (size + ray.error) * (ray.error * _f4(5))
        u = cx * by - cy * bx
        v = ax * cy - ay * cx
        w = bx * ay - by * ax
        inside = min(u, v, w) >= -tolerance or max(u, v, w) <= tolerance
        if inside and max(az, bz, cz) >= -ray.slack and min(az, bz, cz) <= limit:
            mask |= 1 << i
    return mask
