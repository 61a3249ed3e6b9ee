"""STL file to topology: what libraries split differently between reading and answering, taken together."""

from pathlib import Path

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.meshes import BenchMesh
from benchmarks.tasks.topology import meshcore_topology, meshlib_queries


def _path(mesh: BenchMesh) -> Path:
    return mesh.path


def _meshcore(path: Path) -> Answers:
    import meshcore

    return meshcore_topology(meshcore.load(path))


def _meshlib(path: Path) -> Answers:
    from meshlib import mrmeshpy

    return meshlib_queries(mrmeshpy.loadMesh(str(path)))


CONTENDERS = (
    Contender(OURS, "meshcore.analysis.topology", _path, _meshcore),
    Contender("MeshLib", "meshlib", _path, _meshlib),
)
