"""C text to shared object, through level 2 of the cache."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from . import cache
from .digest import digest
from .errors import BuildError
from .folder import OBJECT, SOURCE, Folder
from .options import CompileOptions
from .private import remove, write_private
from .store import Store, open_store
from .toolchain import Compiler, compile_flags, cpu, find_compiler, run

if TYPE_CHECKING:
    from pathlib import Path


class NoCompiler(BuildError):
    """There is no C compiler, and the cache has nothing that would do instead: a model must be interpreted."""


@dataclass(frozen=True, slots=True)
class Job:
    """One shared object to build: its C text and, for messages, the name of what it is for."""

    c_text: str
    options: CompileOptions
    name: str


def build(c_text: str, options: CompileOptions, *, name: str) -> Path:
    """Return the shared object of a C text, compiled now if the cache does not have it.

    Parameters
    ----------
    c_text : str
        A whole file; it may include headers of the C standard only.
    options : CompileOptions
        Options of the compilation.
    name : str
        What it is for; occurs in messages, never in the key.

    Returns
    -------
    pathlib.Path
        The shared object; its C text lies beside it.

    Raises
    ------
    BuildError
        E601, when the C compiler fails.
    NoCompiler
        When there is no C compiler and the cache has no entry for this text and processor.
    """
    from pathlib import Path

    return Path(build_many((Job(c_text, options, name),))[0])


def build_many(jobs: Sequence[Job], workers: int | None = None) -> tuple[str, ...]:
    """Return the paths of the shared objects of several C texts, compiling in parallel what the cache does not have.

    Equal texts are compiled once. When some fail, the others are built all the same and the first error is raised.

    Parameters
    ----------
    jobs : sequence of Job
        What to build.
    workers : int, optional
        Compilers at work at the same time: at most, and by default, one per processor.
    """
    store = open_store()
    compiler = find_compiler(store)
    keys = [entry_key(job, compiler) for job in jobs]
    found: dict[str, str] = {}
    missing: dict[str, Job] = {}
    for key, job in zip(keys, jobs, strict=True):
        path = store.find(key) if compiler else store.find_any(key)
        if path:
            found[key] = path
            cache.COUNTERS.note(path, compiled=False)
        else:
            missing[key] = job
    if missing:
        if compiler is None:
            raise NoCompiler(no_compiler_message(next(iter(missing.values())).name))
        found |= _compile_all(missing, compiler, store, workers)
    return tuple(found[key] for key in keys)


def entry_key(job: Job, compiler: Compiler | None) -> str:
    """Return the level-2 key; without a compiler, the part that any acceptable entry's key starts with."""
    content = digest(job.c_text, abi(), cpu().identity, job.options.fast)
    if compiler is None:
        return f"{content}-"
    return f"{content}-{digest(compile_flags(compiler.kind, cpu(), job.options), compiler.identity, size=10)}"


@lru_cache(maxsize=1)
def abi() -> str:
    """Return the number of the interface between kernels and engine, from the header that defines it."""
    from ranvier import templates

    with open(os.path.join(os.path.dirname(templates.__file__), "rv_abi.h"), encoding="utf-8") as file:
        return next(line.split()[2] for line in file if line.startswith("#define RV_ABI "))


def no_compiler_message(name: str) -> str:
    """Return what to say when something must be compiled and cannot."""
    chosen = os.environ.get("CC")
    reason = f"CC={chosen} does not run" if chosen else "neither cc, gcc nor clang is on the path"
    return f"no C compiler for '{name}': {reason} (install gcc or clang, or set CC)"


def _compile_all(missing: dict[str, Job], compiler: Compiler, store: Store, workers: int | None) -> dict[str, str]:
    if len(missing) == 1:
        return {key: _compile(job, key, compiler, store) for key, job in missing.items()}
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(len(missing), workers or processors(), processors())) as pool:
        futures = {key: pool.submit(_compile, job, key, compiler, store) for key, job in missing.items()}
    return {key: future.result() for key, future in futures.items()}


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _compile(job: Job, key: str, compiler: Compiler, store: Store) -> str:
    started = time.perf_counter()
    try:
        path = store.make(key, lambda folder: _compile_in(folder, job, key, compiler))
    except OSError as error:
        raise BuildError(f"'{job.name}' cannot be compiled: {error}") from error
    cache.COUNTERS.note(path, compiled=True, seconds=time.perf_counter() - started)
    return path


def _compile_in(folder: Folder, job: Job, key: str, compiler: Compiler) -> str:
    """Compile in a work directory and publish it. What the compiler refuses stays there (for a day) to be looked at."""
    work = folder.work()
    try:
        write_private(os.path.join(work, SOURCE), job.c_text.encode())
        flags = compile_flags(compiler.kind, cpu(), job.options)
        # Names relative to the work directory: its path may hold any character, and the object is the same everywhere.
        command = [*compiler.command, *flags, "-o", OBJECT, SOURCE, "-lm"]
        code, _, output = run(command, work)
        if code != 0 or not os.path.exists(os.path.join(work, OBJECT)):
            folder.probe(work)  # a full disk is not the text's fault: OSError, and the store goes elsewhere
            raise failure(job.name, command, output, work)
        about = {"name": job.name, "compiler": compiler.version, "command": command, "options": asdict(job.options)}
        return folder.publish(work, key, about)
    except BuildError:
        raise
    except BaseException:  # Ctrl+C too
        remove(work)
        raise


def failure(name: str, command: list[str], output: str, work: str) -> BuildError:
    """Return the error for a failed run of the C compiler: what ran, what it said, where the text is."""
    from shlex import join

    return BuildError(f"the C compiler failed on '{name}'", join(command), output, os.path.join(work, SOURCE))
