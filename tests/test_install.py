"""Set-up: one lock for pip, conda and Windows users, complete, hashed, without any address in it."""

import re
import subprocess
import sys
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis_utils.rounds import project_root

ROOT = project_root()
sys.path.insert(0, str(ROOT))
import install  # noqa: E402


def pins() -> list[Requirement]:
    lines = install.LOCK.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [Requirement(line.split(" --hash")[0]) for line in lines if line.strip() and not line.startswith("#")]


def test_lock_names_no_host_and_no_slow_optional_package():
    text = install.LOCK.read_text(encoding="utf-8")
    assert not re.search(r"://|index-url|find-links|trusted-host|\bfile:", text)
    assert not re.search(r"^(rfc3987-syntax|lark)==", text, re.MULTILINE)


def test_every_pin_is_exact_and_hashed():
    blocks = re.split(r"\n(?=\S)", install.LOCK.read_text(encoding="utf-8").strip())
    assert len(blocks) > 50
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+", block), block[:60]
        assert "--hash=sha256:" in block, block[:60]


def test_lock_covers_three_systems_and_python_versions():
    markers = " ".join(str(pin.marker) for pin in pins() if pin.marker)
    assert "win32" in markers and "python_full_version" in markers


def test_running_environment_is_exactly_the_locked_set():
    wanted = {
        canonicalize_name(pin.name): str(pin.specifier) for pin in pins() if not pin.marker or pin.marker.evaluate()
    }
    have = {canonicalize_name(found.metadata["Name"]): f"=={found.version}" for found in distributions()}
    unasked = set(have) - set(wanted) - {"pip", "setuptools", "wheel", "fachdialog-analyse"}
    assert {name: have.get(name) for name in wanted} == wanted
    if sys.prefix == str(install.VENV):
        assert not unasked


def test_pip_accepts_the_lock_with_required_hashes():
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--no-deps",
        "--require-hashes",
        "-r",
        str(install.LOCK),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-800:]
    assert "Would install" not in done.stdout


def test_conda_brings_python_and_pip_only_and_the_lock_the_rest():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    wanted = re.findall(r"^  - (\S+)", text.split("dependencies:")[1], re.MULTILINE)
    assert wanted == ["python", "pip"]
    assert "python install.py --here" in text
    assert install.pip_commands("python")[0][-3:] == ["--require-hashes", "-r", str(install.LOCK)]


def test_a_changed_lock_makes_the_environment_stale(monkeypatch, tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1\n")
    monkeypatch.setattr(install, "LOCK", lock)
    before = install.fingerprint()
    lock.write_text("a==2\n")
    assert install.fingerprint() != before


@pytest.mark.parametrize("module", ["analysis_utils.cli"])
def test_module_entry_point_works_without_make_or_scripts(module):
    done = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=True)
    assert "report" in done.stdout and "inspect" in done.stdout
