"""Is the surface whole? Edges, holes, components, and what is wrong with faces and vertices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshcore.mesh import Mesh
from meshkernels.boundary_loops import boundary_loops
from meshkernels.degenerate_faces import degenerate_faces
from meshkernels.patches import Patches, wind_patches
from meshkernels.topology import EdgeTopology, edge_topology


@dataclass(frozen=True, slots=True)
class Topology:
    """How the faces of a mesh hang together. Faces that repeat a vertex are no part of the surface.

    Attributes
    ----------
    edge_count:
        Distinct edges.
    boundary_edges, nonmanifold_edges:
        Edges with exactly one face, with more than two.
    inconsistent_edges:
        Edges with exactly two faces wound against each other.
    nonmanifold_vertices:
        Vertices, off the non-manifold edges, where two or more fans of faces touch.
    components:
        Parts connected through shared edges, non-manifold ones included; a shared vertex does not
        connect.
    holes:
        Closed loops of boundary edges in which exactly two boundary edges meet at every vertex.
    open_chains:
        Connected parts of the boundary that are no such loop: with loose ends, as at fins, or with
        branchings, as where two holes touch.
    euler_characteristic:
        Vertices in use - edges + faces.
    genus:
        Number of handles, summed over the components; vertices where fans touch count once for each
        fan. None unless the mesh is manifold.
    degenerate_faces:
        Faces without area: a repeated vertex, or three vertices on a line within the rounding of
        double precision.
    duplicate_faces:
        Faces with the same three vertices as an earlier one, whichever way they are wound.
    closed:
        Every edge has two faces or more.
    orientable:
        Every patch of faces joined by two-face edges can be wound alike.
    manifold:
        Every edge has exactly two faces and the surface is orientable. Vertices where fans touch do
        not spoil it; faces may still be wound the wrong way round.
    neighbors:
        int32 (F, 3): face across the edge from corner ``j`` to ``j + 1``; -1 at the boundary, -2 at a
        non-manifold edge, -3 throughout for a face that repeats a vertex.
    labels:
        int32 (F,): component of each face, numbered by first face; -1 for a face that repeats a vertex.
    patches:
        Faces joined by two-face edges, and which of them are wound against the rest.
    degenerate, duplicate:
        bool (F,).
    hole_vertices, hole_offsets:
        int32: hole ``k`` runs through ``hole_vertices[hole_offsets[k]:hole_offsets[k + 1]]``.
    hole_perimeters_mm:
        float64 (holes,).
    """

    edge_count: int
    boundary_edges: int
    nonmanifold_edges: int
    inconsistent_edges: int
    nonmanifold_vertices: int
    components: int
    holes: int
    open_chains: int
    euler_characteristic: int
    genus: int | None
    degenerate_faces: int
    duplicate_faces: int
    closed: bool
    orientable: bool
    manifold: bool
    neighbors: NDArray[np.int32]
    labels: NDArray[np.int32]
    patches: Patches
    degenerate: NDArray[np.bool_]
    duplicate: NDArray[np.bool_]
    hole_vertices: NDArray[np.int32]
    hole_offsets: NDArray[np.int32]
    hole_perimeters_mm: NDArray[np.float64]


def analyze_topology(mesh: Mesh) -> Topology:
    """Connect the faces of a mesh and count what is wrong with them."""
    edges = edge_topology(mesh.faces, len(mesh.vertices))
    loops = boundary_loops(mesh.faces, edges.neighbors, len(mesh.vertices), edges.boundary_edges)
    patches = _patches(mesh.faces, edges)
    degenerate = degenerate_faces(mesh.vertices, mesh.faces)
    orientable = bool(patches.orientable.all())
    closed = edges.boundary_edges == 0 and edges.faces > 0
    manifold = closed and edges.nonmanifold_edges == 0 and orientable
    genus = edges.components - (edges.fans - edges.edges + edges.faces) // 2 if manifold else None
    return Topology(
        edge_count=edges.edges,
        boundary_edges=edges.boundary_edges,
        nonmanifold_edges=edges.nonmanifold_edges,
        inconsistent_edges=edges.inconsistent_edges,
        nonmanifold_vertices=int(np.count_nonzero(edges.nonmanifold_vertices)),
        components=edges.components,
        holes=len(loops.offsets) - 1,
        open_chains=loops.open_chains,
        euler_characteristic=edges.vertices - edges.edges + edges.faces,
        genus=genus,
        degenerate_faces=int(np.count_nonzero(degenerate)),
        duplicate_faces=int(np.count_nonzero(edges.duplicate)),
        closed=closed,
        orientable=orientable,
        manifold=manifold,
        neighbors=edges.neighbors,
        labels=edges.labels,
        patches=patches,
        degenerate=degenerate,
        duplicate=edges.duplicate,
        hole_vertices=loops.vertices,
        hole_offsets=loops.offsets,
        hole_perimeters_mm=_perimeters(mesh.vertices, loops.vertices, loops.offsets),
    )


def _patches(faces: NDArray[np.int32], edges: EdgeTopology) -> Patches:
    if edges.nonmanifold_edges > 0 or edges.inconsistent_edges > 0:
        return wind_patches(faces, edges.neighbors)
    # Nothing to turn and nothing to cut apart: the components are the patches.
    sizes = np.bincount(edges.labels[edges.labels >= 0], minlength=edges.components).astype(np.int32)
    nothing = np.zeros(len(faces), np.bool_)
    return Patches(edges.labels, nothing, sizes, np.ones(edges.components, np.bool_))


def _perimeters(
    vertices: NDArray[np.float64], loop: NDArray[np.int32], offsets: NDArray[np.int32]
) -> NDArray[np.float64]:
    if len(loop) == 0:
        return np.empty(0)
    following = np.arange(1, len(loop) + 1)
    following[offsets[1:] - 1] = offsets[:-1]
    lengths = np.linalg.norm(vertices[loop[following]] - vertices[loop], axis=1)
    return np.asarray(np.add.reduceat(lengths, offsets[:-1]))
