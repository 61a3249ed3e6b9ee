"""Fixtures every test may use."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real meshes beside the checkout; tests that need it skip where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of real meshes is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """Folder of the generated fixture files."""
    return Path(__file__).resolve().parents[1] / "data" / "fixtures"
