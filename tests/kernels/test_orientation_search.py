"""Samples of a surface, its outer vertices, and rough scores of directions."""

from math import pi, radians, sin

import numpy as np
import pytest
from numpy.typing import NDArray

from meshkernels.orientation_search import outer_vertices, rotate, sample_surface, score_directions
from shapes import box, icosphere, moved, t_overhang


def test_integrals_are_exact() -> None:
    samples = sample_surface(*moved(box((10, 20, 30)), (100, -50, 7)), 1000)
    assert samples.area == pytest.approx(2 * (200 + 300 + 600))
    assert samples.volume == pytest.approx(6000.0)
    assert samples.centroid == pytest.approx([105.0, -40.0, 22.0])


def test_a_sheet_has_the_centroid_of_its_surface() -> None:
    vertices = np.array([[0.0, 0.0, 5.0], [30.0, 0.0, 5.0], [0.0, 30.0, 5.0]])
    samples = sample_surface(vertices, np.array([[0, 1, 2]], np.int32), 10)
    assert samples.volume == 0.0
    assert samples.centroid == pytest.approx([10.0, 10.0, 5.0])


def test_samples_are_even_and_lie_on_the_surface() -> None:
    samples = sample_surface(*icosphere(10.0, 5), 20_000)
    radius = np.linalg.norm(samples.points, axis=1)
    assert radius.min() > 9.98
    assert radius.max() <= 10.0 + 1e-12
    assert (samples.normals * samples.points / 10.0).sum(axis=1).min() > 0.999
    # On a sphere every height is equally likely (Archimedes): each tenth holds a tenth of the samples.
    counts, _ = np.histogram(samples.points[:, 2], np.linspace(-10, 10, 11))
    assert counts == pytest.approx(np.full(10, 2000), rel=0.05)


def test_faces_without_area_get_no_samples() -> None:
    vertices, faces = box()
    faces = np.vstack([faces, [[0, 0, 1]] * 5, faces[:1] * 0]).astype(np.int32)
    samples = sample_surface(vertices, faces, 600)
    assert np.linalg.norm(samples.normals, axis=1) == pytest.approx(np.ones(600))


def test_outer_vertices_keep_the_corners() -> None:
    corners, _ = box()
    inside = np.random.default_rng(0).uniform(1.0, 9.0, (5000, 3))
    outer = outer_vertices(np.vstack([inside, corners]), np.full(3, 5.0))
    assert {tuple(c) for c in corners} <= {tuple(v) for v in outer}
    assert len(outer) < 4500


def test_scores_of_a_t() -> None:
    vertices, faces = t_overhang()
    samples = sample_surface(vertices, faces, 20_000)
    centre = np.array([15.0, 5.0, 53750.0 / 3500.0])
    up, down = np.array([[0.0, 0.0, 1.0]]), np.array([[0.0, 0.0, -1.0]])
    scores = score_directions(
        samples, vertices, centre, np.vstack([up, down]), sine=sin(radians(45.01)), tolerance=0.1, base=0.2
    )
    assert scores[0, :4] == pytest.approx([200.0, 4000.0, 100.0, 25.0], rel=0.03)
    assert scores[0, 4] == pytest.approx(np.arctan2(5.0, centre[2]), rel=0.03)
    assert scores[1, :4] == pytest.approx([0.0, 0.0, 300.0, 25.0], rel=0.03)
    assert scores[1, 4] == pytest.approx(np.arctan2(5.0, 25.0 - centre[2]), rel=0.03)


def test_a_cube_on_its_edge_does_not_stand() -> None:
    vertices, faces = box()
    direction = np.array([[np.sqrt(0.5), 0.0, np.sqrt(0.5)]])
    samples = sample_surface(vertices, faces, 1000)
    scores = score_directions(
        samples, vertices, np.full(3, 5.0), direction, sine=sin(radians(45.01)), tolerance=0.1, base=0.2
    )
    assert scores[0, 0] == 0.0
    assert scores[0, 3] == pytest.approx(10 * np.sqrt(2))
    assert scores[0, 4] < radians(2.0)


@pytest.mark.parametrize("angle", [0.0, 0.3, pi])
def test_rotate(angle: float) -> None:
    vertices, _ = icosphere(10.0, 3)
    c, s = np.cos(angle), np.sin(angle)
    matrix: NDArray[np.float64] = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
    out = np.empty_like(vertices)
    low, high = rotate(vertices, matrix, out)
    assert out == pytest.approx(vertices @ matrix.T)
    assert np.array_equal(low, out.min(axis=0))
    assert np.array_equal(high, out.max(axis=0))
