"""Processes that live long: networks leave nothing behind, and do not touch each other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from zoo import build, difference, everything

import ranvier as rv

MANY = """
import gc, json, os, sys
import ranvier as rv

def count():
    gc.collect()
    with open("/proc/self/maps") as maps:
        libraries = {line.split()[-1] for line in maps if ".so" in line}
    with open("/proc/self/statm") as statm:
        resident = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return resident, len(os.listdir("/proc/self/fd")), len(libraries), len(gc.get_objects())

def once(n):
    net = rv.Network(dt=0.1, seed=n)
    neuron = rv.Neuron("tau = 10.0", "tau*dv/dt = 1.3 - v + g_exc", spike="v > 1", reset="v = 0")
    pop = net.create(50 + n % 7, neuron, name="cells")
    pop.v = rv.Uniform(0.0, 1.0)
    net.connect(pop, pop, "exc", rv.models.STDP(w_max=1.0)).fixed_probability(0.2, weights=rv.Uniform(0.0, 1.0))
    mon = net.monitor(pop, ["v", "spike"], **({"file": sys.argv[1]} if n % 10 == 0 else {}))
    net.simulate(5.0)
    net.store()
    net.reset()
    net.simulate(1.0)
    if n % 25 == 0:
        net.save(sys.argv[2])
        rv.Network.from_file(sys.argv[2]).copy().simulate(1.0)
    mon.get()

for n in range(100):
    once(n)
windows = [count()]
for window in range(4):
    for n in range(225):
        once(n)
    windows.append(count())
print(json.dumps(windows))
"""


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="counts what Linux tells")
def test_a_thousand_networks_leave_nothing_behind(tmp_path: Path) -> None:
    """Build, run, save, discard, a thousand times: files, libraries and objects stay as they are, memory does.

    Objects of Python are counted, so a leak of one per network would show as hundreds; resident memory may move with
    the allocator's whims, by less than 50 kB per network.
    """
    done = subprocess.run(
        [sys.executable, "-c", MANY, str(tmp_path / "a.h5"), str(tmp_path / "n.npz")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    windows = np.array(json.loads(done.stdout))
    growth = np.diff(windows, axis=0)
    assert np.all(growth[:, 1] == 0), "open files"
    assert np.all(growth[:, 2] == 0), "loaded libraries"
    assert np.min(growth[:, 3]) < 100, "objects: a leak shows in every window"
    assert np.min(growth[:, 0]) < 225 * 0.05, "MB: a leak shows in every window"


def test_networks_do_not_touch_each_other() -> None:
    """Steps in turns, resets and restores of one: the other is as if it were alone."""
    alone = build("stdp")
    alone.simulate(12.0)
    one, two = build("stdp"), build("stdp")
    other = build("events", seed=99)
    one.store()
    for _ in range(12):
        one.simulate(1.0)
        two.simulate(0.7)
        other.simulate(0.3)
        if two.current_step % 2:
            two.reset(projections=True)
        two.get_population("cells").v = 0.3
    assert not difference(everything(alone), everything(one))
    two.reset(populations=True, projections=True, synapses=True)
    two.simulate(12.0)
    assert not difference(everything(alone), everything(two))
    one.restore()
    one.simulate(12.0)
    assert not difference(everything(alone), everything(one))


def test_a_cell_of_a_notebook_can_be_run_again(tmp_path: Path) -> None:
    """The same code in one namespace, again and again: the same names, files and results."""
    cell = """
net = rv.Network(dt=0.1, seed=3)
neuron = rv.Neuron("tau = 10.0", "tau*dv/dt = 1.3 - v + randn()", spike="v > 1", reset="v = 0")
pop = net.create(10, neuron, name="cells")
mon = net.monitor(pop, "v", name="mon", file=path)
net.simulate(3.0)
net.save(saved)
result = mon.get("v")
"""
    names = {"rv": rv, "path": tmp_path / "run.h5", "saved": tmp_path / "net.npz"}
    results, files = [], []
    for _ in range(3):
        exec(compile(cell, "cell", "exec"), names)
        results.append(names["result"])
        files.append((tmp_path / "net.npz").read_bytes())
    assert np.array_equal(results[0], results[1])
    assert np.array_equal(results[0], results[2])
    assert len(rv.read_recording(tmp_path / "run.h5")["mon"]) == 3
    assert files[0] == files[1] == files[2]
