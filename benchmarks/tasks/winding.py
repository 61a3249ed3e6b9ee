"""Flipped faces, from arrays: winding made consistent within each part, then the outside decided."""

from typing import Any

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.conversions import (
    igl_arrays,
    meshlib_copy,
    meshlib_mesh,
    open3d_mesh,
    pymeshlab_set,
    trimesh_mesh,
)
from benchmarks.meshes import BenchMesh


def _arrays(mesh: BenchMesh) -> BenchMesh:
    return mesh


def _as_mesh(mesh: BenchMesh) -> Any:
    from meshcore.mesh import Mesh

    return Mesh(mesh.vertices, mesh.faces)


def _meshcore(mesh: Any) -> Answers:
    from meshcore.analysis.face_orientation import correct_orientation
    from meshcore.analysis.topology import analyze_topology

    return {"flipped faces": correct_orientation(mesh, analyze_topology(mesh)).flipped_faces}


def _trimesh(mesh: Any) -> Answers:
    import trimesh

    faces = mesh.faces.copy()
    trimesh.repair.fix_normals(mesh, multibody=True)
    return {"flipped faces": int((mesh.faces != faces).any(axis=1).sum())}


def _libigl(mesh: Any) -> Answers:
    import igl

    vertices, faces = mesh
    coherent, patches = igl.bfs_orient(faces)
    outward, _ = igl.orient_outward(vertices, coherent, patches.reshape(-1, 1))
    return {"flipped faces": int((outward != faces).any(axis=1).sum())}


def _meshlib(mesh: Any) -> Answers:
    from meshlib import mrmeshpy

    return {"flipped faces": mrmeshpy.findDisorientedFaces(mesh).count()}


def _pymeshlab(meshes: Any) -> Answers:
    meshes.meshing_re_orient_faces_coherently()
    return {}


def _open3d(mesh: Any) -> Answers:
    return {"orientable": float(mesh.orient_triangles())}


CONTENDERS = (
    Contender(OURS, "meshcore.analysis.face_orientation", _as_mesh, _meshcore),
    Contender("trimesh", "trimesh", _arrays, _trimesh, fresh=trimesh_mesh),
    Contender("libigl", "igl", igl_arrays, _libigl),
    Contender("MeshLib", "meshlib", meshlib_mesh, _meshlib, fresh=meshlib_copy),
    Contender(
        "PyMeshLab", "pymeshlab", _arrays, _pymeshlab, fresh=pymeshlab_set, less="does not decide the outside"
    ),
    Contender("Open3D", "open3d", _arrays, _open3d, fresh=open3d_mesh, less="does not decide the outside"),
)
