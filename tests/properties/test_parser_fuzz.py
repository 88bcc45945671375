"""Whatever the text, the front end answers quickly: a model, or an error with a caret. Nothing else ever happens."""

from __future__ import annotations

import time
import warnings

import hostile_texts
import pytest

from ranvier.compiler import (
    RanvierError,
    Source,
    SynapseBinding,
    parse,
    parse_quantity,
    resolve_neuron,
    resolve_synapse,
)
from ranvier.compiler.errors import ModelError

FAST = 2_000
ALL = 20_000
#: Seconds of processor time that no text may take.
LIMIT = 1.0
POST = resolve_neuron(
    parse("neuron", "N", (Source("equations", "dv/dt = -v + g_exc + k\nk : init=1"), Source("spike", "v > 1")))
).symbols
BINDING = SynapseBinding(POST, POST, target="exc")
STATEMENTS = ("equations", "parameters", "reset", "functions")
EXPRESSIONS = ("spike", "refractory", "string")


def neuron_sources(seed: int, text: str) -> tuple[Source, ...]:
    """Put a text in one of its possible places."""
    roles = (*STATEMENTS, *EXPRESSIONS)
    role = roles[seed // 3 % len(roles)]
    base = {"parameters": "tau = 10\nk = 1", "equations": "dv/dt = -v/tau", "spike": "v > 1"}
    return tuple(Source(r, t) for r, t in {**base, role: text}.items())


def synapse_sources(seed: int, text: str) -> tuple[Source, ...]:
    roles = ("pre_spike", "equations", "post_spike")
    return (Source(roles[seed // 3 % len(roles)], text),)


def model_or_error(seed: int, text: str) -> str | ModelError:
    try:
        if seed % 4 == 3:
            return resolve_synapse(parse("synapse", "S", synapse_sources(seed, text)), BINDING).kind
        return resolve_neuron(parse("neuron", "N", neuron_sources(seed, text))).kind
    except ModelError as error:
        return error


def answer(seed: int) -> str:
    """Send random text number `seed` through parser and resolver; return what came out."""
    text = hostile_texts.texts(seed)
    start = time.process_time()
    outcome = model_or_error(seed, text)
    if isinstance(outcome, ModelError):
        shown = str(outcome)
        assert all(d.span is not None for d in outcome.diagnostics), shown
        assert shown.count("^") >= min(20, len(outcome.diagnostics)), shown
        assert len(shown) < 20_000
        outcome = outcome.code
    assert time.process_time() - start < LIMIT, f"seed {seed} is slow: {text[:200]!r}"
    return outcome


def run(seeds: range) -> set[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {answer(seed) for seed in seeds}


def test_two_thousand_texts() -> None:
    outcomes = run(range(FAST))
    assert {"neuron", "synapse", "E101", "E102", "E201", "E202", "E203", "E205"} <= outcomes


@pytest.mark.long
def test_twenty_thousand_texts() -> None:
    run(range(FAST, ALL))


def test_quantities_never_crash() -> None:
    for seed in range(FAST):
        text = hostile_texts.texts(seed)[:300]
        try:
            value, _ = parse_quantity(text)
        except RanvierError:
            continue
        assert value == value


def test_answers_do_not_depend_on_what_came_before() -> None:
    assert [answer(seed) for seed in (1, 2, 4, 5, 7)] == [answer(seed) for seed in (1, 2, 4, 5, 7)]
