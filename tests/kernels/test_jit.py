"""Rules that all kernels keep."""

import ast
from pathlib import Path

import meshkernels

# numba names its compiled quicksort after a counter of the process. Where two processes compile kernels into
# one cache, an argsort and a sort of the same dtype can get one name, and the wrong one is called: a crash.
# One kind for each dtype is safe; anything new here sorts by a loop of its own.
ALLOWED_SORTS = {("bvh_build", "argsort"), ("crossed_faces", "sort"), ("weld", "sort")}
DECORATORS = {"scalar", "parallel", "inlined", "_inlined"}


def _kernels(tree: ast.Module) -> list[ast.FunctionDef]:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return [
        f for f in functions if any(isinstance(d, ast.Name) and d.id in DECORATORS for d in f.decorator_list)
    ]


def test_no_two_kinds_of_sort_share_a_dtype() -> None:
    found = set()
    kernels = 0
    for path in Path(str(meshkernels.__file__)).parent.glob("*.py"):
        for kernel in _kernels(ast.parse(path.read_text())):
            kernels += 1
            for node in ast.walk(kernel):
                if isinstance(node, ast.Attribute) and node.attr in ("sort", "argsort"):
                    found.add((path.stem, node.attr))
    assert kernels > 150
    assert found == ALLOWED_SORTS
