"""Whole processes: the command as a user runs it, cold and warm, and the memory of an analysis."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchmarks.meshes import bench_mesh

_MEGABYTE = 1_000_000

needs_analysis = pytest.mark.skipif(
    find_spec("meshcore.analysis.technical") is None, reason="meshcore.analysis.technical is not installed"
)


def _run(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        arguments, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"status {done.returncode}: {(done.stderr or done.stdout)[-2000:]}"
    return done.stdout


def _command(*arguments: str, **environment: str) -> str:
    script = Path(sys.executable).with_name("meshcore")
    return _run(str(script), *arguments, **environment)


def _time(benchmark: Any, title: str, target: float | None, rounds: int, *arguments: str) -> None:
    benchmark.extra_info.update(title=title, target_seconds=target)
    benchmark.pedantic(_command, args=arguments, rounds=rounds, warmup_rounds=1)


def test_help(benchmark: Any) -> None:
    _time(benchmark, "`meshcore --help`", 0.3, 7, "--help")


@needs_analysis
def test_analyze_warm(benchmark: Any) -> None:
    path = str(bench_mesh("organic-100k").path)
    _time(benchmark, "`meshcore analyze 100k.stl --json`, warm", 1.5, 5, "analyze", path, "--json")


@needs_analysis
def test_analyze_cold(benchmark: Any, tmp_path: Path) -> None:
    """The first run on a machine: every kernel is compiled."""
    path = str(bench_mesh("organic-100k").path)
    title = "`meshcore analyze 100k.stl --json`, first run ever"
    benchmark.extra_info.update(title=title, target_seconds=None)
    benchmark.pedantic(
        _command, args=("analyze", path, "--json"), kwargs={"NUMBA_CACHE_DIR": str(tmp_path)}, rounds=1
    )


@needs_analysis
@pytest.mark.parametrize("name", ["organic-225k", "organic-1000k", "organic-1600k"])
def test_peak_memory(benchmark: Any, name: str) -> None:
    """Not more than 300 MB and three times the mesh, whether that means the file or the arrays."""
    mesh = bench_mesh(name)
    arguments = (sys.executable, "-m", "benchmarks.peak_memory", str(mesh.path))
    _run(*arguments)  # a process that compiles needs more memory than any later one
    output = benchmark.pedantic(_run, args=arguments, rounds=1)
    file, arrays = mesh.path.stat().st_size, mesh.vertices.nbytes + mesh.faces.nbytes
    benchmark.extra_info.update(
        mesh=name,
        faces=len(mesh.faces),
        peak_mb=int(output) / _MEGABYTE,
        file_mb=file / _MEGABYTE,
        file_limit_mb=3 * file / _MEGABYTE + 300,
        arrays_mb=arrays / _MEGABYTE,
        arrays_limit_mb=3 * arrays / _MEGABYTE + 300,
    )
