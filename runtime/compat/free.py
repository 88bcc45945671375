"""ANNarchy's functions without a network object: each does to the current network what its namesake method does."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..groups.distributions import Uniform, is_distribution
from ..problems import ValueProblem, not_available
from .network import Network
from .session import SESSION


def setup(**options: Any) -> None:
    """Set options of the current network: ``dt``, ``seed``, ``num_threads``, ``precision``, ``method``."""
    SESSION.setup(**options)


def clear(functions: bool = True, neurons: bool = True, synapses: bool = True) -> None:
    """Forget the current network and its options, as if the module had just been imported."""
    SESSION.clear()


def magic_network() -> Network:
    """Return the current network."""
    return SESSION.network


def compile(*directory: Any, net_id: int = 0, silent: bool = False, **options: Any) -> None:
    """Compile the models that are not in the cache; directory and options of ANNarchy's compiler are ignored."""
    SESSION.network.compile(silent=silent)


def simulate(
    duration: Any, measure_time: bool = False, callbacks: bool = True, net_id: int = 0, **options: Any
) -> None:
    """Run the current network for some time, in ms."""
    SESSION.network.simulate(duration, measure_time, callbacks)


def simulate_until(
    max_duration: Any, population: Any, operator: str = "and", measure_time: bool = False, net_id: int = 0,
    **options: Any,
) -> float:
    """Run until the stop conditions of populations hold; returns the time it took, in ms."""
    return SESSION.network.simulate_until(max_duration, population, operator)


def step(net_id: int = 0, **options: Any) -> None:
    """Run one step."""
    SESSION.network.step()


def reset(
    populations: bool = True,
    projections: bool = False,
    synapses: bool = False,
    monitors: bool = True,
    reseed_rng: bool = True,
    net_id: int = 0,
) -> None:
    """Go back to the values of the compile, and to time 0."""
    SESSION.network.reset(populations, projections, synapses, monitors, reseed_rng)


def every(
    period: Any = 1.0, offset: Any = 0.0, wait: Any = 0.0, network: Network | None = None, net_id: int = 0
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Call a function periodically, counted from the start of each `simulate`."""
    return (network or SESSION.network).every(period, offset, wait)


def enable_learning(projections: Any = None, period: Any = None, offset: Any = None, net_id: int = 0) -> None:
    """Let projections learn; all of them by default."""
    SESSION.network.enable_learning(projections, period, offset)


def disable_learning(projections: Any = None, net_id: int = 0) -> None:
    """Keep projections from learning; all of them by default."""
    SESSION.network.disable_learning(projections)


def enable_callbacks(net_id: int = 0) -> None:
    """Call the functions given to `every` again."""
    SESSION.network.enable_callbacks()


def disable_callbacks(net_id: int = 0) -> None:
    """Do not call the functions given to `every`."""
    SESSION.network.disable_callbacks()


def callbacks_enabled(net_id: int = 0) -> bool:
    """Whether the functions given to `every` are called."""
    return SESSION.network.callbacks_enabled()


def clear_all_callbacks(net_id: int = 0) -> None:
    """Forget the functions given to `every`."""
    SESSION.network.clear_all_callbacks()


def get_time(net_id: int = 0) -> float:
    """Return the current time, in ms."""
    return SESSION.network.time


def get_current_step(net_id: int = 0) -> int:
    """Return the number of steps done."""
    return SESSION.network.current_step


def set_time(t: float, net_id: int = 0) -> None:
    """Refused: time is an integer number of steps from the reset."""
    not_available("set_time()", "reset() sets the clock to 0; all times of monitors count from there")


def set_current_step(t: int, net_id: int = 0) -> None:
    """Refused: time is an integer number of steps from the reset."""
    not_available("set_current_step()", "reset() sets the clock to 0; all times of monitors count from there")


def dt(net_id: int = 0) -> float:
    """Return the time step, in ms."""
    return SESSION.network.dt


def set_seed(seed: int, use_seed_seq: bool = True, net_id: int = 0) -> None:
    """Set the seed of all random numbers of the current network."""
    SESSION.setup(seed=seed)


def get_population(name: str, net_id: int = 0) -> Any:
    """Return a population by name."""
    return SESSION.network.get_population(name)


def get_projection(name: str, net_id: int = 0) -> Any:
    """Return a projection by name."""
    return SESSION.network.get_projection(name)


def populations(net_id: int = 0) -> list[Any]:
    """Return all populations."""
    return SESSION.network.get_populations()


def projections(
    net_id: int = 0, post: Any = None, pre: Any = None, target: str | None = None, suppress_error: bool = False
) -> list[Any]:
    """Return the projections between two populations that reach a target; all by default."""
    return SESSION.network.get_projections(post, pre, target, suppress_error)


def monitors(net_id: int = 0, obj: Any = None) -> list[Any]:
    """Return the monitors of an object; all by default."""
    return [m for m in SESSION.network.get_monitors() if obj is None or m.object is obj]


def save(filename: Any, populations: bool = True, projections: bool = True, net_id: int = 0) -> None:
    """Save the state of the current network."""
    SESSION.network.save(filename, populations, projections)


def load(
    filename: Any, populations: bool = True, projections: bool = True, pickle_encoding: Any = None, net_id: int = 0
) -> None:
    """Load a saved state into the current network."""
    SESSION.network.load(filename, populations, projections)


def parallel_run(
    method: Callable[..., Any],
    networks: Any = None,
    number: int = 0,
    max_processes: int = -1,
    measure_time: bool = False,
    sequential: bool = False,
    same_seed: bool = False,
    annarchy_json: Any = None,
    visible_cores: Any = None,
    **options: Any,
) -> list[Any]:
    """Call ``method(k, net, ...)`` for copies of the current network, each in a process of its own."""
    if networks is not None:
        not_available("parallel_run(networks=...)", "give the number of copies of the current network")
    seeds = "same" if same_seed else "sequential"
    many = 1 if sequential else max_processes
    return SESSION.network.parallel_run(
        lambda net, run, **given: method(run, net, **given), number, many, seeds, measure_time,
        run=list(range(number)), **options,
    )  # fmt: skip


def report(filename: str = "./report.tex", network: Network | None = None, **options: Any) -> None:
    """Write the tables that describe the network, as Markdown (``.md``) or LaTeX."""
    form = "markdown" if str(filename).endswith(".md") else "latex"
    (network or SESSION.network).report(form, filename)


class Constant(float):
    """A named number that equations may use; `set` gives it another value.

    Parameters
    ----------
    name : str
    value : number
    """

    name: str

    def __new__(cls, name: str, value: float, net_id: int = 0) -> Constant:
        """Define it in the current network."""
        made = super().__new__(cls, value)
        made.name = name
        SESSION.network.constant(name, value)
        return made

    def set(self, value: float) -> None:
        """Give it another value."""
        SESSION.network.constant(self.name, value)


def timeit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Print how long each call of a function takes."""

    @functools.wraps(function)
    def timed(*args: Any, **options: Any) -> Any:
        began = time.perf_counter()
        result = function(*args, **options)
        print(f"{function.__name__} took {time.perf_counter() - began:.4f} s")
        return result

    return timed


def sparse_random_matrix(pre: Any, post: Any, proba: float, weights: Any) -> Any:
    """Return a sparse matrix (pre, post) with each entry present with a probability, for `Projection.from_sparse`.

    Parameters
    ----------
    pre, post : Population
    proba : number
    weights : number or distribution
    """
    from scipy.sparse import lil_matrix

    if not 0.0 <= proba <= 1.0:
        raise ValueProblem(f"sparse_random_matrix: proba must be between 0 and 1, not {proba}.")
    rows, columns = np.nonzero(Uniform(0.0, 1.0).get_values((pre.size, post.size), _own_seed("edges")) < proba)
    matrix = lil_matrix((pre.size, post.size))
    matrix[rows, columns] = _values(weights, rows.size, "weights")
    return matrix


def sparse_delays_from_weights(weights: Any, delays: Any) -> Any:
    """Return a sparse matrix of delays (ms) with the entries of a matrix of weights.

    Parameters
    ----------
    weights : scipy.sparse.lil_matrix
    delays : number or distribution
    """
    from scipy.sparse import lil_matrix

    rows, columns = weights.nonzero()
    matrix = lil_matrix(weights.shape)
    matrix[rows, columns] = _values(delays, rows.size, "delays")
    return matrix


def _values(values: Any, n: int, what: str) -> Any:
    return values.get_values(n, _own_seed(what)) if is_distribution(values) else np.full(n, float(values))


def _own_seed(what: str) -> int:
    """Return a seed of its own for each matrix, from the seed of the current network."""
    return SESSION.next_seed(what)
