"""Generated C under the address and undefined-behaviour sanitizers: the runtime tests, run again with such kernels."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: Behind the flags of kernels: what is checked does not depend on the optimisation, which takes long on checked code.
FLAGS = "-fsanitize=address,undefined -fno-sanitize-recover=undefined -O1"
#: Tests that run kernels of every kind; refusals, processes and measures of memory say nothing about them.
TESTS = (
    "tests/reference", "tests/runtime/test_identity.py", "tests/runtime/test_steps.py",
    "tests/runtime/test_refractory.py", "tests/runtime/test_projections.py", "tests/synapses/test_storage.py",
    "tests/synapses/test_continuous.py",
)  # fmt: skip


def library(gcc: str, name: str) -> str:
    """Return the path of a sanitizer's run-time library, or ``""``."""
    path = subprocess.run([gcc, f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
    return path if Path(path).is_absolute() else ""


@pytest.mark.long
@pytest.mark.parametrize("tests", TESTS)
def test_kernels_pass_the_runtime_tests_under_sanitizers(tests: str, tmp_path: Path) -> None:
    gcc = shutil.which("gcc")
    if gcc is None:
        pytest.skip("gcc is not installed")
    preload = [library(gcc, name) for name in ("libasan.so", "libubsan.so")]
    if not all(preload):
        pytest.skip("gcc has no sanitizer libraries here")
    compiler = tmp_path / "cc"
    compiler.write_text(f'#!/bin/sh\nexec {gcc} "$@" {FLAGS}\n')
    compiler.chmod(0o755)
    environment = {
        **os.environ,
        "CC": str(compiler),
        "LD_PRELOAD": " ".join(preload),
        "ASAN_OPTIONS": "detect_leaks=0",  # Python itself does not free everything at exit
    }
    environment.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not long", "-p", "no:cacheprovider", tests]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    assert "AddressSanitizer" not in done.stderr
    assert "runtime error" not in done.stdout + done.stderr
