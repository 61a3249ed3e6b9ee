"""Count self-intersecting faces beside two peers, over all models of a folder.

    .venv-peers/bin/python -m benchmarks.self_intersection_counts ../shared/meshes

prints one line a model: our count, CGAL's (exact, through libigl) and PyMeshLab's, and how many faces only
touch others by our rule. Models on which all three find none are left out.
"""

import sys
from pathlib import Path

import numpy as np
import pymeshlab
from igl.copyleft import cgal

import meshcore
from meshkernels import bvh
from meshkernels.self_intersection import self_intersections

MOST_FACES = 50_000
"""CGAL takes seconds for this many."""


def counts(mesh: meshcore.Mesh) -> tuple[int, int, int, int]:
    """Faces in conflict by our rule, by CGAL's and by PyMeshLab's; faces that touch by ours."""
    vertices, faces = mesh.vertices, mesh.faces
    ours = self_intersections(vertices, faces, bvh.build(vertices, faces))
    pairs = cgal.remesh_self_intersections(vertices, faces.astype(np.int64), detect_only=True)[2]
    meshes = pymeshlab.MeshSet()
    meshes.add_mesh(pymeshlab.Mesh(vertices, faces))
    meshes.compute_selection_by_self_intersections_per_face()
    selected = meshes.current_mesh().face_selection_array()
    found = (ours.crossing, selected, ours.touching)
    crossing, meshlab, touching = (int(np.count_nonzero(mask)) for mask in found)
    return crossing, len(np.unique(np.asarray(pairs))), meshlab, touching


def main(folder: Path) -> None:
    """Print the table."""
    print(f"{'model':34} {'faces':>7} {'meshcore':>9} {'CGAL':>7} {'PyMeshLab':>10} {'touching':>9}")
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            mesh = meshcore.load(path)
        except meshcore.MeshError:
            continue
        if len(mesh.faces) <= MOST_FACES:
            ours, cgal_count, meshlab, touching = counts(mesh)
            if (ours, cgal_count, meshlab) != (0, 0, 0):
                line = f"{path.name:34} {len(mesh.faces):7} {ours:9} {cgal_count:7} {meshlab:10} {touching:9}"
                print(line, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
