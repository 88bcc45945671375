"""Every code that the source can raise has a golden message, and no golden message has a code that is gone."""

from __future__ import annotations

import os
import re
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ranvier as rv
from ranvier.compiler.errors import RanvierError
from ranvier.compiler.ir import Const, KernelIR, Program, Store
from ranvier.compiler.verify import verify

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "errors"
#: The root of all errors is never raised itself.
UNUSED = {"E900"}


def neuron(equations: str, **more: Any) -> rv.Neuron:
    return rv.Neuron("tau = 10.0", equations, spike="v > 1", reset="v = 0", name="LIF", **more)


def cells(size: int = 3) -> Any:
    return rv.Network(dt=0.1, seed=1).create(size, neuron("tau*dv/dt = -v + g_exc"), name="cells")


def describe(equations: str, **more: Any) -> str:
    return neuron(equations, **more).describe()


def summed_twice() -> None:
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(2, rv.Neuron("", "dv/dt = -v\nI : 1", spike="v > 1", name="LIF"), name="cells")
    net.connect(pop, pop, "", rv.Synapse("", "I_post = w : 1 (summed)\nI_post = 2*w : 1 (summed)", name="gap"))


def exploding() -> None:
    net = rv.Network(dt=1.0, seed=1, nan_check="step")
    net.create(2, rv.Neuron("", "dv/dt = exp(1000.0 - v)", spike="v < -1e9", name="LIF"), name="cells")
    net.simulate(3.0)


def bad_c() -> None:
    rv.register_function("not_c", lambda x: x, c="x +")
    net = rv.Network(dt=0.1, seed=1)
    net.create(1, neuron("dv/dt = not_c(v)"), name="cells")
    net.compile()


def from_other_file(equations: str, spoil: bool = False) -> None:
    net = rv.Network(dt=0.1, seed=1)
    net.create(3, neuron(equations), name="cells")
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            net.save("state.npz")
            if spoil:
                os.truncate("state.npz", 1000)
            _network_of_cells().load("state.npz")
        finally:
            os.chdir(before)


def _network_of_cells() -> rv.Network:
    net = rv.Network(dt=0.1, seed=1)
    net.create(3, neuron("tau*dv/dt = -v + g_exc"), name="cells")
    return net


#: case -> what raises; the code is the beginning of the name.
def mistaken() -> tuple[Any, ...]:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(3, neuron("dv/dt = -v"))
    return net, pop, pop, "exc", rv.models.LIF


CASES: dict[str, Callable[[], Any]] = {
    "E206-summed": summed_twice,
    "E401-affine": lambda: describe("(dv/dt)**2 = 1"),
    "E402-exact": lambda: describe("tau*dv/dt = -v**2 : exact"),
    "E402-exponential": lambda: describe("dv/dt = 0.04*v**2 - v : exponential"),
    "E403-two": lambda: describe("tau*dv/dt = -v + xi\ntau*du/dt = -u + xi"),
    "E500-twice": lambda: twice_connected(),
    "E500-subexpression": lambda: (
        setattr(rv.Network(seed=1).create(1, neuron("dv/dt = -v/tau\nx = 2*v : inline"), name="cells"), "x", 1.0)
    ),
    "E501-shape": lambda: setattr(cells(), "v", [1.0, 2.0]),
    "E501-type": lambda: setattr(cells(), "v", None),
    "E501-neuron": lambda: rv.Network(dt=1.0, seed=1).create(3, rv.Uniform),
    "E501-synapse": lambda: rv.Network.connect(*mistaken()),
    "E501-unit": lambda: setattr(
        rv.Network(seed=1).create(1, rv.Neuron("", "dv/dt = -v/(5*ms) : volt", spike="v > 1*mV"), name="cells"),
        "v",
        "3 ms",
    ),
    "E501-dt": lambda: rv.Network(dt=0.0),
    "E501-duration": lambda: rv.Network(dt=0.1, seed=1).simulate(0.01),
    "E501-name": lambda: rv.register_function("exp", abs),
    "E501-arity": lambda: rv.register_function("total", lambda *x: sum(x)),
    "E501-both": lambda: rv.Neuron("", "dv/dt = 1", spike="v > 1", threshold="v > 2"),
    "E502-attribute": lambda: setattr(cells(), "taux", 1.0),
    "E502-monitor": lambda: rv.Network(seed=1).monitor(cells(), "w"),
    "E502-edit": lambda: neuron("dv/dt = -v").edit().add_term("u", "1"),
    "E501-threads": lambda: rv.Network(threads=0),
    "E503-storage": lambda: stored_as("single"),
    "E504": exploding,
    "E505-attribute": lambda: from_other_file("tau*dv/dt = -v + g_exc\nu : 1"),
    "E505-equations": lambda: from_other_file("tau*dv/dt = 1 - v + g_exc"),
    "E505-damaged": lambda: from_other_file("tau*dv/dt = -v + g_exc", spoil=True),
    "E601": bad_c,
    "E901": lambda: verify(KernelIR("neuron", (), (Program("update", (Store("v", Const(1.0, "float")),)),))),
}


def stored_as(storage: str) -> None:
    net = rv.Network(seed=1)
    pop = net.create(2, neuron("dv/dt = -v + g_exc"), name="cells")
    net.connect(pop, pop, "exc", storage=storage)


def twice_connected() -> None:
    net = rv.Network(seed=1)
    pop = net.create(2, neuron("dv/dt = -v + g_exc"), name="cells")
    net.connect(pop, pop, "exc", name="loop").all_to_all().all_to_all()


@pytest.mark.parametrize("case", CASES)
def test_messages_of_models_and_values(case: str, golden: Callable[[str, str], None]) -> None:
    with pytest.raises(RanvierError) as caught:
        CASES[case]()
    assert caught.value.code == case[:4]
    message = str(caught.value)
    if case == "E601":  # what the compiler says, and where the file is, depends on the machine
        assert "not_c" in message
        message = "\n".join(
            re.sub(r":.*", ": ...", line) if line.startswith("   = ") else line for line in message.splitlines()[:3]
        )
        message = re.sub(r"file .*", "file ...", message)
    golden(f"errors/code-{case}.txt", f"{message}\n")


def test_warnings(golden: Callable[[str, str], None]) -> None:
    synapse = rv.Synapse(pre_spike="g_target += w\ntrace = 1.0", name="S")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        synapse.describe()
        describe("I = 2*v\ntau*dv/dt = -v + I : rk4")
        net = rv.Network(dt=1.0, seed=1)
        net.create(2, rv.Neuron("taum = 10.0\ntau_m = 5.0", "dv/dt = -v/taum", "v > 1", "v = 0", name="LIF"))
        net.compile()
    golden("errors/warnings.txt", "".join(f"{w.message}\n" for w in caught))


def codes_of(folder: Path) -> dict[str, set[str]]:
    """Return code -> files of the source that can raise it."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        for code in re.findall(r"\"(E[0-9]{3})\"|\[(W[0-9]{3})\]", path.read_text(encoding="utf-8")):
            found.setdefault("".join(code), set()).add(path.name)
    return found


def test_every_code_has_a_golden_message() -> None:
    raised: dict[str, set[str]] = {}
    for folder in ("compiler", "runtime", "api"):
        for code, files in codes_of(ROOT / folder).items():
            raised.setdefault(code, set()).update(files)
    shown = set()
    for path in GOLDEN.glob("*.txt"):
        shown |= set(re.findall(r"error\[(E[0-9]{3})\]|\[(W[0-9]{3})\]", path.read_text(encoding="utf-8")))
    codes = {"".join(pair) for pair in shown}
    assert raised.keys() - UNUSED - codes == set(), "codes without a golden message"
    assert codes - raised.keys() == set(), "golden messages of codes that nothing raises"


def test_messages_tell_what_to_do() -> None:
    """All but a few messages end with a help line; those few say it themselves."""
    silent = [p.name for p in sorted(GOLDEN.glob("*.txt")) if "= help:" not in p.read_text(encoding="utf-8")]
    allowed = re.compile(r"code-E(5|6|9)|warnings|units-")
    assert [name for name in silent if not allowed.match(name)] == []
