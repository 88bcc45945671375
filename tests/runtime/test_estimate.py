"""What a network says it needs, against what its process takes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

import ranvier as rv

CELL = rv.Neuron("a = 1.0", "dv/dt = -v + g_exc", spike="v > 1e9", reset="v = 0")

#: Measures the resident memory of a network after one small network of the same models has run.
SCRIPT = """
import gc, sys
import ranvier as rv

def resident():
    gc.collect()
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss:"))

if RATE:
    cell = rv.Neuron(equations="r = 0.5 + 0*sum(exc)")
else:
    cell = rv.Neuron("tau = 20.0", "tau*dv/dt = -v + g_exc", spike="v > 1", reset="v = 0")

def make(n):
    net = rv.Network(dt=0.1, seed=1, precision=PRECISION)
    pop = net.create(n, cell)
    net.simulate(0.1)
    before, empty = resident(), net.estimate().bytes
    proj = net.connect(pop, pop, "exc", SYNAPSE)
    proj.CONNECT
    predicted = net.estimate().bytes - empty
    net.simulate(0.2)
    return proj, resident() - before, predicted

make(150)
proj, taken, predicted = make(SIZE)
print(taken, predicted, proj.nb_synapses, "by_post" in vars(proj.connectivity))
"""
RANDOM = "rv.Uniform(0.0, 1.0)"
POST = 'rv.Synapse(pre_spike="g_target += w", post_spike="w = clip(w + 0.01, 0, 1)")'
#: size, connector, synapse, precision, documented bytes per synapse, index by postsynaptic neuron
CASES: dict[str, tuple[int, str, str, str, float, bool]] = {
    "uniform, 16 bit": (4000, "fixed_probability(0.8, weights=0.1)", "None", "double", 2, False),
    "array, 16 bit": (4000, f"fixed_probability(0.8, weights={RANDOM})", "None", "double", 10, False),
    "array, single": (4000, f"fixed_probability(0.8, weights={RANDOM})", "None", "single", 6, False),
    "uniform, 32 bit": (66000, "fixed_number_pre(number=80, weights=0.1)", "None", "double", 4, False),
    "array, 32 bit": (66000, f"fixed_number_post(number=80, weights={RANDOM})", "None", "double", 12, False),
    "all pairs": (4000, "all_to_all(weights=0.1, allow_self_connections=True)", "None", "double", 2, False),
    "delays": (4000, f"fixed_probability(0.8, weights=0.1, delays={RANDOM})", "None", "double", 2, False),
    "learning": (4000, "fixed_probability(0.8, weights=0.1)", POST, "double", 2 + 2 * 8 + 10, True),
    "rates, all pairs": (4000, "all_to_all(weights=0.1, allow_self_connections=True)", "None", "double", 8, False),
    "rates": (4000, "fixed_probability(0.8, weights=0.1)", "None", "double", 2 + 10, True),
}


@pytest.mark.skipif(not os.path.exists("/proc/self/smaps_rollup"), reason="needs Linux")
@pytest.mark.parametrize("case", CASES)
def test_bytes_per_synapse(case: str) -> None:
    """Memory taken is memory predicted, and what the manual says.

    A difference comes from pages: an array begins and ends within one of 2 MB (there is one for the targets and one for
    each 2 to 8 bytes more), and what is there once per neuron, kernels and Python objects stay below 2 MB together. Row
    pointers are 8 bytes per neuron and delay, of which there are up to ten.
    """
    size, connect, synapse, precision, each, indexed = CASES[case]
    script = SCRIPT.replace("CONNECT", connect).replace("SYNAPSE", synapse).replace("SIZE", str(size))
    script = script.replace("PRECISION", repr(precision)).replace("RATE", str(case.startswith("rates")))
    fixed = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}  # what is freed goes back at once
    done = subprocess.run([sys.executable, "-c", script], env={**os.environ, **fixed}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    taken, predicted, synapses = (int(x) for x in re.findall(r"-?\d+", done.stdout))
    slack = 2**21 * (1 + each / 4) + 2e6 + (8 * size * 10 if case == "delays" else 16 * size)
    assert abs(taken - predicted) <= slack
    assert abs(taken - each * synapses) <= slack
    assert ("True" in done.stdout) == indexed


def test_estimate_and_refusal() -> None:
    assert rv.Network().estimate().bytes == 0
    net = rv.Network(dt=0.5, seed=12)
    a, b = net.create(42, CELL), net.create(31, CELL)
    small = net.connect(a, b, "exc").all_to_all(weights=rv.Uniform(0.0, 1.0))
    before = net.estimate()
    assert small.nb_synapses * 10 <= before.bytes
    huge = net.create(400_000, CELL)
    proj = net.connect(huge, huge, "exc", name="huge")
    proj.all_to_all(weights=rv.Uniform(0.0, 1.0))
    after = net.estimate()
    assert 1.9e12 < after.bytes - before.bytes < 2.6e12
    assert after.build_s > before.build_s
    assert after.step_s > before.step_s
    assert net.estimate(rate=100.0).step_s > after.step_s
    assert "TB" in str(after)
    assert "not connected" in repr(proj)
    for use in (lambda: proj.w, lambda: net.simulate(1.0), lambda: net.compile()):
        with pytest.raises(rv.RanvierError, match=r"'huge': about 1\.6e\+11 synapses need"):
            use()
