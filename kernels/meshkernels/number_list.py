"""All numbers of a text that holds nothing but numbers and white space."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshkernels.decimal import parse_number
from meshkernels.jit import scalar


@scalar
def _count_words(text: Any) -> int:
    count = 0
    in_word = False
    for i in range(text.shape[0]):
        blank = text[i] <= 32
        count += not blank and not in_word
        in_word = not blank
    return count


@scalar
def _parse_numbers(text: Any, numbers: Any) -> int:
    end = text.shape[0]
    i = n = 0
    while n < numbers.shape[0]:
        while text[i] <= 32:
            i += 1
        numbers[n], j = parse_number(text, i, end)
        if j == i or (j < end and text[j] > 32):
            break
        n += 1
        i = j
    return n


def parse_number_list(text: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Numbers of the text, float64 (N,), up to the first word that is none."""
    numbers = np.empty(_count_words(text))
    return numbers[: _parse_numbers(text, numbers)]
