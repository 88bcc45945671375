"""Who may import whom, read from the source with `ast`; and what `import ranvier` may cost."""

from __future__ import annotations

import ast
import graphlib
import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOMES = {
    "ranvier": "api",
    "ranvier.compiler": "compiler",
    "ranvier.templates": "templates",
    "ranvier.runtime": "runtime",
}
#: Packages that each folder must not import. What is not listed is allowed.
FORBIDDEN = {
    "compiler": ("ranvier.runtime", "numpy", "scipy", "matplotlib", "h5py", "pint", "tqdm"),
    "templates": ("ranvier.compiler", "ranvier.runtime", "numpy", "sympy", "jinja2"),
    "runtime": ("ranvier.templates", "sympy", "jinja2"),
    "api": ("sympy", "jinja2"),
}
#: Heavy packages that a run with a warm cache does without.
LAZY = ("sympy", "jinja2", "matplotlib", "h5py", "pint", "tqdm", "scipy", "ctypes.util")


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    """The dotted name under which `path` is imported: ``runtime/models/a.py`` is ``ranvier.runtime.models.a``."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    home = {folder: package for package, folder in HOMES.items()}.get(parts[0], parts[0])
    return ".".join([home, *[p for p in parts[1:] if p != "__init__"]])


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Yield (absolute module, names taken from it, line) for every import statement, wherever it stands."""
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    yield from imports_of(path.read_text(encoding="utf-8"), package)


def imports_of(text: str, package: str) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """As `imports`, for the text of a module that lives in `package`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, (), node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield module, tuple(alias.name for alias in node.names), node.lineno


def starts(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_directions(folder: str) -> None:
    wrong = []
    for path in python_files(folder):
        for module, names, line in imports(path):
            reached = [module, *[f"{module}.{name}" for name in names]]
            # jinja2 and sympy each have one door (render.py, symbolic.py); the header files are read by render.py.
            for package in FORBIDDEN[folder]:
                if any(starts(m, package) for m in reached):
                    wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module} {names}")
    assert not wrong, "\n".join(wrong)


def test_one_door_to_sympy_and_to_jinja2() -> None:
    doors = {"sympy": {"symbolic.py"}, "jinja2": {"printing.py"}}
    for package, allowed in doors.items():
        users = {p.name for p in python_files("compiler") for m, _, _ in imports(p) if starts(m, package)}
        assert users <= allowed, f"{package} is imported by {sorted(users - allowed)}"


def test_runtime_takes_only_public_names_of_the_compiler() -> None:
    """`ranvier.compiler` is the door: the runtime takes what it re-exports (`doctor` and `cache` look behind it)."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in python_files("runtime")
        for module, _, line in imports(path)
        if module.startswith("ranvier.compiler.")
    ]
    assert not wrong, "\n".join(wrong)


def test_absolute_across_packages_relative_inside() -> None:
    wrong = []
    for folder in ("compiler", "runtime"):
        own = f"ranvier.{folder}"
        for path in python_files(folder):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                absolute = isinstance(node, ast.ImportFrom) and node.level == 0 and starts(node.module or "", own)
                named = isinstance(node, ast.Import) and any(starts(alias.name, own) for alias in node.names)
                if absolute or named:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, f"absolute imports inside one package: {wrong}"


def test_folders_are_never_imported_by_their_own_names() -> None:
    """From the checkout's root ``import compiler`` works by accident, and makes a second copy of every class."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for folder in (*HOMES.values(), "tests", "examples", "benchmarks")
        for path in python_files(folder)
        for module, _, line in imports(path)
        if module.partition(".")[0] in HOMES.values()
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_pipeline_knows_the_order_of_stages() -> None:
    """A stage imports data types and earlier stages, never a later one."""
    order = (
        "source options tree errors syntax model units functions resolve ir algebra symbolic integrate lower verify"
        " cexpr naming render manifest toolchain cache build pipeline"
    ).split()
    # naming and errors are leaves that any stage may use.
    leaves = {"errors", "naming", "ir", "functions", "units", "model"}
    wrong = []
    for path in python_files("compiler"):
        if path.stem not in order:
            continue
        for module, _, line in imports(path):
            target = module.removeprefix("ranvier.compiler.")
            later = target in order and target not in leaves and order.index(target) > order.index(path.stem)
            if module.startswith("ranvier.compiler.") and later:
                wrong.append(f"{path.name}:{line} imports {target}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", ["examples"])
def test_examples_import_only_ranvier_and_the_scientific_stack(folder: str) -> None:
    allowed = {"ranvier", "numpy", "scipy", "matplotlib", "pathlib", "__future__", "time"}
    for path in python_files(folder):
        for module, _, line in imports(path):
            assert module.partition(".")[0] in allowed, f"{path.name}:{line} imports {module}"


def test_no_code_from_text_and_no_pickle() -> None:
    """`eval`, `exec`, `sympify`, `parse_expr` and pickle occur nowhere: a model text can run nothing."""
    wrong = []
    for folder in HOMES.values():
        for path in python_files(folder):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
                builtin = isinstance(called, ast.Name) and name in ("eval", "exec")
                if builtin or name in ("sympify", "parse_expr", "lambdify"):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls {name}")
            wrong += [
                f"{path.relative_to(ROOT)}:{line} imports {module}"
                for module, _, line in imports(path)
                if module.partition(".")[0] in ("pickle", "marshal", "shelve", "dill")
            ]
    assert not wrong, "\n".join(wrong)


def test_library_never_prints_nor_exits() -> None:
    """Only the command line speaks to the terminal or ends the process."""
    wrong = []
    for folder in HOMES.values():
        for path in python_files(folder):
            if path.parent.name == "api" and path.stem in ("cli", "__main__", "doctor", "demo"):
                continue
            if path.parent.name == "compat":  # simulate(measure_time=True) and timeit print there: ANNarchy's do
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                text = ast.unparse(node.func)
                if text in ("print", "exit", "quit", "sys.exit", "os._exit"):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls {text}")
    assert not wrong, "\n".join(wrong)


def test_hidden_relative_imports_are_seen() -> None:
    """The tests above can fail: an import inside a function, written relatively, is resolved."""
    found = list(imports_of("def f():\n    from ..runtime import network\n", "ranvier.compiler"))
    assert found == [("ranvier.runtime", ("network",), 2)]


def test_import_is_light() -> None:
    """`import ranvier` pulls in none of the packages that only some runs need."""
    code = f"import json, sys, ranvier; print(json.dumps([m for m in {LAZY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_import_is_fast() -> None:
    """`import ranvier` adds at most 0.05 s to numpy's import (best of three: the machine may be busy)."""
    code = "import time, numpy; t = time.process_time(); import ranvier; print(time.process_time() - t)"
    seconds = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(seconds) < 0.05


def test_a_warm_run_needs_no_compiler_packages(tmp_path: Path) -> None:
    """The second process that runs a model imports neither sympy nor jinja2 nor anything that draws."""
    code = (
        "import json, sys, ranvier as rv\n"
        "net = rv.Network(dt=0.1)\n"
        "pop = net.create(10, rv.Neuron('tau = 20.0', 'tau*dv/dt = -v + g_exc', spike='v > 1', reset='v = 0'))\n"
        "net.connect(pop, pop, target='exc').fixed_probability(0.5, weights=rv.Uniform(0.0, 1.0))\n"
        "net.monitor(pop, ['v', 'spike'])\n"
        "net.simulate(1.0)\n"
        f"print(json.dumps([m for m in {LAZY!r} if m in sys.modules]))\n"
    )
    env = {**os.environ, "RANVIER_CACHE_DIR": str(tmp_path)}
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("folder", ["compiler", "runtime"])
def test_modules_import_each_other_in_no_circle(folder: str) -> None:
    """CycleError names the circle. Names for the type checker, and imports inside functions, do not count."""
    modules = {module_name(path): path for path in python_files(folder)}
    graphlib.TopologicalSorter({name: taken_at_import(path, modules) for name, path in modules.items()}).prepare()


def taken_at_import(path: Path, modules: Collection[str]) -> set[str]:
    """Those of `modules` that a module imports as it is loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body = [node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))]
    text = "\n".join(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    name = module_name(path)
    taken: set[str] = set()
    for module, names, _ in imports_of(text, name if path.name == "__init__.py" else name.rpartition(".")[0]):
        inside = {f"{module}.{one}" for one in names} & set(modules)
        taken |= inside or {module} & set(modules)
    return taken - {name}
