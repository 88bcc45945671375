"""Names of synapses: both ends, targets, created variables, what event code may write."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from ranvier.compiler import Model, Source, SynapseBinding, parse, resolve_neuron, resolve_synapse
from ranvier.compiler.algebra import text
from ranvier.compiler.errors import ModelError, RanvierWarning

NEURON = resolve_neuron(
    parse(
        "neuron",
        "N",
        (
            Source("parameters", "k = 3\ncap = 10 : population"),
            Source("equations", "dv/dt = -v + g_exc + I : max=cap\nI : init=0\nq = 2*v : 1\ndg_inh/dt = -g_inh"),
            Source("spike", "v > 1"),
        ),
    )
)  # fmt: skip
BINDING = SynapseBinding(NEURON.symbols, NEURON.symbols, "exc", "pop", target="exc")


def synapse(binding: SynapseBinding = BINDING, **texts: Any) -> Model:
    options = {key: texts.pop(key) for key in ("namespace", "given", "method") if key in texts}
    return resolve_synapse(parse("synapse", "S", tuple(Source(r, t) for r, t in texts.items())), binding, **options)


def code(resolved: Model) -> list[str]:
    return [f"{s.target} {s.op} {text(s.value)}" for c in (*resolved.pre, *resolved.post) for s in c.statements]


def codes(binding: SynapseBinding = BINDING, **texts: Any) -> list[str]:
    with pytest.raises(ModelError) as caught:
        synapse(binding, **texts)
    return sorted(d.code for d in caught.value.diagnostics)


def test_default() -> None:
    resolved = synapse()
    assert code(resolved) == ["post.g_target += w"]
    assert {s.name: s.role for s in resolved.symbols} == {"post.g_target": "attribute", "w": "parameter"}
    assert [(c.event, c.pathway) for c in resolved.pre] == [("spike", "pre")]
    assert code(synapse(post_spike="w += 1"))[0] == "post.g_target += w"


@pytest.mark.parametrize("target", ["g_target", "g_exc", "g_exc_post", "post.g_exc", "post.g_target"])
def test_spellings_of_the_target(target: str) -> None:
    assert code(synapse(pre_spike=f"{target} += w")) == ["post.g_target += w"]


def test_names_of_both_ends() -> None:
    resolved = synapse(pre_spike="v += w*v_pre + pre.k*post.v + I_post; I += g_inh")
    assert code(resolved) == ["post.v += w*pre.v + pre.k*post.v + post.I", "post.I += post.g_inh"]
    found = {s.name: s for s in resolved.symbols}
    assert found["post.v"].writable
    assert found["post.I"].writable
    assert not found["pre.k"].writable
    assert found["post.v"].type == "float"


def test_own_names_win() -> None:
    resolved = synapse(
        pre_spike="x = v + tau_pre + v_post", parameters="v = 3\ntau_pre = 20\nv_post = 1", equations="x : init=0"
    )
    assert code(resolved) == ["x = v + tau_pre + v_post"]
    assert all(s.role != "attribute" for s in resolved.symbols)


def test_special_names() -> None:
    resolved = synapse(pre_spike="w = t - t_post + i*j + dt", equations="")
    assert {s.name: s.role for s in resolved.symbols} == {
        "t": "builtin", "t_post": "builtin", "i": "builtin", "j": "builtin", "dt": "builtin", "w": "variable",
    }  # fmt: skip


def test_event_driven_traces() -> None:
    resolved = synapse(
        parameters="tau = 20 : projection\nA = 0.01 : projection\nw_max = 1 : projection",
        equations="tau*dx/dt = -x : event-driven\ntau*dy/dt = -y : event-driven",
        pre_spike="g_target += w\nx += A\nw = clip(w - y, 0, w_max)",
        post_spike="y += A\nw = clip(w + x, 0, w_max)",
    )
    assert {s.name: s.role for s in resolved.symbols} == {
        "tau": "parameter", "A": "parameter", "w_max": "parameter", "x": "variable", "y": "variable",
        "post.g_target": "attribute", "w": "variable",
    }  # fmt: skip
    assert all(getattr(s, "event_driven", False) for s in resolved.statements)
    assert len(resolved.post[0].statements) == 2


def test_created_variables_warn() -> None:
    with pytest.warns(RanvierWarning, match="W201.*'last' is not declared"):
        resolved = synapse(pre_spike="last = t; g_target += w*last")
    assert resolved.symbol("last").role == "variable"


def test_declared_variables_do_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        resolved = synapse(pre_spike="last = t", equations="last : local")
    assert resolved.symbol("last").role == "variable"


def test_bounds_of_a_statement() -> None:
    resolved = synapse(pre_spike="g_target += w*2 : max = k_post, min=0")
    assert code(resolved) == ["post.g_target = min(max(post.g_target + w*2, 0), post.k)"]


def test_bounds_of_the_neuron_hold_for_synapses() -> None:
    resolved = synapse(pre_spike="v += w")
    bound = resolved.symbol("post.v").max
    assert bound is not None
    assert text(bound) == "post.cap"
    assert resolved.symbol("post.cap").locality == "shared"
    assert synapse(pre_spike="w = v").symbol("post.v").max is None


def test_units_and_namespace() -> None:
    resolved = synapse(pre_spike="v += w*mV + a*k", namespace=(("a", None, 0), ("k", None, 0)))
    assert resolved.unit_checked
    assert code(resolved) == ["post.v += w + a*k"]


def test_given_parameters() -> None:
    assert (
        synapse(pre_spike="g_target += u*w", given=(("u", None, "float", "shared"),)).symbol("u").locality == "shared"
    )


def test_synapses_that_are_only_described() -> None:
    resolved = synapse(SynapseBinding((), (), target="target"), pre_spike="g_target += w*post.x*y_pre")
    assert code(resolved) == ["post.g_target += w*post.x*pre.y"]
    assert codes(SynapseBinding((), (), target="target"), pre_spike="g_target += q") == ["E201"]


def test_no_target() -> None:
    assert codes(SynapseBinding(NEURON.symbols, NEURON.symbols)) == ["E201"]
    assert code(synapse(SynapseBinding(NEURON.symbols, NEURON.symbols), pre_spike="v_post += w")) == ["post.v += w"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"pre_spike": "g_target += u"}, ["E201"]),
        ({"pre_spike": "foo_post += w"}, ["E201"]),
        ({"pre_spike": "pre.foo += w"}, ["E201"]),
        ({"pre_spike": "u += w"}, ["E201"]),
        ({"pre_spike": "k += w"}, ["E203"]),
        ({"pre_spike": "a = 2", "parameters": "a = 1"}, ["E203"]),
        ({"pre_spike": "t = 2; i = 3; j += 1"}, ["E203", "E203", "E203"]),
        ({"pre_spike": "w = mean(post.q)"}, ["E404"]),
        ({"post_spike": "w = 1 : unless_post"}, ["E102"]),
        ({"pre_spike": "w = 1 : exponential"}, ["E102"]),
        ({"pre_spike": "x : 1"}, ["E101"]),
        ({"equations": "x_post = w : 1 (summed)"}, ["E201"]),
        ({"equations": "v_post = w : 1 (summed)\nv_post = 2*w : 1 (summed)"}, ["E206"]),
        ({"equations": "dx/dt = -x : postsynaptic, event-driven"}, ["E102"]),
        ({"equations": "dx/dt = w : postsynaptic"}, ["E204"]),
        ({"equations": "x = v_post : projection"}, ["E204"]),
        ({"equations": "dx/dt = -x : event-driven, clock-driven"}, ["E102"]),
        ({"equations": "dx/dt = mean(w)"}, ["E205"]),
    ],
)
def test_mistakes(texts: dict[str, str], expected: list[str]) -> None:
    assert codes(**texts) == expected


def test_pathways_keep_their_names_and_their_order() -> None:
    sources = (Source("pre_spike", "v += w", "a"), Source("pre_spike", "v += 2*w", "b"))
    resolved = resolve_synapse(parse("synapse", "s", sources), BINDING)
    assert [c.pathway for c in resolved.pre] == ["a", "b"]


def test_what_is_read_by_name() -> None:
    resolved = synapse(pre_spike="v += w*delay*N_pre*N_post*N_incoming*N_outgoing*lastupdate*lastspike_post")
    names = {s.name for s in resolved.symbols if s.role == "builtin"}
    assert names == {"delay", "N_pre", "N_post", "N_incoming", "N_outgoing", "lastupdate", "t_post"}


def test_functions_over_either_end() -> None:
    resolved = synapse(equations="a = mean(pre.v) + max(v_post)")
    assert {"pre.@mean_v", "post.@max_v"} <= {s.name for s in resolved.symbols}

def test_rate_coded_ends_do_not_spike() -> None:
    binding = SynapseBinding(NEURON.symbols, NEURON.symbols, target="exc", pre_spiking=False)
    assert codes(binding, pre_spike="g_target += w") == ["E104"]
