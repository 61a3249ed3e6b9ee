"""``meshcore analyze``: files in, a report or the completed messages out."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from meshcore.adapters.technical_metadata import Outcome


# Columns to fill when the output goes to a file or a pipe, where nothing tells how wide it may be.
_PIPE_WIDTH = 160


def analyze(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Model files, or folders to search for model files."),
    ],
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print only the model-technical-metadata-completed message, one line a file.",
        ),
    ] = False,
    unit: Annotated[
        str | None,
        typer.Option(help="Unit of the numbers in the files (mm, cm, m, inch...), instead of guessing."),
    ] = None,
    overhang_angle: Annotated[
        float,
        typer.Option(
            min=0.0, max=90.0, help="Steepest slope that prints without support, degrees from vertical."
        ),
    ] = 45.0,
) -> None:
    """Measure model files: closed, wall thickness, overhangs, orientation, print time, material.

    One file shows a report, several a table. Exit code 1 when a file could not be analysed.
    """
    from rich.console import Console

    errors = Console(stderr=True)
    files = list(_model_files(paths))
    if not files:
        errors.print("[red]No model files found.[/] `meshcore formats` lists what can be read.")
        raise typer.Exit(1)
    _notice_compilation(errors)
    outcomes = _outcomes(files, unit, overhang_angle, errors)
    failed = _print_messages(outcomes) if as_json else _print_report(outcomes, len(files), errors)
    raise typer.Exit(1 if failed else 0)


def _print_messages(outcomes: "Iterator[tuple[Path, Outcome]]") -> int:
    """Print one message a line; returns how many failed."""
    failed = 0
    for _, outcome in outcomes:
        failed += outcome.report is None
        sys.stdout.write(outcome.message.to_json() + "\n")
        sys.stdout.flush()
    return failed


def _print_report(outcomes: "Iterator[tuple[Path, Outcome]]", count: int, errors: "Console") -> int:
    """Print what a person wants to see; returns how many failed."""
    from rich.console import Console

    from meshcore.cli import report

    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH)
    if count > 1:
        return report.show_table(outcomes, console, errors)
    # Taken as a list, so that the progress bar is gone before the report appears.
    ((path, outcome),) = list(outcomes)
    return report.show_one(path, outcome, console, errors)


def _model_files(paths: list[Path]) -> Iterator[Path]:
    """The files named, and the model files inside the folders named, sorted."""
    from meshcore.formats import FORMATS

    extensions = {extension for entry in FORMATS for extension in entry.extensions}
    for path in paths:
        if path.is_dir():
            found = (p for p in path.rglob("*") if p.suffix.lower() in extensions and p.is_file())
            yield from sorted(found)
        else:
            yield path


def _outcomes(
    files: list[Path], unit: str | None, overhang_angle: float, errors: "Console"
) -> "Iterator[tuple[Path, Outcome]]":
    """Analyse one file after another, with progress on stderr when somebody is looking."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from meshcore.adapters.technical_metadata import analyze_file

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("", total=len(files))
        for path in files:

            def show(stage: str, name: str = path.name) -> None:
                progress.update(task, description=f"{name}: {stage}")

            show("reading")
            yield path, analyze_file(path, unit=unit, overhang_angle_degrees=overhang_angle, progress=show)
            progress.advance(task)


def _notice_compilation(errors: "Console") -> None:
    """Say so when this run has to compile kernels."""
    from meshcore.warmup import uncompiled

    if uncompiled():
        errors.print("Compiling the kernels for this machine: a minute or two, this once.")
