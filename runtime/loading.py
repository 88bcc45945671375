"""From models to loaded libraries: what is loaded stays usable whatever happens to the compile cache."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ranvier.compiler import Compiled, CompileOptions, Model, compile_many

if TYPE_CHECKING:
    from ._bridge import Library

#: Another process may clear the cache between the compilation and the loading; not each time.
ATTEMPTS = 3


def compile_and_load(models: Sequence[Model], options: CompileOptions) -> list[tuple[Compiled, Library | None]]:
    """Compile models, in parallel where the C compiler has to run, and load them.

    Parameters
    ----------
    models : sequence of Model
    options : CompileOptions

    Returns
    -------
    list of (Compiled, Library or None)
        In the order of `models`; None where there is no C compiler, or a function has no C body.

    Raises
    ------
    MethodProblem
        A numerical method does not apply.
    BuildError
        The C compiler failed (E601), which is our mistake.
    OSError
        A shared object cannot be loaded.
    """
    for _ in range(ATTEMPTS - 1):
        with suppress(OSError):
            return _loaded(models, options)
    return _loaded(models, options)


def _loaded(models: Sequence[Model], options: CompileOptions) -> list[tuple[Compiled, Library | None]]:
    return [(one, _load(one.library)) for one in compile_many(models, options)]


def _load(path: str | None) -> Library | None:
    if path is None:
        return None
    from ._bridge import Library
    from .stale import check_engine

    check_engine()
    return Library(path)
