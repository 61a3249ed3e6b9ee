"""The ``meshcore`` command: one file per subcommand, heavy imports only inside them."""

import sys
from typing import Annotated

import typer

import meshcore
from meshcore.cli.analyze import analyze
from meshcore.cli.formats import formats
from meshcore.cli.warmup import warmup

app = typer.Typer(
    name="meshcore",
    help="Tell whether a 3D model will print: closed, thin walls, overhangs, orientation, time, material.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"meshcore {meshcore.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Options of the command itself."""


app.command()(analyze)
app.command()(formats)
app.command()(warmup)


def main() -> None:
    """Run the command; Ctrl-C ends it with status 130 and no traceback."""
    try:
        app()
    except KeyboardInterrupt:
        typer.echo("Interrupted.", err=True)
        sys.exit(130)
