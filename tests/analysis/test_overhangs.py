"""What a slicer would support: kinds of regions, areas, volumes, invariances."""

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from meshcore.analysis.orientation import rotation_matrix
from meshcore.analysis.overhangs import OverhangKind, Overhangs, find_overhangs
from meshkernels.topology import edge_topology
from shapes import (
    box,
    cylinder,
    icosphere,
    moved,
    overlapping_cubes,
    polycube,
    prism,
    revolved,
    subdivide,
    t_overhang,
    together,
)

Shape = tuple[NDArray[np.float64], NDArray[np.int32]]


def find(shape: Shape, threshold_degrees: float = 45.0) -> Overhangs:
    vertices, faces = shape
    neighbors = edge_topology(faces, len(vertices)).neighbors
    return find_overhangs(
        np.ascontiguousarray(vertices), faces, neighbors, threshold_degrees=threshold_degrees
    )


def kinds(found: Overhangs) -> list[str]:
    return [str(region.kind) for region in found.regions]


def gate(span: int) -> Shape:
    """Two posts 5 mm thick and 10 mm high, ``span`` mm apart, under a 5 mm beam."""
    cells = np.ones((10 + span, 10, 15), dtype=bool)
    cells[5 : 5 + span, :, :10] = False
    return polycube(cells)


@pytest.mark.parametrize("shape", [box(), prism([(0, 0), (10, 0), (20, 10), (20, 20), (0, 20)], 10)])
def test_nothing_to_support(shape: Shape) -> None:
    found = find(shape)
    assert (found.area_mm2, found.support_volume_mm3, found.support_area_mm2) == (0.0, 0.0, 0.0)
    assert found.regions == ()
    assert not found.requires_supports
    assert not found.mask.any()


def test_arms_of_a_t() -> None:
    found = find(t_overhang())
    assert found.area_mm2 == pytest.approx(200.0)
    assert found.support_volume_mm3 == pytest.approx(4000.0)
    assert found.support_area_mm2 == pytest.approx(200.0)
    assert found.requires_supports
    assert kinds(found) == ["overhang", "overhang"]
    for region in found.regions:
        assert region.worst_angle_degrees == pytest.approx(90.0)
        assert region.support_volume_mm3 == pytest.approx(2000.0)
        assert region.centroid[1:] == pytest.approx((5.0, 20.0))
        assert "20.0 mm above the plate" in region.location
    assert {region.location.split(",")[0] for region in found.regions} == {
        "underside at the left",
        "underside at the right",
    }
    assert np.array_equal(
        np.sort(np.concatenate([r.faces for r in found.regions])), np.flatnonzero(found.mask)
    )


def test_support_stops_on_what_is_below() -> None:
    found = find(together(t_overhang(), box((10, 10, 5))))
    assert found.support_volume_mm3 == pytest.approx(2000.0 + 1500.0)


def test_short_bridges_need_no_support_and_long_ones_do() -> None:
    short, long = find(gate(8)), find(gate(12))
    assert kinds(short) == ["bridge"]
    assert short.regions[0].span_mm == pytest.approx(8.0)
    assert short.area_mm2 == pytest.approx(80.0)
    assert short.support_volume_mm3 == 0.0
    assert short.regions[0].support_volume_mm3 == pytest.approx(800.0)
    assert not short.requires_supports
    assert kinds(long) == ["overhang"]
    assert long.support_volume_mm3 == pytest.approx(1200.0)
    assert long.regions[0].span_mm is None


def test_a_bridge_turned_on_the_plate_stays_a_bridge() -> None:
    vertices, faces = gate(8)
    for angle in (7.0, 33.0, 45.0, 80.0):
        found = find((vertices @ rotation_matrix(0.0, 0.0, angle).T, faces))
        assert kinds(found) == ["bridge"]
        assert found.regions[0].span_mm == pytest.approx(8.0, rel=0.01)


def test_ledges_thinner_than_two_lines_are_printed_as_they_are() -> None:
    def ledge(width: float) -> Shape:
        return revolved([(0, 0), (10, 0), (10, 10), (10 + width, 10), (10 + width, 15), (0, 15)])

    assert kinds(find(ledge(0.8))) == ["small"]
    assert not find(ledge(0.8)).requires_supports
    assert kinds(find(t_overhang(arm=1))) == ["overhang", "overhang"]
    assert kinds(find(ledge(1.2))) == ["overhang"]


def test_hanging_tips_are_islands_however_small() -> None:
    post, bar = box((4, 4, 30)), moved(box((20, 4, 4)), (0, 0, 30))
    pin = moved(revolved([(0, 0), (0.3, 1), (0.3, 10), (0, 10)], 16), (18, 2, 20.5))  # into the bar
    found = find(together(post, bar, pin))
    island = [region for region in found.regions if region.kind is OverhangKind.ISLAND]
    assert len(island) == 1
    assert island[0].centroid == pytest.approx((18.0, 2.0, 20.5))
    assert island[0].area_mm2 == 0.0
    assert island[0].needs_support


def test_bodies_on_and_in_each_other_carry_each_other() -> None:
    stacked = find(together(box(), moved(box(), (0, 0, 10))))
    assert not stacked.requires_supports
    assert stacked.area_mm2 == 0.0
    assert not stacked.mask.any()
    wide = find(together(box(), moved(box((20, 10, 10)), (0, 0, 10))))
    assert kinds(wide) == ["overhang"]
    assert wide.area_mm2 == pytest.approx(100.0, rel=0.01)
    assert wide.support_volume_mm3 == pytest.approx(1000.0, rel=0.01)
    # Shifted by half along the diagonal, a quarter of the upper cube's underside lies inside the lower one.
    crossing = find(overlapping_cubes())
    assert crossing.area_mm2 == pytest.approx(75.0, rel=0.01)
    assert crossing.support_volume_mm3 == pytest.approx(375.0, rel=0.01)


def test_faces_inside_the_solid_can_be_named() -> None:
    shape = together(box((20, 20, 20)), moved(box(), (5, 5, 5)))
    inside = np.arange(24) >= 12
    vertices, faces = shape
    neighbors = edge_topology(faces, len(vertices)).neighbors
    found = find_overhangs(vertices, faces, neighbors, exterior=~inside)
    assert found.regions == ()


def test_a_sphere_on_the_plate() -> None:
    found = find(icosphere(10.0, 5))
    # Between the plane at 0.1 mm and the parallel at 45°: area, and the volume between it and the plate.
    low, high = -9.9, -10.0 * np.sqrt(0.5)
    assert found.area_mm2 == pytest.approx(2 * pi * 10 * (high - low), rel=0.02)
    ring = pi * (100 - high**2) * (high + 10.0)
    segment = pi * (high + 10.0) ** 2 * (30.0 - (high + 10.0)) / 3
    assert found.support_volume_mm3 == pytest.approx(ring - segment, rel=0.02)
    assert kinds(found) == ["overhang"]


def test_a_lying_cylinder_has_two_strips() -> None:
    vertices, faces = cylinder(5.0, 20.0, 256)
    found = find((vertices @ rotation_matrix(90.0, 0.0, 0.0).T, faces))
    contact = np.arccos(1 - 0.1 / 5.0)
    assert kinds(found) == ["overhang", "overhang"]
    assert found.area_mm2 == pytest.approx(2 * 20 * 5 * (pi / 4 - contact), rel=0.05)


def test_what_hangs_closer_than_support_fits_is_left_alone() -> None:
    def recess(depth: float) -> Shape:
        return revolved([(6, 0), (15, 0), (15, 10), (0, 10), (0, depth), (6, depth)])

    assert kinds(find(recess(0.3))) == ["small"]
    assert kinds(find(recess(1.0))) == ["overhang"]


def test_doubled_faces_change_nothing() -> None:
    # Fine faces, so that each alone would be too small to matter.
    vertices, faces = subdivide(*subdivide(*subdivide(*t_overhang())))
    reference = find((vertices, faces))
    doubled = find((vertices, np.vstack([faces, faces])))
    assert doubled.area_mm2 == pytest.approx(reference.area_mm2)
    assert doubled.support_volume_mm3 == pytest.approx(reference.support_volume_mm3)
    assert kinds(doubled) == kinds(reference)


def test_threshold_is_a_parameter() -> None:
    slope = prism([(0, 0), (10, 0), (20, 10), (20, 20), (0, 20)], 10)
    assert find(slope, threshold_degrees=44.9).area_mm2 == pytest.approx(10 * np.sqrt(200))
    assert find(t_overhang(), threshold_degrees=90.0).area_mm2 == 0.0


@settings(deadline=None, max_examples=15)
@given(angle=st.floats(0, 360), scale=st.floats(2.0, 5.0), seed=st.integers(0, 1000))
def test_invariance_under_turns_about_z_scale_mirror_and_order(angle: float, scale: float, seed: int) -> None:
    vertices, faces = t_overhang()
    reference = find((vertices, faces))
    turned = find((vertices @ rotation_matrix(0.0, 0.0, angle).T, faces))
    assert turned.area_mm2 == pytest.approx(reference.area_mm2)
    assert turned.support_volume_mm3 == pytest.approx(reference.support_volume_mm3)
    assert kinds(turned) == kinds(reference)
    scaled = find((vertices * scale, faces))
    assert scaled.area_mm2 == pytest.approx(reference.area_mm2 * scale**2)
    assert scaled.support_volume_mm3 == pytest.approx(reference.support_volume_mm3 * scale**3)
    mirrored = find((vertices * [-1, 1, 1], np.ascontiguousarray(faces[:, ::-1])))
    assert mirrored.support_volume_mm3 == pytest.approx(reference.support_volume_mm3)
    order = np.random.default_rng(seed).permutation(len(faces))
    shuffled = find((vertices, np.ascontiguousarray(faces[order])))
    assert shuffled.area_mm2 == pytest.approx(reference.area_mm2)
    assert np.array_equal(shuffled.mask, reference.mask[order])


def test_answers_do_not_depend_on_the_thread_count() -> None:
    import numba

    shape = icosphere(10.0, 5)
    many = find(shape)
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        one = find(shape)
    finally:
        numba.set_num_threads(threads)
    assert one.area_mm2 == many.area_mm2
    assert one.support_volume_mm3 == many.support_volume_mm3
