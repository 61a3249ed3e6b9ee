"""Every real mesh is read or refused for a stated reason, and agrees with an independent reader."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from meshcore import ErrorCode, Mesh, MeshError
from meshcore.formats import FORMATS, load
from meshcore.units import MILLIMETERS

# Files that have no mesh; all others load.
REFUSED = {
    "empty.stl": ErrorCode.EMPTY_MESH,
    "empty.obj": ErrorCode.EMPTY_MESH,
    "empty.ply": ErrorCode.EMPTY_MESH,
    "empty_nodes.glb": ErrorCode.EMPTY_MESH,
    "face_in_group_name.obj": ErrorCode.EMPTY_MESH,
    "points_ascii.ply": ErrorCode.EMPTY_MESH,
    "points_ascii_with_lists.ply": ErrorCode.EMPTY_MESH,
    "points_bin.ply": ErrorCode.EMPTY_MESH,
    "points_emptyascii.ply": ErrorCode.EMPTY_MESH,
    "points_emptyface.ply": ErrorCode.EMPTY_MESH,
}

# Where the other reader differs, and why this one is right.
DIFFERENT = {
    "chair_model.obj": "the other reader needs an image library for its texture",
    "polygonfaces.obj": "a pentagon out of plane, cut along other diagonals",
    "wallhole.obj": "concave polygons, which the other reader cuts into overlapping fans",
    "suzanne.ply": "quads out of plane, cut along other diagonals",
    "base_interface_AP214.STEP": "tessellated anew",
    "featuretype.STEP": "tessellated anew",
}


def mesh_files(shared: Path) -> list[Path]:
    extensions = {extension for entry in FORMATS for extension in entry.extensions}
    folders = (shared / "meshes", shared / "ground_truth")
    return sorted(p for folder in folders for p in folder.rglob("*") if p.suffix.lower() in extensions)


def area_and_volume(vertices: np.ndarray, faces: np.ndarray) -> tuple[float, float]:
    a, b, c = (vertices[faces[:, k]] - vertices[faces[0, 0]] for k in range(3))
    cross = np.cross(b - a, c - a)
    return float(np.linalg.norm(cross, axis=1).sum() / 2), float(np.einsum("ij,ij->", a, cross) / 6)


def by_trimesh(path: Path) -> tuple[int, float, float]:
    """Faces, area, and volume about the first vertex, with instances in place."""
    loaded = trimesh.load(path, process=False)
    mesh = loaded.to_mesh() if isinstance(loaded, trimesh.Scene) else loaded
    return len(mesh.faces), *area_and_volume(np.asarray(mesh.vertices), np.asarray(mesh.faces))


def test_every_file_is_read_or_refused(shared: Path) -> None:
    for path in mesh_files(shared):
        try:
            mesh: Mesh | None = load(path)
        except MeshError as error:
            mesh = None
            assert error.code == REFUSED.get(path.name), path.name  # noqa: PT017
        if mesh is not None:
            assert path.name not in REFUSED
            assert len(np.unique(mesh.vertices, axis=0)) == len(mesh.vertices), path.name
            assert len(np.unique(mesh.faces)) == len(mesh.vertices), path.name


def test_agreement_with_another_reader(shared: Path) -> None:
    compared = 0
    for path in mesh_files(shared):
        if path.name in REFUSED or path.name in DIFFERENT:
            continue
        mesh = load(path)
        faces, area, volume = by_trimesh(path)
        own_area, own_volume = area_and_volume(mesh.vertices / MILLIMETERS[mesh.original_unit], mesh.faces)
        assert len(mesh.faces) + mesh.degenerate_faces_removed == faces, path.name
        assert own_area == pytest.approx(area, rel=1e-6), path.name
        closed = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).is_watertight
        if closed:  # of an open mesh the volume depends on the origin, which moves with the axes
            assert own_volume == pytest.approx(volume, rel=1e-6, abs=1e-9 * area**1.5), path.name
        compared += 1
    assert compared > 80


def test_known_units(shared: Path) -> None:
    folder = shared / "meshes" / "trimesh"
    bunny = load(folder / "bunny.ply")
    assert bunny.original_unit == "meter"
    assert np.ptp(bunny.vertices, axis=0).max() == pytest.approx(155.5, abs=0.5)
    assert load(folder / "featuretype.3MF").original_unit == "inch"
    assert load(folder / "20mm-xyz-cube.stl").unit_confidence > 0.9
    assert np.ptp(load(folder / "pins.glb").vertices, axis=0).max() == pytest.approx(254)


def test_split_vertices_are_mended(shared: Path) -> None:
    mesh = load(shared / "meshes" / "trimesh" / "featuretype.STL")
    assert "TOLERANCE_WELD" in [w.code for w in mesh.warnings]
    assert trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).is_watertight
