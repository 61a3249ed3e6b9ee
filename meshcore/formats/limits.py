"""How much a file may ask for before it is refused; checked before memory is allocated."""

from dataclasses import dataclass

from meshcore.errors import ErrorCode, MeshError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file.

    Attributes
    ----------
    file_bytes:
        Size of the file itself, and of everything it refers to.
    faces, vertices:
        Elements of the whole model, after instances are unfolded and polygons cut into triangles.
    unzipped_bytes:
        Sum of the unpacked sizes of the parts read from a zip container.
    zip_ratio:
        Unpacked size over packed size; XML of meshes packs 5 to 30 times, deflate ends at 1032.
    zip_entries:
        Files inside a zip container.
    nodes:
        Nodes of a scene, objects and instances of a build.
    depth:
        Nesting of objects, of scene nodes, of XML elements and of JSON values.
    json_bytes:
        Size of a glTF description; geometry lives outside it.
    polygon_work:
        Point-in-triangle tests spent on cutting polygons, about 10**8 a second.
    """

    file_bytes: int = 2 << 30
    faces: int = 50_000_000
    vertices: int = 150_000_000
    unzipped_bytes: int = 4 << 30
    zip_ratio: float = 200.0
    zip_entries: int = 10_000
    nodes: int = 100_000
    depth: int = 64
    json_bytes: int = 64 << 20
    polygon_work: int = 1_000_000_000

    def check_faces(self, count: int) -> None:
        """Raise ``FILE_TOO_LARGE`` when ``count`` faces are more than allowed."""
        if count > self.faces:
            raise MeshError(
                ErrorCode.FILE_TOO_LARGE, f"The model has {count:,} faces; {self.faces:,} are the limit."
            )

    def check_vertices(self, count: int) -> None:
        """Raise ``FILE_TOO_LARGE`` when ``count`` vertices are more than allowed."""
        if count > self.vertices:
            raise MeshError(
                ErrorCode.FILE_TOO_LARGE,
                f"The model has {count:,} vertices; {self.vertices:,} are the limit.",
            )

    def check_nodes(self, count: int) -> None:
        """Raise ``FILE_TOO_LARGE`` when ``count`` objects and instances are more than allowed."""
        if count > self.nodes:
            raise MeshError(
                ErrorCode.FILE_TOO_LARGE,
                f"The model has {count:,} objects and instances; {self.nodes:,} are the limit.",
            )


DEFAULT_LIMITS = Limits()
