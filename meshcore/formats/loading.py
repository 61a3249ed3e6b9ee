"""From a path or bytes to a :class:`Mesh`: open, recognise, read, weld, find the unit."""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats import FORMATS, Format
from meshcore.formats.limits import DEFAULT_LIMITS, Limits
from meshcore.formats.sniffing import sniff
from meshcore.formats.source import RawMesh, Source, corrupt
from meshcore.formats.welding import extents, welded
from meshcore.mesh import Mesh, MeshWarning, Severity
from meshcore.units import MILLIMETERS, infer_unit, unit_name

# A model of another size than these millimetres is not what somebody wants to print.
_SMALLEST_PART, _LARGEST_PART = 0.5, 5000.0


def load_mesh(
    source: str | os.PathLike[str] | bytes,
    format: str | None = None,
    *,
    unit: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Mesh:
    """Read a model file; :func:`meshcore.formats.load` with limits of one's own."""
    explicit_unit = None if unit is None else unit_name(unit)
    # Overflows end in coordinates that are refused; numpy need not warn of them as well.
    with _opened(source) as opened, np.errstate(all="ignore"):
        if opened.size > limits.file_bytes:
            raise MeshError(
                ErrorCode.FILE_TOO_LARGE,
                f"The file has {opened.size:,} bytes; {limits.file_bytes:,} are the limit.",
            )
        if opened.size == 0:
            raise corrupt("The file is empty.")
        chosen, warnings = _choose(opened, format)
        raw = _read(chosen, opened, limits)
        return _finish(raw, chosen.name, explicit_unit, warnings)


@contextmanager
def _opened(source: str | os.PathLike[str] | bytes) -> Iterator[Source]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        yield Source(io.BytesIO(source), len(source))
        return
    path = Path(source)
    try:
        # A pipe or a device would block or never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise MeshError(ErrorCode.FILE_NOT_FOUND, f"{path} is not a regular file.")
        stream = path.open("rb")
    except PermissionError as error:
        raise MeshError(ErrorCode.PERMISSION_DENIED, f"{path} may not be read.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        raise MeshError(ErrorCode.FILE_NOT_FOUND, f"{path} cannot be opened: {error}.") from error
    with stream:
        yield Source(stream, os.fstat(stream.fileno()).st_size, path)


def _choose(source: Source, format: str | None) -> tuple[Format, list[MeshWarning]]:
    """The format by content, where that is clear, otherwise the one stated."""
    stated = format if format is not None else (source.path.suffix if source.path else "")
    named = _by_name(stated)
    if format is not None and named is None:
        raise MeshError(
            ErrorCode.UNSUPPORTED_FORMAT,
            f"The format {format[:40]!r} is not supported; known are {', '.join(f.name for f in FORMATS)}.",
        )
    mark = sniff(source)
    found = named if mark is None else _by_name(mark)
    if found is None:
        what = f"Files of the type {stated!r} are" if stated else "The content of the file is"
        raise MeshError(ErrorCode.UNSUPPORTED_FORMAT, f"{what} not supported.")
    if not stated or found == named:
        return found, []
    message = (
        f"The file is stated to be {stated.lstrip('.').upper()} but its content is {found.name.upper()}."
    )
    return found, [MeshWarning("FORMAT_MISMATCH", message)]


def _by_name(name: str) -> Format | None:
    key = name.lower().lstrip(".")
    return next((entry for entry in FORMATS if key == entry.name or "." + key in entry.extensions), None)


def _read(chosen: Format, source: Source, limits: Limits) -> RawMesh:
    """Run a reader; whatever it stumbles over becomes one :class:`MeshError`."""
    reader: Any = import_module(f"meshcore.formats.{chosen.module}")
    try:
        raw: RawMesh = reader.read(source, limits)
    except MeshError:
        raise
    except MemoryError as error:
        raise MeshError(ErrorCode.FILE_TOO_LARGE, "There is not enough memory for this file.") from error
    except OSError as error:
        raise corrupt(f"The file could not be read: {error}.") from error
    except Exception as error:
        raise corrupt(f"The {chosen.name.upper()} file is malformed ({type(error).__name__}).") from error
    return raw


def _finish(raw: RawMesh, name: str, explicit_unit: str | None, warnings: list[MeshWarning]) -> Mesh:
    mesh = welded(raw)
    vertices = mesh.vertices
    warnings = [*warnings, *raw.warnings, *mesh.warnings]
    unit, confidence = _unit(raw, vertices, explicit_unit, warnings)
    if unit != "millimeter":
        vertices *= MILLIMETERS[unit]  # in place: the welded vertices are nobody else's
    return Mesh(
        vertices,
        mesh.faces,
        source_format=name,
        format_version=raw.version,
        original_unit=unit,
        unit_confidence=confidence,
        has_colors=raw.has_colors,
        has_uv=raw.has_uv,
        has_normals=raw.has_normals,
        degenerate_faces_removed=mesh.degenerate_faces,
        warnings=tuple(warnings),
    )


def _unit(
    raw: RawMesh, vertices: NDArray[np.float64], explicit: str | None, warnings: list[MeshWarning]
) -> tuple[str, float]:
    """The unit asked for, else the file's own, else a guess with a warning; and how sure it is."""
    if explicit is not None:
        return explicit, 1.0
    size = max(extents(vertices))
    if raw.unit is not None:
        millimeters = size * MILLIMETERS[raw.unit]
        if not _SMALLEST_PART <= millimeters <= _LARGEST_PART:
            text = (
                f"The file is in {raw.unit}, which makes the model {millimeters:.4g} mm large; is that right?"
            )
            warnings.append(MeshWarning("UNIT_DOUBTFUL", text))
        return raw.unit, 1.0
    unit, confidence, reason = infer_unit(size)
    sure = unit == "millimeter" and confidence >= 0.8
    warnings.append(
        MeshWarning(
            "UNIT_INFERRED",
            f"The file names no unit; {unit} was assumed: {reason}.",
            Severity.INFO if sure else Severity.WARNING,
        )
    )
    return unit, confidence
