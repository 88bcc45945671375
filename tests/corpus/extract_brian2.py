"""Write ``brian2.json``: the models of Brian2's public examples, as data. Run it in a venv that has Brian2:

    ~/.cache/ranvier-peers/brian2/bin/python tests/corpus/extract_brian2.py FOLDER_OF_THE_SDIST

Every script runs with plotting replaced by nothing and `run` replaced by a look at what exists: the texts of each
group, the values of the names they use, and the state at the first run. Nothing is simulated. The texts are facts
about the language under test and are quoted with their place; no other part of the scripts is kept.
"""

from __future__ import annotations

import dis
import importlib.abc
import importlib.machinery
import json
import os
import re
import signal
import sys
import traceback
from pathlib import Path
from typing import ClassVar

import brian2
import numpy as np
from brian2.core.functions import Function
from brian2.input.timedarray import TimedArray
from brian2.units.fundamentalunits import Quantity, get_dimensions
from brian2.utils.stringtools import get_identifiers

SAMPLES = 5
SKIPPED = ("compartmental", "multiprocessing", "opencv_movie", "modelfitting_sbi", "plot_utils")
PLOTTING = """figure plot subplot subplots show xlabel ylabel xlim ylim title legend axis axhline axvline scatter hist
imshow colorbar tight_layout savefig plt gca gcf xticks yticks semilogx semilogy loglog errorbar fill_between text
suptitle close ylabel annotate bar twinx contour contourf pcolor clim grid rc rcParams brian_plot plot_synapses
axes set_cmap pause ion ioff subplots_adjust hlines vlines stairs setp sca step cla clf mpl polar""".split()
BINDING: dict = {}
HERE = Path(__file__).resolve().parent


class Nothing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports anything that is not installed as an object that accepts everything."""

    ROOTS = (
        "matplotlib",
        "pylab",
        "sklearn",
        "joblib",
        "cv2",
        "torch",
        "sbi",
        "scipy",
        "tqdm",
        "seaborn",
        "plot_utils",
        "pandas",
        "networkx",
        "noise",
        "mpl_toolkits",
        "progressbar",
        "mpl",
        "cycler",
    )

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.ROOTS:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        module = Anything()
        module.__spec__ = spec
        return module

    def exec_module(self, module):
        pass


class Anything:
    """Accepts everything, and unpacks into as many parts as the caller wants."""

    __path__: ClassVar[list] = []
    __all__: ClassVar[list] = []

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *args, **kwds):
        return Anything()

    __getitem__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __truediv__ = __enter__ = __call__
    __setitem__ = __delitem__ = __exit__ = lambda self, *args: None

    def __len__(self):
        return 1

    def __iter__(self):
        frame = sys._getframe(1)
        for step in dis.get_instructions(frame.f_code):
            if step.offset >= frame.f_lasti and step.opname != "CACHE":
                if step.opname == "UNPACK_SEQUENCE":
                    return iter([Anything() for _ in range(step.argval)])
                break
        return iter([Anything() for _ in range(4)])


class Serial:
    """A pool of one."""

    def __init__(self, *args, **kwds):
        pass

    __enter__ = lambda self: self  # noqa: E731
    __exit__ = close = join = lambda self, *args: None

    def map(self, function, values, *args, **kwds):
        return [function(value) for value in list(values)[:2]]

    imap = imap_unordered = map


class Stop(Exception):
    """A script took too long."""


def described(value):
    """Return a value as JSON: number(s) in SI with dimension, or what else it is."""
    if isinstance(value, TimedArray):
        values = np.atleast_1d(np.asarray(value.values))
        dims = [float(d) for d in value.dim._dims]
        rows = values[:20, :SAMPLES] if values.ndim == 2 else values[:20]
        return {"timed_array": rows.tolist(), "rank": values.ndim, "dims": dims, "dt_ms": float(value.dt / brian2.ms)}
    if isinstance(value, Function):
        return {"function": getattr(value.pyfunc, "__name__", "function")}
    if isinstance(value, str):
        return {"text": value}
    if callable(value):
        return {"function": value.__name__}
    if not isinstance(value, (bool, int, float, complex, np.ndarray, np.number, np.bool_, list)):
        return None
    array = np.asarray(value)
    if array.dtype.kind not in "bifu":
        return None
    flat = array.ravel()
    if flat.size > SAMPLES:
        flat = flat[np.linspace(0, flat.size - 1, SAMPLES).astype(int)]
    found = {"value": flat.tolist() if array.ndim else flat[0].item()}
    dims = [float(d) for d in get_dimensions(value)._dims]
    if any(dims):
        found["dims"] = dims
    return found


class Recorder:
    """What one script makes."""

    def __init__(self, path, name):
        self.path, self.name = path, name
        self.entries, self.objects = [], []

    def line(self):
        frame, found = sys._getframe(1), 0
        while frame is not None:
            if frame.f_code.co_filename == self.path:
                found = frame.f_lineno
                break
            frame = frame.f_back
        return found

    def scope(self):
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.path:
                return {**frame.f_globals, **frame.f_locals}
            frame = frame.f_back
        return dict(BINDING)

    def place(self, group):
        group = group.source if isinstance(group, brian2.Subgroup) else group  # a weak proxy, so compare names
        for number, thing in reversed(list(enumerate(self.objects))):
            if thing.name == group.name:
                return number
        return {"PoissonGroup": "poisson", "SpikeGeneratorGroup": "generator"}.get(type(group).__name__, "other")

    def add(self, thing, entry):
        entry = {"source": self.name, "line": self.line(), **{k: v for k, v in entry.items() if v is not None}}
        entry["names"] = {**entry.pop("namespace", {})}
        self.objects.append(thing)
        self.entries.append(entry)

    def look(self):
        """Fill in values: the first state that `run` meets counts."""
        scope = self.scope()
        for thing, entry in zip(self.objects, self.entries, strict=False):
            if "initial" not in entry:
                self.fill(thing, entry, scope)

    def fill(self, thing, entry, scope):
        """Fill in the values of one group."""
        texts = [entry.get(role) for role in ("equations", "threshold", "reset", "refractory")]
        texts += [*entry.get("run_regularly", ()), *entry.get("run_on_event", ())]
        for role in ("on_pre", "on_post", "events"):
            texts += list(entry.get(role, {}).values())
        names = set().union(*(get_identifiers(t) for t in texts if isinstance(t, str)))
        given = entry["names"]
        values = {}
        for name in sorted(names):
            if name in thing.variables:
                continue
            if name in given or (name in scope and (name not in vars(brian2) or scope[name] is not vars(brian2)[name])):
                value = described(given.get(name, scope.get(name)))
                if value is not None:
                    values[name] = value
                continue
        entry["values"] = values
        entry.pop("names")
        initial = {}
        for name, _variable in thing.variables.items():
            if name in thing.equations and thing.equations[name].type != "subexpression" and len(thing):
                try:
                    initial[name] = described(getattr(thing, name)[:])
                except Exception:
                    pass
        entry["initial"] = {k: v for k, v in initial.items() if v is not None}
        entry["dt_ms"] = float(thing.clock.dt / brian2.ms)
        if entry["kind"] == "synapse":
            entry["synapses"] = len(thing) if thing._connect_called else 0
            try:
                entry["delay_ms"] = float(np.max(np.asarray(thing.delay[:] / brian2.ms))) if len(thing) else 0.0
            except Exception:
                entry["delay_ms"] = 0.0
        else:
            entry["size"] = len(thing)


CURRENT: Recorder | None = None


def raw(model):
    return getattr(model, "_raw", None) or (model if isinstance(model, str) else str(model) if model else "")


def install():
    equations_init = brian2.Equations.__init__
    equations_add = brian2.Equations.__add__

    def new_init(self, eqns="", **kwds):
        equations_init(self, eqns, **kwds)
        if isinstance(eqns, str):
            for name, value in kwds.items():
                value = repr(value) if isinstance(value, Quantity) else str(value)
                eqns = re.sub(rf"\bd{name}(?=\s*/\s*dt)", f"d{value}", re.sub(rf"\b{name}\b", value, eqns))
            self._raw = eqns

    def new_add(self, other):
        made = equations_add(self, other)
        made._raw = raw(self) + "\n" + raw(other)
        return made

    brian2.Equations.__init__, brian2.Equations.__add__ = new_init, new_add
    group_init, synapses_init = brian2.NeuronGroup.__init__, brian2.Synapses.__init__
    event = brian2.NeuronGroup.run_on_event
    regularly = brian2.NeuronGroup.run_regularly

    def new_group(
        self, N, model, method=None, threshold=None, reset=None, refractory=False, events=None, namespace=None, **kwds
    ):
        extra = {} if method is None else {"method": method}
        group_init(
            self,
            N,
            model,
            threshold=threshold,
            reset=reset,
            refractory=refractory,
            events=events,
            namespace=namespace,
            **extra,
            **kwds,
        )
        if isinstance(self, brian2.SpatialNeuron):  # a cable, not a point
            return
        entry = {
            "kind": "neuron",
            "equations": raw(model),
            "threshold": threshold,
            "reset": reset,
            "events": events,
            "method": method if isinstance(method, str) else None,
            "namespace": namespace or {},
        }
        if refractory is not False:
            entry["refractory"] = refractory if isinstance(refractory, str) else f"{float(refractory / brian2.ms)!r}*ms"
        CURRENT.add(self, entry)

    def new_synapses(self, source, target=None, model=None, on_pre=None, pre=None, on_post=None, post=None, **kwds):
        on_pre, on_post = on_pre or pre, on_post or post
        synapses_init(self, source, target, model=model, on_pre=on_pre, on_post=on_post, **kwds)
        as_dict = lambda code, name: None if code is None else code if isinstance(code, dict) else {name: code}  # noqa: E731
        method = kwds.get("method")
        CURRENT.add(self, {
            "kind": "synapse", "equations": raw(model), "on_pre": as_dict(on_pre, "pre"),
            "on_post": as_dict(on_post, "post"), "method": method if isinstance(method, str) else None,
            "on_event": kwds.get("on_event") if isinstance(kwds.get("on_event"), (str, dict)) else None,
            "pre": CURRENT.place(source), "post": CURRENT.place(source if target is None else target),
            "namespace": kwds.get("namespace") or {},
        })  # fmt: skip

    def noted(original, role):
        def method(self, first, code=None, *args, **kwds):
            if role == "run_regularly":
                made = original(self, first, *([] if code is None else [code]), *args, **kwds)
                text = first
            else:
                made = original(self, first, code, *args, **kwds)
                text = f"{first}: {code}"
            for thing, entry in zip(CURRENT.objects, CURRENT.entries, strict=False):
                if thing is self:
                    entry.setdefault(role, []).append(text)
            return made

        return method

    brian2.NeuronGroup.__init__, brian2.Synapses.__init__ = new_group, new_synapses
    brian2.NeuronGroup.run_on_event = noted(event, "run_on_event")
    brian2.NeuronGroup.run_regularly = noted(regularly, "run_regularly")
    brian2.Synapses.run_regularly = noted(brian2.Synapses.run_regularly, "run_regularly")
    brian2.Network.run = lambda self, *args, **kwds: CURRENT.look()
    import brian2.core.magic as magic
    import brian2.devices.device as devices

    magic.MagicNetwork.run = lambda self, *args, **kwds: CURRENT.look()
    for module in (brian2, devices):
        module.set_device = lambda *args, **kwds: None
        module.run = lambda *args, **kwds: CURRENT.look()
    devices.Device.build = lambda self, *args, **kwds: None
    devices.RuntimeDevice.build = lambda self, *args, **kwds: None


def timeout(*_):
    raise Stop


def main(root):
    global CURRENT
    sys.meta_path.insert(0, Nothing())
    sys.stdout.reconfigure(line_buffering=True)
    install()
    import multiprocessing

    multiprocessing.Pool = Serial
    brian2.prefs.codegen.target = "numpy"
    brian2.BrianLogger.suppress_hierarchy("brian2")
    signal.signal(signal.SIGALRM, timeout)
    found = []
    base = Path(root)
    for path in sorted((base / "examples").rglob("*.py")):
        name = f"{base.name}/{path.relative_to(base)}"
        if any(word in name for word in SKIPPED):
            continue
        CURRENT = Recorder(str(path), name)
        brian2.start_scope()
        brian2.defaultclock.dt = 0.1 * brian2.ms
        BINDING.clear()
        BINDING.update({word: Anything() for word in PLOTTING}, __name__="__main__", __file__=str(path))
        sys.argv = [str(path)]
        sys.path[0] = str(path.parent)
        os.chdir(path.parent)
        signal.alarm(60)
        problem = ""
        try:
            exec(compile(path.read_text(), str(path), "exec"), BINDING)
        except BaseException as error:
            problem = f"{type(error).__name__}: {str(error)[:90]}"
        signal.alarm(0)
        try:
            CURRENT.look()
        except BaseException as error:
            problem += f" look: {error!r}"
            traceback.print_exc()
        for entry in CURRENT.entries:
            if "initial" not in entry:
                entry.pop("names", None)
                entry.update(values={}, initial={}, dt_ms=0.1)
        first, seen, places = len(found), {}, {}
        for number, entry in enumerate(CURRENT.entries):  # one entry for groups made in loops
            for end in ("pre", "post"):
                if isinstance(entry.get(end), int):
                    entry[end] = places[entry[end]]
            key = json.dumps([entry.get(k) for k in ("line", "equations", "threshold", "reset", "on_pre", "on_post")])
            if key not in seen:
                seen[key] = len(found)
                found.append(entry)
            places[number] = seen[key]
        print(f"{len(found) - first:3d} {name} {problem}")
    license_note = "Brian2 is distributed under CeCILL 2.1; equation strings quoted from its examples."
    out = HERE / "brian2.json"
    out.write_text(json.dumps({"license": license_note, "models": found}, indent=1) + "\n")
    print(len(found), "models")


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
