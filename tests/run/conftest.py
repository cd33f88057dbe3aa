"""The one warm process that all tests of a worker share, and projects to try it on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_project import Project, make_project

from analysis_utils.run.kernels import Kernels


@pytest.fixture(scope="session")
def kernels() -> Iterator[Kernels]:
    with Kernels(warm=True) as shared:
        yield shared


@pytest.fixture
def project(tmp_path: Path, kernels: Kernels) -> Project:
    """Never run so far."""
    make_project(tmp_path)
    return Project(tmp_path, kernels)


@pytest.fixture(scope="session")
def _run_once(tmp_path_factory: pytest.TempPathFactory, kernels: Kernels) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    make_project(folder)
    Project(folder, kernels).run()
    return folder


@pytest.fixture
def finished(tmp_path: Path, kernels: Kernels, _run_once: Path) -> Project:
    """A copy, in a folder of its own, of a project that has its report."""
    shutil.copytree(_run_once, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path, kernels)
