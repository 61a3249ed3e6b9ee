"""Run the benchmarks and print the table: every contender in a process of its own, taking turns.

python -m benchmarks.run                       everything: most of an hour
python -m benchmarks.run --task thickness --mesh organic-225k --mesh part.stl
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from benchmarks.contender import OURS, Contender
from benchmarks.meshes import FOLDER, NAMES, STANDARD, bench_mesh
from benchmarks.table import Results, Row, render
from benchmarks.tasks import TASKS

COMMAND = "command"

_ROOT = Path(__file__).resolve().parents[1]
_TIMEOUT = 1800  # seconds a contender may take for one task on all meshes


def main() -> None:
    arguments = _arguments()
    sizes = {name: len(bench_mesh(name).faces) for name in arguments.mesh or STANDARD}
    tasks = arguments.task or [*TASKS, COMMAND]
    results = Results(machine={}, versions=_versions(), rows=[], processes=[], missing={}, failed=[])
    results.machine["load_before"] = os.getloadavg()[0]
    for turn in range(arguments.passes):
        for task in tasks:
            if task == COMMAND:
                if turn == 0:
                    _run_command(results)
                continue
            for contender in TASKS[task]:
                if not arguments.contender or contender.name in (OURS, *arguments.contender):
                    _run_contender(results, task, contender, sizes)
    results.machine["load_after"] = os.getloadavg()[0]
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "results.json").write_text(json.dumps(results._asdict(), indent=1))
    text = render(results)
    (FOLDER / "results.md").write_text(text)
    print(text)
    print(f"Written to {FOLDER / 'results.json'} and results.md", file=sys.stderr)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time meshcore beside its peers.")
    parser.add_argument("--task", action="append", choices=[*TASKS, COMMAND])
    parser.add_argument("--contender", action="append", help="only this peer, and meshcore")
    parser.add_argument("--mesh", action="append", help=f"a binary STL file, or one of {', '.join(NAMES)}")
    parser.add_argument("--passes", type=int, default=2, help="how often the contenders take turns")
    return parser.parse_args()


def _run_contender(results: Results, task: str, contender: Contender, sizes: dict[str, int]) -> None:
    missing = contender.missing()
    if missing:
        _note(results, f"{contender.name}: {missing}", task)
        return
    options = ["--task", task, "--contender", contender.name]
    meshes = [name for name, faces in sizes.items() if faces <= (contender.largest or faces)]
    if len(meshes) < len(sizes):
        _note(results, f"{contender.name}: too slow above {contender.largest:,} faces", task)
    if not meshes:
        return
    print(f"{task}: {contender.name}", file=sys.stderr)
    for mesh in meshes:
        options += ["--mesh", mesh]
    for found in _pytest(results, "benchmarks/test_speed.py", options):
        info = found["extra_info"]
        row = next((r for r in results.rows if r.is_of(info)), None)
        if row is None:
            row = Row(**info, seconds=[])
            results.rows.append(row)
        row.seconds.extend(found["stats"]["data"])


def _note(results: Results, gap: str, task: str) -> None:
    tasks = results.missing.setdefault(gap, [])
    if task not in tasks:
        tasks.append(task)


def _run_command(results: Results) -> None:
    print("command line and memory", file=sys.stderr)
    for found in _pytest(results, "benchmarks/test_command.py", []):
        results.processes.append({**found["extra_info"], "seconds": found["stats"]["data"]})


def _pytest(results: Results, file: str, options: list[str]) -> Iterable[dict[str, Any]]:
    """Benchmarks of one pytest process; what failed in it is noted in ``results``."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pytest", file, "-q", "--tb=line", "-p", "no:cacheprovider"]
        command += [*options, "--benchmark-json", str(report)]
        environment = {**os.environ, "COLUMNS": "400"}
        try:
            done = subprocess.run(
                command,
                cwd=_ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            results.failed.append(f"{file} {' '.join(options)}: no end after {_TIMEOUT} s")
            return []
        summary = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        results.failed.extend(line for line in summary if line not in results.failed)
        if not report.exists():
            if not summary and done.returncode != 5:  # 5: nothing to run
                results.failed.append(f"{file} {' '.join(options)}: ended with status {done.returncode}")
            return []
        content = json.loads(report.read_text() or "{}")
    if not content:
        return []
    cpu = content["machine_info"]["cpu"]
    results.machine.update(cpu=cpu.get("brand_raw", "unknown"), cores=os.cpu_count())
    results.machine.update(python=content["machine_info"]["python_version"], system=sys.platform)
    benchmarks: list[dict[str, Any]] = content["benchmarks"]
    return benchmarks


def _versions() -> dict[str, str]:
    """Versions of what is listed in ``peers.txt`` and of what meshcore itself runs on."""
    wanted = {"mesh-sync-meshcore", "numba", "numpy", "scipy"}
    for line in (Path(__file__).with_name("peers.txt")).read_text().splitlines():
        wanted.add(line.split("#")[0].split("==")[0].strip().lower())
    found = {d.metadata["Name"].lower(): d.version for d in distributions()}
    return {name: found[name] for name in sorted(wanted & found.keys())}


if __name__ == "__main__":
    main()
