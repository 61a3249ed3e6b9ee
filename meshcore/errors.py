"""The one exception a caller meets, and its stable codes."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """Machine-readable reason of a failure; a code never changes its meaning once published."""

    FILE_NOT_FOUND = "FILE_NOT_FOUND"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    UNSUPPORTED_FORMAT = "UNSUPPORTED_FORMAT"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    CORRUPT_FILE = "CORRUPT_FILE"
    EMPTY_MESH = "EMPTY_MESH"
    NON_FINITE = "NON_FINITE"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    MISSING_DEPENDENCY = "MISSING_DEPENDENCY"
    INVALID_OPTION = "INVALID_OPTION"
    UNSAFE_FORK = "UNSAFE_FORK"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class MeshError(Exception):
    """A file or a mesh that cannot be processed.

    Attributes
    ----------
    code:
        Stable reason, one of :class:`ErrorCode`.
    message:
        One sentence for a person.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    def __reduce__(self) -> tuple[type["MeshError"], tuple[ErrorCode, str]]:
        # Exceptions pickle by args; without this a worker's child could not report its error.
        return (MeshError, (self.code, self.message))
