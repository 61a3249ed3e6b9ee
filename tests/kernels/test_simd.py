"""The vector intrinsics against their scalar twins, and against what they promise."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from meshkernels import bvh, simd
from meshkernels.jit import scalar
from meshkernels.ray import crossing, make_filter_ray, make_ray
from meshkernels.vec3 import Vec3, row

Arrays = tuple[NDArray[np.float64], NDArray[np.int32]]


@scalar
def _box_masks(bvh: Any, node: int, origin: Vec3, direction: Vec3, limit: float, near: Any) -> Any:
    ray = make_ray(origin, direction)
    f = make_filter_ray(origin, direction, ray, bvh.origin, bvh.reach)
    vector = simd.box_hits(bvh.boxes, np.int64(node), f, np.float32(limit), near[0])
    return vector, simd.box_hits_scalar(bvh.boxes, node, f, np.float32(limit), near[1])


@scalar
def _triangle_masks(bvh: Any, first: int, count: int, origin: Vec3, direction: Vec3, limit: float) -> Any:
    ray = make_ray(origin, direction)
    f = make_filter_ray(origin, direction, ray, bvh.origin, bvh.reach)
    vector = simd.triangle_hits(bvh.triangles, np.int64(first), np.int64(count), f, np.float32(limit))
    return vector, simd.triangle_hits_scalar(bvh.triangles, first, count, f, np.float32(limit))


@scalar
def _near_masks(bvh: Any, node: int, x: float, y: float, z: float, limit: float, near: Any) -> Any:
    p, q, r, d = np.float32(x), np.float32(y), np.float32(z), np.float32(limit)
    vector = simd.boxes_near(bvh.boxes, np.int64(node), p, q, r, d, near[0])
    return vector, simd.boxes_near_scalar(bvh.boxes, node, p, q, r, d, near[1])


@scalar
def _crosses(vertices: Any, faces: Any, f: int, origin: Vec3, direction: Vec3) -> Any:
    return crossing(vertices, faces, f, make_ray(origin, direction))


@pytest.fixture(scope="module")
def soup() -> Arrays:
    rng = np.random.default_rng(3)
    corners = rng.uniform(-30, 30, (400, 1, 3)) + rng.normal(0, 6, (400, 3, 3)) + [300.0, 0, 5]
    return corners.reshape(-1, 3), np.arange(1200, dtype=np.int32).reshape(-1, 3)


def rays(n: int) -> list[tuple[Vec3, Vec3]]:
    rng = np.random.default_rng(4)
    out = []
    for i in range(n):
        d = rng.normal(size=3)
        if i % 3 == 0:  # along an axis
            d = np.eye(3)[i % 9 // 3] * (-1) ** i
        d /= np.linalg.norm(d)
        start = np.array([300.0, 0, 5]) + rng.uniform(-25, 25, 3)
        out.append((Vec3(*start), Vec3(*d)))
    return out


def test_boxes_on_a_ray(soup: Arrays) -> None:
    tree = bvh.build(*soup)
    near = np.zeros((2, 8), np.float32)
    hits = 0
    for origin, direction in rays(60):
        for node in range(len(tree.boxes)):
            for limit in (np.inf, 10.0):
                vector, twin = _box_masks(tree, node, origin, direction, limit, near)
                assert vector == twin
                assert np.array_equal(near[0], near[1])
                hits += vector.bit_count()
    assert hits > 100


def test_boxes_near_a_point(soup: Arrays) -> None:
    tree = bvh.build(*soup)
    near = np.zeros((2, 8), np.float32)
    for origin, _ in rays(60):
        x, y, z = np.array(origin) - tree.origin
        for node in range(len(tree.boxes)):
            vector, twin = _near_masks(tree, node, x, y, z, 50.0, near)
            assert vector == twin
            assert np.allclose(near[0], near[1], rtol=1e-6)


def test_triangles_on_a_ray_are_filtered_but_never_lost(soup: Arrays) -> None:
    vertices, faces = soup
    tree = bvh.build(vertices, faces)
    leaves = [~code for code in tree.children.ravel().tolist() if code < 0]
    reported = true = 0
    for origin, direction in rays(60):
        for code in leaves:
            first, count = code >> 3, (code & 7) + 1
            for limit in (np.inf, 20.0):
                vector, twin = _triangle_masks(tree, first, count, origin, direction, limit)
                assert vector == twin
                for i in range(count):
                    distance, side = _crosses(vertices, faces, tree.order[first + i], origin, direction)
                    hit = side != 0 and 0 <= distance <= limit
                    assert not hit or vector >> i & 1
                    reported += vector >> i & 1
                    true += hit
    assert true > 100
    assert reported < 1.5 * true


def test_crossing_side_and_distance() -> None:
    vertices = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    faces = np.array([[0, 1, 2]], np.int32)
    above, down, up = Vec3(0.25, 0.25, 2.0), Vec3(0.0, 0.0, -1.0), Vec3(0.0, 0.0, 1.0)
    assert _crosses(vertices, faces, 0, above, down) == (2.0, 1)
    assert _crosses(vertices, faces, 0, above, up) == (-2.0, -1)
    assert _crosses(vertices, faces, 0, Vec3(0.75, 0.75, 2.0), down)[1] == 0


def test_a_ray_through_shared_edges_and_corners_crosses_one_face() -> None:
    # A fan of eight triangles around the origin, and rays exactly through the centre and the spokes.
    angles = np.arange(8) * (np.pi / 4)
    rim = np.round(np.column_stack([np.cos(angles), np.sin(angles), 0 * angles]) * 4) / 4
    vertices = np.vstack([[[0.0, 0, 0]], rim])
    faces = np.array([[0, 1 + i, 1 + (i + 1) % 8] for i in range(8)], np.int32)
    for point in [np.zeros(3), *(rim * 0.5)]:
        for direction in (Vec3(0.0, 0.0, -1.0), Vec3(0.6, 0.0, -0.8), Vec3(0.0, 0.0, 1.0)):
            start = row((point - 3 * np.array(direction))[None], 0)
            sides = [_crosses(vertices, faces, f, start, direction)[1] for f in range(8)]
            assert sum(map(abs, sides)) == 1
