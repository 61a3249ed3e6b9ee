import numpy as np
import pytest
from numpy.typing import NDArray

import shapes
from meshkernels import bvh
from meshkernels.vec3 import Vec3
from meshkernels.winding_number import solid_angle, winding_numbers, winding_numbers_exact

Shape = tuple[NDArray[np.float64], NDArray[np.int32]]


def around(vertices: NDArray[np.float64], n: int, seed: int = 0) -> NDArray[np.float64]:
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    return np.random.default_rng(seed).uniform(low - 0.2 * (high - low), high + 0.2 * (high - low), (n, 3))


def test_solid_angle_of_an_octant_is_an_eighth_of_the_sphere() -> None:
    x, y, z, o = Vec3(1.0, 0.0, 0.0), Vec3(0.0, 1.0, 0.0), Vec3(0.0, 0.0, 1.0), Vec3(0.0, 0.0, 0.0)
    assert solid_angle(x, y, z, o) == pytest.approx(np.pi / 2)
    assert solid_angle(x, z, y, o) == pytest.approx(-np.pi / 2)
    assert solid_angle(x, x, z, o) == 0.0


def test_cube_counts_one_inside_and_none_outside() -> None:
    vertices, faces = shapes.box((10, 10, 10))
    points = around(vertices, 500)
    inside = ((points > 0) & (points < 10)).all(axis=1)
    assert np.allclose(winding_numbers_exact(points, vertices, faces), inside, atol=1e-12)


def test_winding_adds_up_over_shells() -> None:
    a = shapes.box((10, 10, 10))
    vertices, faces = shapes.together(
        a, shapes.moved(a, (5, 0.5, 0.5)), shapes.flipped(shapes.moved(a, (0, 0, 20)))
    )
    points = np.array([[2, 5, 5], [7, 5, 5], [14, 5, 5], [5, 5, 25], [5, 5, 15.0]])
    tree = bvh.build(vertices, faces)
    expected = [1, 2, 1, -1, 0]
    assert np.allclose(winding_numbers_exact(points, vertices, faces), expected, atol=1e-12)
    assert np.allclose(winding_numbers(points, vertices, faces, tree), expected, atol=1e-3)


def test_a_hole_lets_its_solid_angle_through() -> None:
    vertices, faces = shapes.open_box((10, 10, 10))
    centre = np.array([[5.0, 5.0, 5.0]])
    assert winding_numbers_exact(centre, vertices, faces)[0] == pytest.approx(5 / 6)
    assert winding_numbers(centre, vertices, faces, bvh.build(vertices, faces))[0] == pytest.approx(5 / 6)


@pytest.mark.parametrize("name", ["icosphere", "vase", "gear", "moebius", "hollow_sphere"])
def test_hierarchy_agrees_with_the_sum(name: str) -> None:
    vertices, faces = getattr(shapes, name)()
    vertices = vertices + np.array([200.0, -30, 1])
    centroids = vertices[faces[:: max(1, len(faces) // 100)]].mean(axis=1)
    points = np.vstack([around(vertices, 200), centroids + 0.01])
    tree = bvh.build(vertices, faces)
    exact = winding_numbers_exact(points, vertices, faces)
    errors = [
        np.abs(winding_numbers(points, vertices, faces, tree, accuracy=a) - exact).max() for a in (2, 4, 8)
    ]
    assert errors[1] < 1.5e-3
    assert errors[2] < 5e-4
    assert errors[2] <= errors[0]
