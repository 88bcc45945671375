"""The tutorial of the README works when pasted, and its table says what was measured."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[1] / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_there_is_a_tutorial_of_about_twenty_lines() -> None:
    assert BLOCKS
    assert len(BLOCKS[0].strip().splitlines()) <= 25


@pytest.mark.parametrize("block", BLOCKS)
def test_python_blocks_run(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tutorial.py").write_text(block, encoding="utf-8")
    runpy.run_path("tutorial.py")


def test_commands_of_the_readme_exist() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make (\w+)`", README.read_text(encoding="utf-8"))):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


TABLE = README.parent / "benchmarks" / "results" / "TABLE.md"
#: Heading of a measured table -> (its column, the heading here).
COLUMNS = [
    ("COBAHH", 0, "COBAHH"),
    ("100,000 uncoupled", 0, "HH, uncoupled"),
    ("CUBA", 0, "CUBA"),
    ("Brunel", 0, "Brunel"),
    ("COBAHH", 1, "COBAHH, build"),
    ("100 Izhikevich", 0, "small, cold"),
    ("100 Izhikevich", 1, "small, warm"),
]
BEGIN, END = re.compile(r"<!-- table: .*? -->\n"), "<!-- end -->"


def measured() -> dict[str, dict[str, list[str]]]:
    """Heading -> simulator -> cells, without ranges in parentheses."""
    tables: dict[str, dict[str, list[str]]] = {}
    for part in TABLE.read_text(encoding="utf-8").split("\n**")[1:]:
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:1] == "|"]
        tables[part.partition("**")[0]] = {name: [c.partition(" (")[0] for c in cells] for name, *cells in rows[2:]}
    return tables


def condensed() -> str:
    """One table of all workloads, a row per simulator."""
    tables = measured()
    columns = [(next(t for h, t in tables.items() if h.startswith(start)), k) for start, k, _ in COLUMNS]
    names = list(dict.fromkeys(name for table, _ in columns for name in table))
    lines = ["| | " + " | ".join(title for _, _, title in COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    lines += [f"| {n} | " + " | ".join(t[n][k] if n in t else "" for t, k in columns) + " |" for n in names]
    return "\n".join(lines) + "\n"


def test_table_is_what_was_measured(request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    start = BEGIN.search(text)
    assert start is not None
    stop = text.index(END, start.end())
    if request.config.getoption("--update-golden"):
        README.write_text(text[: start.end()] + condensed() + text[stop:], encoding="utf-8")
    else:
        assert text[start.end() : stop] == condensed()
