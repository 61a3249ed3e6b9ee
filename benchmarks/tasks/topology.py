"""Edges, holes, components, non-manifold edges, from arrays of vertices and faces."""

from typing import Any

import numpy as np

from benchmarks.contender import OURS, Answers, Contender
from benchmarks.conversions import (
    igl_arrays,
    meshlib_mesh,
    open3d_mesh,
    pymeshlab_set,
    trimesh_mesh,
    vtk_polydata,
)
from benchmarks.meshes import BenchMesh


def _as_mesh(mesh: BenchMesh) -> Any:
    from meshcore.mesh import Mesh

    return Mesh(mesh.vertices, mesh.faces)


def meshcore_topology(mesh: Any) -> Answers:
    from meshcore.analysis.topology import analyze_topology

    found = analyze_topology(mesh)
    return {
        "edges": found.edge_count,
        "holes": found.holes,
        "components": found.components,
        "non-manifold edges": found.nonmanifold_edges,
    }


def meshlib_queries(mesh: Any) -> Answers:
    from meshlib import mrmeshpy

    return {
        "edges": mesh.topology.computeNotLoneUndirectedEdges(),
        "holes": len(mesh.topology.findHoleRepresentiveEdges()),
        "components": mrmeshpy.MeshComponents.getNumComponents(mrmeshpy.MeshPart(mesh)),
        "non-manifold edges": len(mrmeshpy.findMultipleEdges(mesh.topology)),
    }


def _meshlib(mesh: BenchMesh) -> Answers:
    return meshlib_queries(meshlib_mesh(mesh))


def _trimesh(mesh: Any) -> Answers:
    import trimesh

    counts = np.bincount(mesh.edges_unique_inverse)
    boundary = mesh.edges_unique[counts == 1]
    return {
        "edges": len(counts),
        "holes": len(trimesh.graph.connected_components(boundary, min_len=3)) if len(boundary) else 0,
        "components": mesh.body_count,
        "non-manifold edges": int(np.count_nonzero(counts > 2)),
        "manifold": float(mesh.is_watertight and mesh.is_winding_consistent),
    }


def _libigl(mesh: Any) -> Answers:
    import igl

    _, faces = mesh
    edges = igl.unique_edge_map(faces)[1]
    components, _ = igl.facet_components(faces)
    manifold = igl.is_edge_manifold(faces)
    return {
        "edges": len(edges),
        "holes": len(igl.boundary_loop_all(faces)),
        "components": components,
        "non-manifold edges": int(np.count_nonzero(~manifold[4])),
    }


def _open3d(mesh: Any) -> Answers:
    _, sizes, _ = mesh.cluster_connected_triangles()
    return {
        "components": len(sizes),
        "non-manifold edges": len(mesh.get_non_manifold_edges(allow_boundary_edges=True)),
        "manifold vertices": float(mesh.is_vertex_manifold()),
    }


def _vtk(polydata: Any) -> Answers:
    from vtkmodules.vtkFiltersCore import vtkFeatureEdges, vtkPolyDataConnectivityFilter

    def lines(*, boundary: bool) -> int:
        edges = vtkFeatureEdges()
        edges.SetInputData(polydata)
        edges.FeatureEdgesOff()
        edges.ColoringOff()
        edges.SetBoundaryEdges(boundary)
        edges.SetNonManifoldEdges(not boundary)
        edges.Update()
        return int(edges.GetOutput().GetNumberOfLines())

    parts = vtkPolyDataConnectivityFilter()
    parts.SetInputData(polydata)
    parts.SetExtractionModeToAllRegions()
    parts.Update()
    return {
        "boundary edges": lines(boundary=True),
        "components": parts.GetNumberOfExtractedRegions(),
        "non-manifold edges": lines(boundary=False),
    }


def _pymeshlab(meshes: Any) -> Answers:
    found = meshes.get_topological_measures()
    return {
        "edges": found["edges_number"],
        "holes": found["number_holes"],
        "components": found["connected_components_number"],
        "non-manifold edges": found["non_two_manifold_edges"],
    }


CONTENDERS = (
    Contender(OURS, "meshcore.analysis.topology", _as_mesh, meshcore_topology),
    Contender("MeshLib", "meshlib", lambda mesh: mesh, _meshlib),
    Contender(
        "MeshLib (half-edges built)",
        "meshlib",
        meshlib_mesh,
        meshlib_queries,
        less="half-edges built beforehand",
    ),
    Contender("trimesh", "trimesh", lambda mesh: mesh, _trimesh, fresh=trimesh_mesh),
    Contender("PyMeshLab", "pymeshlab", lambda mesh: mesh, _pymeshlab, fresh=pymeshlab_set),
    Contender("libigl", "igl", igl_arrays, _libigl),
    Contender("VTK", "vtkmodules", vtk_polydata, _vtk, less="no holes, components by shared vertex"),
    Contender("Open3D", "open3d", lambda mesh: mesh, _open3d, fresh=open3d_mesh, less="no edges, no holes"),
)
