"""Inside out or not: shells in shells, openings, fins, shared walls, one-sided surfaces."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from meshkernels.orient import Orientation, flip_faces, orient
from meshkernels.patches import wind_patches
from meshkernels.shell_nesting import count_crossings, sample_shells
from meshkernels.topology import edge_topology
from meshkernels.winding_number import winding_numbers_exact
from shapes import (
    Shape,
    box,
    duplicated_faces,
    flipped,
    hollow_sphere,
    icosphere,
    moebius,
    moved,
    nested_shells,
    open_box,
    overlapping_spheres,
    polycube,
    together,
    tube,
)


def solve(shape: Shape) -> Orientation:
    vertices, faces = np.ascontiguousarray(shape[0]), np.ascontiguousarray(shape[1])
    t = edge_topology(faces, len(vertices))
    return orient(vertices, faces, t.neighbors, t.labels, wind_patches(faces, t.neighbors))


def turned(shape: Shape) -> list[int]:
    return np.flatnonzero(solve(shape).flipped).tolist()


def every(shape: Shape) -> list[int]:
    return list(range(len(shape[1])))


def glued_cubes(walls: int = 4) -> Shape:
    """Two cubes of 10 that share the four corners of a wall; its faces are there twice, once or not."""
    vertices, faces = together(box(), box(origin=(10, 0, 0)))
    points, index = np.unique(vertices, axis=0, return_inverse=True)
    faces = index.ravel()[faces].astype(np.int32)
    between = np.flatnonzero((points[faces][:, :, 0] == 10).all(axis=1))
    return points, np.delete(faces, between[walls:], axis=0)


BALL, CAVITY = icosphere(20, 2), flipped(icosphere(15, 2))
ISLAND, BUBBLE = icosphere(10, 2), flipped(icosphere(5, 2))
RIGHT = {
    "box": box(),
    "tube": tube(),
    "hollow sphere": hollow_sphere(subdivisions=2),
    "alternating": together(BUBBLE, BALL, ISLAND, CAVITY),
    "solid in solid": nested_shells(),
    "crossing spheres": overlapping_spheres(),
    "open box": open_box(),
    "hemisphere": (BALL[0], BALL[1][(BALL[0][BALL[1]][:, :, 2] > -1e-9).all(axis=1)]),
    "cavity in an open box": together(open_box((60, 60, 60)), moved(CAVITY, (30, 30, 30))),
    "cubes with a double wall": glued_cubes(),
    "cubes with a single wall": glued_cubes(2),
    "cubes sharing an edge": polycube(np.array([[[True], [False]], [[False], [True]]])),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_stays(name: str) -> None:
    assert turned(RIGHT[name]) == []


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_inside_out_throughout_is_turned_throughout(name: str) -> None:
    found = turned(flipped(RIGHT[name]))
    if name == "cubes with a single wall":  # the wall has solid on both sides
        assert len(found) == len(RIGHT[name][1]) - 2
    elif name == "solid in solid":  # once the outer box is turned, the inner one is a sound cavity
        assert found == list(range(12))
    else:
        assert found == every(RIGHT[name])


@pytest.mark.parametrize("name", RIGHT)
def test_single_faces_are_found(name: str) -> None:
    shape = RIGHT[name]
    assert turned(flipped(shape, [1])) == [1]


def test_a_cavity_is_right_in_solid_and_wrong_alone_or_in_a_cavity() -> None:
    assert turned(CAVITY) == every(CAVITY)
    assert turned(together(BALL, CAVITY)) == []
    n = len(BALL[1])
    inner = flipped(ISLAND)
    assert turned(together(BALL, CAVITY, inner)) == list(range(2 * n, 3 * n))


def test_an_inverted_shell_takes_along_what_was_right_relative_to_it() -> None:
    assert turned(together(flipped(BALL), flipped(CAVITY))) == every(together(BALL, CAVITY))
    assert turned(together(flipped(BALL), CAVITY)) == every(BALL)


def test_an_inverted_ball_that_sticks_out_of_another_is_no_cavity() -> None:
    n = len(BALL[1])
    other = flipped(moved(BALL, (24, 0.3, 0.2)))
    assert turned(together(BALL, other)) == list(range(n, 2 * n))


def test_a_cavity_across_two_crossing_solids_is_right() -> None:
    both = together(BALL, moved(BALL, (12, 0.3, 0.2)))
    bubble = flipped(icosphere(9, 2, (6, 0, 0)))
    assert turned(together(both, bubble)) == []


def test_sheets_keep_the_winding_of_most_of_their_faces() -> None:
    x, y = np.meshgrid(np.arange(6.0), np.arange(6.0))
    vertices = np.stack([x.ravel(), y.ravel(), 0.1 * np.sin(x.ravel())], axis=1)
    corner = (np.arange(5)[:, None] + 6 * np.arange(5)).ravel()
    faces = np.concatenate([[[c, c + 1, c + 7], [c, c + 7, c + 6]] for c in corner]).astype(np.int32)
    for sheet in ((vertices, faces), flipped((vertices, faces))):
        assert turned(sheet) == []
        assert turned(flipped(sheet, [3, 4, 20])) == [3, 4, 20]
        assert not solve(sheet).encloses.any()


def test_a_moebius_band_is_left_alone() -> None:
    band = moebius()
    assert turned(band) == []
    assert turned(flipped(band, [4])) == []
    assert turned(together(flipped(box()), moved(band, (100, 0, 0)))) == every(box())


def test_equal_faces_in_both_directions_do_not_disturb_the_rest() -> None:
    cube = box()
    doubled = duplicated_faces(cube, [0, 7])
    assert turned(doubled) == []
    back = flipped(doubled, [12])
    assert set(turned(back)) <= {0, 12}
    assert turned(together(flipped(box()), moved(back, (50, 0, 0))))[:12] == every(box())
    sandwich = np.array([[0, 1, 2], [0, 2, 1]], np.int32)
    assert turned((np.eye(3), sandwich)) == []


def test_planted_defects_give_exactly_the_planted_faces() -> None:
    """500 flipped faces on a mesh with 20 holes and 50 fins on non-manifold edges."""
    rng = np.random.default_rng(7)
    vertices, faces = icosphere(50, 5)
    faces = np.delete(faces, np.arange(0, len(faces), len(faces) // 20)[:20], axis=0)
    feet = faces[rng.choice(len(faces), 50, replace=False)]
    tips = vertices[feet[:, 0]] * 1.02
    fins = np.stack([feet[:, 0], feet[:, 1], np.arange(50) + len(vertices)], axis=1).astype(np.int32)
    ids = np.sort(rng.choice(len(faces), 500, replace=False))
    shape = flipped((np.vstack([vertices, tips]), np.vstack([faces, fins])), ids)
    t = edge_topology(shape[1], len(shape[0]))
    assert t.nonmanifold_edges >= 45
    assert turned(shape) == ids.tolist()


def test_a_hundred_thousand_loose_triangles_take_no_time_to_speak_of() -> None:
    rng = np.random.default_rng(3)
    vertices = rng.uniform(0, 100, (300_000, 3))
    vertices = vertices.reshape(-1, 3, 3) * 0.01 + rng.uniform(0, 100, (100_000, 1, 3))
    soup = vertices.reshape(-1, 3), np.arange(300_000, dtype=np.int32).reshape(-1, 3)
    assert turned(soup) == []


def test_thousands_of_bubbles_in_a_block() -> None:
    rng = np.random.default_rng(5)
    v, f = flipped(icosphere(0.3, 0))
    at = np.stack(np.meshgrid(*[np.arange(1, 15)] * 3), axis=-1).reshape(-1, 3)
    bubbles = (v + (at + rng.uniform(-0.1, 0.1, at.shape))[:, None]).reshape(-1, 3)
    names = (f + len(v) * np.arange(len(at))[:, None, None]).reshape(-1, 3).astype(np.int32)
    block = together(box((15, 15, 15)), (bubbles, names))
    assert turned(block) == []
    loose = 7 * len(f) + np.arange(len(f))
    block[0][np.unique(block[1][12 + loose])] += (40, 0, 0)
    assert turned(block) == (12 + loose).tolist()


@given(
    st.integers(1, 2**12 - 1), st.floats(0.01, 100), st.lists(st.floats(-180, 180), min_size=3, max_size=3)
)
@settings(max_examples=60, deadline=None)
def test_rotation_scale_and_face_order_do_not_matter(mask: int, scale: float, angles: Any) -> None:
    vertices, faces = together(box((40, 40, 40)), flipped(box(origin=(15, 15, 15))))
    ids = [f for f in range(12) if mask >> f & 1]
    vertices = Rotation.from_euler("xyz", angles, degrees=True).apply(vertices) * scale
    order = np.random.default_rng(mask).permutation(24)
    wrong = flipped((vertices, faces), ids)[1]
    found = solve((vertices, wrong[order])).flipped
    assert np.flatnonzero(found[np.argsort(order)]).tolist() == ids


def test_turned_faces_agree_with_their_reversed_neighbours() -> None:
    _, faces = flipped(icosphere(1, 2), [0, 5, 9])
    t = edge_topology(faces, int(faces.max()) + 1)
    mask = wind_patches(faces, t.neighbors).against
    fixed = flip_faces(faces, mask)
    expected = np.where(mask[:, None], t.neighbors[:, ::-1], t.neighbors)
    np.testing.assert_array_equal(edge_topology(fixed, int(faces.max()) + 1).neighbors, expected)


def test_crossings_are_winding_numbers() -> None:
    shells = [box((10, 10, 10)), flipped(box((4, 4, 4), (3, 3, 3))), moved(box(), (5, 5, 5)), icosphere(8, 3)]
    vertices, faces = together(*shells)
    labels = np.repeat(np.arange(4, dtype=np.int32), [len(s[1]) for s in shells])
    points, own = sample_shells(vertices, faces, labels, np.bincount(labels), np.ones(4, np.bool_))
    assert set(own.tolist()) == {0, 1, 2, 3}
    found = count_crossings(points, own, vertices, faces, labels)
    table = np.zeros((len(points), 4))
    table[np.repeat(np.arange(len(points)), np.diff(found.offsets)), found.shells] = found.windings
    for k in range(4):
        exact = winding_numbers_exact(points, vertices, np.ascontiguousarray(faces[labels == k]))
        others = own != k
        np.testing.assert_allclose(table[others, k], exact[others], atol=1e-9)


def panels(shape: Shape, group: list[int]) -> Shape:
    """The faces of a shape in separate pieces that no longer share vertices across groups."""
    vertices, faces = shape
    parts = [(vertices, faces[np.array(group) == g]) for g in sorted(set(group))]
    return together(*parts)


CUBE_SIDES = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_a_reversed_panel_of_a_cube_that_falls_into_panels_is_found() -> None:
    cube = panels(box(), CUBE_SIDES)
    assert turned(cube) == []
    assert turned(flipped(cube, [6, 7])) == [6, 7]
    assert turned(flipped(cube, [6])) == [6]
    assert turned(flipped(cube)) == every(cube)
    assert not solve(cube).encloses.any()


def test_a_reversed_quarter_of_a_sphere_is_found() -> None:
    vertices, faces = icosphere(10, 3)
    middle = vertices[faces].mean(axis=1)
    ball = panels((vertices, faces), (2 * (middle[:, 0] > 0) + (middle[:, 1] > 0)).tolist())
    quarter = list(range(len(faces) // 4, len(faces) // 2))
    assert turned(ball) == []
    assert turned(flipped(ball, quarter)) == quarter


def test_a_sheet_beside_or_inside_a_solid_keeps_its_winding() -> None:
    sheet = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0.0]]), np.array([[0, 1, 2]], np.int32)
    for winding in (sheet, flipped(sheet)):
        for offset in ((3, 3, 5), (2, 2, 30), (30, 1, 1)):
            assert turned(together(box(), moved(winding, offset))) == []


def test_loose_triangles_in_disorder_are_left_alone() -> None:
    rng = np.random.default_rng(11)
    middle = rng.uniform(0, 1, (100, 1, 3))
    vertices = (middle + rng.normal(0, 0.2, (100, 3, 3))).reshape(-1, 3)
    assert turned((vertices, np.arange(300, dtype=np.int32).reshape(-1, 3))) == []
