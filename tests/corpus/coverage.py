"""Write ``expected.json`` (what does not run yet) and ``docs/coverage.md``.

python tests/corpus/coverage.py
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from corpus_models import FILES, HERE, Model, corpus, verdicts

TITLES = {
    "brian2": "Brian2 2.11, examples", "annarchy": "ANNarchy 5.0.4, models",
    "annarchy_manual": "ANNarchy, manual", "compneuropy": "CompNeuroPy 1.0.4, models",
}  # fmt: skip


def table(models: dict[str, Model], results: dict[str, tuple[str, str, str]]) -> str:
    """Return the coverage table as Markdown."""
    lines = ["| source | kind | models | read | run | refused or failing |", "|---|---|---|---|---|---|"]
    for file in FILES:
        for kind in ("neuron", "synapse"):
            names = [n for n, m in models.items() if n.split(":")[0] == file and m["kind"] == kind]
            read = sum(results[n][0] != "none" for n in names)
            run = sum(results[n][0] == "runs" for n in names)
            codes = Counter(results[n][1] for n in names if results[n][0] != "runs")
            shown = ", ".join(f"{code} {count}" for code, count in codes.most_common()) or "-"
            lines.append(f"| {TITLES[file]} | {kind} | {len(names)} | {read} | {run} | {shown} |")
    total = sum(r[0] == "runs" for r in results.values())
    lines.append(f"| **all** | | **{len(models)}** | {sum(r[0] != 'none' for r in results.values())} | **{total}** | |")
    return "\n".join(lines)


def short(message: str) -> str:
    """Return the first line of a message, fit for a table."""
    return message.split("\n")[0].removeprefix("error").replace("|", "\\|")[:160]


def main() -> None:
    """Run everything and write both files."""
    models = corpus()
    results = verdicts(list(models))
    expected = {name: code for name, (stage, code, _) in results.items() if stage != "runs"}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")
    text = table(models, results)
    print(text)
    refused = [f"| `{n.replace('|', ' ')}` | {short(m)} |" for n, (stage, _, m) in results.items() if stage != "runs"]
    head = (
        "# How much of the published language runs\n\n"
        "The equation strings of public examples and model libraries, quoted with their source in `tests/corpus`.\n"
        "*read*: every string parses. *run*: the model compiles and runs 100 steps (5 neurons; synapses between\n"
        "suitable populations that spike on both sides) with equal bits on the compiled engine and the interpreter.\n"
        "Cable models are outside the language. Written by\n"
        "`python tests/corpus/coverage.py`; the tests fail when a line of it is no longer true.\n\n"
    )
    listed = ["| model | why |", "|---|---|", *refused] if refused else ["Nothing."]
    rows = "\n\n## What does not run\n\n" + "\n".join(listed)
    (Path(HERE).parents[1] / "docs" / "coverage.md").write_text(head + text + rows + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
