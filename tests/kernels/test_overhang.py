"""Overhanging faces, their regions, tips in mid-air and bridges."""

from math import pi, radians, sin

import numpy as np
import pytest
from numpy.typing import NDArray

from meshkernels.bridge import bridged_share
from meshkernels.islands import find_islands
from meshkernels.overhang import NOT_OVERHANGING, ON_PLATE, Regions, classify_overhangs, overhang_regions
from meshkernels.topology import edge_topology
from shapes import box, icosphere, moved, prism, revolved, t_overhang, together

Shape = tuple[NDArray[np.float64], NDArray[np.int32]]

SINE = sin(radians(45.01))


def neighbors_of(shape: Shape) -> NDArray[np.int32]:
    return edge_topology(shape[1], len(shape[0])).neighbors


def regions_of(shape: Shape) -> Regions:
    plate = float(shape[0][:, 2].min()) + 0.1
    label, _ = classify_overhangs(*shape, sine=SINE, plate=plate)
    return overhang_regions(*shape, neighbors_of(shape), label, plate=plate)


def islands_of(shape: Shape, prominence: float = 0.2) -> NDArray[np.int32]:
    plate = float(shape[0][:, 2].min()) + 0.1
    label = regions_of(shape).label
    found, _ = find_islands(*shape, neighbors_of(shape), label, plate=plate, prominence=prominence)
    return found


def test_labels_and_areas_of_a_t() -> None:
    shape = t_overhang()
    label, areas = classify_overhangs(*shape, sine=SINE, plate=0.1)
    stem, bar = 100 + 4 * 200, 200 + 300 + 2 * 150 + 2 * 50
    assert areas == pytest.approx([200.0, 200.0, 100.0, stem + bar])
    z = shape[0][shape[1]][:, :, 2].max(axis=1)
    assert set(z[label == 0]) == {20.0}
    assert set(z[label == ON_PLATE]) == {0.0}


def test_faces_at_the_threshold_do_not_overhang() -> None:
    slope = prism([(0, 0), (10, 0), (20, 10), (20, 20), (0, 20)], 10)
    for vertices in (slope[0], slope[0].astype(np.float32).astype(np.float64) + 1000.0):
        assert (
            classify_overhangs(vertices, slope[1], sine=SINE, plate=vertices[:, 2].min() + 0.1)[1][0] == 0.0
        )
    steeper = prism([(0, 0), (10, 0), (20.1, 10), (20.1, 20), (0, 20)], 10)
    assert classify_overhangs(*steeper, sine=SINE, plate=0.1)[1][0] == pytest.approx(10 * np.hypot(10.1, 10))


def test_the_band_of_a_sphere() -> None:
    vertices, faces = icosphere(10.0, 6)
    _, areas = classify_overhangs(vertices, faces, sine=sin(radians(45.0)), plate=-9.9)
    # The cap below 45° without the cap of height 0.1 that lies on the plate.
    assert areas[0] == pytest.approx(2 * pi * 100 * (1 - np.sqrt(0.5)) - 2 * pi * 10 * 0.1, rel=0.01)


def test_regions_of_a_t_and_their_outline() -> None:
    found = regions_of(t_overhang())
    assert found.stats[:, 0] == pytest.approx([100.0, 100.0])
    assert found.stats[:, 2] == pytest.approx([1.0, 1.0])
    assert sorted(found.stats[:, 3]) == pytest.approx([5.0, 25.0])
    assert found.stats[:, 4:7] == pytest.approx(np.array([[5.0, 20.0, 20.0]] * 2))
    # Each arm is a 10 mm square held on one side.
    assert found.stats[:, 7] == pytest.approx([40.0, 40.0])
    assert found.stats[:, 8] == pytest.approx([10.0, 10.0])
    assert set(np.unique(found.label)) == {ON_PLATE, NOT_OVERHANGING, 0, 1}


def test_regions_are_numbered_by_their_first_face() -> None:
    found = regions_of(t_overhang())
    first = [int(np.argmax(found.label == r)) for r in range(2)]
    assert first == sorted(first)


def test_flat_bottoms_and_sharp_tips_are_islands() -> None:
    post = box((2, 2, 30))
    block = moved(box((4, 4, 4)), (10, 0, 12))
    cone = moved(revolved([(0, 0), (3, 10), (0, 10)]), (20, 0, 12))  # sides 17° from the vertical
    found = islands_of(together(post, block, cone))
    assert len(found) == 2
    assert sorted(found[:, 2] >= 0) == [False, True]  # the cone has no overhanging face


def test_pits_slopes_and_what_stands_on_the_plate_are_no_islands() -> None:
    bowl = revolved([(0, 0), (10, 0), (10, 10), (8, 10), (0, 2)])
    assert len(islands_of(bowl)) == 0
    assert len(islands_of(t_overhang())) == 0
    assert len(islands_of(icosphere())) == 0


def test_a_tip_must_be_prominent() -> None:
    # A ring that hangs down by 0.1 mm under the sloping hat of a mushroom.
    profile = [(0, 0), (2, 0), (2, 10), (6, 14), (7, 13.9), (9, 16), (9, 17), (0, 17)]
    mushroom = revolved([(float(r), float(z)) for r, z in profile])
    assert len(islands_of(mushroom, 0.2)) == 0
    assert len(islands_of(mushroom, 0.05)) == 1


def square(
    supported: tuple[int, int, int, int], width: float = 8.0, length: float = 20.0
) -> NDArray[np.float64]:
    corners = [(0.0, 0.0), (width, 0.0), (width, length), (0.0, length)]
    return np.array([[*corners[k], *corners[(k + 1) % 4], supported[k]] for k in range(4)])


@pytest.mark.parametrize(
    ("supported", "width", "share"),
    [
        ((0, 1, 0, 1), 8.0, 1.0),  # held left and right
        ((0, 1, 0, 1), 12.0, 0.0),  # too far
        ((0, 1, 0, 0), 8.0, 0.0),  # a cantilever
        ((1, 0, 1, 0), 8.0, 0.0),  # held at the far ends only
        ((1, 1, 1, 1), 8.0, 1.0),
    ],
)
def test_bridges_of_a_rectangle(supported: tuple[int, int, int, int], width: float, share: float) -> None:
    best, span = bridged_share(square(supported, width), np.array([0.0, pi / 2]), limit=10.0)
    assert best == pytest.approx(share)
    if share:
        assert span == pytest.approx(width)


def test_a_bridge_may_run_in_any_direction() -> None:
    c, s = np.cos(0.6), np.sin(0.6)
    outline = square((0, 1, 0, 1))
    turned = outline.copy()
    turned[:, :4] = (outline[:, :4].reshape(-1, 2) @ np.array([[c, s], [-s, c]])).reshape(-1, 4)
    assert bridged_share(turned, np.array([0.6]), limit=10.0) == pytest.approx((1.0, 8.0))
