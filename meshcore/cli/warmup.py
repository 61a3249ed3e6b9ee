"""``meshcore warmup``: compile every kernel now."""


def warmup() -> None:
    """Compile all kernels and keep them on disk, so that no later run has to (for container images)."""
    from time import perf_counter

    from rich.console import Console

    from meshcore.warmup import uncompiled
    from meshcore.warmup import warmup as compile_all

    console = Console(stderr=True)
    missing = len(uncompiled())
    console.print(f"{missing} kernels to compile." if missing else "All kernels are compiled already.")
    start = perf_counter()
    with console.status("Compiling..."):
        compile_all()
    console.print(f"Ready after {perf_counter() - start:.1f} s.")
