"""Units in the models of Brian2's examples: all are right, also with plain numbers, and every wrong unit is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ranvier.compiler import ModelError, Source, SynapseBinding, parse, resolve_neuron, resolve_synapse
from ranvier.compiler.errors import UnitProblem
from ranvier.compiler.model import Dimension, Model, Symbol
from ranvier.compiler.units import DIMENSIONLESS

MODELS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "brian2.json").read_text(encoding="utf-8"))["models"]
NAMES = [f"{m['source'].split('/', 2)[-1]}:{m['line']}" for m in MODELS]
#: A unit that no model has.
FACTOR = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
Namespace = list[tuple[str, Dimension | None, int]]


def namespace_of(entry: dict[str, Any], declared: bool = True, wrong: str = "") -> Namespace:
    """Return what the script gave: with its units, with none, or with one wrong unit."""
    found: Namespace = []
    for name, value in entry.get("values", {}).items():
        dimension: Dimension | None = tuple(value.get("dims") or DIMENSIONLESS)
        if name == wrong and dimension is not None:
            dimension = tuple(a + b for a, b in zip(dimension, FACTOR, strict=True))
        found.append((name, dimension if declared else None, value.get("rank", 0)))
    return found


def resolved(entry: dict[str, Any], namespace: Namespace) -> Model:
    """Return a model of the corpus."""
    if entry["kind"] == "neuron":
        texts = [Source("equations", entry["equations"]), Source("spike", entry.get("threshold") or "False")]
        texts += [Source(role, entry[role]) for role in ("reset", "refractory") if entry.get(role)]
        return resolve_neuron(parse("neuron", "N", tuple(texts)), namespace=namespace)
    texts = [Source("equations", entry["equations"])] if entry["equations"] else []
    for argument, role in (("on_pre", "pre_spike"), ("on_post", "post_spike")):
        texts += [Source(role, text, label) for label, text in (entry.get(argument) or {}).items()]
    if not entry.get("on_pre"):
        texts.append(Source("pre_spike", "# nothing"))  # Brian2 has no default code
    pre, post = (ends(entry[side]) for side in ("pre", "post"))
    binding = SynapseBinding(pre, post, "A", "B", pre_is_post=entry["pre"] == entry["post"])
    return resolve_synapse(parse("synapse", "S", tuple(texts)), binding, namespace=namespace)


def ends(index: int | None) -> tuple[Symbol, ...]:
    return resolved(MODELS[index], namespace_of(MODELS[index])).symbols if isinstance(index, int) else ()


@pytest.mark.filterwarnings("ignore::ranvier.compiler.errors.RanvierWarning")
@pytest.mark.parametrize("entry", MODELS, ids=NAMES)
def test_units_of_published_models(entry: dict[str, Any]) -> None:
    try:
        model = resolved(entry, namespace_of(entry))
        resolved(entry, namespace_of(entry, declared=False))
    except UnitProblem:
        raise
    except ModelError as error:
        pytest.skip(f"cannot be resolved yet: {error.diagnostics[0].message}")
    used = {s.name for s in model.symbols}
    if model.unit_checked:
        for name in used & entry.get("values", {}).keys():
            with pytest.raises(UnitProblem):
                resolved(entry, namespace_of(entry, wrong=name))
