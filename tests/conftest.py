"""What every test may use."""

import os
import tempfile
from pathlib import Path

# Before Django reads its settings: tests must not see the data of whoever runs them.
_folder = Path(tempfile.mkdtemp(prefix="parley-tests-"))
os.environ["DATA_DIR"] = str(_folder)
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ["LOG_LEVEL"] = os.environ.get("LOG_LEVEL", "warning")

import shutil
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _clean_folder() -> Iterator[None]:
    yield
    shutil.rmtree(_folder, ignore_errors=True)
