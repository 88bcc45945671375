"""The wheel holds what the package needs, installs in a clean environment and runs from another directory."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOMES = {
    "api": "ranvier",
    "compiler": "ranvier/compiler",
    "templates": "ranvier/templates",
    "runtime": "ranvier/runtime",
}

pytestmark = pytest.mark.long


def run(*command: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is needed to build, without what earlier builds left."""
    copy = tmp_path_factory.mktemp("source")
    ignore = shutil.ignore_patterns("__pycache__", "*.so", "_bridge.c", "_mathlib.c", "*.egg-info")
    for folder in HOMES:
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignore)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with what is installed, so that no network is needed."""
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", out, source, cwd=out)
    return next(out.glob("ranvier-*.whl"))


def test_wheel_lists_every_template_header_and_module(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = set()
    for folder, home in HOMES.items():
        patterns = {"templates": ("*.j2", "*.h", "*.py"), "runtime": ("*.py", "*.pyi", "*.h")}.get(folder, ("*.py",))
        for pattern in patterns:
            expected |= {f"{home}/{p.relative_to(ROOT / folder).as_posix()}" for p in (ROOT / folder).rglob(pattern)}
    expected.add("ranvier/py.typed")
    assert expected - names == set()
    modules = {n.split("/")[-1].split(".")[0] for n in names if n.endswith((".so", ".pyd"))}
    assert {"_bridge", "_mathlib"} <= modules


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    for name in zipfile.ZipFile(wheel).namelist():
        assert name.split("/")[0].startswith("ranvier"), name
        assert not name.endswith((".pyx", ".pxi", ".c")), name
        assert "conftest" not in name


def test_installs_in_a_clean_environment_and_runs_elsewhere(wheel: Path, tmp_path: Path) -> None:
    """The dependencies come from this environment by a path file; the package itself only from the wheel."""
    run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    here = {Path(importlib.util.find_spec(name).origin).parents[1] for name in ("numpy", "sympy", "jinja2")}  # type: ignore[union-attr, arg-type]
    (site / "zz_dependencies.pth").write_text("\n".join(map(str, here)) + "\n")
    script = tmp_path / "script.py"
    script.write_text(
        "import ranvier as rv\n"
        "net = rv.Network(dt=0.1)\n"
        "pop = net.create(3, rv.Neuron('tau = 10.0', 'tau*dv/dt = -v : init = 1.0', spike='v > 2', reset='v = 0'))\n"
        "net.simulate(1.0)\n"
        "print(rv.__file__); print(float(pop.v[0]))\n"
    )
    env = {**os.environ, "RANVIER_CACHE_DIR": str(tmp_path / "cache")}
    env.pop("PYTHONPATH", None)
    place, value = run(python, script, cwd=tmp_path, env=env).split()
    assert Path(place).is_relative_to(site)
    assert float(value) == pytest.approx(0.99**10, rel=1e-12)
    assert "loads from" in run(tmp_path / "env" / "bin" / "ranvier", "doctor", cwd=tmp_path, env=env)


def test_sdist_is_complete(source: Path, tmp_path: Path) -> None:
    """The source archive is complete: everything that setup.py compiles is in it."""
    code = "import setuptools.build_meta as b, sys; print(b.build_sdist(sys.argv[1]))"
    name = run(sys.executable, "-c", code, tmp_path, cwd=source).split()[-1]
    shutil.unpack_archive(tmp_path / name, tmp_path)
    unpacked = tmp_path / name.removesuffix(".tar.gz")
    missing = [
        p.relative_to(source)
        for folder in HOMES
        for p in (source / folder).rglob("*")
        if p.suffix in (".py", ".pyx", ".pxi", ".pyi", ".c", ".h", ".j2")
        and p.name not in ("_bridge.c", "_mathlib.c")
        and not (unpacked / p.relative_to(source)).exists()
    ]
    assert not missing
