"""All numbers of a text that holds nothing but numbers and white space, and where its lines begin."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshkernels.decimal import parse_number
from meshkernels.jit import scalar


@scalar
def _count(text: Any) -> Any:
    """Words, and lines that have words."""
    words = lines = 0
    in_word = False
    empty = True
    for i in range(text.shape[0]):
        c = text[i]
        if c > 32:
            words += not in_word
            lines += empty
            in_word = True
            empty = False
        else:
            in_word = False
            empty |= c == 10 or c == 13
    return words, lines


@scalar
def _parse_numbers(text: Any, numbers: Any, line_starts: Any) -> Any:
    end = text.shape[0]
    i = n = lines = 0
    new_line = True
    while n < numbers.shape[0]:
        while text[i] <= 32:
            new_line |= text[i] == 10 or text[i] == 13
            i += 1
        numbers[n], j = parse_number(text, i, end)
        if j == i or (j < end and text[j] > 32):
            break
        if new_line:
            line_starts[lines] = n
            lines += 1
            new_line = False
        n += 1
        i = j
    line_starts[lines] = n
    return n, lines


def parse_number_list(text: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Parse numbers up to the first word that is none.

    Returns
    -------
    numbers: float64 (N,).
    line_starts: int64 (L + 1,), number with which each line that is not empty begins, and at last N.
    """
    words, lines = _count(text)
    numbers, line_starts = np.empty(words), np.empty(lines + 1, np.int64)
    n, lines = _parse_numbers(text, numbers, line_starts)
    return numbers[:n], line_starts[: lines + 1]
