"""Brian2: standalone C++ (the default here), or runtime mode with Cython (``--option runtime``).

Standalone, a run is one execution of the compiled program and its time is what the program itself reports for its
main loop: processor time. Weights are constants of the code and delays zero or homogeneous: Brian2's fastest form.
"""

# ruff: noqa: E402
from __future__ import annotations

import tempfile
import time
from collections.abc import Callable

from benchmarks.worker import Settings, Workload, serve, settings

GIVEN = settings()

import brian2 as b2
import numpy as np
from brian2 import cm, ms, msiemens, mV, nA, nS, siemens, ufarad, umetre

IMPORTED = time.perf_counter()

AREA = 20000 * umetre**2
HH = dict(
    Cm=(1 * ufarad * cm**-2) * AREA,
    gl=(5e-5 * siemens * cm**-2) * AREA,
    g_na=(100 * msiemens * cm**-2) * AREA,
    g_kd=(30 * msiemens * cm**-2) * AREA,
    El=-60 * mV,
    EK=-90 * mV,
    ENa=50 * mV,
    VT=-63 * mV,
)
GATES = """
dm/dt = alpha_m*(1-m)-beta_m*m : 1
dn/dt = alpha_n*(1-n)-beta_n*n : 1
dh/dt = alpha_h*(1-h)-beta_h*h : 1
alpha_m = 0.32*4*mV**-1*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz
beta_m = 0.28*5*mV**-1*mV/exprel((v-VT-40*mV)/(5*mV))/ms : Hz
alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV))/ms : Hz
beta_h = 4./(1+exp((40*mV-v+VT)/(5*mV)))/ms : Hz
alpha_n = 0.032*5*mV**-1*mV/exprel((15*mV-v+VT)/(5*mV))/ms : Hz
beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz
"""


def cobahh(given: Settings) -> Workload:
    n, excitatory = given.n, given.n * 4 // 5
    current = "gl*(El-v)+ge*(Ee-v)+gi*(Ei-v)-g_na*(m*m*m)*h*(v-ENa)-g_kd*(n*n*n*n)*(v-EK)"
    equations = f"""
    dv/dt = ({current})/Cm : volt
    dge/dt = -ge/taue : siemens
    dgi/dt = -gi/taui : siemens
    {GATES}"""
    space = HH | dict(taue=5 * ms, taui=10 * ms, Ee=0 * mV, Ei=-80 * mV, we=6 * nS, wi=67 * nS)
    cells = b2.NeuronGroup(
        n, equations, threshold="v>-20*mV", refractory=3 * ms, method="exponential_euler", namespace=space
    )
    exc = b2.Synapses(cells[:excitatory], cells, on_pre="ge += we", namespace=space)
    exc.connect(p=0.02)
    inh = b2.Synapses(cells[excitatory:], cells, on_pre="gi += wi", namespace=space)
    inh.connect(p=0.02)
    cells.v = "El + (randn()*5-5)*mV"
    cells.ge = "(randn()*1.5+4)*10*nS"
    cells.gi = "(randn()*12+20)*10*nS"
    return ready(given, b2.SpikeMonitor(cells), cells, exc, inh)


def cuba(given: Settings) -> Workload:
    n, excitatory = given.n, given.n * 4 // 5
    equations = """
    dv/dt = (ge+gi-(v-El))/taum : volt (unless refractory)
    dge/dt = -ge/taue : volt
    dgi/dt = -gi/taui : volt
    """
    space = dict(taum=20 * ms, taue=5 * ms, taui=10 * ms, Vt=-50 * mV, Vr=-60 * mV, El=-49 * mV)
    space |= dict(we=(60 * 0.27 / 10) * mV, wi=(-20 * 4.5 / 10) * mV)
    cells = b2.NeuronGroup(
        n, equations, threshold="v>Vt", reset="v = Vr", refractory=5 * ms, method="exact", namespace=space
    )
    cells.v = "Vr + rand()*(Vt-Vr)"
    exc = b2.Synapses(cells[:excitatory], cells, on_pre="ge += we", namespace=space)
    exc.connect(p=0.02)
    inh = b2.Synapses(cells[excitatory:], cells, on_pre="gi += wi", namespace=space)
    inh.connect(p=0.02)
    return ready(given, b2.SpikeMonitor(cells), cells, exc, inh)


def brunel(given: Settings) -> Workload:
    n, excitatory = given.n, given.n * 4 // 5
    from_exc, from_inh = excitatory // 10, (n - excitatory) // 10
    space = dict(tau=20 * ms, theta=20 * mV, Vr=10 * mV, J=0.1 * mV, g=5.0, from_exc=from_exc, from_inh=from_inh)
    rate = 2.0 * space["theta"] / (space["J"] * from_exc * space["tau"])
    cells = b2.NeuronGroup(
        n,
        "dv/dt = -v/tau : volt (unless refractory)",
        threshold="v > theta",
        reset="v = Vr",
        refractory=2 * ms,
        method="exact",
        namespace=space,
    )
    cells.v = "rand()*theta"
    exc = b2.Synapses(cells[:excitatory], cells, on_pre="v_post += J", delay=1.5 * ms, namespace=space)
    exc.connect(i="k for k in sample(N_pre, size=from_exc)")
    inh = b2.Synapses(cells[excitatory:], cells, on_pre="v_post -= g*J", delay=1.5 * ms, namespace=space)
    inh.connect(i="k for k in sample(N_pre, size=from_inh)")
    drive = b2.PoissonInput(cells, "v", from_exc, rate, weight=space["J"])
    return ready(given, b2.SpikeMonitor(cells, record=False), cells, exc, inh, drive)


def hh(given: Settings) -> Workload:
    equations = f"""
    dv/dt = (gl*(El-v)-g_na*(m*m*m)*h*(v-ENa)-g_kd*(n*n*n*n)*(v-EK)+I)/Cm : volt
    {GATES}"""
    cells = b2.NeuronGroup(
        given.n,
        equations,
        threshold="v>-20*mV",
        refractory=3 * ms,
        method="exponential_euler",
        namespace=HH | dict(I=0.5 * nA),
    )
    cells.v = "El + (randn()*5-5)*mV"
    return ready(given, b2.SpikeMonitor(cells, record=False), cells)


def stdp(given: Settings) -> Workload:
    largest = 0.01 * 1000 / given.n
    space = dict(
        taum=10 * ms, taue=5 * ms, Ee=0 * mV, El=-74 * mV, Vt=-54 * mV, Vr=-60 * mV, taupre=20 * ms, taupost=20 * ms,
        gmax=largest, dApre=0.01 * largest, dApost=-0.0105 * largest,
    )  # fmt: skip
    inputs = b2.PoissonGroup(given.n, rates=15 * b2.Hz)
    cells = b2.NeuronGroup(
        100,
        """dv/dt = (ge*(Ee-v) + El - v)/taum : volt
        dge/dt = -ge/taue : 1""",
        threshold="v>Vt",
        reset="v = Vr",
        method="euler",
        namespace=space,
    )
    cells.v = -60 * mV
    plastic = b2.Synapses(
        inputs,
        cells,
        """w : 1
        dApre/dt = -Apre/taupre : 1 (event-driven)
        dApost/dt = -Apost/taupost : 1 (event-driven)""",
        on_pre="ge += w; Apre += dApre; w = clip(w + Apost, 0, gmax)",
        on_post="Apost += dApost; w = clip(w + Apre, 0, gmax)",
        namespace=space,
    )
    plastic.connect()
    plastic.w = "rand()*gmax"
    return ready(given, b2.SpikeMonitor(cells, record=False), inputs, cells, plastic)


def latency(given: Settings) -> Workload:
    n, excitatory = given.n, given.n * 4 // 5
    values = given.izhikevich
    space = dict(a=values["a"], w=values["w"], drive=values["drive"])
    cells = b2.NeuronGroup(
        n,
        """dv/dt = (0.04*v**2 + 5*v + 140 - u + I)/ms : 1
        du/dt = a*(0.2*v - u)/ms : 1
        I : 1""",
        threshold="v >= 30",
        reset="v = -65; u += 8",
        method="euler",
        namespace=space,
    )
    cells.v = -65
    cells.u = -13
    cells.I = "drive*(0.5+rand())"
    exc = b2.Synapses(cells[:excitatory], cells, on_pre="v += w", namespace=space)
    exc.connect(p=0.1)
    inh = b2.Synapses(cells[excitatory:], cells, on_pre="v -= 2*w", namespace=space)
    inh.connect(p=0.1)
    return ready(given, b2.SpikeMonitor(cells), cells, exc, inh)


def rate(given: Settings) -> Workload:
    # no product with a dense matrix: N*N synapses with a summed variable
    cells = b2.NeuronGroup(
        given.n, "dx/dt = (-x + inp)/tau : 1\nr = tanh(x) : 1\ninp : 1", method="euler", namespace=dict(tau=10 * ms)
    )
    cells.x = "randn()"
    synapses = b2.Synapses(cells, cells, "w : 1\ninp_post = w*r_pre : 1 (summed)")
    synapses.connect()
    synapses.w = "1.5/sqrt(N_pre)*randn()"
    return ready(given, None, cells, synapses, count=lambda: float(np.std(cells.x[:])))


def ready(
    given: Settings, monitor: b2.SpikeMonitor | None, *objects: b2.BrianObject, count: Callable[[], float] | None = None
) -> Workload:
    """Compile the network and return it as a workload."""
    network = b2.Network(*objects, *([] if monitor is None else [monitor]))  # a monitor is false while it is empty
    spikes = count or (lambda: monitor.num_spikes)
    synapses = [o for o in objects if isinstance(o, b2.Synapses)]
    duration = given.t_ms * ms
    if given.option != "runtime":
        network.run(duration)
        b2.device.build(directory=given.cache or tempfile.mkdtemp(prefix="brian2_"), run=False)

        def execute() -> float:
            b2.device.run()
            return float(b2.device._last_run_time)

        first = execute if given.workload != "latency" else None
        if first:
            first()
        total = sum(len(s) for s in synapses) if first else 0
        # the program takes its time with std::clock, which is processor time
        return Workload(total, lambda: None, execute, spikes, own_processor_time=True)
    if given.workload == "latency":
        return Workload(sum(len(s) for s in synapses), lambda: None, lambda: network.run(duration), spikes)
    network.run(given.dt * ms)
    network.store()
    seconds: list[float] = []

    def simulate() -> float:
        # the clock loop as Brian2 reports it: code generation at every `run` is left out
        network.run(duration, report=lambda e, c, s, d: seconds.append(float(e)), report_period=1e6 * b2.second)
        return seconds[-1]

    return Workload(sum(len(s) for s in synapses), network.restore, simulate, spikes)


if __name__ == "__main__":
    b2.seed(GIVEN.seed)
    b2.defaultclock.dt = GIVEN.dt * ms
    if GIVEN.option == "runtime":
        b2.prefs.codegen.target = "cython"
        b2.prefs.codegen.runtime.cython.cache_dir = GIVEN.cache or tempfile.mkdtemp(prefix="brian2_")
    else:
        b2.set_device("cpp_standalone", build_on_run=False)
    serve(GIVEN, IMPORTED, globals()[GIVEN.workload], b2.__version__)
