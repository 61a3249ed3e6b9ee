"""Volume, area, centre of mass and inertia.

Open3D is left out: it computes the volume only after a test for self-intersections, which takes minutes and
ends in a refusal where there are any.
"""

from typing import Any

import numpy as np

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.conversions import (
    igl_arrays,
    manifold,
    meshlib_mesh,
    pymeshlab_set,
    trimesh_mesh,
    vtk_polydata,
)
from benchmarks.meshes import BenchMesh


def _arrays(mesh: BenchMesh) -> BenchMesh:
    return mesh


def _meshcore(mesh: BenchMesh) -> Answers:
    from meshkernels.mass_properties import mass_properties

    found = mass_properties(mesh.vertices, mesh.faces)
    return {"volume mm³": found.volume, "area mm²": found.area, "centre z mm": float(found.center[2])}


def _trimesh(mesh: Any) -> Answers:
    found = mesh.mass_properties
    return {"volume mm³": found.volume, "area mm²": mesh.area, "centre z mm": float(found.center_mass[2])}


def _pymeshlab(meshes: Any) -> Answers:
    found = meshes.get_geometric_measures()
    return {
        "volume mm³": found["mesh_volume"],
        "area mm²": found["surface_area"],
        "centre z mm": float(found["center_of_mass"][2]),
    }


def _libigl(mesh: Any) -> Answers:
    import igl

    centre, volume = igl.centroid(*mesh)
    area = 0.5 * float(np.sum(igl.doublearea(*mesh)))
    return {"volume mm³": float(volume), "area mm²": area, "centre z mm": float(centre[2])}


def _meshlib(mesh: Any) -> Answers:
    return {"volume mm³": mesh.volume(), "area mm²": mesh.area()}


def _vtk(polydata: Any) -> Answers:
    from vtkmodules.vtkFiltersCore import vtkMassProperties

    found = vtkMassProperties()
    found.SetInputData(polydata)
    return {"volume mm³": found.GetVolume(), "area mm²": found.GetSurfaceArea()}


def _manifold(solid: Any) -> Answers:
    return {"volume mm³": solid.volume(), "area mm²": solid.surface_area()}


_NO_CENTRE = "no centre, no inertia"

CONTENDERS = (
    Contender(OURS, "meshkernels.mass_properties", _arrays, _meshcore),
    Contender("trimesh", "trimesh", _arrays, _trimesh, fresh=trimesh_mesh),
    Contender("PyMeshLab", "pymeshlab", pymeshlab_set, _pymeshlab),
    Contender("libigl", "igl", igl_arrays, _libigl, less="no inertia"),
    Contender("MeshLib", "meshlib", meshlib_mesh, _meshlib, less=_NO_CENTRE),
    Contender("manifold3d", "manifold3d", manifold, _manifold, less=_NO_CENTRE),
    Contender("VTK", "vtkmodules", vtk_polydata, _vtk, less=_NO_CENTRE),
)
