"""No C compiler on PATH: an uncached model runs on the interpreter with one warning, a cached one as ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys, warnings
import ranvier as rv

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(50, rv.Neuron("a = 3.0", "dv/dt = a - v + randn()", spike="v > 1", reset="v = 0"), name="p")
    net.connect(pop, pop, "", rv.Synapse(pre_spike="v_post += 0.1*w")).fixed_probability(0.1, weights=rv.Uniform(0, 1))
    net.connect(pop, pop, "", rv.Synapse(pre_spike="v_post += 0.1*w")).where("i != j", probability=0.2, n="1 + (j > 9)")
    net.simulate(20.0)
    net.simulate(20.0)
print(pop.v.tobytes().hex())
print([str(w.message) for w in caught if "interpreter" in str(w.message)])
print([m for m in ("sympy", "jinja2") if m in sys.modules])
"""


def run(cache: Path, compiler: bool) -> tuple[str, str, str]:
    environment = {**os.environ, "RANVIER_CACHE_DIR": str(cache)}
    environment.pop("CC", None)
    if not compiler:
        environment["PATH"] = str(cache / "nothing")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    state, warned, modules = done.stdout.splitlines()
    return state, warned, modules


def test_without_a_compiler(tmp_path: Path) -> None:
    state, warned, _ = run(tmp_path / "empty", compiler=False)
    assert warned.count("reference interpreter") == 1
    compiled, quiet, _ = run(tmp_path / "full", compiler=True)
    assert quiet == "[]"
    assert compiled == state
    cached, quiet, modules = run(tmp_path / "full", compiler=False)
    assert quiet == "[]"
    assert modules == "[]", "a warm run needs neither"
    assert cached == state
