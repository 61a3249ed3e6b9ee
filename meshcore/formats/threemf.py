"""3MF: build items, components and transforms unfolded into one mesh, in the file's unit."""

from typing import NamedTuple
from xml.parsers import expat

import numpy as np

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.archive import Archive, open_archive
from meshcore.formats.instances import Instance, Part, join
from meshcore.formats.limits import Limits
from meshcore.formats.model_xml import Attributes, Model, Object, Reference, read_model
from meshcore.formats.source import RawMesh, Source, corrupt
from meshcore.mesh import MeshWarning, Severity
from meshcore.units import MILLIMETERS, unit_name

_MODEL_TYPE = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
_SOLID_KINDS = ("model", "surface")  # not support, solidsupport, other


class _Key(NamedTuple):
    """An object: the model part that holds it and its id there."""

    path: str
    object_id: str


class _Package:
    """The model parts of a file, parsed when an object of theirs is first needed."""

    def __init__(self, archive: Archive, root: str, limits: Limits) -> None:
        self._archive = archive
        self._limits = limits
        self._meshes: dict[_Key, Part] = {}
        self.models: dict[str, Model] = {}
        self.root = self.model(root)
        self.root_path = root

    def model(self, path: str) -> Model:
        if path not in self.models:
            self.models[path] = read_model(self._archive.chunks(path), self._limits)
        return self.models[path]

    def object(self, key: _Key) -> Object:
        found = self.model(key.path).objects.get(key.object_id)
        if found is None:
            raise corrupt(f"The 3MF refers to an object {key.object_id[:40]!r} that does not exist.")
        return found

    def mesh(self, key: _Key) -> Part:
        """The object's own mesh in the unit of the root model."""
        if key not in self._meshes:
            source = self.object(key)
            vertices = np.array(source.x_y_z).reshape(-1, 3)
            corners = np.array(source.corners).reshape(-1, 3)
            if len(corners) and (corners.min() < 0 or corners.max() >= len(vertices)):
                raise corrupt(
                    f"A triangle of the 3MF refers to a vertex that does not exist ({len(vertices):,} do)."
                )
            scale = MILLIMETERS[_unit(self.model(key.path))] / MILLIMETERS[_unit(self.root)]
            self._meshes[key] = Part(vertices * scale if scale != 1.0 else vertices, corners.astype(np.int32))
        return self._meshes[key]

    def key(self, reference: Reference, path: str) -> _Key:
        return _Key(path if reference.path is None else reference.path.lstrip("/"), reference.object_id)


def read(source: Source, limits: Limits) -> RawMesh:
    """Read a 3MF file."""
    with open_archive(source, limits) as archive:
        package = _Package(archive, _root_part(archive), limits)
        items, warnings = _items(package)
        _check_size(package, items, limits)
        instances = _unfold(package, items)
    part = join(instances, limits)
    models = package.models.values()
    for what in sorted(set().union(*(m.not_read for m in models))):
        warnings.append(MeshWarning("NOT_READ", f"The 3MF has {what}, which are not read."))
    return RawMesh(
        part.vertices,
        part.faces,
        "3MF",
        unit=_unit(package.root),
        has_colors=any(m.has_colors for m in models),
        has_uv=any(m.has_textures for m in models),
        warnings=tuple(warnings),
    )


def _root_part(archive: Archive) -> str:
    """Name of the model part that the package's relationships name, else the only one there is."""
    names = archive.names()
    if "_rels/.rels" in names:
        targets = []

        def start(name: str, attributes: Attributes) -> None:
            if name.endswith("Relationship") and attributes.get("Type") == _MODEL_TYPE:
                targets.append(attributes["Target"])

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = start
        parser.Parse(b"".join(archive.chunks("_rels/.rels")), True)
        if targets:
            return str(targets[0]).lstrip("/")
    models = [name for name in names if name.endswith(".model")]
    if len(models) == 1:
        return models[0]
    if "3d/3dmodel.model" in models:
        return "3d/3dmodel.model"
    raise MeshError(ErrorCode.UNSUPPORTED_FORMAT, "The zip container is no 3MF: it has no model part.")


def _unit(model: Model) -> str:
    if model.unit not in MILLIMETERS:
        raise corrupt(f"The 3MF has the unknown unit {model.unit[:40]!r}.")
    return unit_name(model.unit)


def _items(package: _Package) -> tuple[list[tuple[_Key, np.ndarray]], list[MeshWarning]]:
    model = package.root
    warnings = []
    items = [(package.key(item, package.root_path), item.matrix) for item in model.items]
    if model.unprintable_items:
        warnings.append(
            MeshWarning(
                "ITEMS_SKIPPED",
                f"{model.unprintable_items:,} build items are marked as not to be printed and were left out.",
                Severity.INFO,
            )
        )
    elif not items:
        used = {c.object_id for o in model.objects.values() for c in o.components if c.path is None}
        items = [(_Key(package.root_path, i), np.eye(4)) for i in model.objects if i not in used]
        warnings.append(
            MeshWarning("NO_BUILD_ITEMS", "The 3MF builds nothing; all of its objects were read.")
        )
    return items, warnings


def _children(package: _Package, key: _Key) -> list[_Key]:
    return [package.key(component, key.path) for component in package.object(key).components]


def _check_size(package: _Package, items: list[tuple[_Key, np.ndarray]], limits: Limits) -> None:
    """Count nodes and faces of the unfolded build, without unfolding it; find cycles on the way."""
    totals: dict[_Key, tuple[int, int]] = {}
    for root, _ in items:
        path: set[_Key] = set()
        stack = [(root, False)]
        while stack:
            key, done = stack.pop()
            if done:
                path.discard(key)
                children = [totals[child] for child in _children(package, key)]
                nodes = 1 + sum(n for n, _ in children)
                faces = len(package.object(key).corners) // 3 + sum(f for _, f in children)
                totals[key] = nodes, faces
            elif key in path:
                raise corrupt(f"The object {key.object_id[:40]!r} of the 3MF contains itself.")
            elif key not in totals:
                path.add(key)
                if len(path) > limits.depth:
                    raise corrupt(f"The components of the 3MF are nested more than {limits.depth} deep.")
                stack.append((key, True))
                stack += [(child, False) for child in _children(package, key)]
    limits.check_nodes(sum(totals[key][0] for key, _ in items))
    limits.check_faces(sum(totals[key][1] for key, _ in items))


def _unfold(package: _Package, items: list[tuple[_Key, np.ndarray]]) -> list[Instance]:
    instances = []
    stack = items[::-1]
    while stack:
        key, matrix = stack.pop()
        source = package.object(key)
        if source.kind not in _SOLID_KINDS:
            continue
        if len(source.corners):
            instances.append(Instance(package.mesh(key), matrix))
        stack += [(package.key(c, key.path), matrix @ c.matrix) for c in reversed(source.components)]
    return instances
