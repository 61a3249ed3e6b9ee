"""Print estimates: known layers, monotonicity, scaled volume, and a real slicer's answers."""

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from meshcore.analysis.estimate import (
    DRAFT,
    HIGH_QUALITY,
    NORMAL,
    PrintEstimates,
    estimate_print,
    fill_regions,
    layer_count,
    layer_planes,
    model_material_g,
    print_time_s,
    support_estimate,
)
from meshkernels.cross_section import cross_sections
from shapes import (
    Shape,
    box,
    bracket,
    cylinder,
    flipped,
    gear,
    icosphere,
    open_box,
    plate_with_holes,
    table,
    together,
    vase,
)

SHAPES = {
    "box": box((30, 20, 10)),
    "thin box": box((40, 1.1, 20)),
    "ball": icosphere(12, 3),
    "cylinder": cylinder(5, 40),
    "gear": gear(),
    "vase": vase(),
    "bracket": bracket(),
    "table": table(),
    "plate": plate_with_holes(),
}


def volume(shape: Shape) -> float:
    a, b, c = (shape[0][shape[1][:, i]] for i in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def estimate(shape: Shape, printed: float | None = None) -> PrintEstimates:
    v = volume(shape)
    found = estimate_print(*shape, printed_volume_mm3=printed or v, signed_volume_mm3=v)
    assert found is not None
    return found


def test_layers_are_those_whose_middle_is_inside() -> None:
    assert [layer_count(z, NORMAL) for z in (0.05, 0.2, 0.29, 0.31, 20.0, 48.031)] == [1, 1, 1, 2, 100, 240]
    assert layer_count(20.0, HIGH_QUALITY) == 166  # 0.2 mm first, then 165 of 0.12
    planes = layer_planes(5.0, 25.0, NORMAL)
    np.testing.assert_allclose(planes, 5.1 + 0.2 * np.arange(100))
    assert (np.diff(layer_planes(0.0, 20.0, HIGH_QUALITY)) > 0.11).all()
    assert layer_planes(0.0, 0.1, NORMAL)[0] == pytest.approx(0.05)


def test_a_box_is_filled_as_counted_by_hand() -> None:
    size = 40.0
    vertices, faces = box((size, size, 20))
    sections = cross_sections(vertices, faces, layer_planes(0.0, 20.0, NORMAL), 0.5)
    regions = fill_regions(sections, NORMAL)
    whole = size**2
    solid_layers = regions.solid > 0.9 * (whole - regions.wall)
    assert np.flatnonzero(solid_layers).tolist() == [0, 1, 2, 3, 96, 97, 98, 99]
    np.testing.assert_allclose(regions.wall + regions.solid + regions.sparse, whole)
    # Two walls of 0.857 mm together leave a square of 38.286 mm; strip and disc average 1 % more.
    assert regions.wall[50] == pytest.approx(whole - (size - 2 * 0.857) ** 2, rel=0.015)
    assert model_material_g(regions, 1.0) == pytest.approx(whole * 20 * 1.24e-3, rel=1e-9)


def test_full_infill_weighs_the_printed_volume() -> None:
    for name, shape in SHAPES.items():
        assert estimate(shape).infill100_g == pytest.approx(volume(shape) * 1.24e-3, rel=0.02), name


def test_overlapping_shells_are_paid_once() -> None:
    ball = icosphere(12, 3)
    twice = together(ball, ball)
    once, scaled = estimate(ball), estimate(twice, printed=volume(ball))
    assert scaled.normal.material_g == pytest.approx(once.normal.material_g, rel=1e-9)
    assert scaled.normal.print_time_s == pytest.approx(once.normal.print_time_s, rel=1e-9)


def test_a_part_turned_inside_out_prints_the_same() -> None:
    right, wrong = SHAPES["bracket"], flipped(SHAPES["bracket"])
    assert estimate(wrong, printed=volume(right)) == estimate(right)


def test_no_volume_no_estimate() -> None:
    vertices, faces = open_box()
    nothing = estimate_print(vertices, faces, printed_volume_mm3=None, signed_volume_mm3=500.0)
    assert nothing is None
    assert estimate_print(vertices, faces, printed_volume_mm3=500.0, signed_volume_mm3=0.0) is None
    tall = box((10, 10, 1e6))
    assert estimate_print(*tall, printed_volume_mm3=1e8, signed_volume_mm3=1e8) is None


def test_supports_add_plastic_and_time() -> None:
    assert support_estimate(0.0, 0.0) == (0.0, 0.0)
    small, large = support_estimate(1000.0, 100.0), support_estimate(2000.0, 200.0)
    assert 0 < small[0] < large[0]
    assert 0 < small[1] < large[1]
    # Two towers reach over more outline than one of the same volume and area.
    apart = support_estimate(np.array([1000.0, 1000.0]), np.array([100.0, 100.0]))
    assert apart[0] > large[0]
    shape = SHAPES["table"]
    v = volume(shape)
    with_supports = estimate_print(
        *shape,
        printed_volume_mm3=v,
        signed_volume_mm3=v,
        support_volume_mm3=1000.0,
        support_contact_area_mm2=100.0,
    )
    assert with_supports is not None
    without = estimate(shape)
    assert with_supports.normal.material_g == pytest.approx(without.normal.material_g + small[0])
    added = with_supports.draft.print_time_s - without.draft.print_time_s
    assert 0 < added <= small[1] * (1 + 1e-9)
    assert with_supports.draft.support_time_s == pytest.approx(added)
    assert with_supports.infill50_g == pytest.approx(without.infill50_g + small[0])
    assert with_supports.normal.filament_mm == pytest.approx(
        with_supports.normal.material_g / 1.24e-3 / (np.pi * 1.75**2 / 4)
    )


@pytest.mark.parametrize("name", SHAPES)
def test_more_infill_is_never_cheaper_and_finer_layers_never_faster(name: str) -> None:
    found = estimate(SHAPES[name])
    grams = [found.infill10_g, found.infill20_g, found.infill50_g, found.infill100_g]
    assert grams == sorted(grams)
    assert found.infill20_g == found.normal.material_g
    assert found.draft.print_time_s < found.normal.print_time_s < found.high_quality.print_time_s
    assert found.draft.layers < found.normal.layers < found.high_quality.layers
    vertices, faces = SHAPES[name]
    planes = layer_planes(vertices[:, 2].min(), vertices[:, 2].max(), NORMAL)
    regions = fill_regions(cross_sections(vertices, faces, planes, 0.5), NORMAL)
    times = [print_time_s(regions, share) for share in np.linspace(0.0, 1.0, 41)]
    plastic = [model_material_g(regions, share) for share in np.linspace(0.0, 1.0, 41)]
    assert times == sorted(times)
    assert plastic == sorted(plastic)


@settings(max_examples=30, deadline=None)
@given(name=st.sampled_from(sorted(SHAPES)), scale=st.floats(0.3, 3), growth=st.floats(1.1, 3))
def test_a_larger_part_is_never_cheaper(name: str, scale: float, growth: float) -> None:
    vertices, faces = SHAPES[name]
    small, large = estimate((vertices * scale, faces)), estimate((vertices * scale * growth, faces))
    assert small.normal.material_g < large.normal.material_g
    assert small.normal.print_time_s < large.normal.print_time_s
    assert small.draft.layers <= large.draft.layers


@settings(max_examples=15, deadline=None)
@given(name=st.sampled_from(sorted(SHAPES)), angle=st.floats(0, 6), seed=st.integers(0, 1000))
def test_turning_on_the_plate_and_face_order_change_little(name: str, angle: float, seed: int) -> None:
    vertices, faces = SHAPES[name]
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    moved = np.ascontiguousarray(vertices @ turn.T + [50, -20, 0])
    order = np.random.default_rng(seed).permutation(len(faces))
    base, other = estimate((vertices, faces)), estimate((moved, faces[order]))
    assert other.normal.material_g == pytest.approx(base.normal.material_g, rel=1e-6)
    # Time knows the box of each layer, which turns.
    assert other.normal.print_time_s == pytest.approx(base.normal.print_time_s, rel=0.03)


def test_within_a_quarter_of_a_real_slicer(shared: Path) -> None:
    truth = json.loads((shared / "ground_truth" / "prusaslicer.json").read_text())["meshes"]
    errors = []
    for name, part in truth.items():
        mesh = trimesh.load_mesh(shared / "ground_truth" / "stl" / f"{name}.stl")
        vertices = np.ascontiguousarray(mesh.vertices, dtype=np.float64)
        faces = np.ascontiguousarray(mesh.faces, dtype=np.int32)
        v = float(mesh.volume)
        found = estimate_print(vertices, faces, printed_volume_mm3=v, signed_volume_mm3=v)
        assert found is not None
        real = part["results"]["grid"]
        grams = found.normal.material_g / real["filament_g"] - 1
        time = found.normal.print_time_s / real["time_s"] - 1
        assert abs(grams) < 0.12, (name, grams)
        assert abs(time) < 0.12, (name, time)
        errors.append((abs(grams), abs(time)))
    assert np.mean(errors) < 0.07


def test_presets_are_the_documented_ones() -> None:
    assert [s.shell_layers for s in (DRAFT, NORMAL, HIGH_QUALITY)] == [3, 4, 7]
