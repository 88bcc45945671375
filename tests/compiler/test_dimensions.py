"""The dimension check: verdicts equal to Brian2's, what is worked out for undeclared names, and no false complaint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ranvier.compiler import Source, SynapseBinding, parse, resolve_neuron, resolve_synapse
from ranvier.compiler.errors import UnitProblem
from ranvier.compiler.model import Model
from ranvier.compiler.units import UNITS

DATA = json.loads((Path(__file__).parent / "data" / "brian2_units.json").read_text(encoding="utf-8"))
DECLARED = "\n".join(f"{name} : {unit}" for name, unit in DATA["declared"].items())
VOLT, TIME, SIEMENS = (UNITS[name].dimension for name in ("volt", "second", "siemens"))
TABLES = (("stim", VOLT, 1), ("cur", UNITS["amp"].dimension, 1), ("stim2", VOLT, 2))
ZERO = "0 fits every unit here"
#: Cases in which we differ from Brian2, and why.
DIFFERENT = {
    "z = 0 : second": ZERO, "v > 0": ZERO, "v = 0": ZERO, "v = clip(v, 0, D)": ZERO,
    "z = v**(2 - 1) : volt": "Brian2 2.9.0 reads 2 - 1 as 3",
    "z = v // (10*mV) : 1": "a quotient of equal units has none",
}  # fmt: skip


def neuron(equations: str = "", **texts: Any) -> Model:
    given, namespace = texts.pop("given", ()), texts.pop("namespace", ())
    sources = {"spike": "True", **texts, "equations": equations}
    tree = parse("neuron", "N", tuple(Source(role, text) for role, text in sources.items() if text))
    return resolve_neuron(tree, given=given, namespace=namespace)


def synapse(equations: str = "", pre: Model | None = None, post: Model | None = None, **texts: Any) -> Model:
    target = texts.pop("target", "")
    sources = {**texts, "equations": equations}
    tree = parse("synapse", "S", tuple(Source(role, text) for role, text in sources.items() if text))
    ends = [() if end is None else end.symbols for end in (pre, post)]
    return resolve_synapse(tree, SynapseBinding(*ends, pre_name="A", post_name="B", target=target))


def checked(case: dict[str, str]) -> Model:
    if "synapse" in case:
        cell = neuron(DECLARED)
        return synapse(case["synapse"], cell, cell, pre_spike=case["pre_spike"])
    texts = {role: case[role] for role in ("spike", "reset", "refractory") if role in case}
    return neuron(f"{DECLARED}\n{case.get('equations', '')}", namespace=TABLES, **texts)


def cases() -> Iterator[Any]:
    for case in DATA["cases"]:
        name = " / ".join(case[role] for role in case if role not in ("brian2", "message")).replace("\n", "; ")
        yield pytest.param(case, id=name)


@pytest.mark.parametrize("case", list(cases()))
def test_the_verdict_is_that_of_brian2(case: dict[str, str]) -> None:
    name = case.get(
        "equations", case.get("spike", case.get("reset", case.get("refractory", case.get("pre_spike", ""))))
    )
    right = (case["brian2"] == "right") != (name in DIFFERENT)
    if right:
        checked(case)
    else:
        with pytest.raises(UnitProblem):
            checked(case)
