"""The cache through the public API: what a user may change without a compiler running, and what a warm start costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ranvier as rv
from ranvier.compiler import compile_many
from ranvier.runtime import loading

Count = Callable[[], int]

PARAMETERS = """
tau_m = 20.0
tau_e = 5.0 : population
E_l = -60.0
I_ext = 11.0
"""
EQUATIONS = """
tau_m*dv/dt = (E_l - v) + g_exc + I_ext : init = -60.0
tau_e*dg_exc/dt = -g_exc
"""
TRACE = dict(
    parameters="tau_x = 20.0 : projection\nA = 0.01 : projection",
    equations="tau_x*dx/dt = -x : event-driven",
    pre_spike="g_target += w\nx += A",
    post_spike="w += x",
)


def simulate(
    size: int = 20,
    dt: float = 0.1,
    seed: int = 1,
    equations: str = EQUATIONS,
    parameters: str = PARAMETERS,
    spike: str = "v > -50.0",
    reset: str = "v = -60.0",
    names: tuple[str, ...] = ("cell", "A", "B", "plain", "plastic"),
    values: dict[str, Any] | None = None,
    connect: Callable[[rv.Projection], Any] = lambda p: p.fixed_probability(0.5, weights=1.0, delays=1.0),
    trace: dict[str, str] = TRACE,
    monitors: tuple[str, ...] = (),
    duration: float = 5.0,
    **settings: Any,
) -> rv.Population:
    """Run a network of two populations, static and plastic synapses."""
    net = rv.Network(dt=dt, seed=seed, **settings)
    cell = rv.Neuron(
        parameters=parameters, equations=equations, spike=spike, reset=reset, refractory=2.0, name=names[0]
    )
    first = net.create(size, cell, name=names[1])
    second = net.create(size, cell, name=names[2])
    for name, value in (values or {}).items():
        setattr(second, name, value)
    connect(net.connect(first, second, target="exc", name=names[3]))
    connect(net.connect(second, first, target="exc", synapse=rv.Synapse(**trace), name=names[4]))
    for variable in monitors:
        net.monitor(second, variable)
    net.simulate(duration)
    return second


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache that no other test writes, with the models of `simulate`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RANVIER_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        simulate()
        yield


UNCHANGED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "size": {"size": 777},
    "one neuron": {"size": 1},
    "step": {"dt": 0.25},
    "seed": {"seed": 12345},
    "duration": {"duration": 0.1},
    "default values": {"parameters": PARAMETERS.replace("20.0", "10.0").replace("11.0", "-3.5")},
    "initial values": {"equations": EQUATIONS.replace("init = -60.0", "init = -55.0")},
    "one value": {"values": {"tau_m": 7.0}},
    "value per neuron": {"values": {"tau_m": rv.Uniform(5.0, 30.0), "I_ext": "10.0 + i"}},
    "state": {"values": {"v": "-70.0 + 10.0*rand()"}},
    "all to all": {"connect": lambda p: p.all_to_all(weights=0.1)},
    "weight per synapse": {"connect": lambda p: p.fixed_probability(0.2, weights=rv.Uniform(0.0, 1.0))},
    "delay per synapse": {"connect": lambda p: p.fixed_number_pre(3, weights=0.5, delays=rv.Uniform(0.1, 4.0))},
    "no synapse": {"connect": lambda p: p.fixed_probability(0.0, weights=0.5)},
    "monitors": {"monitors": ("v", "g_exc", "spike")},
    "names": {"names": ("otherwise", "left", "right", "there", "back")},
    "comments": {"equations": EQUATIONS.replace("\ntau_e", "   # a comment\n# one more\ntau_e")},
    "spaces": {"spike": "v>-50.0", "reset": "v   =   -60.0"},
    "NaN guard": {"nan_check": "step"},
}  # fmt: skip


@pytest.mark.parametrize("change", UNCHANGED)
def test_compiles_nothing(change: str, compiled: Count) -> None:
    simulate(**UNCHANGED[change])
    assert compiled() == 0


CHANGED: dict[str, tuple[dict[str, Any], int]] = {
    "coefficient": ({"equations": EQUATIONS.replace("+ g_exc", "+ 1.5*g_exc")}, 1),
    "threshold": ({"spike": "v > -51.0"}, 1),
    "spike reset": ({"reset": "v = -61.0"}, 1),
    "locality": ({"parameters": PARAMETERS.replace("I_ext = 11.0", "I_ext = 11.0 : population")}, 0),  # equal C texts
    "synapse": ({"trace": {**TRACE, "post_spike": "w += 2.0*x"}}, 1),
    "precision": ({"precision": "single"}, 3),
}


@pytest.mark.parametrize("change", CHANGED)
def test_compiles_what_changed(change: str, compiled: Count) -> None:
    arguments, files = CHANGED[change]
    simulate(**arguments)
    assert compiled() == files
    simulate(**arguments)
    assert compiled() == 0


SCRIPT = """
import json, sys, time
import ranvier as rv
cell = rv.Neuron(parameters="tau = 20.0", equations="tau*dv/dt = 2.0 - v + g_exc", spike="v > 1.0", reset="v = 0.0")
net = rv.Network(dt=0.1, seed=3)
pop = net.create(100, cell)
pop.tau = rv.Uniform(10.0, 20.0)
net.connect(pop, pop, target="exc").fixed_probability(0.1, weights=0.1, delays=1.0)
net.step()
seconds = time.process_time()
net.simulate(50.0)
stats = rv.cache.stats()
print(json.dumps({
    "compiled": stats["compiled"], "seconds": seconds, "sum": float(pop.v.sum()).hex(),
    "heavy": [m for m in ("sympy", "jinja2", "matplotlib", "h5py", "pint", "subprocess") if m in sys.modules],
}))
"""


def run_script(*options: str, **environment: str) -> tuple[dict[str, Any], str]:
    """Run `SCRIPT` in a new process; return its result and what it wrote to the error output."""
    done = subprocess.run(
        [sys.executable, *options, "-c", SCRIPT], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def test_second_process_imports_little_and_compiles_nothing(fresh_cache: Path) -> None:
    cold, _ = run_script()
    warm, _ = run_script()
    print(f"process time to the first step: {cold['seconds']:.3f} s cold, {warm['seconds']:.3f} s warm")
    assert cold["compiled"] == 2
    assert warm["compiled"] == 0
    assert warm["heavy"] == []
    assert warm["sum"] == cold["sum"]


def test_kernels_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    found = set()
    for seed in ("0", "1", "99"):
        base = tmp_path / seed
        run_script(RANVIER_CACHE_DIR=str(base), PYTHONHASHSEED=seed)
        found.add(tuple(sorted(os.listdir(base / "v1" / "objects"))))
    assert len(found) == 1


def test_processes_at_once(fresh_cache: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", SCRIPT], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    results = [json.loads(process.communicate(timeout=120)[0]) for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert len({result["sum"] for result in results}) == 1
    assert rv.cache.verify()["broken"] == []


def test_without_a_compiler(fresh_cache: Path, tmp_path: Path) -> None:
    """Nothing cached: the interpreter, one warning, equal bits. Cached: the kernels, no warning."""
    (tmp_path / "bin").mkdir()
    bare = {"PATH": str(tmp_path / "bin"), "CC": ""}
    slow, warned = run_script(**bare)
    assert warned.count("RanvierWarning") == 1
    assert "compiler" in warned
    fast, _ = run_script()
    cached, silent = run_script("-W", "error", **bare)
    assert (slow["compiled"], fast["compiled"], cached["compiled"]) == (0, 2, 0)
    assert slow["sum"] == fast["sum"] == cached["sum"]
    assert silent == ""


@pytest.mark.parametrize("folder", ["with space", "神経 é"])
def test_any_path(folder: str, tmp_path: Path) -> None:
    result, _ = run_script(RANVIER_CACHE_DIR=str(tmp_path / folder))
    assert result["compiled"] == 2
    assert (tmp_path / folder / "v1" / "objects").is_dir()


def test_damaged_cache_is_repaired(fresh_cache: Path) -> None:
    before, _ = run_script()
    for path in (*fresh_cache.glob("v1/objects/*/kernel.so"), *fresh_cache.glob("v1/records/*.json")):
        path.write_bytes(path.read_bytes()[:100])
    after, _ = run_script("-W", "error")
    assert after["compiled"] == 2
    assert after["sum"] == before["sum"]

def test_a_network_outlives_its_cache(fresh_cache: Path) -> None:
    """Whatever removes the files (another process, an eviction), what is loaded runs on and can be built again."""
    net = rv.Network(dt=0.1, seed=1)
    cells = net.create(5, rv.Neuron("", "dv/dt = (1 - v)/(10*ms)", spike="v > 0.5", reset="v = 0"), name="cells")
    net.simulate(1)
    rv.cache.clear()
    assert not list(Path(rv.cache.path()).glob("objects/*"))
    more = net.create(5, cells.neuron_type, name="more")
    net.simulate(1)
    assert (more.v > 0).all()


def test_a_cache_cleared_between_compiling_and_loading(fresh_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []

    def cleared(*args: Any) -> Any:
        compiled = compile_many(*args)
        times.append(len(compiled))
        if len(times) == 1:
            rv.cache.clear()
        return compiled

    monkeypatch.setattr(loading, "compile_many", cleared)
    net = rv.Network(dt=0.1, seed=1)
    cells = net.create(5, rv.Neuron("", "dv/dt = (3 - v)/(10*ms)"), name="cells")
    net.simulate(1)
    assert (cells.v > 0).all()
    assert times == [1, 1]
