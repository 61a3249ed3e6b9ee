"""A contender: one library doing one task, with what is timed kept apart from what is not."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

from benchmarks.meshes import BenchMesh

Answers = dict[str, float]

OURS = "meshcore"

SHARE = "share of the surface"
"""Name of the answer with which a contender owns up to have looked at a part of the mesh only."""


class Contender(NamedTuple):
    """How a library does a task.

    Attributes
    ----------
    name:
        Of the library, and of the variant where it has two.
    module:
        Import name of what it needs; the contender is reported as missing where that is not installed.
    prepare:
        Puts the mesh into the library's own form. Once, not timed.
    work:
        What is timed, given the result of ``prepare`` (or of ``fresh``). Returns its answers, so that a
        reader sees whether the contenders did the same job, or what ``answers`` makes them from.
    answers:
        Sums up a result that is not a dictionary of numbers yet; not timed.
    fresh:
        Makes the argument of ``work`` anew before every round, not timed, where a library keeps results
        of the last round on its objects.
    less:
        What this contender does less than the task, or had done before the clock started. It is then shown
        but is not the bar.
    largest:
        Most faces it is run on, where more would take minutes a round.
    """

    name: str
    module: str
    prepare: Callable[[BenchMesh], Any]
    work: Callable[[Any], Any]
    answers: Callable[[Any], Answers] | None = None
    fresh: Callable[[Any], Any] | None = None
    less: str | None = None
    largest: int | None = None

    def argument(self, prepared: Any) -> Any:
        """What to give to ``work`` in the next round."""
        return self.fresh(prepared) if self.fresh else prepared

    def summed_up(self, result: Any) -> Answers:
        """Answers from a result of ``work``."""
        found = self.answers(result) if self.answers else result
        return {name: float(value) for name, value in found.items()}

    def missing(self) -> str | None:
        """Why it cannot run here, or None."""
        try:
            found = find_spec(self.module) is not None
        except ModuleNotFoundError:
            found = False
        return None if found else f"{self.module} is not installed"
