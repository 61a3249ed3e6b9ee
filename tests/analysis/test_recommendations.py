"""Recommended settings: each rule once, and agreement with the estimate."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshcore.analysis.estimate import estimate_print
from meshcore.analysis.recommendations import SlicerRecommendations, recommend_settings
from meshcore.analysis.scoring import DetailLevel
from shapes import box


def recommend(**change: Any) -> SlicerRecommendations:
    usual: dict[str, Any] = {
        "extents_mm": (40.0, 40.0, 40.0),
        "min_wall_mm": 2.0,
        "printed_volume_mm3": 20_000.0,
        "surface_area_mm2": 9_600.0,
        "first_layer_mm2": 1_600.0,
        "requires_supports": False,
        "detail_level": DetailLevel.MEDIUM,
    }
    return recommend_settings(**(usual | change))


def test_an_ordinary_part_gets_the_usual_settings() -> None:
    r = recommend()
    assert (r.nozzle_size_mm, r.layer_height_mm, r.infill_percentage) == (0.4, 0.2, 20.0)
    assert (r.material_type, r.temperature_c, r.bed_temperature_c) == ("PLA", 210.0, 60.0)
    assert (r.print_speed_mm_s, r.support_enabled, r.estimated_layer_count) == (50.0, False, 200)
    assert len(r.reasons) == 1  # the material


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"min_wall_mm": 0.3}, {"nozzle_size_mm": 0.25, "layer_height_mm": 0.1}),
        ({"min_wall_mm": 0.4}, {"nozzle_size_mm": 0.4}),
        (
            {"printed_volume_mm3": 1e6, "extents_mm": (200.0, 200.0, 60.0), "surface_area_mm2": 1.2e5},
            {"nozzle_size_mm": 0.6, "layer_height_mm": 0.3, "temperature_c": 220.0},
        ),
        ({"detail_level": DetailLevel.ULTRA}, {"layer_height_mm": 0.12}),
        ({"detail_level": DetailLevel.ULTRA, "extents_mm": (60.0, 60.0, 100.0)}, {"layer_height_mm": 0.2}),
        ({"extents_mm": (90.0, 90.0, 200.0)}, {"layer_height_mm": 0.28}),
        ({"first_layer_mm2": 10.0}, {"infill_percentage": 40.0, "print_speed_mm_s": 30.0}),
        ({"printed_volume_mm3": 4e5, "surface_area_mm2": 2.5e4}, {"infill_percentage": 15.0}),
        ({"requires_supports": True}, {"support_enabled": True}),
    ],
)
def test_each_rule(change: dict[str, Any], expected: dict[str, Any]) -> None:
    r = recommend(**change)
    for field, value in expected.items():
        assert getattr(r, field) == value
    if expected not in ({"nozzle_size_mm": 0.4}, {"layer_height_mm": 0.2}):
        assert len(r.reasons) > 1 or expected.get("temperature_c") == 220.0


def test_unknown_measures_keep_the_usual_values() -> None:
    r = recommend(min_wall_mm=None, printed_volume_mm3=None, first_layer_mm2=None)
    assert (r.nozzle_size_mm, r.infill_percentage, r.print_speed_mm_s) == (0.4, 20.0, 50.0)


@pytest.mark.parametrize(
    ("detail", "preset"),
    [(DetailLevel.MEDIUM, "normal"), (DetailLevel.ULTRA, "high_quality")],
)
def test_layers_agree_with_the_estimate(detail: DetailLevel, preset: str) -> None:
    vertices, faces = box((20, 20, 33.37))
    v = 20 * 20 * 33.37
    estimates = estimate_print(vertices, faces, printed_volume_mm3=v, signed_volume_mm3=v)
    r = recommend(extents_mm=(20.0, 20.0, 33.37), detail_level=detail)
    assert r.estimated_layer_count == getattr(estimates, preset).layers


@given(
    z=st.floats(0.01, 1000),
    wall=st.none() | st.floats(0.01, 100),
    volume=st.none() | st.floats(0.1, 1e8),
    base=st.none() | st.floats(0, 1e5),
    detail=st.sampled_from(DetailLevel),
)
def test_settings_fit_each_other(
    z: float, wall: float | None, volume: float | None, base: float | None, detail: DetailLevel
) -> None:
    r = recommend(
        extents_mm=(50.0, 50.0, z),
        min_wall_mm=wall,
        printed_volume_mm3=volume,
        first_layer_mm2=base,
        detail_level=detail,
    )
    assert 0.25 <= r.layer_height_mm / r.nozzle_size_mm <= 0.75
    assert r.estimated_layer_count >= 1
    assert abs(r.estimated_layer_count * r.layer_height_mm - z) <= max(0.15, r.layer_height_mm)
    # What the hot end melts each second stays within an ordinary one's 11 mm3/s.
    assert r.layer_height_mm * 1.1 * r.nozzle_size_mm * r.print_speed_mm_s < 11
