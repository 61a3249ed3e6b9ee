"""Choose what to time with --task, --contender and --mesh (each may be given several times)."""

import pytest

from benchmarks.meshes import STANDARD
from benchmarks.tasks import TASKS


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("meshcore benchmarks")
    group.addoption("--task", action="append", help="only this task")
    group.addoption("--contender", action="append", help="only this contender")
    group.addoption("--mesh", action="append", help="one of the benchmark meshes, or a binary STL file")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "contender" not in metafunc.fixturenames:
        return
    tasks = metafunc.config.getoption("task") or list(TASKS)
    names = metafunc.config.getoption("contender")
    meshes = metafunc.config.getoption("mesh") or STANDARD
    cases = [
        (task, contender, mesh)
        for task in tasks
        for mesh in meshes
        for contender in TASKS[task]
        if not names or contender.name in names
    ]
    ids = [f"{task}, {mesh}, {contender.name}" for task, contender, mesh in cases]
    metafunc.parametrize(("task", "contender", "mesh_name"), cases, ids=ids)
