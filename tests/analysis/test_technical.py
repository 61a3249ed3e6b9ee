"""The whole report: known answers, hopeless meshes, real files."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

import meshcore
from meshcore import Mesh, MeshError
from meshcore.adapters.technical_metadata import analyze_file, completed
from meshcore.messages.technical_metadata import TechnicalMetadataRequest
from shapes import (
    Shape,
    box,
    flipped,
    hollow_sphere,
    icosphere,
    moebius,
    moved,
    nested_shells,
    open_box,
    overlapping_cubes,
    t_overhang,
    table,
    tube,
    wedge,
)

KNOWN = {
    # name: shape, printed volume, thinnest wall, needs supports, manifold
    "box": (box(), 1000.0, 10.0, False, True),
    "tube": (tube(10, 8, 20, 256), np.pi * 36 * 20, 2.0, False, True),
    "hollow sphere": (hollow_sphere(10, 1.2, 4), 4 / 3 * np.pi * (1000 - 8.8**3), 1.2, True, True),
    "nested shells": (nested_shells(20, 10), 8000.0, 20.0, False, True),
    "overlapping cubes": (overlapping_cubes(10, 5), 1875.0, 10.0, True, True),
    "inside out": (flipped(box()), 1000.0, 10.0, False, True),
    "open box": (open_box(), 1000.0, 10.0, False, False),
    "T": (t_overhang(), 3500.0, 5.0, True, True),
    "table": (table(), 40 * 40 * 4 + 4 * 25 * 20, 4.0, True, True),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_answers(name: str) -> None:
    shape, volume, wall, supports, manifold = KNOWN[name]
    report = meshcore.analyze(Mesh(*shape))
    assert report.volume_mm3 == pytest.approx(volume, rel=6e-3)
    assert report.thickness.minimum_mm == pytest.approx(wall, rel=1e-2)
    assert report.overhangs.requires_supports is supports
    assert report.topology.manifold is manifold
    assert report.estimates is not None


HOPELESS: dict[str, Shape] = {
    "one triangle": (np.eye(3), np.array([[0, 1, 2]], np.int32)),
    "a point": (np.zeros((3, 3)), np.array([[0, 1, 2]], np.int32)),
    "a line": (np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0]]), np.array([[0, 1, 2]], np.int32)),
    "a repeated index": (np.eye(3), np.array([[0, 0, 2]], np.int32)),
    "two sides of one triangle": (np.eye(3), np.array([[0, 1, 2], [0, 2, 1]], np.int32)),
    "a flat box": (box()[0] * [1, 1, 0], box()[1]),
    "a Möbius band": moebius(),
    "smaller than anything": (box()[0] * 1e-200, box()[1]),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_what_cannot_be_known_is_none_with_a_warning(name: str) -> None:
    report = meshcore.analyze(Mesh(*HOPELESS[name]))
    assert report.volume_mm3 is None
    assert report.thickness.minimum_mm is None
    assert report.estimates is None
    codes = {warning.code for warning in report.warnings}
    assert {"VOLUME_UNKNOWN", "ESTIMATE_UNAVAILABLE"} <= codes
    message = json.loads(completed(TechnicalMetadataRequest(model_id="m"), "j", report).to_json())
    assert message["status"] == "COMPLETED"
    assert not {"volumeCubicMm", "minWallThickness", "estimatedMaterialGrams"} & set(message)


@pytest.mark.parametrize("shape", [box(), icosphere(10, 3), wedge(), t_overhang()])
def test_position_does_not_matter(shape: Shape) -> None:
    here, there = (meshcore.analyze(Mesh(*s)) for s in (shape, moved(shape, (1000.25, -500.5, 77.125))))
    assert there.volume_mm3 == pytest.approx(here.volume_mm3, rel=1e-9)
    assert there.thickness.minimum_mm == pytest.approx(here.thickness.minimum_mm, rel=1e-6)
    assert there.overhangs.area_mm2 == pytest.approx(here.overhangs.area_mm2, rel=1e-6, abs=1e-6)
    assert there.self_intersections.self_intersecting_faces == here.self_intersections.self_intersecting_faces
    assert there.scores.quality == here.scores.quality


def test_a_repaired_mesh_never_scores_lower() -> None:
    whole = meshcore.analyze(Mesh(*icosphere(10, 3))).scores
    vertices, faces = icosphere(10, 3)
    for broken in (faces[5:], np.vstack([faces, faces[:3]]), flipped((vertices, faces), [1, 2, 3])[1]):
        scores = meshcore.analyze(Mesh(vertices, broken)).scores
        assert scores.quality < whole.quality
        assert scores.printability <= whole.printability
        assert scores.confidence <= whole.confidence


def test_stages_are_timed_and_announced() -> None:
    seen: list[str] = []
    report = meshcore.analyze(Mesh(*box()), progress=seen.append)
    assert list(report.stage_seconds) == seen
    assert all(seconds >= 0 for seconds in report.stage_seconds.values())


def test_the_same_mesh_gives_the_same_message_twice(fixtures: Path) -> None:
    mesh = meshcore.load(fixtures / "overlapping_spheres.stl")
    first, second = (dataclasses.replace(meshcore.analyze(mesh), stage_seconds={}) for _ in range(2))
    request = TechnicalMetadataRequest(model_id="m")
    wires = [completed(request, "j", report).to_wire() for report in (first, second)]
    for wire in wires:
        wire.pop("analyzedAt")
    assert wires[0] == wires[1]


def test_every_real_file_gives_a_report_or_a_clean_error(shared: Path) -> None:
    skipped = {".mtl", ".bin", ".png", ".jpg", ".md", ".json", ".ini"}
    files = [p for p in sorted((shared / "meshes").rglob("*")) if p.is_file() and p.suffix not in skipped]
    files += sorted((shared / "ground_truth" / "stl").iterdir())
    assert len(files) > 100
    codes = set()
    for path in files:
        outcome = analyze_file(path)
        message = outcome.message.to_wire()
        json.dumps(message, allow_nan=False)
        if outcome.report is None:
            codes.add(message["errorCode"])
            assert message["errorMessage"]
        else:
            assert message["status"] == "COMPLETED"
    assert codes <= {"EMPTY_MESH"}


def test_printing_metrics_can_be_left_out(fixtures: Path) -> None:
    wire = {"modelId": "m", "analysisOptions": {"estimatePrintMetrics": False}}
    request = TechnicalMetadataRequest.model_validate(wire)
    outcome = analyze_file(fixtures / "cube.stl", request, job_id="job-7")
    message = outcome.message.to_wire()
    assert (message["modelId"], message["originalJobId"]) == ("m", "job-7")
    assert "estimatedPrintTimeMinutes" not in message
    assert "ESTIMATE_UNAVAILABLE" not in {w["code"] for w in message["analysisWarnings"]}


def test_estimates_stay_within_a_quarter_of_a_real_slicer(shared: Path) -> None:
    truth = json.loads((shared / "ground_truth" / "prusaslicer.json").read_text())["meshes"]
    for name, part in truth.items():
        report = meshcore.analyze(meshcore.load(shared / "ground_truth" / part["stl"], unit="mm"))
        assert report.estimates is not None
        normal = report.estimates.normal
        supported = normal.support_material_g > 0
        answer = part["results"]["grid_sup" if supported else "grid"]
        assert normal.material_g == pytest.approx(answer["filament_g"], rel=0.25), name
        assert normal.print_time_s == pytest.approx(answer["time_s"], rel=0.25), name


def test_failures_are_messages(tmp_path: Path) -> None:
    path = tmp_path / "broken.ply"
    path.write_text("ply\nformat ascii 1.0\nelement vertex 999999999\n")
    outcome = analyze_file(path)
    assert outcome.report is None
    assert outcome.message.status == "FAILED"
    assert outcome.message.error_code == "CORRUPT_FILE"
    with pytest.raises(MeshError):
        meshcore.load(path)
