"""Whatever can be read is compiled to C, or refused with a code, in a moment; nothing hangs, nothing crashes."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from random import Random

import pytest

from ranvier.compiler import (
    CompileOptions,
    Model,
    RanvierError,
    Source,
    SynapseBinding,
    describe,
    is_read_out,
    latex_model,
    lower_model,
    parse,
    readout,
    resolve_neuron,
    resolve_synapse,
)
from ranvier.compiler.pipeline import generate

METHODS = "explicit exponential exact midpoint rk4 heun milstein implicit semiimplicit dopri5".split()
NOISY = ("explicit", "heun", "milstein")
LEAVES = "v u w tau k 1 2.5 0 1e-3 t dt rand() sub mean(v) i g_exc -v v*v pos(u)".split()
POWERS = "2 3 7 20 100 1000 -1 -3 0.5 k".split()
FORMS = (
    "({x})*({y})", "({x})*({y})", "({x})+({y})", "({x})-({y})", "({x})/({y})", "({x})**{p}", "exp({x})", "abs({x})",
    "clip({x}, {y}, 1)", "({x} if {y} > 0 else {y})", "max({x}, {y})", "int({x} > {y})*({y})", "({x})//({y})",
    "({x})%({y})", "sqrt({x})", "log({x})", "sin({y})", "heaviside({x})",
)  # fmt: skip
#: Seconds of processor time that no stage may take; the slowest of the models below takes a tenth of it.
LIMIT = 5.0
POST = resolve_neuron(
    parse("neuron", "N", (Source("equations", "dv/dt = -v + g_exc + k\nk : init=1"), Source("spike", "v > 1")))
).symbols
BINDING = SynapseBinding(POST, POST, target="exc")


def expression(rng: Random, depth: int) -> str:
    if depth <= 0 or rng.random() < 0.1:
        return rng.choice(LEAVES)
    x, y = expression(rng, depth - 1), expression(rng, depth - 1)
    return rng.choice(FORMS).format(x=x, y=y, p=rng.choice(POWERS))


def resolved(seed: int) -> Model:
    """Return random model number `seed`: equations of any depth, each method, neurons and synapses."""
    rng = Random(seed)
    depth, method = rng.choice((2, 3, 4, 5, 6)), rng.choice(METHODS)
    noise = " + 0.1*xi" if method in NOISY and rng.random() < 0.5 else ""
    if rng.random() < 0.3:
        first, second, third = (
            expression(rng, depth).replace("mean(v)", "mean(pre.v)").replace("g_exc", "post.v").replace("sub", "1")
            for _ in range(3)
        )
        flag = rng.choice(("event-driven", method))
        text = f"dv/dt = {first} : {flag}\ndu/dt = {second}\nw = {third}\ntau = 10.0; k = 2.0"
        sources = (Source("equations", text), Source("pre_spike", "g_target += w"))
        return resolve_synapse(parse("synapse", "S", sources), BINDING)
    sub = expression(rng, min(depth, 4)).replace("sub", "1")
    text = (
        f"dv/dt = {expression(rng, depth)}{noise} : {method}\ndu/dt = {expression(rng, depth)} : {method}\n"
        f"dw/dt = v - w : {method}\nsub = {sub} : inline\ntau = 10.0; k = 2.0"
    )
    reset = Source("reset", f"v = {expression(rng, 2)}")
    return resolve_neuron(parse("neuron", "N", (Source("equations", text), Source("spike", "v > 1"), reset)))


def outcome(seed: int, stage: str) -> str:
    """Return ``"done"``, or the code of the error."""
    start = time.process_time()
    try:
        model, options = resolved(seed), CompileOptions()
        match stage:
            case "generate":
                assert generate(model, options).c_text
            case "describe":
                assert describe(model, options)
            case "latex":
                assert latex_model(model.tree)
            case "readout":
                names = [s.name for s in model.symbols if is_read_out(model, s.name)]
                lower_model(readout(model, names), options)
        return "done"
    except RanvierError as error:
        return error.code
    finally:
        assert time.process_time() - start < LIMIT, f"seed {seed} is slow"


@pytest.mark.parametrize("stage", ["generate", "describe", "latex", "readout"])
def test_every_stage_answers(stage: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = Counter(outcome(seed, stage) for seed in range(120))
    assert found["done"] > 60
    assert set(found) <= {"done", "E201", "E202", "E401", "E402", "E404"}, found
