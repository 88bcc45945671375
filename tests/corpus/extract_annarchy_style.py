"""Write ``annarchy.json`` and ``compneuropy.json``: the models that these packages ship, as data.

    python tests/corpus/extract_annarchy_style.py FOLDER_WITH_BOTH_SDISTS

The modules that define models are loaded with a stand-in for ANNarchy that only notes what `Neuron` and `Synapse` are
called with; every model class is made once with its default arguments. The texts are facts about the language under
test and are quoted with their place. What ANNarchy's manual shows is written down in ``annarchy_manual.json``.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import sys
import types
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROLES = ("parameters", "equations", "spike", "reset", "refractory", "axon_spike", "axon_reset", "functions", "psp",
         "operation", "pre_spike", "post_spike", "pre_axon_spike", "pruning", "creating")  # fmt: skip
FOUND: list[dict] = []
PLACE: list[tuple[str, int, str]] = []


class Variable:
    """Notes its arguments."""

    def __init__(self, equation=None, **flags):
        self.text = {"variable": equation, **flags}


def plain(value):
    if isinstance(value, Variable):
        return value.text
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)


def base(kind, order):
    class Model:
        def __init__(self, *args, **kwds):
            kwds = {**dict(zip(order, args, strict=False)), **kwds}
            source, line, title = PLACE[-1]
            texts = {role: plain(kwds[role]) for role in ROLES if kwds.get(role) not in (None, "", {}, [])}
            FOUND.append({"source": source, "line": line, "kind": kind, "title": title, **texts})
            self._instantiated = getattr(self, "_instantiated", [])

    Model.__name__ = kind.capitalize()
    return Model


Neuron = base("neuron", ("parameters", "equations", "spike", "axon_spike", "reset"))
Synapse = base("synapse", ("parameters", "equations", "psp", "operation", "pre_spike", "post_spike"))


class BoldModel(Neuron):
    pass


class StandIn(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwds: None


def module(name):
    made = StandIn(name)
    made.Neuron, made.Synapse, made.Variable, made.BoldModel, made.Parameter = (
        Neuron,
        Synapse,
        Variable,
        BoldModel,
        float,
    )
    made.ann = made
    made.__path__ = []
    sys.modules[name] = made
    return made


def load(path, source):
    name = f"ANNarchy.extensions.bold.{path.stem}" if "bold" in path.parts else path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    made = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    for title, thing in vars(made).items():
        if inspect.isclass(thing) and issubclass(thing, (Neuron, Synapse)) and thing.__module__ == name:
            PLACE.append((source, inspect.getsourcelines(thing)[1], title))
            try:
                thing()
            except Exception as error:
                print("not made:", title, error)
        elif isinstance(thing, (Neuron, Synapse)):
            print("instance:", title)


def write(name, license_note):
    texts = [{k: v for k, v in model.items() if k not in ("line", "title")} for model in FOUND]
    FOUND[:] = [model for number, model in enumerate(FOUND) if texts[number] not in texts[:number]]
    (HERE / name).write_text(json.dumps({"license": license_note, "models": FOUND}, indent=1) + "\n")
    print(name, len(FOUND))
    FOUND.clear()


def main(root):
    for name in ("ANNarchy", "ANNarchy.core", "ANNarchy.core.Neuron", "ANNarchy.core.Synapse",
                 "ANNarchy.core.Attributes", "ANNarchy.intern", "ANNarchy.extensions", "ANNarchy.extensions.bold",
                 "CompNeuroPy", "ANNarchy.extensions.bold.BoldModel", "ANNarchy.intern.Messages"):  # fmt: skip
        module(name)
    (annarchy,) = root.glob("annarchy-*/ANNarchy")
    for part in ("models/Neurons.py", "models/Synapses.py", "extensions/bold/PredefinedModels.py"):
        load(annarchy / part, str((annarchy / part).relative_to(root)))
    write(
        "annarchy.json", "ANNarchy is distributed under the GPL v2 or later; equation strings quoted from its models."
    )
    (cnp,) = root.glob("compneuropy-*/src/CompNeuroPy")
    paths = [*sorted((cnp / "neuron_models").rglob("*_nm.py")), cnp / "synapse_models/synapse_models.py"]
    for path in paths:
        PLACE.append((str(path.relative_to(root)), 0, path.stem))
        load(path, str(path.relative_to(root)))
    write(
        "compneuropy.json", "CompNeuroPy is distributed under the MIT licence; equation strings quoted from its models."
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
