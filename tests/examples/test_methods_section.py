"""The section on methods of docs/language.md: its snippets run, and its table has every method."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from ranvier.compiler.integrate import METHODS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("## Methods\n") : TEXT.index("## Neurons\n")]


def test_snippets_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "snippets.py"
    script.write_text("\n".join(re.findall(r"```python\n(.*?)```", SECTION, flags=re.DOTALL)), encoding="utf-8")
    runpy.run_path(str(script))
    printed = capsys.readouterr().out
    assert "v: explicit (asked for by method=)" in printed
    assert "the step is small enough" in printed


@pytest.mark.parametrize("method", sorted(set(METHODS.values())))
def test_the_table_has_every_method(method: str) -> None:
    assert re.search(rf"^\| `{method}`", SECTION, flags=re.MULTILINE)
