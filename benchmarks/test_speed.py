"""One benchmark for every task, mesh and contender, grouped so that contenders stand side by side."""

from time import perf_counter
from typing import Any

import pytest

from benchmarks.contender import SHARE, Contender
from benchmarks.meshes import bench_mesh

_SECONDS = 1.0  # of timed rounds, for each benchmark
_SLOW = 5.0  # seconds; what takes longer is timed once
_LEAST, _MOST = 3, 40  # rounds
_ENOUGH = 0.9  # of the surface, to count as having done the task


def test_speed(benchmark: Any, task: str, contender: Contender, mesh_name: str) -> None:
    reason = contender.missing()
    if reason:
        pytest.skip(reason)
    mesh = bench_mesh(mesh_name)
    if contender.largest is not None and len(mesh.faces) > contender.largest:
        pytest.skip(f"too slow to be run on more than {contender.largest:,} faces")
    prepared = contender.prepare(mesh)

    warm_up = contender.argument(prepared)
    started = perf_counter()
    result = contender.work(warm_up)  # compiles, loads libraries, fills memory pools
    seconds = perf_counter() - started
    answers = contender.summed_up(result)
    rounds = 1
    if seconds < _SLOW:
        warm_up = contender.argument(prepared)
        started = perf_counter()
        contender.work(warm_up)
        rounds = min(_MOST, max(_LEAST, round(_SECONDS / max(perf_counter() - started, 1e-6))))
    del warm_up, result
    less = contender.less
    if not less and answers.get(SHARE, 1.0) < _ENOUGH:
        less = f"looks at {answers[SHARE]:.1%} of the surface of {mesh.name}"
    benchmark.group = f"{task}, {mesh.name}"
    benchmark.extra_info.update(
        task=task, mesh=mesh.name, faces=len(mesh.faces), contender=contender.name, less=less, answers=answers
    )
    benchmark.pedantic(contender.work, setup=lambda: ((contender.argument(prepared),), {}), rounds=rounds)
