"""The shapes that other tests rely on are what they claim, judged by an independent library."""

import math

import numpy as np
import pytest
import trimesh

import shapes

CLOSED = {
    "box": (shapes.box(), 1000.0, 2),
    "icosphere": (shapes.icosphere(10, 5), 4 / 3 * math.pi * 1000, 2),
    "hollow_sphere": (shapes.hollow_sphere(10, 1.2, 5), 4 / 3 * math.pi * (1000 - 8.8**3), 4),
    "tube": (shapes.tube(10, 8, 20, 512), math.pi * (100 - 64) * 20, 0),
    "cylinder": (shapes.cylinder(10, 20, 512), math.pi * 100 * 20, 2),
    "wedge": (shapes.wedge(30, 10, 20), 3000.0, 2),
    "plate_with_holes": (shapes.plate_with_holes((3, 2), 10, 3), 14 * 10 * 2.5**2 * 3 - 6 * 75, 2 - 12),
    "t_overhang": (shapes.t_overhang(), 10 * 10 * 20 + 30 * 10 * 5, 2),
    "needle_box": (shapes.needle_box(), 1000.0, 2),
    "bracket": (shapes.bracket(), 60 * 30 * 5 + 45 * 30 * 5 - 4 * 180, 2 - 8),
    "table": (shapes.table(), 40 * 40 * 4 + 4 * 25 * 20, 2),
    "gear": (shapes.gear(), None, 0),
    "vase": (shapes.vase(), None, 2),
}


@pytest.mark.parametrize("name", CLOSED)
def test_closed_shape(name: str) -> None:
    (vertices, faces), volume, euler = CLOSED[name]
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.euler_number == euler
    assert mesh.volume > 0
    if volume is not None:
        assert mesh.volume == pytest.approx(volume, rel=2e-3)
    assert mesh.area_faces.min() > 0


def test_open_and_broken_shapes() -> None:
    assert len(shapes.open_box()[1]) == 10
    band = trimesh.Trimesh(*shapes.moebius(), process=False)
    assert not band.is_watertight
    assert not band.is_winding_consistent
    assert len(band.split(only_watertight=False)) == 1
    inside_out = trimesh.Trimesh(*shapes.flipped(shapes.box()), process=False)
    assert inside_out.volume == pytest.approx(-1000)


def test_subdivision_keeps_the_surface() -> None:
    vertices, faces = shapes.subdivide(*shapes.wedge())
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    assert len(faces) == 32
    assert mesh.is_watertight
    assert mesh.volume == pytest.approx(3000)
    assert np.isfinite(vertices).all()
