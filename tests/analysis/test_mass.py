"""Mass properties of whole meshes, and what is said about their worth."""

import numpy as np
import pytest

from meshcore.analysis.face_orientation import correct_orientation
from meshcore.analysis.mass import MassProperties, measure_mass
from meshcore.analysis.topology import analyze_topology
from meshcore.mesh import Mesh
from shapes import (
    Shape,
    box,
    duplicated_faces,
    flipped,
    hollow_sphere,
    icosphere,
    moebius,
    moved,
    open_box,
    polycube,
    together,
)


def measure(shape: Shape) -> MassProperties:
    mesh = Mesh(*shape)
    topology = analyze_topology(mesh)
    return measure_mass(mesh.vertices, correct_orientation(mesh, topology), topology)


def codes(m: MassProperties) -> list[str]:
    return [w.code for w in m.warnings]


def volume(m: MassProperties) -> float:
    assert m.volume_mm3 is not None
    return m.volume_mm3


@pytest.mark.parametrize("shape", [box(), flipped(box()), flipped(box(), [3, 8])])
def test_a_box_however_it_is_wound(shape: Shape) -> None:
    m = measure(shape)
    assert volume(m) == pytest.approx(1000, rel=1e-13)
    assert m.volume_is_exact
    assert m.warnings == ()
    assert m.center_of_mass_mm is not None
    np.testing.assert_allclose(m.center_of_mass_mm, [5, 5, 5], rtol=1e-13)


def test_a_cavity_is_a_negative_component() -> None:
    m = measure(hollow_sphere(10, 1.2, 4))
    assert m.component_volumes_mm3[0] > 0 > m.component_volumes_mm3[1]
    assert volume(m) == pytest.approx(m.component_volumes_mm3.sum(), rel=1e-12)
    assert m.component_areas_mm2.sum() == pytest.approx(m.area_mm2, rel=1e-12)
    # The facets of both spheres lie within a little less than a percent of the round ones.
    assert volume(m) == pytest.approx(4 / 3 * np.pi * (10**3 - 8.8**3), rel=0.01)


@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_an_open_box_is_closed_by_its_lid(offset: float) -> None:
    m = measure(moved(flipped(open_box()), (offset, offset, 0)))
    assert volume(m) == pytest.approx(1000, rel=1e-10)
    assert m.area_mm2 == pytest.approx(500, rel=1e-12)
    assert codes(m) == ["VOLUME_ESTIMATED"]
    assert not m.volume_is_exact


def test_twenty_holes_cost_a_sphere_next_to_nothing() -> None:
    vertices, faces = icosphere(10, 4)
    m = measure((vertices, np.delete(faces, np.arange(0, 5120, 256), axis=0)))
    # Some of the holes touch, and their common cap cuts a corner.
    assert volume(m) == pytest.approx(volume(measure((vertices, faces))), rel=1e-5)
    assert codes(m) == ["VOLUME_ESTIMATED"]


def test_fins_and_inner_walls_add_nothing() -> None:
    vertices, faces = box()
    fin = (np.vstack([vertices, [5, -5, -5]]), np.vstack([faces, [[0, 1, 8]]]).astype(np.int32))
    assert volume(measure(fin)) == pytest.approx(1000, rel=1e-13)
    wall = (vertices, np.vstack([faces, [[0, 3, 7], [0, 7, 4]]]).astype(np.int32))
    m = measure(wall)
    assert volume(m) == pytest.approx(1000, rel=1e-13)
    assert codes(m) == ["VOLUME_ESTIMATED"]
    assert m.area_mm2 == pytest.approx(600 + 100 * np.sqrt(2), rel=1e-13)


def test_doubled_faces_add_nothing() -> None:
    assert volume(measure(duplicated_faces(box(), [0, 5]))) == pytest.approx(1000, rel=1e-13)


def test_cubes_that_share_an_edge_are_exact() -> None:
    m = measure(polycube(np.array([[[True], [False]], [[False], [True]]]), (3, 3, 3)))
    assert volume(m) == pytest.approx(54, rel=1e-13)
    assert m.volume_is_exact


def test_a_collapsed_face_does_not_spoil_exactness() -> None:
    vertices, faces = box()
    m = measure((vertices, np.vstack([faces, [[2, 2, 5]]]).astype(np.int32)))
    assert m.volume_is_exact


TRIANGLE = np.eye(3), np.array([[0, 1, 2]], np.int32)
COLLAPSED = np.eye(3), np.array([[0, 0, 1]], np.int32)


@pytest.mark.parametrize("shape", [moebius(), TRIANGLE, COLLAPSED])
def test_what_encloses_nothing_has_no_volume(shape: Shape) -> None:
    m = measure(shape)
    assert m.volume_mm3 is None
    assert m.center_of_mass_mm is None
    assert m.inertia_mm5 is None
    assert codes(m) == ["VOLUME_UNKNOWN"]
    assert m.area_mm2 >= 0


def test_a_solid_beside_a_moebius_band_keeps_its_volume() -> None:
    m = measure(together(box(), moved(moebius(), (80, 0, 0))))
    assert volume(m) == pytest.approx(1000, rel=1e-12)
    assert codes(m) == ["VOLUME_ESTIMATED"]
