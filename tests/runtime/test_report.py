"""What a model and a network say of themselves: descriptions, lists of names, tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import ranvier as rv

UNITS = rv.Neuron(
    "tau : second\nE = -70*mV : volt",
    "dv/dt = (E - v + R*g_exc)/tau : volt (init=E)\nR = 2*Gohm : ohm\ng_exc : amp",
    spike="v > -50*mV",
    reset="v = E",
    refractory="2 ms",
    name="units",
)


def network() -> rv.Network:
    net = rv.Network(dt=0.1, seed=1)
    cells = net.create((4, 5), rv.models.IF_cond_exp(i_offset=0.5), name="cells")
    noise = net.create(population=rv.PoissonPopulation(100, rates=15.0), name="noise")
    given = net.create(population=rv.SpikeSourceArray([[1.0, 5.0], [2.5]]), name="given")
    other = net.create(3, UNITS, name="other")
    other.tau = np.array([10.0, 15.0, 20.0])
    stdp = net.connect(noise, cells, "exc", rv.models.STDP(), name="plastic")
    stdp.fixed_number_pre(10, weights=0.25, delays=rv.Uniform(1.0, 2.0))
    net.connect(given, cells[2:8], "inh", name="inh").all_to_all(weights=0.5)
    net.connect(cells[[1, 3]], other, "exc", name="onward").fixed_probability(0.5, weights="0.1*rand()", delays=2.0)
    net.connect(cells, other, "exc", name="open")
    net.monitor(cells, ["v", "spike"], period=1.0)
    return net


@pytest.mark.parametrize("format", ["markdown", "latex"])
def test_network(format: str, golden: Callable[[str, str], None], tmp_path: Path) -> None:
    path = tmp_path / "report"
    text = network().report(format, file=path)
    assert path.read_text() == text
    golden(f"report/network.{'md' if format == 'markdown' else 'tex'}", text)


def test_network_is_deterministic_and_reads_values() -> None:
    net = network()
    first = net.report()
    assert net.report() == first == network().report()
    net.get_population("cells").tau_m = 12.5  # type: ignore[attr-defined]
    assert "| tau_m | 12.5 | - |" in net.report()
    with pytest.raises(rv.RanvierError, match="'markdown' or 'latex', not as 'html'"):
        net.report("html")


def test_an_empty_network_has_a_report() -> None:
    assert "0 with 0 elements" in rv.Network().report()


def test_tables_keep_their_columns() -> None:
    """Bars in cells do not open columns."""
    net = rv.Network(seed=1)
    net.create(1, rv.Neuron("a = 1", "dv/dt = a", spike="v > 1", name="x|y"), name="one")
    lines = [line for line in net.report().splitlines() if line.startswith("| one ")]
    assert lines == [r"| one | x\|y | 1 | none |"]


def test_description(golden: Callable[[str, str], None]) -> None:
    models = {"neuron": UNITS, "adex": rv.models.EIF_cond_exp_isfa_ista(), "stdp": rv.models.STDP()}
    for name, model in models.items():
        golden(f"report/describe-{name}.txt", model.describe())


def test_everything_a_model_does_is_described() -> None:
    neuron = rv.Neuron(
        "", "x : linked\ndv/dt = -v/10 + x", spike="v > 1", axon_spike="v > 2", axon_reset="v = 0.5",
        events={"half": "v > 0.5"},
    )  # fmt: skip
    described = neuron.describe()
    for line in (
        "  x (float, one per element, linked)", "event axon_spike: v > 2", "at the event axon_spike: v = 0.5",
        "event half: v > 0.5",
    ):  # fmt: skip
        assert line in described.splitlines()
    assert r"& \text{event (half): }v > 0.5" in neuron.latex()
    synapse = rv.Synapse(
        equations="I_post = 2*w : 1 (summed)", psp="w*pre.r", operation="max",
        pre_spike={"fast": "g_target += w", "slow": "w += 1"},
    )  # fmt: skip
    for line in (
        "psp: max of w*pre.r", "summed: post.I = sum of 2*w", "at a presynaptic spike (fast): post.g_target += w",
    ):  # fmt: skip
        assert line in synapse.describe().splitlines()
    assert r"\text{at a presynaptic spike (slow): }w \leftarrow w + 1" in synapse.latex()


def test_unbound_synapses_describe_themselves() -> None:
    synapse = rv.Synapse(
        "tau = 5.0", "dx/dt = -x/tau : event-driven", pre_spike="g_target += w*x*pre.r + u_post\nx += 1"
    )
    assert synapse.parameters == ("tau", "w")
    assert synapse.variables == ("x",)
    assert "post.u" in synapse.describe()
    assert "pre.r: pre float" in synapse.ir()
    assert "void rv_pre0_u(" in synapse.source()
    assert r"r^{\mathrm{pre}}" in synapse.latex()


def test_the_report_names_what_is_measured() -> None:
    """Dendrites belong to their projection; synapses may be an end."""
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(3, UNITS, name="cells")
    proj = net.connect(pop, pop, "exc", rv.Synapse("", "x : init=0", pre_spike="g_target += w*pA"), name="plain")
    proj.all_to_all()
    net.connect(proj, proj, "", rv.Synapse("", "x_post = 0.1 : 1 (summed)"), name="between").one_to_one()
    net.monitor(proj.dendrite(1), "x")
    text = net.report()
    assert "x of plain" in text
    assert "| between | plain | plain |" in text


def test_lists_of_names() -> None:
    assert UNITS.parameters == ("tau", "E")
    assert UNITS.variables == ("v",)
    assert UNITS.targets == ("exc",)
    assert UNITS.attributes == ("tau", "E", "v")
    table = {a.name: a for a in UNITS.table()}
    assert (table["tau"].unit, table["E"].unit, table["g_exc"].unit, table["R"].unit) == ("ms", "mV", "pA", "GOhm")
    assert (table["E"].value, table["v"].value, table["R"].value) == ("-70", "E", "2*Gohm")
    assert (table["R"].kind, table["g_exc"].kind) == ("subexpression", "input")
    neuron = rv.Neuron(dict(a=rv.Parameter(1, type=int), b="5 ms"), "dv/dt = -v*a/b", spike="v > 1")
    described = {a.name: (a.type, a.locality, a.unit, a.value) for a in neuron.table()}
    assert described == {
        "a": ("int", "shared", "", "1"), "b": ("float", "shared", "ms", "5 ms"), "v": ("float", "local", "", ""),
    }  # fmt: skip


def test_the_report_of_a_model_is_that_of_the_network() -> None:
    text = UNITS.report()
    assert text.startswith("## units\n\n$$")
    assert text.removeprefix("## units") in network().report()
    assert UNITS.report("latex").startswith("\\section*{units}\n\\begin{align*}")
    assert "| w | variable | local | - | 0 |" in rv.models.STDP().report()


def test_notebooks_show_equations() -> None:
    shown = UNITS._repr_latex_()
    assert shown.startswith("$\\begin{aligned}")
    assert r"\frac{dv}{dt} &= \frac{E - v + R \, g_{\mathrm{exc}}}{\tau}" in shown
