"""The whole analysis from file to report. Its bar is the sum of the fastest peers of all single tasks."""

from pathlib import Path

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.meshes import BenchMesh


def _path(mesh: BenchMesh) -> Path:
    return mesh.path


def _meshcore(path: Path) -> Answers:
    import meshcore

    report = meshcore.analyze(meshcore.load(path))
    return {"components": report.topology.components}


CONTENDERS = (Contender(OURS, "meshcore.analysis.technical", _path, _meshcore),)
