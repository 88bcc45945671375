"""What delivering an event costs, form by form, beside plain C: ``python -m benchmarks.events``.

Sources of which 5 % spike in each step (200,000 to 400,000 events a step), against the same network without synapses:
the difference is the delivery, with what adds it to the neurons. Plain C (`limit/events.c`) does the same work on
rows of the same size. All take turns; processor time; a ratio compares neighbouring runs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import ranvier as rv

from .limit.__main__ import FLAGS

HERE = Path(__file__).parent
ROW, N_PRE, CHANCE, DT = 1000, 2000, 0.05, 0.1
SILENT = rv.Neuron("", "v = 0.5*v + g_exc", "v > 1e9")
FIRING = rv.Neuron(f"chance = {CHANCE}", "v = 0.5*v + g_exc\nx = Uniform(0.0, 1.0)", "x < chance")
STDP = rv.Synapse(
    dict(tau="20 ms", up=0.01, down=0.0105),
    "w : 1\ndx/dt = -x/tau : 1 (event-driven)\ndy/dt = -y/tau : 1 (event-driven)",
    pre_spike="g_target += w; x += up; w = clip(w - y, 0.0, 1.0)",
    post_spike="y += down; w = clip(w + x, 0.0, 1.0)",
)


@dataclass(frozen=True, slots=True)
class Form:
    """A form of delivery: its name, its number in ``limit/events.c``, and how to get it."""

    name: str
    number: int
    n_post: int = 10_000
    each: bool = False
    delays: bool = False
    plastic: bool = False
    expanded: bool = False


FORMS = (
    Form("one weight, 16-bit index", 0),
    Form("a weight each, 16-bit index", 1, each=True),
    Form("one weight, 32-bit index", 2, 80_000),
    Form("a weight each, 32-bit index", 3, 80_000, each=True),
    Form("one weight, 15 delays", 4, delays=True),
    Form("a weight each, 15 delays", 5, each=True, delays=True),
    Form("all to all, one weight", 6, ROW),
    Form("all to all, a weight each", 7, ROW, each=True),
    Form("plastic, traces per neuron", 8, each=True, plastic=True),
    Form("plastic, traces per synapse", 9, each=True, plastic=True, expanded=True),
    Form("plastic, traces per neuron, all to all", 10, ROW, each=True, plastic=True),
)


def network(form: Form, precision: str, connected: bool) -> tuple[rv.Network, Callable[[], float]]:
    """Return a network that has been run for some steps, and what counts its events since it was last asked."""
    net = rv.Network(dt=DT, seed=1, precision=precision)
    pre = net.create(population=rv.PoissonPopulation(N_PRE, rates=CHANCE / DT * 1000.0, name="pre"))
    post = net.create(form.n_post, FIRING if form.plastic else SILENT, name="post")
    monitors = [(net.monitor(pre, "spike"), ROW)]
    if form.plastic:
        monitors.append((net.monitor(post, "spike"), N_PRE * ROW / form.n_post))
    if connected:
        synapses = net.connect(pre, post, "exc", STDP if form.plastic else None, name="synapses")
        weights = rv.Uniform(0.0, 1.0) if form.each else 0.01
        if form.n_post == ROW:
            synapses.all_to_all(weights=weights, delays=DT)
        else:
            synapses.fixed_number_post(number=ROW, weights=weights, delays=DT)
        if form.delays:
            synapses.delay = DT * (1 + np.arange(synapses.nb_synapses) % 15)
        if form.expanded:
            synapses.x = rv.Uniform(0.0, 0.01)
    net.simulate(2.0)

    def count() -> float:
        return sum(sum(map(len, monitor.get("spike").values())) * fan for monitor, fan in monitors)

    count()
    return net, count


def timed(net: rv.Network, t_ms: float) -> float:
    """Return the processor time (s) of a run, after one like it: plain C has its rows in the caches, too."""
    net.simulate(t_ms)
    began = time.process_time()
    net.simulate(t_ms)
    return time.process_time() - began


def build_limit(folder: Path, precision: str) -> Path:
    """Compile the program in plain C."""
    program = folder / f"events_{precision}"
    single = ["-DSINGLE"] if precision == "single" else []
    subprocess.run(["gcc", *FLAGS, *single, str(HERE / "limit" / "events.c"), "-o", str(program), "-lm"], check=True)
    return program


def measure(form: Form, precision: str, limit: Path, reps: int, steps: int) -> tuple[float, float, float]:
    """Return ns an event of ours and of plain C, and the median of the ratios."""
    net, count = network(form, precision, True)
    bare, _ = network(form, precision, False)
    command = [str(limit), *(str(n) for n in (form.number, N_PRE, form.n_post, ROW, steps, 1))]
    ours, theirs = [], []
    for _ in range(reps):
        seconds = timed(net, steps * DT) - timed(bare, steps * DT)
        ours.append(seconds / (count() / 2) * 1e9)
        record = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        theirs.append(record["run_s"] / record["spikes"] * 1e9)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return statistics.median(ours), statistics.median(theirs), ratio


def main() -> None:
    """Measure the forms and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.events", description=__doc__.splitlines()[0])
    parser.add_argument("forms", nargs="*", type=int, help="numbers of forms; all by default")
    parser.add_argument("--reps", type=int, default=5)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--single", action="store_true")
    given = parser.parse_args()
    precision = "single" if given.single else "double"
    print(f"| delivery, {precision} | ns an event | plain C | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        limit = build_limit(Path(folder), precision)
        for form in FORMS:
            if not given.forms or form.number in given.forms:
                steps = given.steps * (10 if form.n_post == ROW else 1)  # or the start of a run counts too much
                ours, theirs, ratio = measure(form, precision, limit, given.reps, steps)
                print(f"| {form.name} | {ours:.2f} | {theirs:.2f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
