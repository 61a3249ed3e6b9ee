"""Which way up: known best poses, a stable base, and the same answer however the part came."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from meshcore.analysis.orientation import (
    PrintOrientation,
    pose_metrics,
    recommend_orientation,
    rotation_matrix,
)
from shapes import box, cylinder, icosphere, polycube, revolved, t_overhang

Shape = tuple[NDArray[np.float64], NDArray[np.int32]]


def turned(shape: Shape, matrix: NDArray[np.float64]) -> Shape:
    return np.ascontiguousarray(shape[0] @ matrix.T), shape[1]


def random_turn(seed: int) -> NDArray[np.float64]:
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return np.asarray(q * np.sign(np.linalg.det(q)))


def l_bracket() -> Shape:
    cells = np.zeros((20, 10, 20), dtype=bool)
    cells[:4, :, :] = True
    cells[:, :, 16:] = True
    return polycube(cells)


def mushroom() -> Shape:
    return revolved([(0, 0), (3, 0), (3, 20), (15, 20), (15, 25), (0, 25)])


PARTS = {"t": t_overhang(), "bracket": l_bracket(), "mushroom": mushroom()}


@pytest.mark.parametrize("name", PARTS)
def test_parts_that_can_do_without_support(name: str) -> None:
    found = recommend_orientation(*PARTS[name])
    assert found.changed
    assert found.before.support_volume_mm3 > 1000.0
    assert found.after.support_volume_mm3 == 0.0
    assert found.after.overhang_area_mm2 == 0.0
    assert found.after.tipping_degrees > 10.0
    assert found.after.contact_area_mm2 > 50.0
    assert "support volume falls from" in found.reason
    assert "to none" in found.reason


def test_an_upside_down_mushroom_stands_on_its_head() -> None:
    found = recommend_orientation(*mushroom())
    assert found.matrix[2] == pytest.approx([0.0, 0.0, -1.0])
    assert found.reason.startswith("Upside down onto a flat side of 7.1 cm²")
    assert recommend_orientation(*turned(mushroom(), rotation_matrix(180.0, 0.0, 0.0))).changed is False


@pytest.mark.parametrize("shape", [box(), box((10, 20, 5)), icosphere(10.0, 4)])
def test_parts_that_gain_nothing_stay(shape: Shape) -> None:
    found = recommend_orientation(*shape)
    assert not found.changed
    assert np.array_equal(found.matrix, np.eye(3))
    assert found.before == found.after
    assert found.reason.startswith("Print it as it is")


def test_a_cube_on_its_corner_is_laid_on_a_face() -> None:
    found = recommend_orientation(*turned(box(), random_turn(3)))
    assert found.after.contact_area_mm2 == pytest.approx(100.0)
    assert found.after.height_mm == pytest.approx(10.0, abs=1e-3)
    assert found.after.tipping_degrees == pytest.approx(45.0, abs=0.1)


def test_a_part_that_leans_by_a_few_degrees_is_put_upright() -> None:
    found = recommend_orientation(*turned(cylinder(5.0, 30.0, 64), rotation_matrix(3.0, 0.0, 0.0)))
    assert found.after.contact_area_mm2 > 70.0
    assert found.rotation_x == pytest.approx(-3.0)


def test_the_three_angles_give_the_matrix() -> None:
    for seed in range(5):
        found = recommend_orientation(*turned(t_overhang(), random_turn(seed)))
        assert found.rotation_z == 0.0
        x, y = np.radians([found.rotation_x, found.rotation_y])
        about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
        about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
        assert found.matrix == pytest.approx(about_y @ about_x)
        assert np.linalg.det(found.matrix) == pytest.approx(1.0)


def test_turns_follow_the_right_hand_about_fixed_axes() -> None:
    assert rotation_matrix(90, 0, 0) @ [0, 1, 0] == pytest.approx([0, 0, 1])
    assert rotation_matrix(0, 90, 0) @ [0, 0, 1] == pytest.approx([1, 0, 0])
    assert rotation_matrix(0, 0, 90) @ [1, 0, 0] == pytest.approx([0, 1, 0])
    assert rotation_matrix(90, 0, 90) @ [0, 1, 0] == pytest.approx([0, 0, 1])  # x first: z leaves z alone


def test_after_is_what_the_turned_mesh_measures() -> None:
    shape = turned(l_bracket(), random_turn(1))
    found = recommend_orientation(*shape)
    again = pose_metrics(*turned(shape, found.matrix))
    assert again.support_volume_mm3 == pytest.approx(found.after.support_volume_mm3, abs=1e-6)
    assert again.contact_area_mm2 == pytest.approx(found.after.contact_area_mm2)
    assert again.height_mm == pytest.approx(found.after.height_mm)


def test_metrics_of_a_t() -> None:
    pose = pose_metrics(*t_overhang())
    assert pose.support_volume_mm3 == pytest.approx(4000.0)
    assert pose.overhang_area_mm2 == pytest.approx(200.0)
    assert pose.contact_area_mm2 == pytest.approx(100.0)
    assert pose.height_mm == 25.0
    # Centre of mass: stem 2000 mm³ at 10 mm, bar 1500 mm³ at 22.5 mm; the nearest side is 5 mm away.
    assert pose.tipping_degrees == pytest.approx(np.degrees(np.arctan2(5.0, (20000 + 33750) / 3500)))


@pytest.mark.parametrize("name", PARTS)
def test_a_turned_part_is_set_up_as_well(name: str) -> None:
    reference = recommend_orientation(*PARTS[name]).after
    for seed in range(4):
        pose = recommend_orientation(*turned(PARTS[name], random_turn(seed))).after
        assert pose.support_volume_mm3 == pytest.approx(reference.support_volume_mm3, abs=1.0)
        assert pose.height_mm == pytest.approx(reference.height_mm, rel=0.01)


def test_a_free_form_part_is_set_up_as_well_when_turned(shared: Path) -> None:
    shape = _read_obj(shared / "meshes" / "common" / "suzanne.obj", 50.0)
    best = [recommend_orientation(*turned(shape, random_turn(seed))).after for seed in range(4)]
    volumes = [pose.support_volume_mm3 for pose in best]
    assert max(volumes) < 1.15 * min(volumes)


def test_scale_changes_nothing_but_the_numbers() -> None:
    small, large = (
        recommend_orientation(*mushroom()),
        recommend_orientation(mushroom()[0] * 4.0, mushroom()[1]),
    )
    assert (large.rotation_x, large.rotation_y) == (small.rotation_x, small.rotation_y)
    assert large.before.support_volume_mm3 == pytest.approx(64.0 * small.before.support_volume_mm3, rel=0.01)


def test_the_same_call_gives_the_same_answer() -> None:
    def answer() -> PrintOrientation:
        return recommend_orientation(*turned(l_bracket(), random_turn(5)))

    one, other = answer(), answer()
    assert (one.rotation_x, one.rotation_y, one.after) == (other.rotation_x, other.rotation_y, other.after)


@pytest.mark.parametrize(
    "faces", [[[0, 1, 2]], [[0, 0, 0]], [[0, 1, 2], [0, 2, 1]]], ids=["one triangle", "a point", "two sides"]
)
def test_meshes_without_a_body(faces: list[list[int]]) -> None:
    vertices = np.array([[0.0, 0.0, 0.0], [10.0, 0.0, 0.0], [0.0, 10.0, 0.0]])
    found = recommend_orientation(vertices, np.array(faces, np.int32))
    assert np.isfinite(found.matrix).all()
    assert np.isfinite(found.after.support_volume_mm3)


def _read_obj(path: Path, size: float) -> Shape:
    rows = [line.split() for line in path.read_text().splitlines()]
    vertices = np.array([[float(c) for c in r[1:4]] for r in rows if r and r[0] == "v"])
    polygons = [[int(c.split("/")[0]) - 1 for c in r[1:]] for r in rows if r and r[0] == "f"]
    faces = [[p[0], p[i], p[i + 1]] for p in polygons for i in range(1, len(p) - 1)]
    return vertices * (size / np.ptp(vertices, axis=0).max()), np.array(faces, np.int32)
