"""``meshcore formats``: what can be read."""


def formats() -> None:
    """List the file formats that can be read."""
    from rich.console import Console
    from rich.table import Table

    from meshcore.formats import FORMATS

    table = Table(box=None, header_style="bold")
    for title in ("Format", "Extensions", "What is read", "Extra to install"):
        table.add_column(title)
    for entry in FORMATS:
        table.add_row(entry.name, " ".join(entry.extensions), entry.description, entry.extra or "")
    Console().print(table)
