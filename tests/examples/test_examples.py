"""Every example runs as it is and leaves its figure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.py"))

pytestmark = pytest.mark.long


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_runs_without_a_warning(script: Path, tmp_path: Path) -> None:
    copy = tmp_path / script.name
    shutil.copy(script, copy)
    command = [sys.executable, "-W", "error::UserWarning", "-W", "error::RuntimeWarning", str(copy)]
    env = {**os.environ, "MPLBACKEND": "Agg"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "figures" / f"{script.stem}.png").stat().st_size > 20_000


def test_there_are_fourteen() -> None:
    assert len(EXAMPLES) == 14


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_says_what_to_see_and_where_it_is_from(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert text.startswith('"""')
    for word in ("What to see:", "References\n----------"):
        assert word in text
