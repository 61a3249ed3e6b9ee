"""Printed volume of whole meshes: when it is worked out, how, and what is said about it."""

import math

import numpy as np
import pytest

import shapes
from meshcore.analysis.face_orientation import correct_orientation
from meshcore.analysis.mass import measure_mass
from meshcore.analysis.printed_volume import PrintedVolume, VolumeMethod, measure_printed_volume
from meshcore.analysis.self_intersections import find_self_intersections
from meshcore.analysis.topology import analyze_topology
from meshcore.mesh import Mesh
from meshkernels import bvh


def measure(shape: shapes.Shape) -> PrintedVolume:
    mesh = Mesh(*shape)
    tree = bvh.build(mesh.vertices, mesh.faces)
    topology = analyze_topology(mesh)
    orientation = correct_orientation(mesh, topology)
    mass = measure_mass(mesh.vertices, orientation, topology)
    crossing = find_self_intersections(mesh.vertices, mesh.faces, tree)
    return measure_printed_volume(mesh.vertices, tree, topology, orientation, mass, crossing)


def codes(printed: PrintedVolume) -> list[str]:
    return [w.code for w in printed.warnings]


@pytest.mark.parametrize(
    "shape", [shapes.box(), shapes.flipped(shapes.box()), shapes.flipped(shapes.box(), [2, 7]), shapes.tube()]
)
def test_one_shell_is_what_it_encloses(shape: shapes.Shape) -> None:
    printed = measure(shape)
    assert printed.method == VolumeMethod.ONE_SHELL
    assert printed.printed_volume_mm3 is not None
    assert printed.overlap_volume_mm3 == 0
    assert printed.warnings == ()


def test_overlapping_cubes_warn() -> None:
    printed = measure(shapes.overlapping_cubes())
    assert printed.printed_volume_mm3 == pytest.approx(1875, rel=1e-14)
    assert printed.overlap_volume_mm3 == pytest.approx(125, rel=1e-13)
    assert printed.method == VolumeMethod.UNION
    assert printed.error_mm3 == 0
    assert codes(printed) == ["SHELLS_OVERLAP"]


def test_cavities_and_separate_shells_do_not() -> None:
    for shape in (
        shapes.hollow_sphere(),
        shapes.together(shapes.box(), shapes.box(origin=(20, 0, 0))),
        shapes.together(shapes.box(), shapes.box(origin=(10, 0, 0))),
    ):
        printed = measure(shape)
        mesh = Mesh(*shape)
        corners = mesh.vertices[mesh.faces]
        volume = np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
        assert printed.printed_volume_mm3 == pytest.approx(volume, rel=2e-8)
        assert codes(printed) == []


def test_boxes_that_share_a_wall_have_a_bounded_error() -> None:
    printed = measure(shapes.together(shapes.box(), shapes.box(origin=(5, 0, 0))))
    assert printed.method == VolumeMethod.DISPLACED_UNION
    assert 0 < printed.error_mm3 < 1e-3
    assert printed.printed_volume_mm3 is not None
    assert abs(printed.printed_volume_mm3 - 1500) < printed.error_mm3


def test_faces_everywhere_twice_are_printed_once() -> None:
    printed = measure(shapes.together(shapes.icosphere(10, 2), shapes.icosphere(10, 2)))
    one = measure(shapes.icosphere(10, 2))
    assert printed.printed_volume_mm3 == pytest.approx(one.printed_volume_mm3, rel=1e-7)
    assert codes(printed) == ["SHELLS_OVERLAP"]


def test_spheres_against_the_formula() -> None:
    printed = measure(shapes.overlapping_spheres(subdivisions=5))
    distance = math.hypot(12.0, 0.123, 0.457)
    h = 10 - distance / 2
    exact = 2 * (4 / 3 * math.pi * 1000 - math.pi * h * h * (10 - h / 3))
    assert printed.printed_volume_mm3 == pytest.approx(exact, rel=2e-3)


@pytest.mark.parametrize("shape", [shapes.open_box(), shapes.moebius()])
def test_open_meshes_have_none(shape: shapes.Shape) -> None:
    printed = measure(shape)
    assert printed.printed_volume_mm3 is None
    assert printed.method is None
    assert printed.warnings == ()
