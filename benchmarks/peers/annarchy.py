"""ANNarchy: generated C++, sequential. Its folder of compiled code is kept where ``--cache`` says.

No exact integration of coupled systems (``exponential`` per equation), and `refractory` would freeze a
Hodgkin-Huxley cell, so a counter keeps its spike detector silent instead.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time

from benchmarks.worker import DT, Settings, Workload, quiet, serve, settings

GIVEN = settings()

# without its environment on PATH, CMake takes another Python
os.environ["VIRTUAL_ENV"] = sys.prefix
os.environ["PATH"] = f"{sys.prefix}/bin:{os.environ['PATH']}"
with quiet():
    import ANNarchy
    import numpy as np

IMPORTED = time.perf_counter()

HH = dict(C=200.0, gl=10.0, El=-60.0, EK=-90.0, ENa=50.0, gna=20000.0, gk=6000.0, VT=-63.0)
GATES = """
    am = 0.32*(13.0-v+VT)/(exp((13.0-v+VT)/4.0)-1.0)
    bm = 0.28*(v-VT-40.0)/(exp((v-VT-40.0)/5.0)-1.0)
    ah = 0.128*exp((17.0-v+VT)/18.0)
    bh = 4.0/(1.0+exp((40.0-v+VT)/5.0))
    an = 0.032*(15.0-v+VT)/(exp((15.0-v+VT)/5.0)-1.0)
    bn = 0.5*exp((10.0-v+VT)/40.0)
    dm/dt = am*(1.0-m) - bm*m : exponential, init=0.0
    dn/dt = an*(1.0-n) - bn*n : exponential, init=0.0
    dh/dt = ah*(1.0-h) - bh*h : exponential, init=0.0
    cool = if cool > 0.0: cool - dt else: 0.0
"""


def cobahh(given: Settings, net: ANNarchy.Network, rng: np.random.Generator):
    n, excitatory = given.n, given.n * 4 // 5
    current = "gl*(El-v) + g_exc*(Ee-v) + g_inh*(Ei-v) - gna*m*m*m*h*(v-ENa) - gk*n*n*n*n*(v-EK)"
    cells = net.create(
        n,
        ANNarchy.Neuron(
            parameters=HH | dict(taue=5.0, taui=10.0, Ee=0.0, Ei=-80.0),
            equations=f"""
    C*dv/dt = {current} : exponential, init=-65.0
    {GATES}
    taue*dg_exc/dt = -g_exc : exponential
    taui*dg_inh/dt = -g_inh : exponential""",
            spike="(v > -20.0) and (cool <= 0.0)",
            reset="cool = 3.0",
        ),
    )
    net.connect(cells[:excitatory], cells, "exc").fixed_probability(probability=0.02, weights=6.0)
    net.connect(cells[excitatory:], cells, "inh").fixed_probability(probability=0.02, weights=67.0)
    initial = {
        "v": -60.0 + rng.standard_normal(n) * 5 - 5,
        "g_exc": (rng.standard_normal(n) * 1.5 + 4) * 10,
        "g_inh": (rng.standard_normal(n) * 12 + 20) * 10,
    }
    return cells, initial


def cuba(given: Settings, net: ANNarchy.Network, rng: np.random.Generator):
    n, excitatory = given.n, given.n * 4 // 5
    cells = net.create(
        n,
        ANNarchy.Neuron(
            parameters=dict(tau=20.0, taue=5.0, taui=10.0, El=-49.0, Vt=-50.0, Vr=-60.0),
            equations="""
    tau*dv/dt = g_exc - g_inh - (v - El) : exponential, init=-60.0
    taue*dg_exc/dt = -g_exc : exponential
    taui*dg_inh/dt = -g_inh : exponential""",
            spike="v > Vt",
            reset="v = Vr",
            refractory=5.0,
        ),
    )
    net.connect(cells[:excitatory], cells, "exc").fixed_probability(probability=0.02, weights=60 * 0.27 / 10)
    net.connect(cells[excitatory:], cells, "inh").fixed_probability(probability=0.02, weights=20 * 4.5 / 10)
    return cells, {"v": -60.0 + 10.0 * rng.random(n)}


def brunel(given: Settings, net: ANNarchy.Network, rng: np.random.Generator):
    n, excitatory = given.n, given.n * 4 // 5
    from_exc, from_inh = excitatory // 10, (n - excitatory) // 10
    tau, theta, weight, g, eta = 20.0, 20.0, 0.1, 5.0, 2.0
    per_step = eta * theta / (weight * from_exc * tau) * DT
    # K makes a jump of the input one of v under `exponential`. PoissonPopulation emits at most one spike per step.
    cells = net.create(
        n,
        ANNarchy.Neuron(
            parameters=dict(tau=tau, K=1.0 / (1.0 - np.exp(-DT / tau)), J=weight, theta=theta, Vr=10.0),
            equations=f"""
    ext = Binomial({from_exc}, {per_step})
    tau*dv/dt = -v + K*(g_exc - g_inh + J*ext) : exponential""",
            spike="v > theta",
            reset="v = Vr",
            refractory=2.0,
        ),
    )
    exc = net.connect(cells[:excitatory], cells, "exc")
    exc.fixed_number_pre(number=from_exc, weights=weight, delays=1.5)
    inh = net.connect(cells[excitatory:], cells, "inh")
    inh.fixed_number_pre(number=from_inh, weights=g * weight, delays=1.5)
    return cells, {"v": theta * rng.random(n)}


def hh(given: Settings, net: ANNarchy.Network, rng: np.random.Generator):
    cells = net.create(
        given.n,
        ANNarchy.Neuron(
            parameters=HH | dict(I=500.0),
            equations=f"""
    C*dv/dt = gl*(El-v) - gna*m*m*m*h*(v-ENa) - gk*n*n*n*n*(v-EK) + I : exponential, init=-65.0
    {GATES}""",
            spike="(v > -20.0) and (cool <= 0.0)",
            reset="cool = 3.0",
        ),
    )
    return cells, {"v": -60.0 + rng.standard_normal(given.n) * 5 - 5}


def stdp(given: Settings, net: ANNarchy.Network, rng: np.random.Generator):
    largest = 0.01 * 1000 / given.n
    inputs = net.create(ANNarchy.PoissonPopulation(given.n, rates=15.0))
    cells = net.create(
        100,
        ANNarchy.Neuron(
            parameters=dict(taum=10.0, taue=5.0, Ee=0.0, Vt=-54.0, Vr=-60.0, El=-74.0),
            equations="""
    taum*dv/dt = g_exc*(Ee-v) + El - v : init=-60.0
    taue*dg_exc/dt = -g_exc""",
            spike="v > Vt",
            reset="v = Vr",
        ),
    )
    synapse = ANNarchy.Synapse(
        parameters=dict(taupre=20.0, taupost=20.0, dpre=0.01 * largest, dpost=0.0105 * largest, gmax=largest),
        equations=[
            ANNarchy.Variable("taupre*dx/dt = -x", method="event-driven"),
            ANNarchy.Variable("taupost*dy/dt = -y", method="event-driven"),
        ],
        pre_spike="""
    g_target += w
    x += dpre
    w = clip(w + y, 0.0, gmax)""",
        post_spike="""
    y -= dpost
    w = clip(w + x, 0.0, gmax)""",
    )
    net.connect(inputs, cells, "exc", synapse).all_to_all(weights=ANNarchy.Uniform(0.0, largest))
    return cells, {"v": np.full(100, -60.0)}


def rate(given: Settings, net: ANNarchy.Network, rng: np.random.Generator):
    cells = net.create(
        given.n,
        ANNarchy.Neuron(
            parameters=dict(tau=10.0),
            equations="""
    tau*dx/dt = -x + sum(exc) : explicit
    r = tanh(x)""",
        ),
    )
    weights = rng.standard_normal((given.n, given.n)) * (1.5 / np.sqrt(given.n))
    net.connect(cells, cells, "exc").from_matrix(weights, storage_format="dense")
    return cells, {"x": rng.standard_normal(given.n)}


def latency(given: Settings, net: ANNarchy.Network, rng: np.random.Generator):
    n, excitatory = given.n, given.n * 4 // 5
    values = given.izhikevich
    cells = net.create(
        n,
        ANNarchy.Neuron(
            parameters=dict(a=values["a"], I=ANNarchy.Parameter(0.0, locality="local")),
            equations="""
    dv/dt = 0.04*v*v + 5.0*v + 140.0 - u + I + (g_exc - g_inh)/dt : init=-65.0
    du/dt = a*(0.2*v - u) : init=-13.0""",
            spike="v >= 30.0",
            reset="v = -65.0 ; u += 8.0",
        ),
    )
    net.connect(cells[:excitatory], cells, "exc").fixed_probability(probability=0.1, weights=values["w"])
    net.connect(cells[excitatory:], cells, "inh").fixed_probability(probability=0.1, weights=2 * values["w"])
    return cells, {"I": values["drive"] * (0.5 + rng.random(n))}


def build(given: Settings) -> Workload:
    """Build and compile the network."""
    net = ANNarchy.Network(dt=given.dt, seed=given.seed)
    net.config(num_threads=1)
    if given.single:
        net.config(dtype=ANNarchy.float32)
    cells, initial = globals()[given.workload](given, net, np.random.default_rng(given.seed))
    monitor = None if given.workload == "rate" else net.monitor(cells, "spike")
    folder = given.cache or tempfile.mkdtemp(prefix="annarchy_")
    os.makedirs(folder, exist_ok=True)
    net.compile(directory=folder, silent=True)

    def start() -> None:
        for name, value in initial.items():
            setattr(cells, name, value)

    def restart() -> None:
        if given.workload != "stdp":  # its inputs would fall silent; learning goes on instead, at the same cost
            net.reset()
        start()

    def count() -> float:
        if monitor is None:
            return float(np.std(cells.x))
        return sum(len(times) for times in monitor.get("spike").values())

    start()
    if given.workload == "latency":
        return Workload(synapses(net), lambda: None, lambda: net.simulate(given.t_ms), count)
    net.simulate(given.dt)
    count()
    return Workload(synapses(net), restart, lambda: net.simulate(given.t_ms), count)


def synapses(net: ANNarchy.Network) -> int:
    return sum(projection.nb_synapses for projection in net.get_projections())


if __name__ == "__main__":
    serve(GIVEN, IMPORTED, build, "5.0.4.1")
