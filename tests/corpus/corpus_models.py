"""Run the models of the corpus: how far each comes, and whether both engines agree bit for bit."""

from __future__ import annotations

import json
import re
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

import ranvier as rv
from ranvier.compiler import RanvierError, Source, parse

HERE = Path(__file__).resolve().parent
SIZE, STEPS = 5, 100
FILES = ("brian2", "annarchy", "annarchy_manual", "compneuropy")
#: Powers of ten from SI to the coherent units, by base unit: metre, kilogram, second, ampere, kelvin, mole, candela.
EXPONENTS = (6, 12, 3, 12, 0, 18, 0)
BASES = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candela")
#: Every neuron spikes, each in its own step: conditions of the texts may need more than 100 steps.
OFTEN = "int(t/dt + 0.5) % 17 == 2 + 3*i"
TRAINS_EVERY = 1.7
#: Roles of the texts, as arguments of `rv.Neuron` and `rv.Synapse`, and as the parser calls them.
ROLES = {"parameters": "parameters", "equations": "equations", "spike": "spike", "threshold": "spike",
         "reset": "reset", "axon_reset": "reset", "refractory": "refractory", "functions": "functions", "psp": "psp",
         "axon_spike": "spike", "pre_spike": "pre_spike", "post_spike": "post_spike", "on_pre": "pre_spike",
         "on_post": "post_spike", "pruning": "pruning", "creating": "creating"}  # fmt: skip

#: What Brian2 keeps in the state of a group and we keep elsewhere.
BOOKKEEPING = ("lastspike", "not_refractory", "lastupdate")

Model = dict[str, Any]


def corpus() -> dict[str, Model]:
    """Return all models by a name made of their place."""
    found: dict[str, Model] = {}
    for file in FILES:
        models = json.loads((HERE / f"{file}.json").read_text(encoding="utf-8"))["models"]
        first = len(found)
        for model in models:
            script = model["source"].removeprefix("brian2-2.11.0/examples/").rsplit("/", 1)[-1]
            name = f"{file}:{script}:{model.get('title') or model['line']}"
            number = 2
            while name in found:
                name, number = f"{name.split('#')[0]}#{number}", number + 1
            for end in ("pre", "post"):
                if isinstance(model.get(end), int):
                    model[end] = models[model[end]]
            model["name"] = name
            found[name] = model
        assert len(found) - first == len(models)
    return found


def texts(model: Model) -> list[tuple[str, str, str]]:
    """Return (parser's role, label, text) of every string of a model."""
    found = []
    for role, kind in ROLES.items():
        value = model.get(role)
        if isinstance(value, dict) and role in ("on_pre", "on_post"):
            found += [(kind, label, text) for label, text in value.items()]
        elif isinstance(value, str):
            found.append((kind, "", value))
        elif isinstance(value, list):
            lines = [line if isinstance(line, str) else line["variable"] for line in value]
            found.append((kind, "", "\n".join(lines)))
    return found


def parses(model: Model) -> None:
    """Parse every string of a model."""
    for role, label, text in texts(model):
        parse(model["kind"], model["name"], (Source(role, text, label),))


def quantity(value: Any, dims: list[float] | None) -> Any:
    """Return a value in SI as the string that a user would write."""
    value = value[0] if isinstance(value, list) else value
    if not dims:
        return float(value) if not isinstance(value, bool) else value
    powers = [f"{base}**{int(p) if p == int(p) else p}" for base, p in zip(BASES, dims, strict=True) if p]
    return f"{float(value)!r} {'*'.join(powers)}"


def coherent(value: Any, dims: list[float] | None) -> Any:
    """Return numbers in SI as numbers in coherent units."""
    values = np.asarray(value)
    if not dims:
        return values
    return values * 10.0 ** sum(p * e for p, e in zip(dims, EXPONENTS, strict=True))


def namespace(model: Model) -> dict[str, Any]:
    """Return the values of a Brian2 script's names, as far as they are data."""
    found: dict[str, Any] = {}
    for name, entry in model.get("values", {}).items():
        if "value" in entry and entry["value"] != []:
            found[name] = quantity(entry["value"], entry.get("dims"))
        elif "timed_array" in entry:
            values = np.asarray(entry["timed_array"], dtype=float)
            if any(entry["dims"]):
                import pint

                unit = pint.Unit(
                    "*".join(f"{b}**({p})" for b, p in zip(BASES, entry["dims"], strict=True) if p).replace(
                        "amp*", "ampere*"
                    )
                )
                found[name] = rv.TimedArray(values * unit, schedule=entry["dt_ms"])
            else:
                found[name] = rv.TimedArray(values, schedule=entry["dt_ms"])
    return found


def equations(value: Any) -> Any:
    """Return equations with `Variable` objects where the corpus notes their arguments."""
    if not isinstance(value, list):
        return value or ""
    lines = []
    for line in value:
        if isinstance(line, dict):
            flags = {k: rv.Uniform(*v["uniform"]) if isinstance(v, dict) else v for k, v in line.items()}
            lines.append(rv.Variable(flags.pop("variable"), **flags))
        else:
            lines.append(line)
    return lines


def neuron(model: Model, often: bool = False) -> rv.Neuron:
    """Return the neuron of an entry; `often` replaces its spike condition by a periodic one."""
    extra = {"namespace": namespace(model)} if "values" in model else {}
    given = {k: model[k] for k in ("parameters", "reset", "refractory", "functions", "axon_spike", "axon_reset",
                                   "method", "events") if model.get(k) is not None}  # fmt: skip
    if "spike" in given.get("events", {}):
        given["events"] = {name: text for name, text in given["events"].items() if name != "spike"}
    spike = OFTEN if often else model.get("spike", model.get("threshold"))
    if often:
        given.pop("refractory", None)
    lines = equations(model.get("equations"))
    if not lines and "threshold" not in model:  # a group that only has a size
        lines = "r = 0.0"
    if (
        "balloon" in model.get("title", "") and model["title"] != "balloon_two_inputs"
    ):  # a BOLD monitor makes a neuron of these
        lines += "\nr = BOLD" if isinstance(lines, str) else ["r = BOLD"]
    return rv.Neuron(equations=lines, spike=spike, **given, **extra)


def populate(net: Any, model: Model, often: bool = False) -> Any:
    """Create the population of a neuron's entry, in the state in which its script starts."""
    pop = net.create(SIZE, neuron(model, often))
    assign(pop, model)
    follow(net, pop, model)
    for code in model.get("run_regularly", ()):
        pop.run_regularly(code, period=net.dt)
    for line in model.get("run_on_event", ()):
        event, code = line.split(": ", 1)
        pop.run_on_event(event, code)
    return pop


def assign(group: Any, model: Model) -> None:
    """Set the attributes of a group to the values in the script, repeated to its size."""
    for name, entry in model.get("initial", {}).items():
        if name in (*BOOKKEEPING, *linked(model)):
            continue
        value = coherent(entry["value"], entry.get("dims"))
        if value.size and np.any(value) and np.all(np.isfinite(value)):
            old = np.asarray(getattr(group, name))
            setattr(group, name, np.resize(value, old.shape) if old.ndim else value.ravel()[0])


def linked(model: Model) -> list[str]:
    """Return the variables that a text declares as linked."""
    return re.findall(r"^\s*(\w+)\s*:[^#\n]*\(linked\)", str(model.get("equations", "")), re.MULTILINE)


def follow(net: Any, group: Any, model: Model) -> None:
    """Link what the text declares as linked to one neuron, as the scripts do."""
    for name in linked(model):
        source = net.create(1, rv.Neuron("", f"{name} = 0.4 + 0.3*sin(t/5.0)\nr = {name}"))
        group.link(name, source, name)


def feeder(net: Any, model: Model, end: str) -> Any:
    """Return a population that a synapse in ANNarchy's style can be connected to, with the attributes it reads."""
    code = json.dumps(model)
    names = set(re.findall(rf"\b{end}\.(\w+)", code)) | set(re.findall(r"\bpost\.(\w+)", code) if end == "pre" else ())
    names |= set(re.findall(r"\bpre\.(\w+)", code))
    lines = [f"{name} = 0.4 + 0.3*sin(t/5.0 + {k}.0 + i)" for k, name in enumerate(sorted(names | {"r"}))]
    spiking = "pre_spike" in model or "post_spike" in model
    if spiking:
        lines += ["dv/dt = -v/10.0", "dg_exc/dt = -g_exc/5.0"]
        return net.create(SIZE, rv.Neuron(equations="\n".join(lines), spike=OFTEN, reset="v = 0.0"))
    return net.create(SIZE, rv.Neuron(equations="\n".join([*lines, "x = sum(exc)"])))


def ends(net: Any, model: Model) -> tuple[Any, Any]:
    """Return the populations of a synapse's entry."""
    if "pre" not in model:
        return feeder(net, model, "pre"), feeder(net, model, "post")
    made = []
    for end in ("pre", "post"):
        entry = model[end]
        if isinstance(entry, dict) and entry["kind"] == "synapse":
            made.append(connect(net, entry))
        elif end == "post" and entry is model["pre"] and made:
            made.append(made[0])
        elif isinstance(entry, dict):
            made.append(populate(net, entry, often=True))
        else:
            trains = [list(0.5 + 0.3 * k + TRAINS_EVERY * np.arange(6)) for k in range(SIZE)]
            made.append(net.create(population=rv.SpikeSourceArray(trains)))
    return made[0], made[1]


def synapse(model: Model) -> rv.Synapse:
    """Return the synapse of an entry."""
    roles = ("parameters", "functions", "psp", "operation", "pre_spike", "post_spike", "pruning", "creating",
             "on_pre", "on_post", "on_event", "method")  # fmt: skip
    given = {k: model[k] for k in roles if model.get(k) is not None}
    if "values" in model:
        given["namespace"] = namespace(model)
    from_synapses = isinstance(model.get("pre"), dict) and model["pre"]["kind"] == "synapse"
    brian2 = "source" in model and model["source"].startswith("brian2")
    if brian2 and not from_synapses and not {"on_pre", "on_post"} & set(given):
        given["on_pre"] = "# nothing"  # Brian2 has no default code
    if isinstance(given.get("on_event"), str):
        given["on_event"] = {"pre": given["on_event"]}
    return rv.Synapse(equations=equations(model.get("equations")), **given)


def connect(net: Any, model: Model) -> Any:
    """Create the populations and the projection of a synapse's entry."""
    pre, post = ends(net, model)
    brian = "values" in model
    projection = net.connect(pre, post, target="" if brian else "exc", synapse=synapse(model), same_step=brian)
    weights = {} if brian else {"weights": 0.1}
    projection.all_to_all(delays=model.get("delay_ms", 0.0) or (0.0 if brian else net.dt), **weights)
    assign(projection, model)
    follow(net, projection, model)
    return projection


def outcome(model: Model, engine: str) -> dict[str, Any]:
    """Run one entry on one engine; return every value it ends with."""
    dt = model.get("dt_ms", 0.1)
    net = rv.Network(dt=dt, seed=7, engine=engine, nan_check=False)
    groups = [populate(net, model)] if model["kind"] == "neuron" else []
    if model["kind"] == "synapse":
        projection = connect(net, model)
        groups = [projection, *{id(p): p for p in (projection.pre, projection.post)}.values()]
        groups = [getattr(group, "projection", group) for group in groups]
    spikes = []
    for group in groups[model["kind"] == "synapse" :]:
        try:
            spikes.append(net.monitor(group, "spike"))
        except RanvierError:  # a rate-coded population
            continue
    net.simulate(STEPS * dt)
    found: dict[str, Any] = {}
    for number, group in enumerate(groups):
        for name in group.attributes:
            try:
                found[f"{number}.{name}"] = np.array(getattr(group, name))
            except RanvierError:
                continue
    for number, monitor in enumerate(spikes):
        for rank, steps in monitor.get("spike").items():
            found[f"spikes {number}.{rank}"] = np.asarray(steps, dtype=np.int64)
    return found


def verdict(model: Model) -> tuple[str, str, str]:
    """Return how far an entry comes: stage ("parsed", "resolved", "runs"), code or "", and the message."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stage = "none"
        try:
            parses(model)
            stage = "parsed"
            if model["kind"] == "neuron":
                neuron(model)
                stage = "resolved"
            compiled = outcome(model, "compiled")
            stage = "resolved"
            reference = outcome(model, "reference")
        except RanvierError as error:
            return stage, error.code, str(error)
        except Exception as error:
            return stage, type(error).__name__, f"{type(error).__name__}: {error}"
    different = [k for k, v in compiled.items() if not np.array_equal(v, reference[k], equal_nan=v.dtype.kind == "f")]
    if different:
        return "resolved", "bits", f"the engines differ in {different}"
    return "runs", "", ""


def _named(name: str) -> tuple[str, tuple[str, str, str]]:
    return name, verdict(corpus()[name])


def verdicts(names: list[str], workers: int = 2) -> dict[str, tuple[str, str, str]]:
    """Return the verdicts of several entries, made by processes that share the compile cache."""
    context = get_context("forkserver")
    with ProcessPoolExecutor(workers, context) as pool:
        return dict(pool.map(_named, names, chunksize=4))
