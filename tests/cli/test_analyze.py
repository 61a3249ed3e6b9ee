"""The command as a user meets it: a process, its output, its exit code."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import meshcore


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from meshcore.cli.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def test_version_and_help() -> None:
    assert run("--version").stdout.strip() == f"meshcore {meshcore.__version__}"
    assert "analyze" in run("--help").stdout
    assert "--json" in run("analyze", "--help").stdout


def test_formats_lists_every_format() -> None:
    out = run("formats").stdout
    for name in ("STL", "OBJ", "PLY", "OFF", "3MF", "GLB", "STEP"):
        assert name.lower() in out.lower()


def test_json_is_exactly_the_completed_message(fixtures: Path) -> None:
    done = run("analyze", "--json", fixtures / "cube.stl")
    assert done.returncode == 0, done.stderr
    message = json.loads(done.stdout)
    assert message["status"] == "COMPLETED"
    assert message["modelId"] == "cube"
    assert message["faces"] == 12
    assert message["vertices"] == 8
    assert message["edges"] == 18
    assert message["volumeCubicMm"] == pytest.approx(1000)
    assert message["minWallThickness"] == pytest.approx(10)
    assert message["manifold"] is True
    assert message["boundingBox"] == {"width": 10, "height": 10, "depth": 10, "originalUnit": "millimeter"}
    assert "errorCode" not in message


def test_every_field_of_the_contract_is_answered(fixtures: Path, shared: Path) -> None:
    contract = json.loads((shared / "contracts" / "messages.json").read_text())["messages"]
    expected = set(contract["model-technical-metadata-completed"]["fields"]) - {"errorCode", "errorMessage"}
    message = json.loads(run("analyze", "--json", fixtures / "bracket.stl").stdout)
    assert expected - set(message) == set()


def test_several_files_give_json_lines_and_bad_ones_fail_alone(fixtures: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.stl"
    broken.write_bytes(b"\0" * 80 + b"\xff\xff\xff\xff")
    done = run("analyze", "--json", fixtures / "cube.stl", broken, tmp_path / "absent.stl")
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [m["status"] for m in lines] == ["COMPLETED", "FAILED", "FAILED"]
    assert [m.get("errorCode") for m in lines] == [None, "CORRUPT_FILE", "FILE_NOT_FOUND"]
    assert all(m["errorMessage"] for m in lines[1:])
    assert "Traceback" not in done.stderr


def test_a_folder_gives_a_table_with_the_bad_files_at_the_end(fixtures: Path, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    shutil.copy(fixtures / "cube.stl", tmp_path / "inner" / "good.stl")
    (tmp_path / "bad.obj").write_text("nothing here\n")
    (tmp_path / "notes.txt").write_text("not a model\n")
    done = run("analyze", tmp_path)
    assert done.returncode == 1
    assert "good.stl" in done.stdout
    assert "notes" not in done.stdout + done.stderr
    assert "bad.obj" in done.stderr
    assert "EMPTY_MESH" in done.stderr or "CORRUPT_FILE" in done.stderr


def test_a_report_for_people(fixtures: Path) -> None:
    done = run("analyze", fixtures / "t_overhang.stl")
    assert done.returncode == 0
    for word in ("Size", "Volume", "Thinnest wall", "Overhang", "Print time", "Quality"):
        assert word.lower() in done.stdout.lower()


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    done = run("analyze", tmp_path)
    assert done.returncode == 1
    assert "No model files" in done.stderr


def test_a_wrong_unit_is_one_clear_error(fixtures: Path) -> None:
    done = run("analyze", "--unit", "parsec", fixtures / "cube.stl")
    assert done.returncode != 0
    assert "parsec" in done.stderr
    assert "Traceback" not in done.stderr
