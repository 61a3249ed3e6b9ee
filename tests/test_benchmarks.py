"""The benchmarks still run: every task once, on small meshes, with what the tests have installed."""

import pytest

from benchmarks.contender import OURS
from benchmarks.meshes import NAMES, STANDARD, bench_mesh
from benchmarks.table import Results, Row, render
from benchmarks.tasks import ANALYZE_PARTS, TASKS


def _row(task: str, mesh_name: str, name: str) -> Row | None:
    contender = next(c for c in TASKS[task] if c.name == name)
    if contender.missing():
        return None
    mesh = bench_mesh(mesh_name)
    result = contender.work(contender.argument(contender.prepare(mesh)))
    return Row(task, mesh.name, len(mesh.faces), name, contender.less, contender.summed_up(result), [1.0])


@pytest.mark.parametrize("mesh", ["organic-5k", "cad-5k"])
@pytest.mark.parametrize("task", list(TASKS))
def test_meshcore_does_every_task(task: str, mesh: str) -> None:
    row = _row(task, mesh, OURS)
    assert row is not None
    assert row.answers


@pytest.mark.parametrize(
    ("task", "peer"),
    [
        ("load", "trimesh"),
        ("topology", "trimesh"),
        ("winding", "trimesh"),
        ("overhang area", "NumPy"),
        ("mass properties", "trimesh"),
    ],
)
def test_peers_give_the_same_answers(task: str, peer: str) -> None:
    ours, theirs = _row(task, "organic-5k", OURS), _row(task, "organic-5k", peer)
    assert ours is not None
    assert theirs is not None
    for name, value in ours.answers.items():
        assert theirs.answers[name] == pytest.approx(value, rel=1e-9)


def test_the_table_tells_ahead_from_behind_and_names_what_is_missing() -> None:
    rows = [
        Row("load", "m", 9, OURS, None, {"faces": 9}, [0.5, 0.4]),
        Row("load", "m", 9, "slow", None, {"faces": 9}, [0.8]),
        Row("load", "m", 9, "partial", "reads half", {"faces": 4}, [0.1]),
        Row("topology", "m", 9, OURS, None, {}, [0.3]),
        Row("topology", "m", 9, "quick", None, {}, [0.2]),
        Row("analyze", "m", 9, OURS, None, {}, [0.3]),
    ]
    text = render(
        Results(
            machine={"load_before": 0.0, "load_after": 0.0},
            versions={},
            rows=rows,
            processes=[{"title": "help", "target_seconds": 0.3, "seconds": [0.4]}],
            missing={"Other: not installed": ["load"]},
            failed=["crashed"],
        )
    )
    assert "| load | m | 400 / 450 | slow | 800 / 800 | 0.50 | ahead | partial† 100 |" in text
    assert "partial (load): reads half" in text
    assert "| topology | m | 300 / 300 | quick | 200 / 200 | 1.50 | **behind** |" in text
    assert "| analyze | m | 300 / 300 | none |" in text
    assert "| help | 0.40 / 0.40 s | 0.3 s | missed |" in text
    assert "Other: not installed (load)" in text
    assert "crashed" in text


def test_the_whole_analysis_is_compared_with_the_fastest_peer_of_every_part() -> None:
    rows = [Row("analyze", "m", 9, OURS, None, {}, [0.5])]
    for part in ANALYZE_PARTS:
        rows += [Row(part, "m", 9, name, None, {}, [s]) for name, s in (("a", 0.125), ("b", 0.25))]
    rows.append(Row("load", "m", 9, "c", "half of it", {}, [0.001]))
    text = render(Results({"load_before": 0.0, "load_after": 0.0}, {}, rows, [], {}, []))
    assert "| 1,000 / 1,000 | 0.50 | ahead | with those that do less†: sum of c + a" in text
    assert " 876 |" in text


def test_standard_meshes_can_be_made() -> None:
    assert set(STANDARD) <= set(NAMES)
