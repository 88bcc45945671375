"""Equation strings of public examples and model libraries: each parses, and every model runs on both engines alike."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from corpus_models import HERE, corpus, parses, verdict, verdicts

from ranvier.compiler import Source, parse

MODELS = corpus()
#: What does not run yet, and the code with which it is refused.
EXPECTED: dict[str, str] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
STRINGS = json.loads((HERE / "brian2_strings.json").read_text(encoding="utf-8"))["strings"]
NAMES = list(MODELS)


def complaint(name: str, found: tuple[str, str, str]) -> str:
    stage, code, message = found
    expected = EXPECTED.get(name, "")
    if stage == "runs" and expected:
        return f"{name} runs now (it was {expected}): run tests/corpus/coverage.py"
    if code != expected:
        return f"{name}: {expected or 'it ran'}, and now {code}: {message}"
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_every_string_parses(name: str) -> None:
    parses(MODELS[name])


@pytest.mark.parametrize("entry", STRINGS, ids=lambda entry: f"{entry['source'].rsplit('/', 1)[-1]}:{entry['line']}")
def test_strings_of_other_scripts_parse(entry: dict[str, str]) -> None:
    kind = "synapse" if entry["role"] in ("pre_spike", "post_spike") else "neuron"
    parse(kind, "model", (Source(entry["role"], entry["text"]),))


@pytest.mark.parametrize("name", NAMES[::5])
def test_a_fifth_runs_on_both_engines(name: str) -> None:
    problem = complaint(name, verdict(MODELS[name]))
    assert not problem, problem


@pytest.mark.long
def test_every_model_runs_on_both_engines() -> None:
    results = verdicts(NAMES)
    print(Counter(stage if stage == "runs" else code for stage, code, _ in results.values()))
    problems = [text for text in (complaint(name, found) for name, found in results.items()) if text]
    assert not problems, "\n".join(problems)


def test_the_list_of_what_does_not_run_has_no_strangers() -> None:
    assert set(EXPECTED) <= set(NAMES)
    assert len(NAMES) >= 290
