"""What ``meshcore analyze`` shows a person: one file as a report, several as a table."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from meshcore.adapters.technical_metadata import Outcome
from meshcore.analysis.technical import TechnicalReport
from meshcore.mesh import Severity
from meshcore.messages.technical_metadata import TechnicalMetadataCompleted

_COLORS = {Severity.INFO: "dim", Severity.WARNING: "yellow", Severity.ERROR: "red"}
_MOST_REGIONS = 5


def show_one(path: Path, outcome: Outcome, console: Console, errors: Console) -> int:
    """Print the report of one file, or why there is none; returns how many files failed."""
    if outcome.report is None:
        _print_failure(path, outcome.message, errors)
        return 1
    report = outcome.report
    table = Table(box=None, show_header=False, padding=(0, 2), title=path.name, title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    for label, text in _rows(report):
        table.add_row(label, text)
    console.print(table)
    for warning in report.warnings:
        console.print(Text(f"  {warning.code}: {warning.message}", style=_COLORS[warning.severity]))
    return 0


def show_table(results: Iterable[tuple[Path, Outcome]], console: Console, errors: Console) -> int:
    """Print one line a file, and the files that failed at the end; returns how many did.

    Of each result only its line is kept: the reports of a folder, with their arrays, would fill the memory.
    """
    table = Table(box=None, header_style="bold")
    table.add_column("File", overflow="fold", min_width=12)
    for title in ("Faces", "Size mm", "Closed", "Wall mm", "Supports", "Time", "PLA g", "Quality", "Print"):
        table.add_column(title, justify="right", no_wrap=True)
    bad = []
    for path, outcome in results:
        if outcome.report is None:
            bad.append((path, outcome.message))
        else:
            table.add_row(path.name, *_cells(outcome.report))
    if table.row_count:
        console.print(table)
    if bad:
        total = table.row_count + len(bad)
        errors.print(f"\n[bold]{len(bad)} of {total} files could not be analysed:[/]")
        for path, message in bad:
            _print_failure(path, message, errors)
    return len(bad)


def _print_failure(path: Path, message: TechnicalMetadataCompleted, errors: Console) -> None:
    code, text = (f"{message.error_code} ", "bold red"), f"{message.error_message}"
    errors.print(Text.assemble((f"{path}: ", ""), code, text))


def _cells(report: TechnicalReport) -> list[str]:
    normal = report.estimates.normal if report.estimates else None
    return [
        f"{len(report.mesh.faces):,}",
        "x".join(f"{size:.3g}" for size in report.extents_mm),
        "yes" if report.topology.manifold else "no",
        _number(report.thickness.minimum_mm, ".2f"),
        "yes" if report.overhangs.requires_supports else "no",
        _duration(normal.print_time_s) if normal else "?",
        _number(normal.material_g if normal else None, ".1f"),
        f"{report.scores.quality:.0f}",
        f"{report.scores.printability:.0f}",
    ]


def _rows(report: TechnicalReport) -> list[tuple[str, str]]:
    """Label and text of each line of a report."""
    mesh, scores = report.mesh, report.scores
    size = " x ".join(f"{extent:.5g}" for extent in report.extents_mm)
    return [
        ("File", f"{mesh.format_version or mesh.source_format}, {len(mesh.vertices):,} vertices, "
                 f"{len(mesh.faces):,} faces, detail {scores.detail_level}"),
        ("Size", f"{size} mm (file in {mesh.original_unit})"),
        ("Volume", f"{_number(report.volume_mm3, ',.6g')} mm³, "
                   f"surface {report.mass.area_mm2:,.6g} mm²"),
        ("Closed", _closed(report)),
        ("Thinnest wall", _walls(report)),
        ("Overhangs", _overhangs(report)),
        ("Orientation", report.orientation.reason),
        *_estimates(report),
        ("Settings", "\n".join(report.recommendations.reasons)),
        ("Quality", _score(scores.quality, scores.quality_reasons)),
        ("Printability", _score(scores.printability, scores.printability_reasons)),
        ("Confidence", _score(scores.confidence, scores.confidence_reasons)),
    ]  # fmt: skip


def _closed(report: TechnicalReport) -> str:
    topology = report.topology
    defects = [
        (topology.holes, "holes"),
        (topology.nonmanifold_edges, "non-manifold edges"),
        (report.face_orientation.flipped_faces, "flipped faces"),
        (report.self_intersections.self_intersecting_faces, "self-intersecting faces"),
    ]
    found = ", ".join(f"{count:,} {what}" for count, what in defects if count)
    verdict = "yes, manifold" if topology.manifold else "no"
    return f"{verdict}{'; ' if found else ''}{found}"


def _walls(report: TechnicalReport) -> str:
    thickness = report.thickness
    if thickness.minimum_mm is None:
        return "unknown"
    where = ""
    if thickness.thinnest_location is not None:
        where = " at ({:.1f}, {:.1f}, {:.1f})".format(*thickness.thinnest_location)
    return f"{thickness.minimum_mm:.3g} mm{where}, thickest {_number(thickness.maximum_mm, '.3g')} mm"


def _overhangs(report: TechnicalReport) -> str:
    overhangs = report.overhangs
    supported = [region for region in overhangs.regions if region.needs_support]
    if not supported:
        return "none that needs support"
    lines = [
        f"{len(supported)} to support, {overhangs.support_volume_mm3 / 1000:.3g} cm³ below them"
        f" ({overhangs.area_mm2:.4g} mm² steeper than {overhangs.threshold_degrees:g}° in all)"
    ]
    lines += [
        f"{region.area_mm2:.4g} mm² up to {region.worst_angle_degrees:.0f}°: {region.location}"
        for region in supported[:_MOST_REGIONS]
    ]
    if len(supported) > _MOST_REGIONS:
        lines.append(f"and {len(supported) - _MOST_REGIONS} smaller")
    return "\n".join(lines)


def _estimates(report: TechnicalReport) -> list[tuple[str, str]]:
    estimates = report.estimates
    if estimates is None:
        return [("Print time", "unknown"), ("Material", "unknown")]
    normal = estimates.normal
    draft, fine = estimates.draft.print_time_s, estimates.high_quality.print_time_s
    return [
        ("Print time", f"{_duration(normal.print_time_s)} in {normal.layers} layers "
                       f"(draft {_duration(draft)}, high quality {_duration(fine)})"),
        ("Material", f"{normal.material_g:.3g} g PLA at 20 % infill, of which supports "
                     f"{normal.support_material_g:.2g} g"),
    ]  # fmt: skip


def _score(value: float, reasons: tuple[str, ...]) -> str:
    return f"{value:g}" + "".join(f"\n- {reason}" for reason in reasons)


def _number(value: float | None, spec: str) -> str:
    return "?" if value is None else format(value, spec)


def _duration(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
