"""Faces that cross other faces, the search structure built anew each time."""

from typing import Any

import numpy as np

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.conversions import igl_arrays, meshlib_copy, meshlib_mesh, open3d_mesh, pymeshlab_set
from benchmarks.meshes import BenchMesh


def _arrays(mesh: BenchMesh) -> BenchMesh:
    return mesh


def _meshcore(mesh: BenchMesh) -> Answers:
    from meshkernels.bvh import build
    from meshkernels.self_intersection import self_intersections

    tree = build(mesh.vertices, mesh.faces)
    found = self_intersections(mesh.vertices, mesh.faces, tree)
    return {"crossing faces": int(np.count_nonzero(found.crossing))}


def _meshlib(mesh: Any) -> Answers:
    from meshlib import mrmeshpy

    found = mrmeshpy.findSelfCollidingTrianglesBS(mrmeshpy.MeshPart(mesh))
    return {"crossing faces": found.count()}


def _pymeshlab(meshes: Any) -> Answers:
    meshes.compute_selection_by_self_intersections_per_face()
    return {"crossing faces": meshes.current_mesh().selected_face_number()}


def _libigl(mesh: Any) -> Answers:
    from igl.copyleft import cgal

    vertices, faces = mesh
    pairs = cgal.remesh_self_intersections(vertices, faces, detect_only=True, cutoff=2**31 - 1)[2]
    return {"crossing faces": len(np.unique(pairs))}


def _open3d(mesh: Any) -> Answers:
    return {"crossing faces": len(np.unique(np.asarray(mesh.get_self_intersecting_triangles())))}


CONTENDERS = (
    Contender(OURS, "meshkernels.self_intersection", _arrays, _meshcore),
    Contender("MeshLib", "meshlib", meshlib_mesh, _meshlib, fresh=meshlib_copy),
    Contender("PyMeshLab", "pymeshlab", _arrays, _pymeshlab, fresh=pymeshlab_set),
    Contender("libigl (CGAL, exact)", "igl", igl_arrays, _libigl),
    Contender("Open3D", "open3d", _arrays, _open3d, fresh=open3d_mesh, largest=50_000),
)
