"""One box against eight, as LLVM vectors through a numba intrinsic.

Numba does not turn the loop over eight boxes into vector code by itself; doing so halved the time of the
search for self-intersections.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic as _intrinsic

WIDTH = 8

# To a type checker the result would take the typing context as its first argument.
intrinsic: Any = _intrinsic

_VECTOR = ir.VectorType(ir.FloatType(), WIDTH)
_I32 = ir.IntType(32)


@intrinsic  # type: ignore[untyped-decorator]
def boxes_overlapping(
    typing: Any, boxes: Any, first: Any, stride: Any, x0: Any, y0: Any, z0: Any, x1: Any, y1: Any, z1: Any
) -> Any:
    """Bits of the eight boxes that overlap or touch the box ``x0, y0, z0, x1, y1, z1``, int32.

    ``boxes`` is a contiguous float32 array of any shape; counted in numbers, the least x of the boxes are at
    ``first``, ..., their least y ``stride`` further, then least z and greatest x, y, z. All eight are read,
    whether or not there are as many.
    """
    f4, i8 = types.float32, types.int64
    signature = types.int32(boxes, i8, i8, f4, f4, f4, f4, f4, f4)

    def generate(context: Any, b: Any, sig: Any, args: Any) -> Any:
        data = context.make_array(sig.args[0])(context, b, args[0]).data
        overlap = None
        for row in range(6):
            at = b.add(args[1], b.mul(args[2], ir.Constant(ir.IntType(64), row)))
            others = b.load(b.bitcast(b.gep(data, [at]), _VECTOR.as_pointer()), align=4)
            # Least coordinates (rows 0 to 2) against the box's greatest, and the other way round.
            bound = args[3 + (row + 3) % 6]
            lane = b.insert_element(ir.Constant(_VECTOR, ir.Undefined), bound, _I32(0))
            zeros = ir.Constant(ir.VectorType(_I32, WIDTH), [0] * WIDTH)
            own = b.shuffle_vector(lane, ir.Constant(_VECTOR, ir.Undefined), zeros)
            within = b.fcmp_ordered("<=" if row < 3 else ">=", others, own)
            overlap = within if overlap is None else b.and_(overlap, within)
        return b.zext(b.bitcast(overlap, ir.IntType(WIDTH)), _I32)

    return signature, generate
