"""Simulations in the style of ANNarchy's published examples, each a function of the module that stands for ANNarchy.

`record_annarchy.py` runs them on ANNarchy itself; `test_published_scripts.py` on `ranvier.compat.annarchy`.
What has random numbers returns statistics: the spread over seeds is recorded as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def gap_junctions(ann: Any, seed: int) -> dict[str, Any]:
    """Ten leaky cells, all coupled: they synchronise (after an example of Brian, ported by ANNarchy's authors)."""
    ann.setup(dt=0.1)
    parameters = "v0 = 1.05 : population; tau = 10.0 : population"
    cell = ann.Neuron(parameters, "tau*dv/dt = v0 - v + g_gap", spike="v > 1.0", reset="v = 0.0")
    pop = ann.Population(10, cell)
    pop.v = np.linspace(0.0, 1.0, 10)
    ann.Projection(pop, pop, "gap", ann.Synapse(psp="w*(pre.v - post.v)")).connect_all_to_all(0.02)
    ann.compile()
    monitor = ann.Monitor(pop[0] + pop[5], "v")
    ann.simulate(500.0)
    return {"v": monitor.get("v")[::50]}


def nonlinear_synapses(ann: Any, seed: int) -> dict[str, Any]:
    """Two NMDA-like synapses with a conductance of their own that saturates."""
    ann.setup(dt=0.1)
    source = ann.Neuron(equations="dv/dt = 0.1", spike="v > 1.0", reset="v = 0.0")
    cell = ann.Neuron(equations="dv/dt = 0.1*(g_exc - v)", spike="v > 2.0", reset="v = 0.0")
    nmda = ann.Synapse(
        "tau = 10.0 : postsynaptic", "tau*dx/dt = -x\ntau*dg/dt = -g + x*(1 - g)", psp="g", pre_spike="x += w"
    )
    pre, post = ann.Population(2, source), ann.Population(1, cell)
    pre.v = [0.0, 0.5]
    proj = ann.Projection(pre, post, "exc", nmda).connect_from_matrix(weights=[[1.0, 10.0]])
    ann.compile()
    trace, inside = ann.Monitor(post, "v"), ann.Monitor(proj[0], "g")
    ann.simulate(100.0)
    return {"v": trace.get("v")[::20, 0], "g": inside.get("g")[::20]}


def alpha_currents(ann: Any, seed: int) -> dict[str, Any]:
    """A PyNN standard cell driven by given spikes (after PyNN's simpleNetwork)."""
    ann.setup(dt=0.1)
    times = np.cumsum(np.random.default_rng(26278342).exponential(10.0, 60)).round(1)
    source = ann.SpikeSourceArray(list(times))
    cells = ann.Population(2, ann.IF_curr_alpha)
    cells.set({"tau_refrac": 2.0, "v_thresh": -50.0, "tau_syn_E": 2.0, "tau_syn_I": 2.0})
    ann.Projection(source, cells, "exc").connect_all_to_all(weights=1.0)
    ann.compile()
    monitor = ann.Monitor(cells, ["spike", "v"])
    ann.simulate(500.0)
    data = monitor.get()
    return {"v": data["v"][::50, 0], "spikes": data["spike"][0]}


def adaptive_exponential(ann: Any, seed: int) -> dict[str, Any]:
    """A current step into a regularly spiking cell (Brette and Gerstner 2005)."""
    ann.setup(dt=0.1)
    cell = ann.Population(1, ann.EIF_cond_exp_isfa_ista)
    cell.tau_w, cell.a, cell.b, cell.v_reset = 144.0, 4.0, 0.0805, -70.6
    ann.compile()
    monitor = ann.Monitor(cell, ["spike", "v", "w"])
    for duration, current in ((20.0, 0.0), (100.0, 1.0), (20.0, 0.0)):
        cell.i_offset = current
        ann.simulate(duration)
    data = monitor.get()
    return {"v": data["v"][:400:10, 0], "spikes": data["spike"][0], "w": data["w"][:400:10, 0]}


def hodgkin_huxley(ann: Any, seed: int) -> dict[str, Any]:
    """A current pulse into a cell with the channels of Boergers et al. 2010, midpoint method."""
    ann.setup(dt=0.01)
    cell = ann.Neuron(
        """
        C = 1.0
        VL = -59.387
        VK = -82.0
        VNa = 45.0
        gK = 36.0
        gNa = 120.0
        gL = 0.3
        vt = 30.0
        I = 0.0
        """,
        """
        prev_V = V
        an = 0.01*(V + 60.0)/(1.0 - exp(-0.1*(V + 60.0)))
        am = 0.1*(V + 45.0)/(1.0 - exp(-0.1*(V + 45.0)))
        ah = 0.07*exp(-0.05*(V + 70.0))
        bn = 0.125*exp(-0.0125*(V + 70.0))
        bm = 4.0*exp(-(V + 70.0)/80.0)
        bh = 1.0/(1.0 + exp(-0.1*(V + 40.0)))
        dn/dt = an*(1.0 - n) - bn*n : init=0.3, midpoint
        dm/dt = am*(1.0 - m) - bm*m : init=0.0, midpoint
        dh/dt = ah*(1.0 - h) - bh*h : init=0.6, midpoint
        C*dV/dt = gL*(VL - V) + gK*n**4*(VK - V) + gNa*m**3*h*(VNa - V) + I : midpoint
        """,
        spike="(V > vt) and (prev_V <= vt)",
        reset="",
    )
    pop = ann.Population(neuron=cell, geometry=1)
    pop.V = -50.0
    ann.compile()
    monitor = ann.Monitor(pop, ["spike", "V", "m"])
    ann.simulate(20.0)
    pop.I = 200.0
    ann.simulate(1.0)
    pop.I = 0.0
    ann.simulate(20.0)
    data = monitor.get()
    return {"V": data["V"][::100, 0], "m": data["m"][::100, 0], "spikes": data["spike"][0]}


def plastic_pair(ann: Any, seed: int) -> dict[str, Any]:
    """Event-driven traces, clipped weights: a pair of spikes for each lag, presynaptic first (Song and Abbott 2001).

    Later pairs are not compared: ANNarchy 5.0.4 misses one step of decay at each presynaptic spike.
    """
    ann.setup(dt=1.0)
    stdp = ann.Synapse(
        """
        tau_pre = 20.0 : projection
        tau_post = 20.0 : projection
        cApre = 0.01 : projection
        cApost = -0.0105 : projection
        wmax = 1.0 : projection
        """,
        "tau_pre*dApre/dt = -Apre : event-driven\ntau_post*dApost/dt = -Apost : event-driven",
        pre_spike="g_target += w\nApre += cApre*wmax\nw = clip(w + Apost, 0.0, wmax)",
        post_spike="Apost += cApost*wmax\nw = clip(w + Apre, 0.0, wmax)",
    )
    pre = ann.SpikeSourceArray([[20.0 + lag] for lag in (-15.0, -6.0, -2.0, -1.0)])
    relay = ann.SpikeSourceArray([[19.0]])
    cell = ann.Population(1, ann.Neuron(equations="v = g_exc", spike="v > 50.0", reset="v = 0.0"))
    ann.Projection(relay, cell, "exc").connect_all_to_all(weights=100.0)
    proj = ann.Projection(pre, cell, "exc", stdp)
    proj.connect_all_to_all(weights=0.5)
    ann.compile()
    ann.simulate(30.0)
    return {"w": proj.w[0]}


def short_term_plasticity(ann: Any, seed: int) -> dict[str, Any]:
    """Depressing and facilitating synapses under a regular train (Tsodyks, Uziel and Markram 2000), in every step.

    Event-driven equations are not compared: ANNarchy 5.0.4 misses a step of decay at each presynaptic spike.
    """
    ann.setup(dt=0.25)
    equations = "tau_I*dg_exc/dt = -g_exc\nv = g_exc"
    cell = ann.Neuron("tau_I = 3.0 : population", equations, spike="v > 1000.0", reset="v = 0.0")
    train = ann.SpikeSourceArray([list(np.arange(10.0, 300.0, 20.0))] * 2)
    post = ann.Population(2, cell)
    stp = ann.Synapse(
        "tau_rec = 200.0 : projection\ntau_facil = 500.0 : projection\nU = 0.3 : projection",
        "dx/dt = (1.0 - x)/tau_rec : init=1.0, exponential\ndu/dt = (U - u)/tau_facil : init=0.3, exponential",
        pre_spike="g_target += w*u*x\nx *= 1.0 - u\nu += U*(1.0 - u)",
    )
    ann.Projection(train, post, "exc", stp).connect_one_to_one(weights=1.0)
    ann.compile()
    monitor = ann.Monitor(post, "v")
    ann.simulate(300.0)
    return {"v": monitor.get("v")[::8, 0]}


def bar_learning(ann: Any, seed: int) -> dict[str, Any]:
    """Oja's rule and anti-Hebbian competition on given bars: three presentations, deterministic."""
    ann.setup(dt=1.0)
    source = ann.Neuron("tau = 10.0 : population\nbaseline = 0.0", "tau*dr/dt + r = baseline : min=0.0")
    leaky = ann.Neuron("tau = 10.0 : population", "tau*dr/dt + r = sum(exc) - sum(inh) : min=0.0")
    oja = ann.Synapse(
        "tau = 2000.0 : postsynaptic\nalpha = 8.0 : postsynaptic\nmin_w = 0.0 : postsynaptic",
        "tau*dw/dt = pre.r*post.r - alpha*post.r^2*w : min=min_w",
    )
    anti = ann.Synapse(
        "tau = 2000.0 : postsynaptic\nalpha = 0.3 : postsynaptic",
        "tau*dw/dt = pre.r*post.r - alpha*post.r^2*w : min=0.0",
    )
    bars, features = ann.Population((4, 4), source), ann.Population((2, 2), leaky)
    forward = ann.Projection(bars, features, "exc", oja)
    forward.connect_from_matrix(np.linspace(0.05, 0.5, 64).reshape(4, 16))
    lateral = ann.Projection(features, features, "inh", anti)
    lateral.connect_all_to_all(weights=0.2)
    ann.compile()
    for row in (0, 2, 3):
        image = np.zeros((4, 4))
        image[row] = 1.0
        image[:, row] = 1.0
        bars.baseline = image
        ann.simulate(50.0)
    return {"w": np.array(forward.w).ravel(), "lateral": np.array(lateral.w).ravel(), "r": np.array(features.r).ravel()}


def conductance_network(ann: Any, seed: int) -> dict[str, Any]:
    """Excitation and inhibition in balance (Vogels and Abbott 2005): rates."""
    ann.setup(dt=0.1, seed=seed)
    cell = ann.Neuron(
        """
        El = -60.0 : population
        Vr = -60.0 : population
        Erev_exc = 0.0 : population
        Erev_inh = -80.0 : population
        Vt = -50.0 : population
        tau = 20.0 : population
        tau_exc = 5.0 : population
        tau_inh = 10.0 : population
        I = 20.0 : population
        """,
        """
        tau*dv/dt = (El - v) + g_exc*(Erev_exc - v) + g_inh*(Erev_inh - v) + I
        tau_exc*dg_exc/dt = -g_exc
        tau_inh*dg_inh/dt = -g_inh
        """,
        spike="v > Vt",
        reset="v = Vr",
        refractory=5.0,
    )
    pop = ann.Population(4000, cell)
    excitatory, inhibitory = pop[:3200], pop[3200:]
    pop.v, pop.g_exc, pop.g_inh = ann.Normal(-55.0, 5.0), ann.Normal(4.0, 1.5), ann.Normal(20.0, 12.0)
    ann.Projection(excitatory, pop, "exc").connect_fixed_probability(weights=0.6, probability=0.02)
    ann.Projection(inhibitory, pop, "inh").connect_fixed_probability(weights=6.7, probability=0.02)
    ann.compile()
    monitor = ann.Monitor(pop, "spike")
    ann.simulate(1000.0)
    data = monitor.get("spike")
    times, _ = monitor.raster_plot(data)
    return {"rate": len(times) / 4000.0}


def pulse_coupled(ann: Any, seed: int) -> dict[str, Any]:
    """A thousand cells with noisy input (Izhikevich 2003): rates of both kinds."""
    ann.setup(dt=1.0, seed=seed)
    rng = np.random.default_rng(seed)
    pop = ann.Population(geometry=1000, neuron=ann.Izhikevich)
    excitatory, inhibitory = pop[:800], pop[800:]
    re, ri = rng.random(800), rng.random(200)
    excitatory.noise, inhibitory.noise = 5.0, 2.0
    excitatory.a, inhibitory.a = 0.02, 0.02 + 0.08 * ri
    excitatory.b, inhibitory.b = 0.2, 0.25 - 0.05 * ri
    excitatory.c, inhibitory.c = -65.0 + 15.0 * re**2, -65.0
    excitatory.d, inhibitory.d = 8.0 - 6.0 * re**2, 2.0
    excitatory.v, inhibitory.v = -65.0, -65.0
    excitatory.u, inhibitory.u = excitatory.v * excitatory.b, inhibitory.v * inhibitory.b
    ann.Projection(excitatory, pop, "exc").connect_all_to_all(weights=ann.Uniform(0.0, 0.5))
    ann.Projection(inhibitory, pop, "inh").connect_all_to_all(weights=ann.Uniform(0.0, 1.0))
    ann.compile()
    monitor = ann.Monitor(pop, "spike")
    ann.simulate(1000.0)
    spikes = monitor.get("spike")
    return {
        "excitatory": sum(len(spikes[k]) for k in range(800)) / 800.0,
        "inhibitory": sum(len(spikes[k]) for k in range(800, 1000)) / 200.0,
    }


DETERMINISTIC = (
    gap_junctions, nonlinear_synapses, alpha_currents, adaptive_exponential, hodgkin_huxley, plastic_pair,
    short_term_plasticity, bar_learning,
)  # fmt: skip
RANDOM = (conductance_network, pulse_coupled)
SEEDS = tuple(range(1, 11))
