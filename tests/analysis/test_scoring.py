"""Scores: perfect parts, each defect, monotonicity over all inputs, honest unknowns."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshcore.analysis.scoring import NEEDS_REPAIR_BELOW, DetailLevel, ScoreInputs, detail_level, score

PERFECT = ScoreInputs(
    faces=12,
    surface_area_mm2=2400.0,
    extents_mm=(20.0, 20.0, 20.0),
    boundary_edges=0,
    nonmanifold_edges=0,
    nonmanifold_vertices=0,
    duplicate_faces=0,
    degenerate_faces=0,
    flipped_faces=0,
    self_intersections=0,
    min_wall_mm=20.0,
    support_share=0.0,
    first_layer_mm2=400.0,
    unit_confidence=1.0,
    rays_answered=1.0,
    printed_volume_mm3=8000.0,
    signed_volume_mm3=8000.0,
)


def replace(x: ScoreInputs, **change: Any) -> ScoreInputs:
    return dataclasses.replace(x, **change)


DEFECTS = [
    "boundary_edges",
    "nonmanifold_edges",
    "nonmanifold_vertices",
    "duplicate_faces",
    "degenerate_faces",
    "flipped_faces",
    "self_intersections",
]
REPAIR = ["boundary_edges", "nonmanifold_edges", "flipped_faces"]


def test_a_perfect_part_has_full_marks_and_no_reasons() -> None:
    s = score(PERFECT)
    assert (s.quality, s.printability, s.confidence) == (100.0, 100.0, 1.0)
    assert not s.needs_repair
    assert s.quality_reasons == s.printability_reasons == s.confidence_reasons == ()


@pytest.mark.parametrize("field", DEFECTS)
def test_any_defect_costs_points_and_is_named(field: str) -> None:
    one, many = (score(replace(PERFECT, **{field: n})) for n in (1, 100))
    assert 100 > one.quality > many.quality > 0
    assert 100 > one.printability > many.printability > 0
    assert one.needs_repair == (field in REPAIR)
    assert one.quality_reasons[0].startswith("1 ")


@pytest.mark.parametrize(
    ("change", "least", "most"),
    [
        ({"min_wall_mm": 0.8}, 100, 100),
        ({"min_wall_mm": 0.4}, 75, 75),
        ({"min_wall_mm": 0.1}, 30, 60),
        ({"support_share": 0.0}, 100, 100),
        ({"support_share": 0.25}, 80, 90),
        ({"first_layer_mm2": 1.0}, 70, 80),
        ({"extents_mm": (220.0, 220.0, 250.0), "first_layer_mm2": 4e4}, 100, 100),
        ({"extents_mm": (440.0, 20.0, 20.0)}, 30, 30),
        ({"extents_mm": (1.0, 1.0, 1.0)}, 40, 40),
    ],
)
def test_printability_of_sizes_walls_and_supports(change: dict[str, Any], least: int, most: int) -> None:
    s = score(replace(PERFECT, **change))
    assert least <= s.printability <= most
    assert s.quality == 100
    assert len(s.printability_reasons) == (0 if least == 100 else 1)


def test_detail_follows_the_mean_face_not_the_scale() -> None:
    assert detail_level(12, 600.0, (10, 10, 10)) == DetailLevel.LOW
    levels = [detail_level(n, 600.0, (10, 10, 10)) for n in (12, 2_000, 30_000, 300_000)]
    assert levels == [DetailLevel.LOW, DetailLevel.MEDIUM, DetailLevel.HIGH, DetailLevel.ULTRA]
    assert detail_level(2_000, 600.0 * 100, (100, 100, 100)) == DetailLevel.MEDIUM


def test_a_mesh_without_faces_has_no_scores() -> None:
    with pytest.raises(ValueError, match="without faces"):
        score(replace(PERFECT, faces=0))


counts = st.integers(0, 10**6)
shares = st.floats(0, 1)
sizes = st.floats(1e-3, 1e4)
inputs = st.builds(
    ScoreInputs,
    faces=st.integers(1, 10**7),
    surface_area_mm2=st.floats(0, 1e8),
    extents_mm=st.tuples(sizes, sizes, sizes),
    boundary_edges=counts,
    nonmanifold_edges=counts,
    nonmanifold_vertices=counts,
    duplicate_faces=counts,
    degenerate_faces=counts,
    flipped_faces=st.none() | counts,
    self_intersections=st.none() | counts,
    min_wall_mm=st.none() | st.floats(0, 100),
    support_share=st.none() | shares,
    first_layer_mm2=st.none() | st.floats(0, 1e5),
    unit_confidence=shares,
    rays_answered=st.none() | shares,
    printed_volume_mm3=st.none() | st.floats(1e-3, 1e9),
    signed_volume_mm3=st.none() | st.floats(-1e9, 1e9),
)


def no_worse(better: ScoreInputs, worse: ScoreInputs) -> bool:
    b, w = score(better), score(worse)
    return b.quality >= w.quality and b.printability >= w.printability and b.confidence >= w.confidence


@given(inputs)
def test_scores_stay_in_range(x: ScoreInputs) -> None:
    s = score(x)
    assert 0 <= s.quality <= 100
    assert 0 <= s.printability <= 100
    assert 0 <= s.confidence <= 1
    assert s.needs_repair == (s.quality < NEEDS_REPAIR_BELOW)
    if any(getattr(x, field) for field in REPAIR):
        assert s.needs_repair


@given(inputs, st.sampled_from(DEFECTS), counts)
def test_repairing_never_lowers_a_score(x: ScoreInputs, field: str, left: int) -> None:
    before = getattr(x, field)
    repaired = replace(x, **{field: min(left, before or 0)})
    assert no_worse(repaired, x)


@given(inputs, st.integers(1, 10**7), st.dictionaries(st.sampled_from(DEFECTS), shares))
def test_a_repair_may_change_the_number_of_faces(x: ScoreInputs, faces: int, left: dict[str, float]) -> None:
    kept = {field: int((getattr(x, field) or 0) * share) for field, share in left.items()}
    assert no_worse(replace(x, faces=faces, **kept), x)


@given(inputs, st.floats(0, 100))
def test_thicker_walls_less_support_and_a_wider_base_never_lower_a_score(x: ScoreInputs, more: float) -> None:
    assert no_worse(replace(x, min_wall_mm=(x.min_wall_mm or 0.0) + more), replace(x, min_wall_mm=0.0))
    if x.min_wall_mm is not None:
        assert no_worse(replace(x, min_wall_mm=x.min_wall_mm + more), x)
    if x.support_share is not None:
        assert no_worse(replace(x, support_share=x.support_share / (1 + more)), x)
    if x.first_layer_mm2 is not None:
        assert no_worse(replace(x, first_layer_mm2=x.first_layer_mm2 + more), x)


@given(inputs)
def test_not_knowing_is_never_better_than_the_best(x: ScoreInputs) -> None:
    best: dict[str, Any] = {
        "flipped_faces": 0,
        "self_intersections": 0,
        "min_wall_mm": 100.0,
        "support_share": 0.0,
        "first_layer_mm2": 1e9,
        "rays_answered": 1.0,
    }
    for field, value in best.items():
        assert no_worse(replace(x, **{field: value}), replace(x, **{field: None}))
    known = replace(x, printed_volume_mm3=100.0, signed_volume_mm3=100.0)
    assert no_worse(known, replace(x, printed_volume_mm3=None))
    unsure = replace(PERFECT, flipped_faces=None)
    assert score(unsure).confidence < 1
