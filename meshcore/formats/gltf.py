"""glTF 2.0, binary (GLB) and JSON: the scene's meshes placed by their nodes.

glTF is in metres with +Y up; the result is in the file's metres with z up: x, y, z become x, -z, y.
"""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.accessors import Buffers, Json, item, whole
from meshcore.formats.instances import Instance, Part, join
from meshcore.formats.limits import Limits
from meshcore.formats.polygons import fan_to_faces, strips_to_faces
from meshcore.formats.source import RawMesh, Source, corrupt
from meshcore.mesh import MeshWarning, Severity
from meshcore.units import unit_name

Z_UP = np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])

_JSON_CHUNK, _BINARY_CHUNK = 0x4E4F534A, 0x004E4942
_DATA_URI = re.compile(rb'"(data:[^"]*)"')
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
# Required extensions that leave the geometry as it is, or that the accessors handle.
_HARMLESS = (
    "KHR_materials", "KHR_texture", "KHR_lights", "KHR_animation", "KHR_xmp", "EXT_texture", "MSFT_texture",
    "KHR_mesh_quantization",
)  # fmt: skip


def read(source: Source, limits: Limits) -> RawMesh:
    """Read a GLB or glTF file."""
    return read_scene(source, limits, Z_UP)


def read_scene(source: Source, limits: Limits, axes: NDArray[np.float64]) -> RawMesh:
    """Read a GLB or glTF file and apply the 4 by 4 matrix ``axes`` to the whole scene."""
    document, binary = _open(source, limits)
    version = str(document.get("asset", {}).get("version", "2.0"))
    if not version.startswith("2"):
        raise MeshError(ErrorCode.UNSUPPORTED_FORMAT, f"glTF {version[:10]} is not supported, glTF 2.0 is.")
    _check_extensions(document)
    placed = list(_placed_meshes(document, limits))
    meshes = {index: item(document, "meshes", index) for index, _ in placed}
    _check_claims(document, list(meshes.values()), limits)
    buffers = Buffers(document, binary, source.path.parent if source.path else None, limits)
    parts = {index: _mesh(buffers, mesh, limits) for index, mesh in meshes.items()}
    part = join([Instance(parts[index], axes @ matrix) for index, matrix in placed], limits)
    attributes = {
        name for mesh in meshes.values() for p in _surfaces(mesh) for name in p.get("attributes", {})
    }
    unit, warnings = _unit(document)
    return RawMesh(
        part.vertices,
        part.faces,
        f"glTF {version}",
        unit=unit,
        has_colors="COLOR_0" in attributes,
        has_uv="TEXCOORD_0" in attributes,
        has_normals="NORMAL" in attributes,
        warnings=tuple(warnings + _not_read(document)),
    )


def _open(source: Source, limits: Limits) -> tuple[Json, NDArray[np.uint8] | None]:
    """The JSON document and the binary chunk, if there is one."""
    content = source.array()
    binary = None
    if bytes(content[:4]) == b"glTF":
        chunks = dict(reversed(list(_chunks(content))))  # the first of each kind counts
        if _JSON_CHUNK not in chunks:
            raise corrupt("The GLB has no JSON chunk.")
        text, binary = bytes(chunks[_JSON_CHUNK]), chunks.get(_BINARY_CHUNK)
    else:
        text = bytes(content)
    # Embedded data is taken out first, so that the limit holds for what has to be parsed.
    embedded = _DATA_URI.findall(text)
    if embedded:
        numbers = itertools.count()
        text = _DATA_URI.sub(lambda _: b'"data:%d"' % next(numbers), text)
    if len(text) > limits.json_bytes:
        raise MeshError(ErrorCode.FILE_TOO_LARGE, f"The glTF has {len(text):,} bytes of JSON.")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise corrupt(f"The JSON of the glTF is malformed: {error}.") from error
    if not isinstance(document, dict):
        raise corrupt("The JSON of the glTF is no object.")
    for buffer in document.get("buffers", []):
        uri = buffer.get("uri")
        if embedded and isinstance(uri, str) and uri.startswith("data:"):
            buffer["uri"] = embedded[int(uri[5:])].decode("ascii").replace("\\/", "/")
    return document, binary


def _chunks(content: NDArray[np.uint8]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Kind and data of each chunk of a GLB."""
    if len(content) < 12:
        raise corrupt("The GLB ends within its header.")
    version, total = (int(x) for x in content[4:12].view("<u4"))
    if version != 2:
        raise MeshError(
            ErrorCode.UNSUPPORTED_FORMAT, f"GLB version {version} is not supported, version 2 is."
        )
    if total > len(content):
        raise corrupt(f"The GLB claims {total:,} bytes but has {len(content):,}.")
    at = 12
    while at + 8 <= total:
        length, kind = (int(x) for x in content[at : at + 8].view("<u4"))
        at += 8
        if at + length > total:
            raise corrupt(f"A chunk of the GLB claims {length:,} bytes but the file has {total - at:,} left.")
        yield kind, content[at : at + length]
        at += length


def _check_extensions(document: Json) -> None:
    for name in document.get("extensionsRequired", []):
        if not str(name).startswith(_HARMLESS):
            raise MeshError(
                ErrorCode.UNSUPPORTED_FORMAT,
                f"The glTF needs the extension {str(name)[:60]}, which is not supported; save it without.",
            )


def _placed_meshes(document: Json, limits: Limits) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Index of every mesh of the scene with the matrix that places it."""
    nodes = document.get("nodes", [])
    limits.check_nodes(len(nodes))
    scenes = document.get("scenes", [])
    if scenes:
        roots = item(document, "scenes", document.get("scene", 0)).get("nodes", [])
    elif nodes:
        children = {child for node in nodes for child in node.get("children", [])}
        roots = [index for index in range(len(nodes)) if index not in children]
    else:
        yield from ((index, np.eye(4)) for index in range(len(document.get("meshes", []))))
        return
    stack = [(index, np.eye(4)) for index in reversed(roots)]
    seen = set()
    while stack:
        index, parent = stack.pop()
        node = item(document, "nodes", index)
        # The format allows trees only; with this, neither a cycle nor a bomb of shared children gets far.
        if index in seen:
            raise corrupt(f"Node {index} of the glTF is its own ancestor or has two parents.")
        seen.add(index)
        matrix = parent @ _matrix(node)
        if "mesh" in node:
            yield node["mesh"], matrix
        stack += [(child, matrix) for child in reversed(node.get("children", []))]


def _check_claims(document: Json, meshes: list[Json], limits: Limits) -> None:
    """Add up what the surfaces claim to have, before any of it is read.

    What the accessors claim is checked against the bytes when they are read. Surfaces that share
    accessors can claim far more than the file has bytes for, so there is a lower limit for them.
    """
    corners = vertices = 0
    distinct = {}
    for primitive in (p for mesh in meshes for p in _surfaces(mesh)):
        positions = primitive.get("attributes", {}).get("POSITION")
        indices = primitive.get("indices", positions)
        if positions is None:
            continue
        distinct[indices] = whole(item(document, "accessors", indices).get("count"), "count")
        corners += distinct[indices]
        vertices += whole(item(document, "accessors", positions).get("count"), "count")
    limits.check_vertices(vertices)
    limits.check_faces(corners // 3)
    if corners > sum(distinct.values()):
        limits.check_unfolded(corners // 3)


def _matrix(node: Json) -> NDArray[np.float64]:
    if "matrix" in node:
        return np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T  # stored by columns
    matrix = np.eye(4)
    x, y, z, w = (float(c) for c in node.get("rotation", (0, 0, 0, 1)))
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, :3] *= np.array(node.get("scale", (1, 1, 1)), dtype=np.float64)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _surfaces(mesh: Json) -> list[Json]:
    """Primitives of a mesh that have faces; points and lines are left out."""
    modes = (_TRIANGLES, _STRIP, _FAN)
    return [p for p in mesh.get("primitives", []) if p.get("mode", _TRIANGLES) in modes]


def _mesh(buffers: Buffers, mesh: Json, limits: Limits) -> Part:
    parts = [Instance(_primitive(buffers, primitive), np.eye(4)) for primitive in _surfaces(mesh)]
    return join(parts, limits)


def _primitive(buffers: Buffers, primitive: Json) -> Part:
    if "KHR_draco_mesh_compression" in primitive.get("extensions", {}):
        raise MeshError(
            ErrorCode.UNSUPPORTED_FORMAT,
            "The glTF is compressed with Draco, which is not supported; save it without compression.",
        )
    if "POSITION" not in primitive.get("attributes", {}):
        return Part(np.empty((0, 3)), np.empty((0, 3), np.int32))
    vertices = buffers.accessor(primitive["attributes"]["POSITION"]).astype(np.float64)
    if vertices.shape[1] != 3:
        raise corrupt("The positions of the glTF are not triples.")
    if "indices" in primitive:
        values = buffers.accessor(primitive["indices"])
        if values.dtype.kind != "u" or values.shape[1] != 1:
            raise corrupt("The indices of the glTF are not unsigned integers.")
        corners = values[:, 0].astype(np.int64)
        if len(corners) and int(corners.max()) >= len(vertices):
            raise corrupt(
                f"An index of the glTF refers to vertex {corners.max():,}, but there are {len(vertices):,}."
            )
    else:
        corners = np.arange(len(vertices))
    if len(vertices) > len(corners):  # surfaces that share their vertices take only those they use
        used, corners = np.unique(corners, return_inverse=True)
        vertices = vertices[used]
    return Part(vertices, _faces(corners.astype(np.int32), primitive.get("mode", _TRIANGLES)))


def _faces(corners: NDArray[np.int32], mode: int) -> NDArray[np.int32]:
    if mode == _STRIP:
        return strips_to_faces(corners)
    if mode == _FAN:
        return fan_to_faces(corners)
    if len(corners) % 3:
        raise corrupt(f"A primitive of the glTF has {len(corners):,} corners, which is no multiple of three.")
    return corners.reshape(-1, 3)


def _unit(document: Json) -> tuple[str, list[MeshWarning]]:
    """Metres, unless the meshes themselves say otherwise as one exporter lets them."""
    stated: set[Any] = {(mesh.get("extras") or {}).get("units") for mesh in document.get("meshes", [])}
    if len(stated) == 1 and isinstance(name := stated.pop(), str) and name != "meters":
        try:
            unit = unit_name(name)
        except MeshError:
            return "meter", []
        text = f"The glTF says that its numbers are in {unit}, though the format is in metres."
        return unit, [MeshWarning("UNIT_FROM_EXTRAS", text, Severity.INFO)]
    return "meter", []


def _not_read(document: Json) -> list[MeshWarning]:
    """Warnings for what moves vertices in a viewer but not here."""
    found = []
    if any("skin" in node for node in document.get("nodes", [])):
        found.append("skins (the mesh is read in its bind pose)")
    if any(p.get("targets") for mesh in document.get("meshes", []) for p in _surfaces(mesh)):
        found.append("morph targets")
    if any("EXT_mesh_gpu_instancing" in node.get("extensions", {}) for node in document.get("nodes", [])):
        found.append("GPU instances")
    return [MeshWarning("NOT_READ", f"The glTF has {what}, which are not applied.") for what in found]
