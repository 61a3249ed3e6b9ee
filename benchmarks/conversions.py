"""A mesh as each library's own object, without sharing memory or cached results with an earlier one."""

from typing import Any

import numpy as np

from benchmarks.meshes import BenchMesh


def meshlib_mesh(mesh: BenchMesh) -> Any:
    from meshlib.mrmeshnumpy import meshFromFacesVerts

    return meshFromFacesVerts(mesh.faces, mesh.vertices)


def meshlib_copy(mesh: Any) -> Any:
    """The same half-edges without the bounding-volume tree that MeshLib keeps on a mesh."""
    from meshlib.mrmeshpy import Mesh

    copy = Mesh(mesh)
    copy.invalidateCaches()
    return copy


def trimesh_mesh(mesh: BenchMesh) -> Any:
    import trimesh

    return trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)


def open3d_mesh(mesh: BenchMesh) -> Any:
    import open3d

    points = open3d.utility.Vector3dVector(mesh.vertices)
    return open3d.geometry.TriangleMesh(points, open3d.utility.Vector3iVector(mesh.faces))


def pymeshlab_set(mesh: BenchMesh) -> Any:
    import pymeshlab

    meshes = pymeshlab.MeshSet()
    meshes.add_mesh(pymeshlab.Mesh(mesh.vertices, mesh.faces))
    return meshes


def manifold(mesh: BenchMesh) -> Any:
    import manifold3d

    solid = manifold3d.Manifold(
        manifold3d.Mesh(mesh.vertices.astype(np.float32), mesh.faces.astype(np.uint32))
    )
    if solid.status() != manifold3d.Error.NoError:
        raise ValueError(f"manifold3d takes closed manifolds only: {solid.status()}")
    return solid


def vtk_polydata(mesh: BenchMesh) -> Any:
    from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

    points = vtkPoints()
    points.SetData(numpy_to_vtk(mesh.vertices, deep=True))
    cells = vtkCellArray()
    cells.SetData(3, numpy_to_vtkIdTypeArray(mesh.faces.astype(np.int64).ravel(), deep=True))
    polydata = vtkPolyData()
    polydata.SetPoints(points)
    polydata.SetPolys(cells)
    return polydata


def igl_arrays(mesh: BenchMesh) -> Any:
    return mesh.vertices, mesh.faces.astype(np.int64)
