"""Building the hierarchy of ``bvh.Bvh``: the kernels behind ``bvh.build``.

The top of the tree is split by one thread down to ranges of ``_grain(F)`` faces; each range is then a
subtree built by whichever thread is free, into its own stretch of the node arrays. Ranges depend on the mesh
alone, and each is handled in a fixed order, so the tree does not depend on the number of threads.

Boxes are rows of six: least x, y, z, greatest x, y, z. Kernels take an array and a row instead of a view of
the row: numba counts references to views atomically.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import prange

from meshkernels.jit import inlined, parallel, scalar
from meshkernels.simd import take_number

LEAF_FACES = 8
WIDTH = 8
BINS = 16
# Below this depth ranges are halved instead of split by SAH, which bounds the depth by 40 + log8(2**28), and
# a depth-first stack by seven waiting siblings a level.
SAH_DEPTH = 40
STACK_SIZE = 7 * (SAH_DEPTH + 12)
# A node above the grain is one of at most 64 on its level and leaves at most eight tasks.
MOST_TASKS = 64 * (SAH_DEPTH + 12) * WIDTH
PAD = 3e-7  # of reach: float32 rounding of a vertex, of a query's origin, and of their difference

_f4 = np.float32
_INF = np.float32(np.inf)


class _Scratch(NamedTuple):
    """What splitting needs, one per thread of work."""

    bin_count: Any  # int32 (BINS,)
    bin_box: Any  # float32 (BINS, 6)
    upper_box: Any  # float32 (BINS, 6): box of bins b and above
    child_box: Any  # float32 (WIDTH + 1, 6): the ninth row is spare
    child_range: Any  # int64 (WIDTH, 2)
    stack: Any  # int64 (STACK_SIZE, 4): first, end, node, depth


@inlined
def _scratch() -> _Scratch:
    return _Scratch(
        np.empty(BINS, np.int32),
        np.empty((BINS, 6), np.float32),
        np.empty((BINS, 6), np.float32),
        np.empty((WIDTH + 1, 6), np.float32),
        np.empty((WIDTH, 2), np.int64),
        np.empty((STACK_SIZE, 4), np.int64),
    )


@inlined
def _grain(n: int) -> Any:
    """Most faces in a subtree given to one thread: about a dozen subtrees, more with many faces."""
    return np.int64(max(4096, n // 6))


@inlined
def _node_bound(n: int) -> int:
    """More nodes than a subtree of n faces can have.

    With E nodes of eight children and B of fewer, which hold only leaves, nine faces or more between them:
    7 E = B + (leaves right under the E) - 1 <= B + (n - 9 B) - 1, so E + B < n / 7.
    """
    return n // 7 + 2


@inlined
def _clear(boxes: Any, i: int) -> None:
    for q in range(3):
        boxes[i, q] = _INF
        boxes[i, q + 3] = -_INF


@inlined
def _grow(boxes: Any, i: int, others: Any, j: int) -> None:
    for q in range(3):
        boxes[i, q] = min(boxes[i, q], others[j, q])
        boxes[i, q + 3] = max(boxes[i, q + 3], others[j, q + 3])


@inlined
def _copy(boxes: Any, i: int, others: Any, j: int) -> None:
    for q in range(6):
        boxes[i, q] = others[j, q]


@inlined
def _half_area(boxes: Any, i: int) -> Any:
    x = boxes[i, 3] - boxes[i, 0]
    y = boxes[i, 4] - boxes[i, 1]
    z = boxes[i, 5] - boxes[i, 2]
    return x * y + y * z + z * x


@inlined
def _face_box(vertices: Any, faces: Any, f: int, origin: Any, pad: float, boxes: Any) -> None:
    """Box of face ``f`` relative to ``origin``, larger by ``pad`` than float32 rounding can take away."""
    for q in range(3):
        a = vertices[faces[f, 0], q]
        b = vertices[faces[f, 1], q]
        c = vertices[faces[f, 2], q]
        boxes[f, q] = _f4(min(a, b, c) - origin[q] - pad)
        boxes[f, q + 3] = _f4(max(a, b, c) - origin[q] + pad)


@inlined
def _halve(face_box: Any, first: int, end: int, s: _Scratch, left: int, right: int) -> int:
    """Split a range in the middle, as it lies."""
    middle = (first + end) // 2
    _clear(s.child_box, left)
    _clear(s.child_box, right)
    for i in range(first, middle):
        _grow(s.child_box, left, face_box, i)
    for i in range(middle, end):
        _grow(s.child_box, right, face_box, i)
    return middle


@inlined
def _leaves(n: int) -> Any:
    """Leaves for n faces: the cost of a range, since eight triangles cost no more than one."""
    return _f4((n + LEAF_FACES - 1) // LEAF_FACES)


@inlined
def _best_bin(n: int, bins: int, s: _Scratch, left: int, right: int) -> int:
    """Last bin of the left side of the cheapest split, whose two boxes it leaves in ``left``, ``right``."""
    _copy(s.upper_box, bins - 1, s.bin_box, bins - 1)
    for b in range(bins - 2, 0, -1):
        _copy(s.upper_box, b, s.upper_box, b + 1)
        _grow(s.upper_box, b, s.bin_box, b)
    best = _INF
    best_bin = -1
    count = 0
    spare = WIDTH
    _clear(s.child_box, spare)
    for b in range(bins - 1):
        _grow(s.child_box, spare, s.bin_box, b)
        count += s.bin_count[b]
        if count in (0, n):
            continue
        cost = _half_area(s.child_box, spare) * _leaves(count)
        cost += _half_area(s.upper_box, b + 1) * _leaves(n - count)
        if cost < best:
            best = cost
            best_bin = b
            _copy(s.child_box, left, s.child_box, spare)
    _copy(s.child_box, right, s.upper_box, best_bin + 1)
    return best_bin


@inlined
def _bin_of(face_box: Any, i: int, axis: int, low: Any, scale: Any) -> int:
    return int((face_box[i, axis] + face_box[i, axis + 3] - low) * scale)


@scalar
def _partition(
    face_box: Any, order: Any, first: int, end: int, axis: int, low: Any, scale: Any, last: int
) -> int:
    """Move faces whose bin is at most ``last`` to the front; returns where the others begin."""
    i = first
    j = end - 1
    while True:
        while i <= j and _bin_of(face_box, i, axis, low, scale) <= last:
            i += 1
        while i <= j and _bin_of(face_box, j, axis, low, scale) > last:
            j -= 1
        if i >= j:
            return i
        for q in range(6):
            keep = face_box[i, q]
            face_box[i, q] = face_box[j, q]
            face_box[j, q] = keep
        face = order[i]
        order[i] = order[j]
        order[j] = face


@inlined
def _split(face_box: Any, order: Any, first: int, end: int, s: _Scratch, left: int, right: int) -> int:
    """Binned SAH split of a range along the longest axis of its centroids; returns the middle.

    Leaves the boxes of both sides in rows ``left`` and ``right`` of ``s.child_box``.
    """
    # Centroids are doubled here and below: least + greatest of the face's box.
    low0 = low1 = low2 = _INF
    high0 = high1 = high2 = -_INF
    for i in range(first, end):
        x = face_box[i, 0] + face_box[i, 3]
        y = face_box[i, 1] + face_box[i, 4]
        z = face_box[i, 2] + face_box[i, 5]
        low0 = min(low0, x)
        low1 = min(low1, y)
        low2 = min(low2, z)
        high0 = max(high0, x)
        high1 = max(high1, y)
        high2 = max(high2, z)
    axis = 0
    low = low0
    extent = high0 - low0
    if high1 - low1 > extent:
        axis = 1
        low = low1
        extent = high1 - low1
    if high2 - low2 > extent:
        axis = 2
        low = low2
        extent = high2 - low2
    # In small ranges bins cost more than faces. Half as many there take 5 % off the time of building.
    bins = BINS if end - first > 64 else BINS // 2
    scale = _f4(bins * 0.9999) / extent
    if not np.isfinite(scale):  # all centroids in one place
        return _halve(face_box, first, end, s, left, right)
    for b in range(bins):
        s.bin_count[b] = 0
        _clear(s.bin_box, b)
    for i in range(first, end):
        b = _bin_of(face_box, i, axis, low, scale)
        s.bin_count[b] += 1
        _grow(s.bin_box, b, face_box, i)
    last = _best_bin(end - first, bins, s, left, right)
    return _partition(face_box, order, first, end, axis, low, scale, last)


@scalar
def _open_node(face_box: Any, order: Any, first: int, end: int, depth: int, s: _Scratch) -> int:
    """Cut a range into up to eight, splitting the largest each time; returns their number.

    Ranges and boxes are left in ``s.child_range`` and ``s.child_box``. The root may be a single leaf.
    """
    ranges = s.child_range
    ranges[0, 0] = first
    ranges[0, 1] = end
    _clear(s.child_box, 0)
    if end - first <= LEAF_FACES:  # else splitting bounds them
        for i in range(first, end):
            _grow(s.child_box, 0, face_box, i)
    k = 1
    while k < WIDTH:
        largest = _f4(-1)
        j = -1
        for c in range(k):
            n = ranges[c, 1] - ranges[c, 0]
            size = _half_area(s.child_box, c) if k > 1 and depth < SAH_DEPTH else _f4(n)
            if n > LEAF_FACES and size > largest:
                largest = size
                j = c
        if j < 0:
            break
        a = ranges[j, 0]
        b = ranges[j, 1]
        if depth < SAH_DEPTH:
            middle = _split(face_box, order, a, b, s, j, k)
        else:
            middle = _halve(face_box, a, b, s, j, k)
        ranges[j, 1] = middle
        ranges[k, 0] = middle
        ranges[k, 1] = b
        k += 1
    return k


@inlined
def _write_node(boxes: Any, children: Any, node: int, k: int, s: _Scratch) -> None:
    """Boxes of the k children, and codes of those that are leaves."""
    for c in range(WIDTH):
        if c < k:
            first = s.child_range[c, 0]
            count = s.child_range[c, 1] - first
            for q in range(6):
                boxes[node, q, c] = s.child_box[c, q]
            if count <= LEAF_FACES:
                children[node, c] = ~np.int32((first << 3) | (count - 1))
        else:
            for q in range(3):
                boxes[node, q, c] = _INF
                boxes[node, q + 3, c] = -_INF
            children[node, c] = 0


@inlined
def _push(stack: Any, top: int, first: int, end: int, node: int, depth: int) -> int:
    stack[top, 0] = first
    stack[top, 1] = end
    stack[top, 2] = node
    stack[top, 3] = depth
    return top + 1


@scalar
def _build_subtree(
    face_box: Any, order: Any, tasks: Any, t: Any, boxes: Any, children: Any, grain: Any, next_tasks: Any
) -> Any:
    """Build task ``t`` (first, end, node to start numbering at, depth) down to ranges of ``grain`` faces.

    Ranges left over go to ``next_tasks`` with the node and slot that wait for them. Returns the numbers of
    nodes made and of tasks left.
    """
    s = _scratch()
    made = 1
    left_over = 0
    base = tasks[t, 2]
    top = _push(s.stack, 0, tasks[t, 0], tasks[t, 1], base, tasks[t, 3])
    while top > 0:
        top -= 1
        first = s.stack[top, 0]
        end = s.stack[top, 1]
        node = s.stack[top, 2]
        depth = s.stack[top, 3]
        k = _open_node(face_box, order, first, end, depth, s)
        _write_node(boxes, children, node, k, s)
        for c in range(k):
            a = s.child_range[c, 0]
            b = s.child_range[c, 1]
            if b - a <= LEAF_FACES:
                continue
            if b - a <= grain:
                left_over = _push(next_tasks, left_over, a, b, node * WIDTH + c, depth + 1)
                continue
            children[node, c] = base + made
            top = _push(s.stack, top, a, b, base + made, depth + 1)
            made += 1
    return made, left_over


@inlined
def _pack_leaf(vertices: Any, faces: Any, order: Any, code: int, origin: Any, triangles: Any) -> None:
    """Corners of a leaf's faces in ``triangles``, component by component."""
    first = ~code >> 3
    count = (~code & 7) + 1
    for i in range(count):
        f = order[first + i]
        for corner in range(3):
            for q in range(3):
                x = vertices[faces[f, corner], q] - origin[q]
                triangles[9 * first + (3 * corner + q) * count + i] = _f4(x)


@inlined
def _adopt(source: int, target: int, boxes: Any, children: Any, new_boxes: Any, new_children: Any) -> None:
    """Move a subtree's node to its final place; inner children move by as much."""
    for q in range(6):
        for c in range(WIDTH):
            new_boxes[target, q, c] = boxes[source, q, c]
    for c in range(WIDTH):
        code = children[source, c]
        new_children[target, c] = code + np.int32(target - source) if code > 0 else code


@parallel
def build(vertices: Any, faces: Any, origin: Any, reach: float, threads: int) -> Any:
    """Arrays ``boxes, children, order, triangles`` of ``bvh.Bvh``."""
    n = faces.shape[0]
    # Boxes of faces are needed until the tree stands, and only then the corners that take their place.
    triangles = np.empty(9 * n + WIDTH, np.float32)
    triangles[9 * n :] = _f4(0)
    face_box = triangles[: 6 * n].reshape(n, 6)
    order = np.empty(n, np.int32)
    for f in prange(n):
        order[f] = f
        _face_box(vertices, faces, f, origin, PAD * reach, face_box)

    # Memory for the largest possible tree is reserved, but only pages written to become real.
    grain = _grain(n)
    boxes = np.empty((_node_bound(n) + 2 * MOST_TASKS, 6, WIDTH), np.float32)
    children = np.empty((boxes.shape[0], WIDTH), np.int32)
    root = np.zeros((1, 4), np.int64)
    root[0, 1] = n
    tasks = np.empty((MOST_TASKS, 4), np.int64)
    top_nodes, task_count = _build_subtree(face_box, order, root, np.int64(0), boxes, children, grain, tasks)
    parents = tasks[:task_count, 2].copy()
    node = top_nodes
    for t in range(task_count):
        tasks[t, 2] = node
        node += _node_bound(tasks[t, 1] - tasks[t, 0])
    made = np.empty(task_count, np.int64)
    by_size = np.argsort(tasks[:task_count, 0] - tasks[:task_count, 1])
    next_task = np.zeros(1, np.int64)
    for _ in prange(threads):
        i = take_number(next_task)
        while i < task_count:
            t = by_size[i]
            made[t], _left = _build_subtree(face_box, order, tasks, t, boxes, children, np.int64(0), tasks)
            i = take_number(next_task)
    # Close the gaps between subtrees.
    starts = np.empty(task_count + 1, np.int64)
    starts[0] = top_nodes
    for t in range(task_count):
        starts[t + 1] = starts[t] + made[t]
        children[parents[t] // WIDTH, parents[t] % WIDTH] = np.int32(starts[t])
    new_boxes = np.empty((starts[task_count], 6, WIDTH), np.float32)
    new_children = np.empty((starts[task_count], WIDTH), np.int32)
    for node in range(top_nodes):
        _adopt(node, node, boxes, children, new_boxes, new_children)
    for t in prange(task_count):
        for i in range(made[t]):
            _adopt(tasks[t, 2] + i, starts[t] + i, boxes, children, new_boxes, new_children)

    for node in prange(new_children.shape[0]):
        for c in range(WIDTH):
            if new_children[node, c] < 0:
                _pack_leaf(vertices, faces, order, new_children[node, c], origin, triangles)
    return new_boxes, new_children, order, triangles
