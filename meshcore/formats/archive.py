"""Parts of a zip container, unpacked within limits."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from meshcore.errors import ErrorCode, MeshError
from meshcore.formats.limits import Limits
from meshcore.formats.source import Source, corrupt

_CHUNK = 1 << 20
_SMALL = 10 << 20  # parts that unpack to less are harmless whatever their ratio


class Archive:
    """A zip file of which parts are read in chunks; all parts together count against the limits."""

    def __init__(self, container: zipfile.ZipFile, limits: Limits) -> None:
        self._container = container
        self._limits = limits
        self._unpacked = 0
        # Names are compared as OPC does: without regard to case, separated by slashes.
        self._parts = {_normal(entry.filename): entry for entry in container.infolist()}

    def names(self) -> list[str]:
        """Normal names of all parts."""
        return list(self._parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Content of a part, a megabyte at a time.

        Raises
        ------
        MeshError
            ``CORRUPT_FILE`` where there is no such part or it does not unpack, ``FILE_TOO_LARGE`` beyond
            the limits.
        """
        entry = self._parts.get(_normal(name))
        if entry is None:
            raise corrupt(f"The container has no part {name[:80]!r}.")
        if entry.flag_bits & 1:
            raise MeshError(ErrorCode.UNSUPPORTED_FORMAT, "The container is encrypted.")
        self._check(entry.file_size, entry.compress_size)
        try:
            with self._container.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    self._unpacked += len(chunk)
                    if self._unpacked > self._limits.unzipped_bytes:
                        raise _too_large(self._unpacked)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise corrupt(f"The part {name[:80]!r} of the container is damaged: {error}.") from error
        except NotImplementedError as error:
            raise MeshError(
                ErrorCode.UNSUPPORTED_FORMAT, "The container is packed by an unknown method."
            ) from error

    def _check(self, unpacked: int, packed: int) -> None:
        if self._unpacked + unpacked > self._limits.unzipped_bytes:
            raise _too_large(self._unpacked + unpacked)
        if unpacked > _SMALL and unpacked > self._limits.zip_ratio * max(packed, 1):
            raise MeshError(
                ErrorCode.FILE_TOO_LARGE,
                f"A part of the container unpacks to {unpacked / max(packed, 1):,.0f} times its size; "
                f"{self._limits.zip_ratio:,.0f} times are the limit.",
            )


def _too_large(size: int) -> MeshError:
    return MeshError(ErrorCode.FILE_TOO_LARGE, f"The container unpacks to {size:,} bytes or more.")


def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


@contextmanager
def open_archive(source: Source, limits: Limits) -> Iterator[Archive]:
    """Open a zip container.

    Raises
    ------
    MeshError
        ``CORRUPT_FILE`` for a broken directory, ``FILE_TOO_LARGE`` for too many parts.
    """
    source.stream.seek(0)
    try:
        container = zipfile.ZipFile(cast(IO[bytes], source.stream))
    except zipfile.BadZipFile as error:
        raise corrupt(f"The zip container is damaged: {error}.") from error
    with container:
        if len(container.infolist()) > limits.zip_entries:
            raise MeshError(ErrorCode.FILE_TOO_LARGE, "The container has too many parts.")
        yield Archive(container, limits)
