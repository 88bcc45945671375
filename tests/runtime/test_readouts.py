"""Subexpressions and event-driven variables, read and recorded: computed when asked for, of the state as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.runtime.groups import readouts

CELL = dict(
    parameters=dict(C="200 pF", g="10 nS", E="-60 mV"),
    equations="""
    dv/dt = (I_L + I_e)/C : volt (init=E)
    I_L = g*(E - v) : amp
    twice = 2*I_L + wave : amp
    wave = 100*sin(t/ms)*pA : amp
    high = v > -55*mV : boolean
    level = mean(v) : volt (shared)
    I_e : amp
    """,
    threshold="v > -50*mV",
    reset="v = E",
    refractory="2*ms",
)
SYNAPSE = rv.Synapse(
    "tau = 20.0",
    """
    dA/dt = -A/tau : event-driven
    dB/dt = -B/tau : event-driven
    F = w*A + post.v : inline
    H = 2*F + delay : inline
    level = mean(pre.v) : inline, projection
    theta = post.v - j : inline, postsynaptic
    """,
    pre_spike="g_target += 0.0*w\nA += 1",
    post_spike="B += w",
)


def network(engine: str, period: float | None = None) -> tuple[Any, ...]:
    net = rv.Network(dt=0.1, seed=3, engine=engine)
    pop = net.create(10, rv.Neuron(**CELL), name="cells")
    pop.I_e = "100*pA*(i + 1)"
    other = net.create(7, rv.Neuron("", "dv/dt = (i - v)/10.0 + 0*g_exc", spike="v > 5", reset="v = 0"))
    proj = net.connect(pop, other, "exc", SYNAPSE).fixed_probability(
        0.7, weights=rv.Uniform(0, 1), delays=rv.Uniform(0.1, 3.0)
    )
    return net, pop, other, proj


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_recorded_values_are_those_of_the_formula(engine: str) -> None:
    net, pop, other, proj = network(engine)
    names = ["I_L", "twice", "high", "level", "v"]
    monitor = net.monitor(pop, names)
    part = net.monitor(pop[2:5], "I_L", period=0.5)
    synapses = net.monitor(proj, ["F", "H", "level", "theta", "A", "w"])
    neurons = net.monitor(other, "v")
    net.simulate(30.0)
    data, v = monitor.get(), None
    v = data["v"]
    t = np.arange(1, 301) * 0.1
    assert np.array_equal(data["I_L"], 10.0 * (-60.0 - v))
    assert np.max(np.abs(data["twice"] - (2 * data["I_L"] + 100 * np.sin(t)[:, None]))) < 1e-12 * 1e3
    assert data["high"].dtype == bool
    assert np.array_equal(data["high"], v > -55.0)
    assert data["level"].shape == (300,)
    assert np.max(np.abs(data["level"] - v.mean(axis=1))) < 1e-12
    assert np.array_equal(part.get("I_L"), data["I_L"][::5, 2:5])
    found, post = synapses.get(), neurons.get("v")
    matrix = proj.connectivity_matrix(fill=np.nan, attribute="w")
    ranks = np.nonzero(~np.isnan(matrix))[0]
    assert np.array_equal(found["F"], found["w"] * found["A"] + post[:, ranks])
    assert np.array_equal(found["H"], 2 * found["F"] + proj.delay)
    assert np.array_equal(found["level"], data["level"])
    assert np.array_equal(found["theta"], post - np.arange(7))


def test_engines_agree() -> None:
    results = []
    for engine in ("compiled", "reference"):
        net, pop, _, proj = network(engine)
        monitors = [net.monitor(pop, ["I_L", "twice", "high", "level"], period=0.7),
                    net.monitor(proj, ["F", "H", "A", "B", "theta"], period=0.3), net.monitor(proj.dendrite(3), ["F"])]
        net.simulate(20.0)
        read = [pop.I_L, pop.twice, pop.high, pop.level, proj.F, proj.H, proj.A, proj.B, proj.theta, proj.level]
        results.append([*(a for m in monitors for a in m.get().values()), *map(np.asarray, read)])
    assert all(np.array_equal(x, y) for x, y in zip(*results, strict=True))
    assert all(np.any(x) for x in results[0])


def test_read_equals_recorded() -> None:
    net, pop, _, proj = network("compiled")
    monitor, synapses = net.monitor(pop, ["twice", "level"]), net.monitor(proj, ["H", "A"])
    net.simulate(12.3)
    data, found = monitor.get(), synapses.get()
    assert np.array_equal(pop.twice, data["twice"][-1])
    assert np.array_equal(pop.get("twice"), pop.twice)
    assert np.array_equal(pop[3:5].twice, pop.twice[3:5])
    assert pop.neuron(4).twice == pop.twice[4]
    assert pop.level == data["level"][-1]
    assert np.array_equal(proj.H, found["H"][-1])
    assert np.array_equal(proj.A, found["A"][-1])
    rank_of_each = np.repeat(proj.post_ranks, [len(d) for d in proj.dendrites])
    assert np.array_equal(proj.dendrite(3).H, proj.H[rank_of_each == 3])
    assert proj.dendrite(3).synapse(proj.dendrite(3).pre_ranks[0]).A == proj.dendrite(3).A[0]
    assert not pop.twice.flags.writeable


def test_asking_changes_nothing_and_compiles_once(fresh_cache: Any) -> None:
    def run(ask: bool) -> Any:
        net, pop, other, proj = network("compiled")
        if ask:
            net.monitor(pop, ["I_L", "twice"], period=0.3)
            net.monitor(proj, "H")
        for _ in range(3):
            net.simulate(5.0)
            if ask:
                assert pop.twice.shape == (10,)
                assert proj.A.shape == proj.w.shape
        return pop.v.copy(), other.v.copy(), proj._table["A"].data.copy()

    plain = run(False)
    before = rv.cache.stats()["compiled"]
    asked = run(True)
    assert all(np.array_equal(x, y) for x, y in zip(plain, asked, strict=True))
    assert rv.cache.stats()["compiled"] == before + 2, "one file for what one monitor records"
    run(True)
    assert rv.cache.stats()["compiled"] == before + 2, "one file for what one monitor records"


def test_chunks_store_and_reset() -> None:
    def run(pieces: list[float], restored: bool = False) -> Any:
        net, pop, _, proj = network("compiled")
        monitors = [net.monitor(pop, ["twice", "level"], period=0.7), net.monitor(proj, ["A", "F"], period=0.3)]
        for piece in pieces:
            net.simulate(piece)
            if restored:
                net.store()
                net.simulate(3.3)
                net.restore()
        return [a for m in monitors for a in m.get().values()]

    whole = run([20.0])
    for other in (run([0.1, 7.4, 12.5]), run([7.4, 12.6], restored=True)):
        assert all(np.array_equal(x, y) for x, y in zip(whole, other, strict=True))


def test_event_driven_variables_are_up_to_date() -> None:
    """A trace that decays from 1 at the spike of step 10: after step k it has decayed for k + 1 - 10 steps."""
    net = rv.Network(dt=0.1, seed=1)
    source = net.create(population=rv.SpikeSourceArray([[0.9]]))
    pop = net.create(1, rv.Neuron("", "dv/dt = g_exc", spike="v > 9"))
    trace = rv.Synapse("tau = 5.0", "dx/dt = -x/tau : event-driven", pre_spike="x += 1")
    proj = net.connect(source, pop, "exc", trace).all_to_all(delays=0.1)
    monitor = net.monitor(proj, "x")
    for _ in range(30):
        net.step()
        expected = np.exp(-0.1 * (net.current_step - 10) / 5.0) if net.current_step > 10 else 0.0
        assert abs(proj.x[0] - expected) < 1e-15
    assert abs(monitor.get("x")[-1, 0] - np.exp(-2.0 / 5.0)) < 1e-15


def test_texts_name_subexpressions() -> None:
    pop = network("compiled")[1]
    pop.v = "E + i*mV"
    pop.v = "v + I_L/g"
    assert np.max(np.abs(pop.v + 60.0)) < 1e-12


@pytest.mark.parametrize(
    ("equation", "reason"),
    [
        ("x = y + 1 : inline\ny = randn() : inline", r"the random number randn\(...\)"),
        ("x = xi*2 : inline", "the noise xi"),
    ],
)
def test_what_exists_only_inside_a_step(equation: str, reason: str) -> None:
    net = rv.Network(dt=0.1, seed=1)
    noise = "dv/dt = x : init=0.0" if "xi" in equation else "v = x"
    pop = net.create(2, rv.Neuron("", f"{equation}\n{noise}", spike="v > 9"))
    for use in (lambda: pop.x, lambda: net.monitor(pop, "x")):
        with pytest.raises(rv.RanvierError, match=rf"'x' cannot be read: it names {reason}, which"):
            use()


def test_event_driven_variables_are_written_as_of_now() -> None:
    """What is assigned decays from then on; the others of a synapse go on as if nothing had happened."""
    net, _, _, proj = network("compiled")
    net.simulate(12.0)
    before = [np.array(proj.A), np.array(proj.B)]
    proj.A = before[0]
    assert np.array_equal(proj.A, before[0])
    assert np.array_equal(proj.B, before[1])
    proj.A = 2.0
    proj.dendrite(3).A = 5.0
    assert np.array_equal(proj.B, before[1])
    written = np.array(proj.A)
    assert set(written) == {2.0, 5.0}
    twin, _, _, other = network("compiled")
    twin.simulate(12.0)
    net.simulate(0.1)
    twin.simulate(0.1)
    silent = np.array(other.A) < before[0] + 0.5  # no spike arrived
    assert np.max(np.abs(proj.A[silent] - written[silent] * np.exp(-0.1 / 20.0))) < 1e-15 * 5
    assert np.max(np.abs(proj.B - other.B)) < 1e-13


def test_one_of_two_traces() -> None:
    """Each trace is recorded by itself, whatever parameters the other decays with."""
    net = rv.Network(dt=0.1, seed=1)
    source = net.create(population=rv.PoissonPopulation(5, rates=200.0))
    pop = net.create(3, rv.Neuron("", "dv/dt = 0.2 - g_exc", spike="v > 1", reset="v = 0"))
    stdp = rv.Synapse(
        dict(tau_plus=20.0, tau_minus=10.0),
        "dx/dt = -x/tau_plus : event-driven\ndy/dt = -y/tau_minus : event-driven",
        pre_spike="g_target += 0.01*w\nx += 1\nw = clip(w - 0.01*y, 0, 1)",
        post_spike="y += 1\nw = clip(w + 0.01*x, 0, 1)",
    )
    proj = net.connect(source, pop, "exc", stdp).all_to_all(weights=0.5, delays=1.0)
    one, other, both = net.monitor(proj, "x"), net.monitor(proj, "y"), net.monitor(proj, ["x", "y"])
    net.simulate(50.0)
    data = both.get()
    assert np.array_equal(one.get("x"), data["x"])
    assert np.array_equal(other.get("y"), data["y"])
    assert np.array_equal(proj.x, data["x"][-1])
    assert np.array_equal(proj.y, data["y"][-1])
    assert np.any(data["x"])
    assert np.any(data["y"])


#: A process that reads and records what is not stored, and tells which packages it has imported.
WARM = """
import sys
import ranvier as rv
cell = rv.Neuron(
    "g = 0.1", "dv/dt = I + g_exc\\nI = g*(2.0 - v) : inline\\nJ = exp(I) : inline", spike="v > 1", reset="v = 0"
)
synapse = rv.Synapse(
    "tau = 20.0", "dA/dt = -A/tau : event-driven\\nF = w*A + post.v : inline", pre_spike="A += 1\\ng_target += w"
)
net = rv.Network(dt=0.1, seed=1)
cells = net.create(5, cell)
proj = net.connect(cells, cells, "exc", synapse).all_to_all(0.1)
neurons, synapses = net.monitor(cells, ["I", "J", "g_exc"]), net.monitor(proj, ["A", "F"], period=0.5)
net.simulate(10.0)
print(neurons.get("J").sum(), synapses.get("F").sum(), cells.J.sum(), proj.F.sum(), cells.sum("exc"), proj.A.sum())
print(rv.cache.stats()["compiled"], [m for m in ("sympy", "jinja2") if m in sys.modules])
"""


def test_a_warm_run_imports_no_compiler(tmp_path: Any) -> None:
    env = {**os.environ, "RANVIER_CACHE_DIR": str(tmp_path)}
    outs = [
        subprocess.run([sys.executable, "-c", WARM], env=env, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    cold, warm = (out.splitlines() for out in outs)
    assert cold[0] == warm[0], "the same values"
    assert cold[1].startswith("4 "), "the two models, and a read-out for each monitor"
    assert warm[1] == "0 []"


def test_reading_again_does_not_lower_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    lower = readouts.lower_model
    monkeypatch.setattr(readouts, "lower_model", lambda m, o: (calls.append(m.name), lower(m, o))[1])
    net, pop, _, proj = network("compiled")
    first = [pop.twice, pop.I_L, proj.F]
    assert len(calls) == 3
    for _ in range(3):
        net.simulate(1.0)
        pop.v = "E + i*mV"
        again = [pop.twice, pop.I_L, proj.F]
    assert len(calls) == 3
    assert not np.array_equal(first[0], again[0]), "values are those of now"
    assert np.array_equal(again[1], 10.0 * (-60.0 - pop.v))


def test_one_monitor_mixes_localities_and_periods() -> None:
    """What is computed together is what is computed alone."""
    net, pop, _, proj = network("compiled")
    names = ["theta", "F", "level", "A", "H"]
    together = net.monitor(proj, names, period=0.3), net.monitor(pop, ["level", "twice", "I_L"])
    alone = [net.monitor(proj, name, period=0.3) for name in names]
    apart = [net.monitor(pop, name) for name in ("level", "twice", "I_L")]
    net.simulate(15.0)
    found = together[0].get()
    assert all(np.array_equal(found[n], m.get(n)) for n, m in zip(names, alone, strict=True))
    mine = together[1].get()
    assert all(np.array_equal(mine[m.variables[0]], m.get(m.variables[0])) for m in apart)
    assert all(np.any(x) for x in found.values())


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("at", ["pre", "post"])
def test_functions_over_all_neurons_at_events(engine: str, at: str) -> None:
    """A sample at an event sees the mean that the code of the event sees: that of the start of the step."""
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    source = net.create(3, rv.Neuron("", "dv/dt = 0.05*(i + 1)", spike="v > 1", reset="v = 0"))
    cells = net.create(2, rv.Neuron("", "dv/dt = 0.03*(i + 1) + 0*g_exc", spike="v > 1", reset="v = 0"))
    synapse = rv.Synapse(
        "", "F = w*mean(pre.v) : inline\nseen : init=0.0",
        pre_spike="g_target += w\nseen = w*mean(pre.v)", post_spike="seen = w*mean(pre.v)",
    )  # fmt: skip
    proj = net.connect(source, cells, "exc", synapse).all_to_all(weights="0.1*(i + 1)")
    events, seen = net.monitor(proj, "F", at=at), net.monitor(proj, "seen", at=at)
    potentials = net.monitor(source, "v")
    net.simulate(100.0)
    found, code, v = events.get("F"), seen.get("seen"), potentials.get("v")
    assert found.step.size > 10
    assert np.array_equal(found.value, code.value)
    before = v[found.step - 1].mean(axis=1)
    np.testing.assert_allclose(found.value, 0.1 * (found.pre + 1) * before, rtol=4e-16 * 4)


def test_functions_over_all_neurons_are_refused_where_code_sees_others() -> None:
    net = rv.Network(dt=1.0, seed=1)
    cells = net.create(2, rv.Neuron("", "dv/dt = 0.1 + 0*g_exc", spike="v > 1", reset="v = 0"))
    synapse = rv.Synapse("", "F = w*mean(pre.v) : inline\ndx/dt = -x/10.0", pre_spike="g_target += w")
    proj = net.connect(cells, cells, "exc", synapse, same_step=True, name="p").all_to_all(0.1)
    net.monitor(proj, "F", at="pre")
    with pytest.raises(rv.RanvierError, match="'F' of projection 'p' takes a function over all neurons"):
        net.simulate(1.0)


def test_texts_name_subexpressions_of_synapses() -> None:
    net, _, other, proj = network("compiled")
    net.simulate(12.0)
    f, h, a, theta, level, w = (np.array(getattr(proj, n)) for n in ("F", "H", "A", "theta", "level", "w"))
    ranks = np.repeat(proj.post_ranks, [len(d) for d in proj.dendrites])
    proj.w = "0.01*F + w"
    assert np.array_equal(proj.w, 0.01 * f + w)
    proj.w = "2*A"
    assert np.array_equal(proj.w, 2 * a), "an event-driven variable as it is now, and no amperes"
    proj.w = w
    proj.dendrite(3).w = "H - theta"
    assert np.array_equal(proj.dendrite(3).w, (h - theta[ranks])[ranks == 3])
    proj.w = "0.5*theta"
    assert np.array_equal(proj.w, 0.5 * theta[ranks]), "one value for each postsynaptic neuron"
    proj.w = w
    proj.w = "w + level"
    assert np.array_equal(proj.w, w + level)
    late = net.connect(other, other, "exc", SYNAPSE)
    with pytest.raises(rv.RanvierError, match=r"w = '2\*F' names the subexpression 'F', which has values only when"):
        late.all_to_all(weights="2*F")


def test_a_variable_hides_a_unit_in_texts() -> None:
    net = rv.Network(dt=0.1, seed=1)
    gate = rv.Neuron("", "dm/dt = -m\nh : init=0.25\nA = m + h : inline\nr = m")
    cells = net.create(3, gate)
    cells.m = 0.5
    cells.h = "0.5*m"
    assert cells.h.tolist() == [0.25] * 3
    cells.h = "2*A"
    assert cells.h.tolist() == [1.5] * 3
    with_unit = net.create(2, rv.Neuron(dict(m="1 mm"), "dx/dt = -x/(m*ms/mm) : 1\nlength : metre\nr = x : 1"))
    with_unit.length = "2 m"
    assert with_unit.length.tolist() == [2e6] * 2, "a blank is no product"
