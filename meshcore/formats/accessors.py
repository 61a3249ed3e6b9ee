"""Arrays of a glTF file: buffers, buffer views, accessors; every claim is checked against the bytes."""

import base64
import binascii
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.limits import Limits
from meshcore.formats.source import corrupt

Json = dict[str, Any]

_DTYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_MOST_ZEROS = 1_000_000  # elements of an accessor that has no bytes but for those it replaces
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


def item(document: Json, table: str, index: Any) -> Json:
    """Entry ``index`` of a top-level array of the document.

    Raises
    ------
    MeshError
        ``CORRUPT_FILE`` where there is none.
    """
    entries = document.get(table, [])
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(entries):
        raise corrupt(f"The glTF refers to entry {str(index)[:20]} of {table!r}, which does not exist.")
    entry = entries[index]
    if not isinstance(entry, dict):
        raise corrupt(f"The glTF has something else than an object in {table!r}.")
    return entry


def whole(value: Any, what: str) -> int:
    """``value`` as a count, an offset or a length; ``CORRUPT_FILE`` where it is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 53:
        raise corrupt(f"The glTF has a {what} of {str(value)[:20]}.")
    return value


class Buffers:
    """The buffers of a document, opened when needed.

    ``binary`` is the second chunk of a GLB. Files are opened in ``folder`` and below, nowhere else.
    """

    def __init__(
        self, document: Json, binary: NDArray[np.uint8] | None, folder: Path | None, limits: Limits
    ) -> None:
        self._document = document
        self._binary = binary
        self._folder = folder
        self._limits = limits
        self._open: dict[int, NDArray[np.uint8]] = {}

    def accessor(self, index: Any) -> NDArray[Any]:
        """The accessor's values, (count, width), as they are stored; normalised ones as float64."""
        entry = item(self._document, "accessors", index)
        count = whole(entry.get("count"), "count")
        dtype, width = self._element_type(entry)
        self._limits.check_vertices(count)
        if "bufferView" in entry:
            offset = whole(entry.get("byteOffset", 0), "byteOffset")
            values = self._view(entry["bufferView"], offset, count, dtype, width)
        elif "sparse" in entry and count <= _MOST_ZEROS:
            values = np.zeros((count, width), dtype)
        else:
            raise corrupt("An accessor of the glTF has no data.")
        if "sparse" in entry:
            values = self._with_sparse(values, entry["sparse"])
        if entry.get("normalized"):
            return np.maximum(values / np.iinfo(dtype).max, -1.0)
        return values

    def _element_type(self, entry: Json) -> tuple[np.dtype[Any], int]:
        code, shape = entry.get("componentType"), entry.get("type")
        if code not in _DTYPES or shape not in _WIDTHS:
            raise corrupt(f"The glTF has an accessor of the unknown type {str(code)[:20]} {str(shape)[:20]}.")
        return np.dtype(_DTYPES[code]), _WIDTHS[shape]

    def _view(self, index: Any, offset: int, count: int, dtype: np.dtype[Any], width: int) -> NDArray[Any]:
        view = item(self._document, "bufferViews", index)
        if "EXT_meshopt_compression" in view.get("extensions", {}):
            raise MeshError(
                ErrorCode.UNSUPPORTED_FORMAT,
                "The glTF is compressed with meshopt, which is not supported; save it without compression.",
            )
        start = whole(view.get("byteOffset", 0), "byteOffset")
        length = whole(view.get("byteLength"), "byteLength")
        stride = whole(view.get("byteStride", dtype.itemsize * width), "byteStride")
        data = self._buffer(view.get("buffer"))
        if start + length > len(data):
            raise corrupt("A buffer view of the glTF reaches beyond its buffer.")
        if stride < dtype.itemsize * width:
            raise corrupt(f"A buffer view of the glTF has a byteStride of {stride}, less than its elements.")
        if count == 0:
            return np.empty((0, width), dtype)
        if offset + (count - 1) * stride + dtype.itemsize * width > length:
            raise corrupt(
                f"An accessor of the glTF claims {count:,} elements, more than its buffer view holds."
            )
        return np.ndarray((count, width), dtype, data, start + offset, (stride, dtype.itemsize))

    def _with_sparse(self, values: NDArray[Any], sparse: Json) -> NDArray[Any]:
        count = whole(sparse.get("count"), "count")
        indices, replaced = sparse["indices"], sparse["values"]
        kind = np.dtype(_DTYPES[indices["componentType"]])
        offset = whole(indices.get("byteOffset", 0), "byteOffset")
        where = self._view(indices["bufferView"], offset, count, kind, 1)[:, 0]
        if count and int(where.max()) >= len(values):
            raise corrupt("A sparse accessor of the glTF replaces an element that does not exist.")
        values = values.copy()
        offset = whole(replaced.get("byteOffset", 0), "byteOffset")
        values[where] = self._view(replaced["bufferView"], offset, count, values.dtype, values.shape[1])
        return values

    def _buffer(self, index: Any) -> NDArray[np.uint8]:
        entry = item(self._document, "buffers", index)
        if index not in self._open:
            uri = entry.get("uri")
            if uri is None and index == 0 and self._binary is not None:
                data = self._binary
            elif isinstance(uri, str):
                data = _data_uri(uri) if uri.startswith("data:") else self._file(uri)
            else:
                raise corrupt("A buffer of the glTF has neither a URI nor a binary chunk.")
            length = whole(entry.get("byteLength"), "byteLength")
            if length > len(data):
                raise corrupt(f"A buffer of the glTF claims {length:,} bytes but has {len(data):,}.")
            self._open[index] = data[:length]
        return self._open[index]

    def _file(self, uri: str) -> NDArray[np.uint8]:
        name = unquote(uri)
        if self._folder is None:
            raise corrupt(f"The glTF keeps its data in the file {name[:80]!r}, which is not at hand.")
        folder = self._folder.resolve()
        path = (folder / name).resolve()  # links that lead out of the folder are caught too
        if ":" in name or "\\" in name or not path.is_relative_to(folder):
            raise corrupt(f"The glTF refers to {name[:80]!r}, which is outside of its folder.")
        if not path.is_file():
            raise MeshError(ErrorCode.FILE_NOT_FOUND, f"The glTF needs the file {name[:80]!r} beside it.")
        if path.stat().st_size > self._limits.file_bytes:
            raise MeshError(ErrorCode.FILE_TOO_LARGE, f"The file {name[:80]!r} of the glTF is too large.")
        return np.fromfile(path, np.uint8)


def _data_uri(uri: str) -> NDArray[np.uint8]:
    head, comma, body = uri.partition(",")
    if not comma or not head.endswith(";base64"):
        raise corrupt("A buffer of the glTF has a data URI that is not base64.")
    try:
        return np.frombuffer(base64.b64decode(unquote(body), validate=True), np.uint8)
    except (binascii.Error, ValueError) as error:
        raise corrupt("A buffer of the glTF has malformed base64.") from error
