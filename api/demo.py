"""`ranvier demo`: a published network end to end, from its equations to a picture, with the time of every stage.

COBAHH, benchmark 3 of Brette et al. (2007), Simulation of networks of spiking neurons, J Comput Neurosci 23:349-398:
4000 Hodgkin-Huxley neurons with conductance-based synapses.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import ranvier as rv

PARAMETERS = dict(
    Cm="200 pF", gl="10 nS", g_na="20 uS", g_kd="6 uS",
    El="-60 mV", EK="-90 mV", ENa="50 mV", VT="-63 mV", Ee="0 mV", Ei="-80 mV",
    tau_exc="5 ms", tau_inh="10 ms",
)  # fmt: skip

EQUATIONS = """
    dv/dt = (gl*(El - v) + g_exc*(Ee - v) + g_inh*(Ei - v)
             - g_na*(m*m*m)*h*(v - ENa) - g_kd*(n*n*n*n)*(v - EK))/Cm : volt
    dm/dt = alpha_m*(1 - m) - beta_m*m : 1
    dn/dt = alpha_n*(1 - n) - beta_n*n : 1
    dh/dt = alpha_h*(1 - h) - beta_h*h : 1
    dg_exc/dt = -g_exc/tau_exc : siemens
    dg_inh/dt = -g_inh/tau_inh : siemens
    alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV - v + VT)/(4*mV))/ms : Hz
    beta_m  = 0.28*(mV**-1)*5*mV/exprel((v - VT - 40*mV)/(5*mV))/ms : Hz
    alpha_h = 0.128*exp((17*mV - v + VT)/(18*mV))/ms : Hz
    beta_h  = 4.0/(1 + exp((40*mV - v + VT)/(5*mV)))/ms : Hz
    alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV - v + VT)/(5*mV))/ms : Hz
    beta_n  = 0.5*exp((10*mV - v + VT)/(40*mV))/ms : Hz
"""

STAGES = {
    "parse": "equation strings to a model",
    "generate": "model to C",
    "compile": "C to a shared object",
    "connect": "4000 neurons and their synapses",
    "load": "shared objects into the engine",
    "run": "steps of 0.1 ms",
    "plot": "raster and rates",
}


@dataclass(slots=True)
class Stopwatch:
    """Seconds spent in each stage; time in the C compiler is taken from the cache's own counter."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of a block to a stage, and what the C compiler took of it to `compile`."""
        started, before = time.perf_counter(), rv.cache.stats()["seconds"]
        yield
        wall = time.perf_counter() - started
        in_compiler = min(rv.cache.stats()["seconds"] - before, wall)
        self.seconds[name] += wall - in_compiler
        self.seconds["compile"] += in_compiler


def demo(duration: float, output: Path, seed: int) -> None:
    """Simulate COBAHH for `duration` ms, print rates and times, and save the raster as `output`."""
    from ranvier.compiler import CompileOptions, compile_model

    watch = Stopwatch()
    with watch.stage("parse"):
        neuron = rv.Neuron(PARAMETERS, EQUATIONS, spike="v > -20*mV", refractory="3 ms", name="COBAHH")
    with watch.stage("generate"):
        compile_model(neuron.model, CompileOptions())
    with watch.stage("connect"):
        net = rv.Network(dt=0.1, seed=seed)
        neurons = net.create(4000, neuron, name="neurons")
        neurons.v = "El + (randn()*5 - 5)*mV"
        neurons.g_exc = "(randn()*1.5 + 4)*10*nS"
        neurons.g_inh = "(randn()*12 + 20)*10*nS"
        groups = {"excitatory": neurons[:3200], "inhibitory": neurons[3200:]}
        exc = net.connect(groups["excitatory"], neurons, target="exc")
        exc.fixed_probability(0.02, weights="6 nS", delays=0.1)
        inh = net.connect(groups["inhibitory"], neurons, target="inh")
        inh.fixed_probability(0.02, weights="67 nS", delays=0.1)
        monitors = {name: net.monitor(group, "spike") for name, group in groups.items()}
    with watch.stage("load"):
        net.compile(silent=True)
    with watch.stage("run"):
        net.simulate(duration)

    synapses = exc.nb_synapses + inh.nb_synapses
    print(f"COBAHH, Brette et al. 2007: {neurons.size} neurons, {synapses} synapses, {duration:g} ms, seed {net.seed}")
    for name, monitor in monitors.items():
        print(f"  {name}: {monitor.mean_fr():.1f} Hz")
    if find_spec("matplotlib") is None:
        print("no picture: matplotlib is not installed (python -m pip install matplotlib)")
    else:
        with watch.stage("plot"):
            picture(monitors, output)
        print(f"  raster: {output}")
    report(watch)


def picture(monitors: dict[str, rv.Monitor], output: Path) -> None:
    """Save the raster of all groups."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    rv.plot.raster(monitors, ax=figure.subplots())
    figure.savefig(output, dpi=150)


def report(watch: Stopwatch) -> None:
    """Print the time of every stage."""
    stats = rv.cache.stats()
    print("\nstage       seconds")
    for name, what in STAGES.items():
        note = f"{stats['compiled']:.0f} compiled, {stats['hits']:.0f} from the cache" if name == "compile" else what
        print(f"{name:<10}{watch.seconds[name]:>9.3f}   {note}")
    print(f"{'sum':<10}{sum(watch.seconds.values()):>9.3f}")
