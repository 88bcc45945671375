"""How build time, run time and memory grow with the number of synapses: ``python -m benchmarks.scaling``.

Integrate-and-fire neurons with 250 incoming synapses each (fixed in-degree), driven so that they fire at some 10 Hz,
from 1e5 to 1e8 synapses. Each size is a process of its own, because memory is measured as the largest resident size
of the process, less that of the smallest network. Times are processor times. Writes a picture and prints the table.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import ranvier as rv

from .systems import ROOT

SYNAPSES = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000)
IN_DEGREE = 250
PICTURE = ROOT / "docs" / "scaling.svg"


def peak() -> int:
    """Return the largest resident size of this process so far (bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def one(synapses: int, kind: str, t_ms: float) -> dict[str, float]:
    """Build one network and run it; return its figures."""
    neurons = synapses // IN_DEGREE
    net = rv.Network(dt=0.1, seed=1)
    model = rv.Neuron(
        "tau = 20.0 : population\nI = 21.0 : population", "tau*dv/dt = I - v + g_exc", "v > 20.0", "v = 10.0", "5.0"
    )
    warm = net.create(10, model, name="warm")  # compilation and imports are not what is measured here
    net.connect(warm, warm, "exc", name="loop").all_to_all(weights=0.1, delays=1.5)
    net.simulate(1.0)
    del net
    before, began = peak(), time.process_time()
    net = rv.Network(dt=0.1, seed=1)
    cells = net.create(neurons, model, name="cells")
    cells.v = rv.Uniform(10.0, 20.0)
    projection = net.connect(cells, cells, "exc", name="p")
    weights = rv.Uniform(0.0, 0.002) if kind == "each" else 0.001
    projection.fixed_number_pre(number=IN_DEGREE, weights=weights, delays=1.5)
    net.compile(silent=True)
    built = time.process_time()
    monitor = net.monitor(cells, "spike")
    net.simulate(10.0)
    start = time.process_time()
    net.simulate(t_ms)
    ran = time.process_time() - start
    spikes = sum(len(s) for s in monitor.get("spike").values())
    return {
        "synapses": projection.nb_synapses,
        "build_s": built - began,
        "run_s": ran,
        "rate": spikes / neurons / (t_ms + 10.0) * 1000.0,
        "event_ns": ran / max(1.0, spikes * t_ms / (t_ms + 10.0) * synapses / neurons) * 1e9,
        "bytes": (peak() - before) / projection.nb_synapses,
        "kept": net.estimate().bytes / projection.nb_synapses,
    }


def measure(synapses: int, kind: str, t_ms: float, reps: int) -> dict[str, float]:
    """Return the medians of several processes."""
    records = []
    for _ in range(reps if synapses < 50_000_000 else 1):
        command = [sys.executable, "-m", "benchmarks.scaling", "--one", str(synapses), kind, str(t_ms)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        records.append(json.loads(done.stdout.splitlines()[-1]))
    return {name: statistics.median(r[name] for r in records) for name in records[0]}


def picture(rows: list[tuple[str, dict[str, float]]], path: Path) -> None:
    """Draw build time, run time and memory against the number of synapses."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "scaling"})
    figure = Figure(figsize=(9.0, 2.8), layout="constrained")
    panels = (("build_s", "build time (s)"), ("run_s", "run time (s)"), ("bytes", "peak bytes per synapse"))
    for axes, (name, label) in zip(figure.subplots(1, 3), panels, strict=True):
        for kind, title in (("one", "one weight"), ("each", "a weight each")):
            own = [row for of, row in rows if of == kind]
            axes.plot([r["synapses"] for r in own], [r[name] for r in own], "o-", markersize=3, label=title)
        axes.set(xscale="log", yscale="linear" if name == "bytes" else "log", xlabel="synapses", ylabel=label)
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    axes.set_ylim(0.0, 60.0)
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure all sizes in turns, print the table, draw."""
    parser = argparse.ArgumentParser(prog="benchmarks.scaling", description=__doc__.splitlines()[0])
    parser.add_argument("--one", nargs=3, metavar=("SYNAPSES", "KIND", "MS"), help="a single size in this process")
    parser.add_argument("--most", type=float, default=1e8, help="largest number of synapses")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--t-ms", type=float, default=100.0)
    parser.add_argument("--out", type=Path, default=PICTURE)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(int(given.one[0]), given.one[1], float(given.one[2]))))
        return
    rows = []
    print("| weights | synapses | build (s) | run (s) | rate (Hz) | ns an event, all included | peak B | kept B |")
    for synapses in [n for n in SYNAPSES if n <= given.most]:
        for kind in ("one", "each"):
            row = measure(synapses, kind, given.t_ms, given.reps)
            rows.append((kind, row))
            print(
                f"| {kind} | {row['synapses']:.0e} | {row['build_s']:.3g} | {row['run_s']:.3g} | {row['rate']:.1f} |"
                f" {row['event_ns']:.2f} | {row['bytes']:.1f} | {row['kept']:.1f} |",
                flush=True,
            )
    picture(rows, given.out)


if __name__ == "__main__":
    main()
