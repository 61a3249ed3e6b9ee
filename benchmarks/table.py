"""The results as Markdown: who is ahead by how much, and whether all did the same work.

python -m benchmarks.table             renders the last run again
python -m benchmarks.table --readme    and puts its numbers into benchmarks/README.md
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.contender import OURS
from benchmarks.meshes import FOLDER
from benchmarks.tasks import ANALYZE_PARTS

_BEGIN, _END = "<!-- results -->", "<!-- end of results -->"


class Row(NamedTuple):
    """One contender's rounds, in seconds, at one task on one mesh."""

    task: str
    mesh: str
    faces: int
    contender: str
    less: str | None
    answers: dict[str, float]
    seconds: list[float]

    def is_of(self, info: dict[str, Any]) -> bool:
        """Whether a later pass's benchmark belongs to this row."""
        return (self.task, self.mesh, self.contender) == (info["task"], info["mesh"], info["contender"])

    @property
    def best(self) -> float:
        return min(self.seconds)


class Results(NamedTuple):
    """Everything one run found out."""

    machine: dict[str, Any]
    versions: dict[str, str]
    rows: list[Row]
    processes: list[dict[str, Any]]
    missing: dict[str, list[str]]
    failed: list[str]


def render(results: Results) -> str:
    """The whole report: machine, table, process table, answers, what is missing."""
    parts = [*_header(results), "", *_speed(results), *_processes(results), *_gaps(results)]
    return "\n".join([*parts, "", *_answers(results), ""])


def _header(results: Results) -> Iterator[str]:
    machine = results.machine
    python = f"Python {machine.get('python')}"
    yield f"{machine.get('cpu')}, {machine.get('cores')} cores, {machine.get('system')}, {python}; "
    yield ", ".join(f"{name} {version}" for name, version in results.versions.items()) + ". "
    yield f"Load average before and after: {machine['load_before']:.1f}, {machine['load_after']:.1f}."


class _Bar(NamedTuple):
    """What ours is measured against; seconds."""

    name: str
    best: float
    middle: float


def _speed(results: Results) -> Iterator[str]:
    if not results.rows:
        return
    yield "| task | mesh | meshcore | fastest peer | | ours ÷ peer | | others |"
    yield "| --- | --- | ---: | --- | ---: | ---: | --- | --- |"
    for task, mesh in dict.fromkeys((row.task, row.mesh) for row in results.rows):
        yield _speed_row(results.rows, task, mesh)
    yield ""
    yield "Milliseconds: fastest round / median. Ratios are of the fastest rounds; below 1 is ahead."
    lesser = dict.fromkeys(f"{row.contender} ({row.task}): {row.less}" for row in results.rows if row.less)
    if lesser:
        yield "† does less, and is not the bar: " + "; ".join(lesser) + "."


def _speed_row(rows: list[Row], task: str, mesh: str) -> str:
    ours = next((r for r in rows if (r.task, r.mesh, r.contender) == (task, mesh, OURS)), None)
    peers = _peers(rows, task, mesh)
    bar = _fastest(peers)
    others = [
        f"{r.contender}{'†' if r.less else ''} {_ms(r.best)}"
        for r in peers
        if not bar or r.contender != bar.name
    ]
    if task == "analyze":
        bar = _sum_of_fastest(rows, mesh, lesser=False)
        whole = _sum_of_fastest(rows, mesh, lesser=True)
        others = (
            [f"with those that do less†: {whole.name} {_ms(whole.best)}"] if whole and whole != bar else []
        )
    cells = [task, mesh]
    cells.append(f"{_ms(ours.best)} / {_ms(median(ours.seconds))}" if ours else "missing")
    cells += [bar.name, f"{_ms(bar.best)} / {_ms(bar.middle)}"] if bar else ["none", ""]
    if ours and bar:
        cells += [f"{ours.best / bar.best:.2f}", "ahead" if ours.best < bar.best else "**behind**"]
    else:
        cells += ["", ""]
    return f"| {' | '.join([*cells, ', '.join(others)])} |"


def _peers(rows: list[Row], task: str, mesh: str) -> list[Row]:
    peers = (r for r in rows if (r.task, r.mesh) == (task, mesh) and r.contender != OURS)
    return sorted(peers, key=lambda row: row.best)


def _fastest(peers: list[Row], *, lesser: bool = False) -> _Bar | None:
    """The fastest of ``peers``, which are sorted; those that do less count only with ``lesser``."""
    row = next((r for r in peers if lesser or not r.less), None)
    return _Bar(row.contender, row.best, median(row.seconds)) if row else None


def _sum_of_fastest(rows: list[Row], mesh: str, *, lesser: bool) -> _Bar | None:
    """What the fastest peers of all parts of the analysis take together; None where a part has none."""
    bars = [_fastest(_peers(rows, part, mesh), lesser=lesser) for part in ANALYZE_PARTS]
    found = [bar for bar in bars if bar]
    if len(found) < len(bars):
        return None
    names = " + ".join(bar.name for bar in found)
    return _Bar(f"sum of {names}", sum(bar.best for bar in found), sum(bar.middle for bar in found))


def _processes(results: Results) -> Iterator[str]:
    timed = [p for p in results.processes if "title" in p]
    measured = [p for p in results.processes if "peak_mb" in p]
    if timed:
        yield ""
        yield "| whole process | fastest / median | target | |"
        yield "| --- | ---: | ---: | --- |"
        for p in timed:
            target, best = p["target_seconds"], min(p["seconds"])
            met = "" if target is None else ("met" if best < target else "missed")
            stated = "" if target is None else f"{target:g} s"
            yield f"| {p['title']} | {best:.2f} / {median(p['seconds']):.2f} s | {stated} | {met} |"
    if measured:
        yield ""
        yield "| peak memory of load + analyze | peak | 300 MB + 3 × file | 300 MB + 3 × arrays |"
        yield "| --- | ---: | ---: | ---: |"
        for p in measured:
            limits = []
            for kind in ("file", "arrays"):
                met = "met" if p["peak_mb"] <= p[f"{kind}_limit_mb"] else "missed"
                limits.append(f"{p[f'{kind}_limit_mb']:.0f} MB ({kind} {p[f'{kind}_mb']:.0f} MB): {met}")
            yield f"| {p['mesh']}, {p['faces']:,} faces | {p['peak_mb']:.0f} MB | {' | '.join(limits)} |"


def _gaps(results: Results) -> Iterator[str]:
    if results.missing:
        yield ""
        gaps = (f"{gap} ({', '.join(tasks)})" for gap, tasks in results.missing.items())
        yield "Not run here: " + "; ".join(gaps) + "."
    if results.failed:
        yield ""
        yield "Failed:"
        yield from (f"- {line}" for line in results.failed)


def _answers(results: Results) -> Iterator[str]:
    if not results.rows:
        return
    yield "Answers, to see who did the same work:"
    yield ""
    yield "| task | mesh | contender | answers |"
    yield "| --- | --- | --- | --- |"
    for row in sorted(results.rows, key=lambda r: (r.task, r.mesh)):
        found = ", ".join(f"{name} {value:,.10g}" for name, value in row.answers.items())
        yield f"| {row.task} | {row.mesh} | {row.contender} | {found} |"


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:.2f}" if seconds < 0.01 else f"{1e3 * seconds:,.{1 if seconds < 0.1 else 0}f}"


def main() -> None:
    stored = json.loads((FOLDER / "results.json").read_text())
    results = Results(**{**stored, "rows": [Row(*row) for row in stored["rows"]]})
    print(render(results))
    if "--readme" in sys.argv[1:]:
        readme = Path(__file__).with_name("README.md")
        before, rest = readme.read_text().split(_BEGIN)
        numbers = [*_header(results), "", *_speed(results), *_processes(results), *_gaps(results)]
        readme.write_text("\n".join([before + _BEGIN, *numbers, _END]) + rest.split(_END)[1])


if __name__ == "__main__":
    main()
