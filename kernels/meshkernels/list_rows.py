"""Rows of mixed numbers and lists in a binary table, as PLY stores its faces."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshkernels.jit import scalar

# Kinds of number, and their bytes.
INT8, UINT8, INT16, UINT16, INT32, UINT32, FLOAT32, FLOAT64 = range(8)
_BYTES = np.array([1, 1, 2, 2, 4, 4, 4, 8])
_SINGLE = -1  # in place of a list's kind of count: the property is one number
_WRONG = -2


@scalar
def _integer(data: Any, at: Any, kind: Any, big_endian: Any, bits: Any, reals: Any) -> Any:
    """The number of this kind at ``data[at]``, or a value below -1 where it is no 32-bit integer.

    ``bits`` and ``reals`` are the same eight bytes of scratch space, to look at a float64.
    """
    size = _BYTES[kind]
    word = np.uint64(0)
    for k in range(size):
        byte = data[at + k] if big_endian else data[at + size - 1 - k]
        word = (word << np.uint64(8)) | np.uint64(byte)
    if kind == FLOAT64:
        bits[0] = word
        real = reals[0]
        return np.int64(real) if abs(real) < 2147483648.0 and real == np.floor(real) else _WRONG
    value = np.int64(word)
    if (kind == INT8 or kind == INT16 or kind == INT32) and value >= 1 << (8 * size - 1):  # noqa: SIM109
        value -= 1 << (8 * size)
    return value if value < 2147483648 and kind != FLOAT32 else _WRONG


@scalar
def _walk(
    data: Any, rows: Any, starts: Any, layout: Any, wanted: Any, big_endian: Any, sizes: Any, values: Any
) -> Any:
    """Go through the rows; fill ``sizes`` and ``values`` unless they are empty."""
    bits = np.empty(1, np.uint64)
    reals = bits.view(np.float64)
    end = data.shape[0]
    at = total = 0
    for row in range(rows):
        if starts.shape[0] > 0:
            if at > starts[row]:
                return -1, total
            at = starts[row]
        for p in range(layout.shape[0]):
            count_kind = layout[p, 0]
            kind = layout[p, 1]
            if count_kind == _SINGLE:
                at += _BYTES[kind]
                continue
            if at + _BYTES[count_kind] > end:
                return -1, total
            count = _integer(data, at, count_kind, big_endian, bits, reals)
            at += _BYTES[count_kind]
            if count < 0 or at + count * _BYTES[kind] > end:
                return -1, total
            if p == wanted:
                if sizes.shape[0] > 0:
                    sizes[row] = count
                    for k in range(count):
                        values[total + k] = _integer(
                            data, at + k * _BYTES[kind], kind, big_endian, bits, reals
                        )
                total += count
            at += count * _BYTES[kind]
        if at > end:
            return -1, total
    if starts.shape[0] > rows:
        return starts[rows] if at <= starts[rows] else -1, total
    return at, total


def list_rows(
    data: NDArray[np.uint8],
    rows: int,
    starts: NDArray[np.int64],
    layout: list[tuple[int | None, int]],
    wanted: int,
    big_endian: bool,
) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """Read one list of integers out of every row of a table.

    Parameters
    ----------
    data:
        uint8 (N,), the table from its first byte on.
    rows:
        Number of rows.
    starts:
        int64 (rows + 1,), the byte with which each row begins, and where the last one ends, for rows that
        may have more than the layout says; or empty, where each row follows the one before.
    layout:
        For each property of a row the kind of a list's count, ``None`` for a single number, and the kind of
        its numbers.
    wanted:
        Which property to collect, of any kind but float32; -1 for none, to learn where the table ends.
    big_endian:
        Order of the bytes in every number.

    Returns
    -------
    end: bytes of the table, or -1 where the data ends before the table does.
    sizes: int32 (rows,), length of the wanted list in each row.
    values: int32 (M,), all wanted lists one after the other; what is no 32-bit integer is below -1.
    """
    kinds = np.array([[_SINGLE if count is None else count, kind] for count, kind in layout], np.int64)
    nothing = np.empty(0, np.int32)
    args = (data, np.int64(rows), starts, kinds.reshape(-1, 2), np.int64(wanted), np.bool_(big_endian))
    end, total = _walk(*args, nothing, nothing)
    if end < 0 or wanted < 0 or rows == 0:
        return int(end), nothing, nothing
    sizes, values = np.empty(rows, np.int32), np.empty(total, np.int32)
    _walk(*args, sizes, values)
    return int(end), sizes, values
