"""The command `ranvier`. Only here, in `demo` and in `doctor` does the package write to the terminal."""

from __future__ import annotations

import argparse
import importlib
import inspect
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ranvier
from ranvier import RanvierError

STAGES = ("equations", "ir", "c", "report")
OBJECT_HELP = "FILE:OBJECT, a name in a Python file, or MODULE:OBJECT, e.g. ranvier.models:Izhikevich"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.

    Returns
    -------
    int
        0: all is well; 1: the user's model or a check failed; 2: wrong usage.
    """
    options = parser().parse_args(arguments)
    try:
        return int(options.action(options))
    except RanvierError as error:
        print(error, file=sys.stderr)
        return 1
    except UsageProblem as problem:
        print(f"ranvier: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader (head, less) left; closing stderr keeps the interpreter from complaining about stdout at exit.
        sys.stderr.close()
        return 0


class UsageProblem(Exception):
    """The command line names something that is not there."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="ranvier", description="Neural networks from equation strings, compiled to C.")
    top.add_argument("--version", action="version", version=f"ranvier {ranvier.__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="a published network end to end, with the time of every stage")
    demo.add_argument("--duration", type=float, default=1000.0, metavar="MS", help="biological time (default: 1000 ms)")
    demo.add_argument("--output", type=Path, default=Path("ranvier-demo.png"), metavar="PNG", help="file of the raster")
    demo.add_argument("--seed", type=int, default=2007)
    demo.set_defaults(action=run_demo)

    run = commands.add_parser("run", help="run a script")
    run.add_argument("script", type=Path)
    run.add_argument("arguments", nargs=argparse.REMAINDER, help="handed to the script")
    run.set_defaults(action=run_script)

    show = commands.add_parser("show", help="what the compiler makes of a model; the tables of a network")
    show.add_argument("object", help=OBJECT_HELP)
    show.add_argument("--stage", choices=STAGES, default="report", help="default: report")
    show.set_defaults(action=show_model)

    check = commands.add_parser("check", help="compiled kernels against the reference interpreter, bit for bit")
    check.add_argument("object", help=OBJECT_HELP + "; a Neuron, a Synapse or a Network")
    check.add_argument("--steps", type=int, default=100, help="default: 100")
    check.set_defaults(action=check_object)

    cache = commands.add_parser("cache", help="the compiled models on disk")
    cache.add_argument("what", choices=("info", "clear", "verify"))
    cache.set_defaults(action=manage_cache)

    commands.add_parser("doctor", help="what is installed, what is missing, and how to get it").set_defaults(
        action=examine
    )
    return top


def run_demo(options: argparse.Namespace) -> int:
    """Run the published network of `ranvier.demo`."""
    from ranvier.demo import demo

    demo(options.duration, options.output, options.seed)
    return 0


def run_script(options: argparse.Namespace) -> int:
    """Run a Python script as `python SCRIPT` does."""
    if not options.script.is_file():
        raise UsageProblem(f"there is no file '{options.script}'")
    if options.script.suffix.lower() in (".yaml", ".yml", ".json"):
        raise UsageProblem(f"'{options.script}' is no Python script; models in other forms are not available yet")
    sys.argv = [str(options.script), *options.arguments]
    sys.path.insert(0, str(options.script.resolve().parent))
    runpy.run_path(str(options.script), run_name="__main__")
    return 0


def show_model(options: argparse.Namespace) -> int:
    """Print one stage of a model."""
    model = named_object(options.object)
    if isinstance(model, ranvier.Network) and options.stage == "report":
        print(model.report().rstrip("\n"))
        return 0
    if not isinstance(model, ranvier.Neuron | ranvier.Synapse):
        kind = type(model).__name__
        raise UsageProblem(f"'{options.object}' is a {kind}; show takes a Neuron or a Synapse; its report, a Network")
    stages = {
        "equations": model.tree.dump,
        "ir": model.ir,
        "c": lambda: model.source("c"),
        "report": model.describe,
    }
    print(stages[options.stage]().rstrip("\n"))
    return 0


def check_object(options: argparse.Namespace) -> int:
    """Compare the compiled kernels of an object with the interpreter."""
    if options.steps < 1:
        raise UsageProblem("--steps must be at least 1")
    found = named_object(options.object)
    from ranvier.runtime.checks.networks import check

    difference = check(found, options.steps)
    if difference is None:
        print(f"{options.object}: {options.steps} steps, every variable of every element equal, bit for bit")
        return 0
    print(f"{options.object}: {difference}")
    return 1


def manage_cache(options: argparse.Namespace) -> int:
    """Print, empty or verify the cache of compiled models."""
    from ranvier import cache

    if options.what == "clear":
        before = cache.info()
        cache.clear()
        print(f"removed {before['objects']} compiled models and {before['records']} records from {before['path']}")
        return 0
    if options.what == "verify":
        result = cache.verify()
        for path in result["broken"]:
            print(f"removed, damaged or not ours: {path}")
        print(f"{result['checked']} entries checked, {len(result['broken'])} removed")
        return 1 if result["broken"] else 0
    about = cache.info()
    print(f"path      {about['path']}" + ("" if about["persistent"] else "  (ends with the process)"))
    print(f"compiled  {about['objects']} models, {about['records']} records")
    print(f"size      {about['bytes'] / 2**20:.1f} of {about['limit'] / 2**20:.0f} MiB")
    return 0


def examine(options: argparse.Namespace) -> int:
    """Print what is installed and try the compiler."""
    from ranvier.doctor import doctor

    return doctor()


def named_object(text: str) -> Any:
    """Return the object that ``FILE:OBJECT`` or ``MODULE:OBJECT`` names; the file is executed for it.

    A function (the models of `ranvier.models`) is called without arguments.
    """
    place, separator, name = text.rpartition(":")
    if not separator or not place or not name:
        raise UsageProblem(f"'{text}' has not the form FILE:OBJECT")
    if place.endswith(".py") or "/" in place:
        if not Path(place).is_file():
            raise UsageProblem(f"there is no file '{place}'")
        sys.path.insert(0, str(Path(place).resolve().parent))
        names = runpy.run_path(place, run_name="ranvier_object")
    else:
        try:
            names = {n: getattr(module, n) for module in [importlib.import_module(place)] for n in dir(module)}
        except ModuleNotFoundError as error:
            raise UsageProblem(f"there is no module '{place}' ({error})") from None
    if name not in names:
        from difflib import get_close_matches

        near = get_close_matches(name, [n for n in names if not n.startswith("_")], 1)
        raise UsageProblem(f"'{place}' defines no '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""))
    return names[name]() if inspect.isfunction(names[name]) or inspect.isclass(names[name]) else names[name]
