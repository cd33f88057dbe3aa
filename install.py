"""Install exactly the packages of `requirements.lock`, and this project, with nothing but Python and pip.

    python3 install.py          into .venv beside this file; does nothing when .venv is current
    python install.py --here    into the running environment (conda users)

The lock is complete, so pip is told to resolve nothing (`--no-deps`) and to refuse any file whose hash is not listed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"


def fingerprint() -> str:
    """Hash of everything that decides what the environment holds: lock, project file, Python version, place."""
    parts = [
        LOCK.read_bytes(),
        (ROOT / "pyproject.toml").read_bytes(),
        sys.version.encode(),
        str(ROOT).encode(),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip_commands(python: str) -> list[list[str]]:
    """The two pip calls: the locked packages, then the project itself in place."""
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    return [
        [*pip, "--require-hashes", "-r", str(LOCK)],
        [*pip, "--no-build-isolation", "--no-index", "-e", str(ROOT)],
    ]


def install(python: str) -> None:
    for command in pip_commands(python):
        if subprocess.run(command, check=False).returncode != 0:
            sys.exit(
                f"install.py: expected pip to install {LOCK.name}, but it stopped (its message is above).\n"
                "Usual causes: no connection to the package index, or a disk that is full. Run the same command again."
            )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Install the locked packages and this project.")
    parser.add_argument("--here", action="store_true", help="into the running environment instead of .venv")
    arguments = parser.parse_args(argv)
    if sys.version_info < (3, 11):  # noqa: UP036 (run by whatever Python there is)
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"install.py: expected Python 3.11 or newer, saw {found}. Try: python3.11 install.py")
    if arguments.here:
        install(sys.executable)
        return
    stamp = VENV / "installed-from.sha256"
    if venv_python().exists() and stamp.exists() and stamp.read_text() == fingerprint():
        return
    print("Installing the locked packages into .venv (once, about a minute) …", flush=True)
    venv.create(VENV, clear=True, with_pip=True, symlinks=os.name != "nt")
    install(str(venv_python()))
    stamp.write_text(fingerprint())


if __name__ == "__main__":
    main()
