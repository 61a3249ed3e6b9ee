"""Binary STL file in, welded triangle mesh out."""

from pathlib import Path

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.meshes import BenchMesh


def _path(mesh: BenchMesh) -> Path:
    return mesh.path


def _meshcore(path: Path) -> Answers:
    import meshcore

    mesh = meshcore.load(path)
    return {"vertices": len(mesh.vertices), "faces": len(mesh.faces)}


def _meshlib(path: Path) -> Answers:
    from meshlib import mrmeshpy

    topology = mrmeshpy.loadMesh(str(path)).topology
    return {"vertices": topology.numValidVerts(), "faces": topology.numValidFaces()}


def _vtk(path: Path) -> Answers:
    from vtkmodules.vtkIOGeometry import vtkSTLReader

    reader = vtkSTLReader()
    reader.SetFileName(str(path))
    reader.MergingOn()
    reader.Update()
    mesh = reader.GetOutput()
    return {"vertices": mesh.GetNumberOfPoints(), "faces": mesh.GetNumberOfCells()}


def _trimesh(path: Path) -> Answers:
    import trimesh

    mesh = trimesh.load_mesh(path)
    return {"vertices": len(mesh.vertices), "faces": len(mesh.faces)}


def _open3d(path: Path) -> Answers:
    import open3d

    mesh = open3d.io.read_triangle_mesh(str(path)).remove_duplicated_vertices()
    return {"vertices": len(mesh.vertices), "faces": len(mesh.triangles)}


def _pymeshlab(path: Path) -> Answers:
    import pymeshlab

    meshes = pymeshlab.MeshSet()
    meshes.load_new_mesh(str(path))  # unifies vertices by default
    mesh = meshes.current_mesh()
    return {"vertices": mesh.vertex_number(), "faces": mesh.face_number()}


def _libigl(path: Path) -> Answers:
    import igl

    vertices, faces, _ = igl.readSTL(str(path))
    vertices, _, _, faces = igl.remove_duplicate_vertices(vertices, faces, 0.0)
    return {"vertices": len(vertices), "faces": len(faces)}


CONTENDERS = (
    Contender(OURS, "meshcore.formats", _path, _meshcore),
    Contender("MeshLib", "meshlib", _path, _meshlib),
    Contender("VTK", "vtkmodules", _path, _vtk),
    Contender("trimesh", "trimesh", _path, _trimesh),
    Contender("Open3D", "open3d", _path, _open3d),
    Contender("PyMeshLab", "pymeshlab", _path, _pymeshlab),
    Contender("libigl", "igl", _path, _libigl),
)
