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
    unfolded_faces:
        Faces of a model that places the same faces several times: a small file can ask for many.
    unzipped_bytes:
        Sum of the unpacked sizes of the parts read from a zip container.
    zip_ratio:
        Unpacked size over packed size; XML of meshes packs 5 to 30 times, deflate ends at 1032.
    zip_entries:
        Files inside a zip container.
    nodes:
        Nodes of a scene, objects and instances of a build.
    depth:
        Nesting of components.
    json_bytes:
        Size of the JSON of a glTF without embedded data; Python takes twenty times as much to parse it.
    polygon_work:
        Corners visited for cutting polygons, about 3 * 10**8 a second.
    step_seconds:
        Time for turning a STEP model into triangles.
    """

    file_bytes: int = 2 << 30
    faces: int = 50_000_000
    vertices: int = 150_000_000
    unfolded_faces: int = 10_000_000
    unzipped_bytes: int = 4 << 30
    zip_ratio: float = 200.0
    zip_entries: int = 10_000
    nodes: int = 100_000
    depth: int = 64
    json_bytes: int = 16 << 20
    polygon_work: int = 500_000_000
    step_seconds: float = 300.0

    def check_faces(self, count: int) -> None:
        """Raise ``FILE_TOO_LARGE`` when ``count`` faces are more than allowed."""
        if count > self.faces:
            raise MeshError(
                ErrorCode.FILE_TOO_LARGE, f"The model has {count:,} faces; {self.faces:,} are the limit."
            )

    def check_unfolded(self, count: int) -> None:
        """Raise ``FILE_TOO_LARGE`` when ``count`` faces are more than repeated ones may be."""
        if count > self.unfolded_faces:
            raise MeshError(
                ErrorCode.FILE_TOO_LARGE,
                f"The model repeats its faces to {count:,}; {self.unfolded_faces:,} are the limit.",
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
