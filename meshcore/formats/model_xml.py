"""Read a model part of a 3MF file: objects, components, build items, as the XML has them.

The parser is expat, fed in chunks: no tree is built, entities and document types are refused.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from meshcore.formats.limits import Limits
from meshcore.formats.source import corrupt

_CORE = "3dmanufacturing/core"
_PRODUCTION_PATH = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06 path"

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Reference:
    """An object that a component or a build item places: where it is, its id, the 4 by 4 matrix."""

    path: str | None
    object_id: str
    matrix: NDArray[np.float64]


@dataclass(slots=True)
class Object:
    """An object resource: a mesh, components, or neither where it is of a kind that is not read."""

    kind: str
    x_y_z: "array[float]" = field(default_factory=lambda: array("d"))
    corners: "array[int]" = field(default_factory=lambda: array("q"))
    components: list[Reference] = field(default_factory=list)


@dataclass(slots=True)
class Model:
    """A model part."""

    unit: str = "millimeter"
    objects: dict[str, Object] = field(default_factory=dict)
    items: list[Reference] = field(default_factory=list)
    has_colors: bool = False
    has_textures: bool = False
    not_read: set[str] = field(default_factory=set)
    unprintable_items: int = 0


def read_model(chunks: Iterator[bytes], limits: Limits) -> Model:
    """Parse a model part.

    Raises
    ------
    MeshError
        ``CORRUPT_FILE`` for malformed XML, a document type, or an attribute that is missing or no number;
        ``FILE_TOO_LARGE`` beyond the limits.
    """
    reader = _Reader(limits)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            limits.check_vertices(reader.vertices)
            limits.check_faces(reader.triangles)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise corrupt(f"The XML of the 3MF is malformed: {error}.") from error
    except KeyError as error:
        where = f"line {parser.CurrentLineNumber:,}"
        raise corrupt(f"The 3MF has an element without its attribute {error} in {where}.") from error
    except (ValueError, OverflowError) as error:
        where = f"line {parser.CurrentLineNumber:,}"
        raise corrupt(f"The 3MF has a malformed number in {where}: {error}.") from error
    return reader.model


def _refuse_doctype(*_: object) -> None:
    raise corrupt("The XML of the 3MF declares a document type, which the format does not allow.")


class _Reader:
    """State of the parse: what expat calls on every element."""

    def __init__(self, limits: Limits) -> None:
        self.model = Model()
        self.vertices = 0
        self.triangles = 0
        self._limits = limits
        self._references = 0
        self._object = Object("none")
        self._handlers: dict[str, Callable[[Attributes], None] | None] = {}
        self._core: dict[str, Callable[[Attributes], None]] = {
            "model": self._on_model,
            "object": self._on_object,
            "vertex": self._on_vertex,
            "triangle": self._on_triangle,
            "component": self._on_component,
            "item": self._on_item,
            "base": self._on_color,
        }
        self._extensions: dict[str, Callable[[Attributes], None]] = {
            "color": self._on_color,
            "texture2dgroup": self._on_texture,
            "beamlattice": lambda _: self.model.not_read.add("beam lattices"),
            "booleanshape": lambda _: self.model.not_read.add("boolean shapes"),
            "slicestack": lambda _: self.model.not_read.add("slices"),
            "displacementmesh": lambda _: self.model.not_read.add("displacements"),
            "implicitfunction": lambda _: self.model.not_read.add("implicit functions"),
        }

    def start(self, name: str, attributes: Attributes) -> None:
        try:
            handler = self._handlers[name]
        except KeyError:
            handler = self._handlers[name] = self._find(name)
        if handler is not None:
            handler(attributes)

    def _find(self, name: str) -> Callable[[Attributes], None] | None:
        namespace, _, local = name.rpartition(" ")
        table = self._core if _CORE in namespace or not namespace else self._extensions
        return table.get(local)

    def _on_model(self, attributes: Attributes) -> None:
        self.model.unit = attributes.get("unit", "millimeter")

    def _on_object(self, attributes: Attributes) -> None:
        self._object = self.model.objects[attributes["id"]] = Object(attributes.get("type", "model"))
        self._count_reference()

    def _on_vertex(self, attributes: Attributes) -> None:
        self._object.x_y_z.extend((float(attributes["x"]), float(attributes["y"]), float(attributes["z"])))
        self.vertices += 1

    def _on_triangle(self, attributes: Attributes) -> None:
        self._object.corners.extend((int(attributes["v1"]), int(attributes["v2"]), int(attributes["v3"])))
        self.triangles += 1

    def _on_component(self, attributes: Attributes) -> None:
        self._object.components.append(_reference(attributes))
        self._count_reference()

    def _on_item(self, attributes: Attributes) -> None:
        self._count_reference()
        if attributes.get("printable") == "0":
            self.model.unprintable_items += 1
        else:
            self.model.items.append(_reference(attributes))

    def _on_color(self, _: Attributes) -> None:
        self.model.has_colors = True

    def _on_texture(self, _: Attributes) -> None:
        self.model.has_textures = True

    def _count_reference(self) -> None:
        self._references += 1
        self._limits.check_nodes(self._references)


def _reference(attributes: Attributes) -> Reference:
    matrix = np.eye(4)
    transform = attributes.get("transform")
    if transform is not None:
        # Row vectors times a 4 by 3 matrix, in row order.
        matrix[:3] = np.array([float(x) for x in transform.split()]).reshape(4, 3).T
    return Reference(attributes.get(_PRODUCTION_PATH), attributes["objectid"], matrix)
