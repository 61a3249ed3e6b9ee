"""glTF 2.0, binary and JSON."""

import base64
import copy
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import generate
import shapes
from meshcore import ErrorCode, Mesh, MeshError
from meshcore.formats import load

Pack = Callable[..., bytes]
Json = dict[str, Any]

KINDS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class Builder:
    """A glTF document that grows by accessors; each gets a buffer view of its own."""

    def __init__(self) -> None:
        self.binary = b""
        self.document: Json = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            "meshes": [],
            "accessors": [],
            "bufferViews": [],
            "buffers": [{"byteLength": 0}],
        }

    def accessor(self, values: NDArray[Any], kind: int = 5126, **extra: Any) -> int:
        data = np.ascontiguousarray(values, KINDS[kind])
        width = data.shape[1] if data.ndim == 2 else 1
        self.binary += b"\0" * (-len(self.binary) % 4)
        self.document["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(self.binary), "byteLength": data.nbytes}
        )
        self.binary += data.tobytes()
        self.document["buffers"][0]["byteLength"] = len(self.binary)
        self.document["accessors"].append(
            {
                "bufferView": len(self.document["bufferViews"]) - 1,
                "componentType": kind,
                "count": len(data),
                "type": SHAPES[width],
                **extra,
            }
        )
        return len(self.document["accessors"]) - 1

    def mesh(self, *primitives: Json) -> int:
        self.document["meshes"].append({"primitives": list(primitives)})
        return len(self.document["meshes"]) - 1


def cube(index_kind: int = 5123) -> Builder:
    """A cube of 10 mm as the format wants it: in metres, y up."""
    vertices, faces = shapes.box()
    x, y, z = vertices.T / 1000
    built = Builder()
    points = built.accessor(np.column_stack([x, z, -y]))
    built.mesh({"attributes": {"POSITION": points}, "indices": built.accessor(faces.ravel(), index_kind)})
    return built


def code_of(content: bytes | Path) -> ErrorCode:
    with pytest.raises(MeshError) as caught:
        load(content)
    return caught.value.code


def volume(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def box(mesh: Mesh) -> list[list[float]]:
    return [mesh.vertices.min(axis=0).round(4).tolist(), mesh.vertices.max(axis=0).round(4).tolist()]


@pytest.mark.parametrize("kind", [5121, 5123, 5125])
def test_cube(pack_glb: Pack, kind: int) -> None:
    built = cube(kind)
    mesh = load(pack_glb(built.document, built.binary))
    vertices, faces = shapes.box()
    assert mesh.vertices[mesh.faces] == pytest.approx(vertices[faces], abs=1e-6)
    assert volume(mesh) == pytest.approx(1000, rel=1e-6)
    assert (mesh.source_format, mesh.format_version) == ("glb", "glTF 2.0")
    assert (mesh.original_unit, mesh.unit_confidence, mesh.warnings) == ("meter", 1.0, ())


def test_y_up_becomes_z_up(pack_glb: Pack) -> None:
    built = Builder()
    points = built.accessor(np.array([[0, 0, 0], [0.01, 0, 0], [0.01, 0.02, 0.03]]))
    built.mesh({"attributes": {"POSITION": points}})
    mesh = load(pack_glb(built.document, built.binary))
    assert mesh.vertices[mesh.faces[0]] == pytest.approx(np.array([[0, 0, 0], [10, 0, 0], [10, -30, 20]]))


def test_split_vertices_become_a_closed_mesh(pack_glb: Pack) -> None:
    vertices, faces = shapes.box()
    built = Builder()
    points = built.accessor(vertices[faces].reshape(-1, 3) / 1000)
    normals = built.accessor(np.zeros((36, 3)))
    built.mesh({"attributes": {"POSITION": points, "NORMAL": normals}})
    mesh = load(pack_glb(built.document, built.binary))
    assert (len(mesh.vertices), len(mesh.faces)) == (8, 12)
    assert mesh.has_normals


def test_flags(pack_glb: Pack) -> None:
    built = cube()
    attributes = built.document["meshes"][0]["primitives"][0]["attributes"]
    attributes["COLOR_0"] = built.accessor(np.zeros((8, 4)))
    attributes["TEXCOORD_0"] = built.accessor(np.zeros((8, 2)))
    mesh = load(pack_glb(built.document, built.binary))
    assert (mesh.has_colors, mesh.has_uv, mesh.has_normals) == (True, True, False)


def test_nodes_by_translation_rotation_and_scale(pack_glb: Pack) -> None:
    built = cube()
    turn = [0, 0, 0.5**0.5, 0.5**0.5]  # 90 degrees about z: x to y
    built.document["nodes"] = [
        {"children": [1], "translation": [0.1, 0, 0]},
        {"mesh": 0, "rotation": turn, "scale": [2, 1, 1]},
    ]
    # In glTF's axes the cube is x 0..10, y 0..10, z -10..0; scaled, turned and moved that is
    # x 90..100, y 0..20, z -10..0.
    mesh = load(pack_glb(built.document, built.binary))
    assert box(mesh) == [[90, 0, 0], [100, 10, 20]]
    assert volume(mesh) == pytest.approx(2000, rel=1e-6)


def test_nodes_by_matrix(pack_glb: Pack) -> None:
    built = cube()
    # By columns: x' = x + 0.1, y' = 2 y, z' = -z; mirrored, so that the faces have to be turned.
    built.document["nodes"][0]["matrix"] = [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, -1, 0, 0.1, 0, 0, 1]
    mesh = load(pack_glb(built.document, built.binary))
    assert box(mesh) == [[100, -10, 0], [110, 0, 20]]
    assert volume(mesh) == pytest.approx(2000, rel=1e-6)


def test_a_mesh_in_two_nodes(pack_glb: Pack) -> None:
    built = cube()
    built.document["nodes"] = [{"mesh": 0}, {"mesh": 0, "translation": [0.05, 0, 0]}]
    built.document["scenes"] = [{"nodes": [0, 1]}]
    assert len(load(pack_glb(built.document, built.binary)).faces) == 24


def test_only_the_chosen_scene(pack_glb: Pack) -> None:
    built = cube()
    built.document["nodes"] = [{"mesh": 0}, {"mesh": 0, "translation": [0.05, 0, 0]}]
    built.document["scenes"] = [{"nodes": [0]}, {"nodes": [1]}]
    built.document["scene"] = 1
    assert box(load(pack_glb(built.document, built.binary)))[0][0] == 50


@pytest.mark.parametrize("missing", [["scene"], ["scene", "scenes"], ["scene", "scenes", "nodes"]])
def test_without_scenes_or_nodes(pack_glb: Pack, missing: list[str]) -> None:
    built = cube()
    for key in missing:
        del built.document[key]
    assert len(load(pack_glb(built.document, built.binary)).faces) == 12


@pytest.mark.parametrize(("mode", "expected"), [(4, 2), (5, 4), (6, 4)])
def test_triangles_strips_and_fans(pack_glb: Pack, mode: int, expected: int) -> None:
    strip = np.array([[0, 0, 0], [0.01, 0, 0], [0, 0.01, 0], [0.01, 0.01, 0], [0, 0.02, 0], [0.01, 0.02, 0]])
    turn = np.arange(5) * 2 * np.pi / 5
    ring = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(5)]) / 100
    fan = np.vstack([[[0, 0, 0]], ring])
    built = Builder()
    built.mesh({"attributes": {"POSITION": built.accessor(fan if mode == 6 else strip)}, "mode": mode})
    mesh = load(pack_glb(built.document, built.binary))
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    toward_viewer = np.cross(b - a, c - a)[:, 1] < 0  # glTF's +z is -y here
    assert len(mesh.faces) == expected
    assert toward_viewer.all() or mode == 4


def test_lines_and_points_are_no_mesh(pack_glb: Pack) -> None:
    built = Builder()
    points = built.accessor(np.eye(3))
    built.mesh(*({"attributes": {"POSITION": points}, "mode": mode} for mode in (0, 1, 2, 3)))
    assert code_of(pack_glb(built.document, built.binary)) == ErrorCode.EMPTY_MESH


def test_interleaved_attributes(pack_glb: Pack) -> None:
    built = Builder()
    rows = np.hstack([np.array([[0, 0, 0], [0.01, 0, 0], [0, 0.01, 0]]), np.ones((3, 3))])
    accessor = built.accessor(np.ascontiguousarray(rows[:, :3]))
    built.binary = rows.astype("<f4").tobytes()
    built.document["bufferViews"][0] = {"buffer": 0, "byteLength": 72, "byteStride": 24}
    built.document["buffers"][0]["byteLength"] = 72
    built.mesh({"attributes": {"POSITION": accessor}})
    mesh = load(pack_glb(built.document, built.binary))
    assert mesh.vertices[mesh.faces[0]] == pytest.approx(np.array([[0, 0, 0], [10, 0, 0], [0, 0, 10]]))


def test_sparse_accessors(pack_glb: Pack) -> None:
    built = cube()
    where = built.accessor(np.array([7]), 5121)
    there = built.accessor(np.array([[0.02, 0.02, -0.02]]))
    built.document["accessors"][0]["sparse"] = {
        "count": 1,
        "indices": {"bufferView": built.document["accessors"][where]["bufferView"], "componentType": 5121},
        "values": {"bufferView": built.document["accessors"][there]["bufferView"]},
    }
    mesh = load(pack_glb(built.document, built.binary))
    assert mesh.vertices.max(axis=0) == pytest.approx([20, 20, 20])

    zeros = copy.deepcopy(built.document)
    del zeros["accessors"][0]["bufferView"]  # all zero but for what is replaced
    assert code_of(pack_glb(zeros, built.binary)) == ErrorCode.EMPTY_MESH

    built.document["accessors"][0]["count"] = 7
    assert code_of(pack_glb(built.document, built.binary)) == ErrorCode.CORRUPT_FILE


def test_quantised_positions(pack_glb: Pack) -> None:
    vertices, faces = shapes.box()
    built = Builder()
    steps = built.accessor((vertices * 3276.7).round(), 5122, normalized=True)
    built.mesh({"attributes": {"POSITION": steps}, "indices": built.accessor(faces.ravel(), 5123)})
    built.document["nodes"][0]["scale"] = [0.01, 0.01, 0.01]
    built.document["extensionsRequired"] = ["KHR_mesh_quantization"]
    assert volume(load(pack_glb(built.document, built.binary))) == pytest.approx(1000)


def test_units_in_extras(pack_glb: Pack) -> None:
    built = cube()
    built.document["meshes"][0]["extras"] = {"units": "mm"}
    mesh = load(pack_glb(built.document, built.binary))
    assert mesh.original_unit == "millimeter"
    assert "UNIT_FROM_EXTRAS" in [w.code for w in mesh.warnings]


def test_a_huge_model_is_doubted(pack_glb: Pack) -> None:
    built = cube()
    built.document["nodes"][0]["scale"] = [1000, 1000, 1000]
    assert "UNIT_DOUBTFUL" in [w.code for w in load(pack_glb(built.document, built.binary)).warnings]


def test_skins_and_morphs_are_reported(pack_glb: Pack) -> None:
    built = cube()
    built.document["nodes"][0]["skin"] = 0
    built.document["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": 0}]
    codes = [w.code for w in load(pack_glb(built.document, built.binary)).warnings]
    assert codes == ["NOT_READ", "NOT_READ"]


@pytest.mark.parametrize("where", ["data", "file", "escaped", "folder"])
def test_gltf_with_its_buffer(tmp_path: Path, where: str) -> None:
    built = cube()
    names = {"file": "mesh.bin", "escaped": "my%20mesh.bin", "folder": "parts/mesh.bin"}
    if where == "data":
        uri = "data:application/octet-stream;base64," + base64.b64encode(built.binary).decode()
    else:
        uri = names[where]
        (tmp_path / "parts").mkdir()
        (tmp_path / uri.replace("%20", " ")).write_bytes(built.binary)
    built.document["buffers"][0]["uri"] = uri
    path = tmp_path / "cube.gltf"
    path.write_text(json.dumps(built.document).replace("application/", "application\\/"))
    mesh = load(path)
    assert volume(mesh) == pytest.approx(1000, rel=1e-6)
    assert mesh.source_format == "gltf"


@pytest.mark.parametrize(
    "uri",
    ["../secret.bin", "/etc/passwd", "parts/../../secret.bin", "%2e%2e/secret.bin", "file:///etc/passwd",
     "https://example.org/x.bin", "..\\secret.bin", "C:\\x.bin", "link.bin", ".", "", "\0"],
)  # fmt: skip
def test_no_file_outside_of_the_folder_is_read(tmp_path: Path, uri: str) -> None:
    built = cube()
    (tmp_path / "secret.bin").write_bytes(built.binary)
    folder = tmp_path / "folder"
    (folder / "parts").mkdir(parents=True)
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    built.document["buffers"][0]["uri"] = uri
    path = folder / "cube.gltf"
    path.write_text(json.dumps(built.document))
    assert code_of(path) in (ErrorCode.CORRUPT_FILE, ErrorCode.FILE_NOT_FOUND)


def test_missing_buffer_file(tmp_path: Path) -> None:
    built = cube()
    built.document["buffers"][0]["uri"] = "mesh.bin"
    path = tmp_path / "cube.gltf"
    path.write_text(json.dumps(built.document))
    assert code_of(path) == ErrorCode.FILE_NOT_FOUND
    assert code_of(path.read_bytes()) == ErrorCode.CORRUPT_FILE


def change(document: Json, path: str, value: Any) -> Json:
    changed = copy.deepcopy(document)
    *keys, last = [int(k) if k.isdigit() else k for k in path.split("/")]
    target: Any = changed
    for key in keys:
        target = target[key]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("accessors/0/count", 2_000_000_000, ErrorCode.FILE_TOO_LARGE),
        ("accessors/1/count", 2_000_000_000, ErrorCode.FILE_TOO_LARGE),
        ("accessors/0/count", 9, ErrorCode.CORRUPT_FILE),
        ("accessors/0/count", -1, ErrorCode.CORRUPT_FILE),
        ("accessors/0/count", 1.5, ErrorCode.CORRUPT_FILE),
        ("accessors/0/count", True, ErrorCode.CORRUPT_FILE),
        ("accessors/0/count", "8", ErrorCode.CORRUPT_FILE),
        ("accessors/0/count", 7, ErrorCode.CORRUPT_FILE),
        ("accessors/0/byteOffset", 4, ErrorCode.CORRUPT_FILE),
        ("accessors/0/byteOffset", -4, ErrorCode.CORRUPT_FILE),
        ("accessors/0/type", "VEC2", ErrorCode.CORRUPT_FILE),
        ("accessors/0/type", "VEC9", ErrorCode.CORRUPT_FILE),
        ("accessors/0/componentType", 1, ErrorCode.CORRUPT_FILE),
        ("accessors/0/bufferView", None, ErrorCode.CORRUPT_FILE),
        ("accessors/0/bufferView", 99, ErrorCode.CORRUPT_FILE),
        ("accessors/1/componentType", 5126, ErrorCode.CORRUPT_FILE),
        ("accessors/1/count", 35, ErrorCode.CORRUPT_FILE),
        ("bufferViews/0/byteLength", 1 << 40, ErrorCode.CORRUPT_FILE),
        ("bufferViews/0/byteOffset", 1 << 40, ErrorCode.CORRUPT_FILE),
        ("bufferViews/0/byteStride", 4, ErrorCode.CORRUPT_FILE),
        ("bufferViews/0/byteStride", 1 << 40, ErrorCode.CORRUPT_FILE),
        ("bufferViews/0/buffer", 1, ErrorCode.CORRUPT_FILE),
        ("buffers/0/byteLength", 1 << 40, ErrorCode.CORRUPT_FILE),
        ("buffers/0/uri", "data:text/plain,hello", ErrorCode.CORRUPT_FILE),
        ("buffers/0/uri", "data:;base64,####", ErrorCode.CORRUPT_FILE),
        ("buffers/0/uri", "mesh.bin", ErrorCode.CORRUPT_FILE),
        ("buffers", None, ErrorCode.CORRUPT_FILE),
        ("nodes/0/mesh", 1, ErrorCode.CORRUPT_FILE),
        ("nodes/0/mesh", "0", ErrorCode.CORRUPT_FILE),
        ("nodes/0/children", [0], ErrorCode.CORRUPT_FILE),
        ("nodes/0/children", [5], ErrorCode.CORRUPT_FILE),
        ("nodes/0/matrix", [1, 2, 3], ErrorCode.CORRUPT_FILE),
        ("nodes/0/rotation", ["a", 0, 0, 1], ErrorCode.CORRUPT_FILE),
        ("nodes/0", [], ErrorCode.CORRUPT_FILE),
        ("nodes", {}, ErrorCode.CORRUPT_FILE),
        ("scenes/0/nodes", [0, 0], ErrorCode.CORRUPT_FILE),
        ("scenes/0/nodes", [], ErrorCode.EMPTY_MESH),
        ("scene", 1, ErrorCode.CORRUPT_FILE),
        ("meshes/0/primitives", [], ErrorCode.EMPTY_MESH),
        ("meshes/0/primitives/0/attributes", {}, ErrorCode.EMPTY_MESH),
        ("meshes/0/primitives/0/indices", 0, ErrorCode.CORRUPT_FILE),
        ("asset/version", "1.0", ErrorCode.UNSUPPORTED_FORMAT),
        ("extensionsRequired", ["KHR_draco_mesh_compression"], ErrorCode.UNSUPPORTED_FORMAT),
        ("extensionsRequired", ["EXT_meshopt_compression"], ErrorCode.UNSUPPORTED_FORMAT),
        ("bufferViews/0/extensions", {"EXT_meshopt_compression": {}}, ErrorCode.UNSUPPORTED_FORMAT),
        (
            "meshes/0/primitives/0/extensions",
            {"KHR_draco_mesh_compression": {}},
            ErrorCode.UNSUPPORTED_FORMAT,
        ),
    ],
)
def test_errors(pack_glb: Pack, path: str, value: Any, code: ErrorCode) -> None:
    built = cube()
    assert code_of(pack_glb(change(built.document, path, value), built.binary)) == code


def test_node_cycles(pack_glb: Pack) -> None:
    built = cube()
    built.document["nodes"] = [{"mesh": 0, "children": [1]}, {"children": [0]}]
    assert code_of(pack_glb(built.document, built.binary)) == ErrorCode.CORRUPT_FILE


def test_deep_nodes_are_harmless(pack_glb: Pack) -> None:
    built = cube()
    built.document["nodes"] = [*({"children": [i + 1]} for i in range(20_000)), {"mesh": 0}]
    assert len(load(pack_glb(built.document, built.binary)).faces) == 12


def test_too_many_nodes(pack_glb: Pack) -> None:
    built = cube()
    built.document["nodes"] += [{}] * 200_000
    assert code_of(pack_glb(built.document, built.binary)) == ErrorCode.FILE_TOO_LARGE


def test_surfaces_that_share_their_data_are_limited(pack_glb: Pack) -> None:
    built = Builder()
    vertices, faces = shapes.icosphere(10, 5)
    points, corners = built.accessor(vertices), built.accessor(faces.ravel(), 5125)
    built.mesh(*[{"attributes": {"POSITION": points}, "indices": corners}] * 1000)
    assert code_of(pack_glb(built.document, built.binary)) == ErrorCode.FILE_TOO_LARGE

    built.document["meshes"][0]["primitives"] = built.document["meshes"][0]["primitives"][:1]
    built.document["nodes"] = [{"mesh": 0}] * 1000
    built.document["scenes"] = [{"nodes": list(range(1000))}]
    assert code_of(pack_glb(built.document, built.binary)) == ErrorCode.FILE_TOO_LARGE


def test_an_index_beyond_the_vertices(pack_glb: Pack) -> None:
    vertices, faces = shapes.box()
    built = Builder()
    points = built.accessor(vertices)
    built.mesh({"attributes": {"POSITION": points}, "indices": built.accessor(faces.ravel() + 1, 5123)})
    assert code_of(pack_glb(built.document, built.binary)) == ErrorCode.CORRUPT_FILE


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_not_finite(pack_glb: Pack, bad: float) -> None:
    built = Builder()
    built.mesh({"attributes": {"POSITION": built.accessor(np.array([[0, 0, 0], [1, 0, 0], [0, 1, bad]]))}})
    assert code_of(pack_glb(built.document, built.binary)) == ErrorCode.NON_FINITE


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"asset": 1}', "{" + '"a":[' * 100_000, '{"buffers": [[]]}', '{"meshes": 7}']
)
def test_senseless_json(text: str) -> None:
    assert code_of_gltf(text) in (ErrorCode.CORRUPT_FILE, ErrorCode.EMPTY_MESH)


def code_of_gltf(text: str) -> ErrorCode:
    with pytest.raises(MeshError) as caught:
        load(text.encode(), "gltf")
    return caught.value.code


def test_chunks_that_lie_about_their_length() -> None:
    content = generate.glb(shapes.box())
    assert code_of(content[:12] + b"\xff\xff\xff\xff" + content[16:]) == ErrorCode.CORRUPT_FILE
    assert code_of(content[:8] + b"\xff\xff\xff\xff" + content[12:]) == ErrorCode.CORRUPT_FILE
    assert code_of(content[:4] + struct.pack("<I", 1) + content[8:]) == ErrorCode.UNSUPPORTED_FORMAT


def test_every_truncation_is_corrupt() -> None:
    content = generate.glb(shapes.box())
    for end in range(4, len(content), 5):
        assert code_of(content[:end]) == ErrorCode.CORRUPT_FILE
