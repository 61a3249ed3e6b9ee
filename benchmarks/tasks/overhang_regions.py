"""Edge-connected regions of overhanging faces.

MeshLib joins what lies within a few layers, so that its regions are fewer. What our analysis does beyond,
the drop to what lies below, bridges and islands, no peer does: it is timed as part of ``analyze``.
"""

from math import sqrt
from typing import Any, NamedTuple

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.conversions import meshlib_copy, meshlib_mesh
from benchmarks.meshes import BenchMesh


class _Connected(NamedTuple):
    mesh: BenchMesh
    neighbors: Any


def _with_neighbors(mesh: BenchMesh) -> _Connected:
    """Like MeshLib's, our analysis knows which faces are neighbours before it looks for overhangs."""
    from meshkernels.topology import edge_topology

    return _Connected(mesh, edge_topology(mesh.faces, len(mesh.vertices)).neighbors)


def _meshcore(connected: _Connected) -> Answers:
    from meshkernels.overhang import classify_overhangs, overhang_regions

    mesh, neighbors = connected
    plate = float(mesh.vertices[:, 2].min()) + 0.1
    label, areas = classify_overhangs(mesh.vertices, mesh.faces, sine=sqrt(0.5), plate=plate)
    found = overhang_regions(mesh.vertices, mesh.faces, neighbors, label, plate=plate)
    return {"regions": len(found.stats), "overhang mm²": float(areas[0])}


def _meshlib(mesh: Any) -> Answers:
    from meshlib import mrmeshpy

    settings = mrmeshpy.FindOverhangsSettings()
    settings.axis = mrmeshpy.Vector3f(0, 0, 1)
    settings.layerHeight = 0.2
    settings.maxOverhangDistance = 0.2  # one layer height a layer: 45 degrees
    found = mrmeshpy.findOverhangs(mesh, settings)
    return {"regions": len(found), "overhang mm²": sum(mesh.area(region) for region in found)}


CONTENDERS = (
    Contender(OURS, "meshkernels.overhang", _with_neighbors, _meshcore),
    Contender("MeshLib", "meshlib", meshlib_mesh, _meshlib, fresh=meshlib_copy),
)
