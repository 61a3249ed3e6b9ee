"""Walking the hierarchy of ``bvh.Bvh``: faces near a box, nearest hit of a ray.

Every traversal is depth first with an explicit stack of at most ``bvh.STACK_SIZE`` children codes, which the
caller allocates once per thread of work.
"""

from typing import Any

from meshkernels.bvh_build import WIDTH
from meshkernels.jit import scalar


@scalar
def leaf_range(code: int) -> Any:
    """First and end position in ``order`` of the leaf with this (negative) child code."""
    first = ~code >> 3
    return first, first + (~code & 7) + 1


@scalar
def faces_near_box(bvh: Any, box: Any, stack: Any, found: Any) -> int:
    """Faces whose leaf's box touches ``box``; returns how many.

    ``box`` is float32 (6,), least x, y, z and greatest, relative to ``bvh.origin``. Face ids are written to
    ``found`` as far as it reaches; a greater return value says that it was too short.
    """
    n = 0
    stack[0] = 0
    top = 1
    while top > 0:
        top -= 1
        node = stack[top]
        for c in range(WIDTH):
            apart = False
            for q in range(3):
                apart |= bvh.boxes[node, q, c] > box[q + 3] or bvh.boxes[node, q + 3, c] < box[q]
            if apart:
                continue
            code = bvh.children[node, c]
            if code >= 0:
                stack[top] = code
                top += 1
                continue
            first, end = leaf_range(code)
            for i in range(first, end):
                if n < found.shape[0]:
                    found[n] = bvh.order[i]
                n += 1
    return n
