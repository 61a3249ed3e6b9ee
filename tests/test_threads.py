"""Kernels under Python threads and after a fork, each case in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

THREADS = """
import sys, threading
sys.path.insert(0, {shapes!r})
import meshcore, shapes
meshes = [meshcore.Mesh(*shape) for shape in (
    shapes.box(), shapes.tube(), shapes.wedge(), shapes.icosphere(10, 3), shapes.t_overhang(),
    shapes.hollow_sphere(10, 1.2, 3), shapes.overlapping_spheres(), shapes.gear())]

def answers(mesh):
    r = meshcore.analyze(mesh)
    return (r.topology.edge_count, r.volume_mm3, r.thickness.minimum_mm,
            r.self_intersections.self_intersecting_faces, r.overhangs.area_mm2, r.orientation.matrix.tolist(),
            r.scores.quality)

alone = [answers(mesh) for mesh in meshes]
together = [None] * 8
def work(i):
    for _ in range(3):
        together[i] = answers(meshes[i])
threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
assert together == alone, (together, alone)
import numba
print(numba.threading_layer())
"""

FORK = """
import os, sys
sys.path.insert(0, {shapes!r})
import meshcore, shapes
mesh = meshcore.Mesh(*shapes.box())
meshcore.analyze(mesh)
pid = os.fork()
if pid == 0:
    try:
        meshcore.analyze(mesh)
    except meshcore.MeshError as error:
        os._exit(3 if error.code == "UNSAFE_FORK" else 4)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def _run(code: str, layer: str) -> str:
    root = Path(__file__).resolve().parents[1]
    script = code.format(shapes=str(root / "data" / "fixtures"))
    env = {**os.environ, "NUMBA_THREADING_LAYER": layer}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("layer", ["omp", "workqueue"])
def test_eight_threads_give_the_single_threaded_answers(layer: str) -> None:
    assert _run(THREADS, layer) == layer


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize(("layer", "exit_code"), [("omp", 3), ("workqueue", 0)])
def test_a_forked_child_works_or_says_why_not(layer: str, exit_code: int) -> None:
    assert _run(FORK, layer) == str(exit_code)
