"""Questions about nodes in space: who is nearest, who lies in a mask, where targets are; files and plots of that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..network import Network
from ..problems import ValueProblem
from .models_current import parrot_neuron
from .nodes import NodeView
from .space import Expression, Layer, Mask, lengths
from .synapses import static_synapse
from .units import in_unit

if TYPE_CHECKING:
    from .simulator import Simulator

__all__ = [
    "Distance", "center_element", "dump_layer_connections", "dump_layer_nodes", "nearest_element",
    "plot_layer", "plot_probability_parameter", "plot_sources", "plot_targets", "select_nodes_by_mask", "target_nodes",
    "target_positions",
]  # fmt: skip

Points = NDArray[np.float64]


def _points(layer: Any, what: str) -> Points:
    """Return the positions of a layer, or of the nodes of a view, in um."""
    if isinstance(layer, Layer):
        if layer.coords is None:
            raise ValueProblem(
                f"{what}: these positions are drawn when a population is created.", help="give the population"
            )
        return layer.coords
    if isinstance(layer, NodeView) and len(layer.segments) == 1:
        segment = layer.segments[0]
        if segment.node.positions is not None:
            return segment.node.positions[segment.indices]
    raise ValueProblem(f"{what} takes a layer, or a view of one population with positions, not {layer!r}.")


def center_element(layer: Layer | NodeView) -> int:
    """Return the number of the node next to the mean of all positions; of several the first."""
    points = _points(layer, "spatial.center_element")
    return int(np.argmin(np.sum((points - points.mean(axis=0)) ** 2, axis=1)))


def nearest_element(layer: Layer | NodeView, locations: Any, find_all: bool = False) -> Any:
    """Return the number of the node next to a place.

    Parameters
    ----------
    layer : Layer or NodeView
    locations : array of lengths, um
        One place, or a list of them.
    find_all : bool
        Return a list of all nodes that are equally near, instead of the first.

    Returns
    -------
    int or list
        With several places a list with an entry for each.
    """
    points, places = _points(layer, "spatial.nearest_element"), lengths(locations, "spatial.nearest_element: locations")
    found: list[Any] = []
    for place in np.atleast_2d(places):
        far = np.sqrt(np.sum((points - place) ** 2, axis=1))
        near = np.flatnonzero(far - far.min() <= 1e-14 * far.min())
        found.append(near.tolist() if find_all else int(near[0]))
    return found[0] if places.ndim == 1 else found


def Distance(first: Layer | NodeView, second: Layer | NodeView) -> Any:
    """Return the distance of each node of one layer from each of another, shape (n, m), um."""
    a, b = (_points(layer, "spatial.Distance") for layer in (first, second))
    return np.sqrt(np.sum((a[:, None, :] - b[None, :, :]) ** 2, axis=2))


def select_nodes_by_mask(layer: Layer | NodeView, anchor: Any, mask: Mask) -> NDArray[np.int64]:
    """Return the numbers of the nodes in a mask that lies at a place (um), ascending."""
    points = _points(layer, "spatial.select_nodes_by_mask")
    if not isinstance(mask, Mask):
        raise ValueProblem(f"spatial.select_nodes_by_mask: mask must be a mask such as circular(1.0), not {mask!r}.")
    place = lengths(anchor, "spatial.select_nodes_by_mask: anchor")
    return np.flatnonzero(_values(Expression("ite(", mask.condition, ", 1.0, 0.0)"), place, points))


def _values(expression: Expression, place: Points, points: Points) -> Points:
    """Return the values of an expression between a node at a place and nodes at points."""
    net = Network(dt=1.0, seed=0, engine="reference")
    ends = [net.create(len(rows), parrot_neuron.neuron) for rows in (place[None, :], points)]
    for end, rows in zip(ends, (place[None, :], points), strict=True):
        end.positions = rows
    projection = net.connect(ends[0], ends[1], "spike", static_synapse.synapse)
    projection.all_to_all(weights=expression.inlined())
    return np.array(projection.w)


def target_nodes(sim: Simulator, source: NodeView, target: NodeView) -> list[NDArray[np.int64]]:
    """Return the targets of each node of a view, by their indices in their population, ascending and each once."""
    edges = sim.get_connections(source=source, target=target)
    return [np.unique(edges.target[edges.source == k]) for k in _indices(source, "spatial.target_nodes")]


def target_positions(sim: Simulator, source: NodeView, target: NodeView) -> list[Any]:
    """Return where the targets of each node of a view are, each of shape (k, ndim), um."""
    whole = _whole(target, "spatial.target_positions")
    return [sim._units.wrap(whole[found], "um") for found in target_nodes(sim, source, target)]


def _indices(view: NodeView, what: str) -> NDArray[np.int64]:
    if not isinstance(view, NodeView) or len(view.segments) != 1:
        raise ValueProblem(f"{what} takes a view of one population, not {view!r}.")
    return view.segments[0].indices


def _whole(view: NodeView, what: str) -> Points:
    """Return the positions of all nodes of the population of a view."""
    _indices(view, what)
    _points(view, what)
    return np.asarray(view.segments[0].node.positions)


# -- files ---------------------------------------------------------------------------------------------


def dump_layer_nodes(sim: Simulator, view: NodeView, outname: str | Path) -> str:
    """Write a line with number and position (um) for each node; return the text."""
    rows = zip(_indices(view, "spatial.dump_layer_nodes"), _points(view, "spatial.dump_layer_nodes"), strict=True)
    return _written(outname, [(int(k), *place) for k, place in rows])


def dump_layer_connections(sim: Simulator, source: NodeView, target: NodeView, outname: str | Path) -> str:
    """Write a line for each edge: source, target, weight, delay (ms), displacement (um); return the text."""
    what = "spatial.dump_layer_connections"
    first, last = _whole(source, what), _whole(target, what)
    edges = sim.get_connections(source=source, target=target)
    weights = np.concatenate([np.zeros(0), *(c.read("w")[own] for c, own in edges._chosen)])
    delays = in_unit(edges.get("delay"), "ms", what)
    rows = zip(edges.source, edges.target, weights, delays, strict=True)
    return _written(outname, [(int(i), int(j), w, d, *(last[j] - first[i])) for i, j, w, d in rows])


def _written(outname: str | Path, rows: Sequence[tuple[float, ...]]) -> str:
    text = "".join(" ".join(f"{value:.12g}" for value in row) + "\n" for row in rows)
    Path(outname).write_text(text, encoding="utf-8")
    return text


# -- plots ---------------------------------------------------------------------------------------------


def plot_layer(layer: Layer | NodeView, fig: Any = None, nodecolor: Any = "b", nodesize: float = 20) -> Any:
    """Draw the nodes of a layer; return the figure."""
    return _scatter(fig, [(_points(layer, "spatial.plot_layer"), nodecolor, nodesize)])


def plot_targets(
    sim: Simulator, src_node: NodeView, target: NodeView, fig: Any = None, src_color: Any = "red", src_size: float = 50,
    tgt_color: Any = "b", tgt_size: float = 20,
) -> Any:  # fmt: skip
    """Draw a node and its targets; return the figure."""
    what = "spatial.plot_targets"
    found = target_nodes(sim, src_node, target)[0]
    own = _points(src_node, what)[:1]
    return _scatter(fig, [(_whole(target, what)[found], tgt_color, tgt_size), (own, src_color, src_size)])


def plot_sources(
    sim: Simulator, source: NodeView, tgt_node: NodeView, fig: Any = None, src_color: Any = "b", src_size: float = 20,
    tgt_color: Any = "red", tgt_size: float = 50,
) -> Any:  # fmt: skip
    """Draw a node and its sources; return the figure."""
    what = "spatial.plot_sources"
    found = np.unique(sim.get_connections(source=source, target=tgt_node[0]).source)
    own = _points(tgt_node, what)[:1]
    return _scatter(fig, [(_whole(source, what)[found], src_color, src_size), (own, tgt_color, tgt_size)])


def plot_probability_parameter(
    kernel: Any, mask: Mask | None = None, extent: Sequence[Any] = (-0.5, 0.5, -0.5, 0.5),
    shape: tuple[int, int] = (100, 100), fig: Any = None, cmap: str = "Greys",
) -> Any:  # fmt: skip
    """Draw the probability of a connection from a node at the origin; return the figure.

    Parameters
    ----------
    kernel : Expression or number
    mask : Mask, optional
        Nothing is connected outside it.
    extent : sequence of lengths, um
        Least and greatest x, least and greatest y.
    shape : tuple of int
        How many points in x and y.
    """
    limits = lengths(extent, "spatial.plot_probability_parameter: extent")
    x, y = np.linspace(limits[0], limits[1], shape[0]), np.linspace(limits[2], limits[3], shape[1])
    points = np.stack([axis.reshape(-1) for axis in np.meshgrid(x, y)], axis=1)
    origin = np.zeros(2)
    chance = _values(kernel if isinstance(kernel, Expression) else Expression(kernel), origin, points)
    if mask is not None:
        chance *= _values(Expression("ite(", mask.condition, ", 1.0, 0.0)"), origin, points)
    axes = _axes(fig, 2)
    axes.imshow(
        np.clip(chance, 0.0, 1.0).reshape(y.size, x.size), origin="lower", extent=limits.tolist(), cmap=cmap,
        aspect="auto",
    )  # fmt: skip
    return axes.figure


def _axes(fig: Any, ndim: int) -> Any:
    import matplotlib.pyplot as plt

    figure = plt.figure() if fig is None else fig
    return figure.axes[0] if figure.axes else figure.add_subplot(projection="3d" if ndim == 3 else None)


def _scatter(fig: Any, groups: Sequence[tuple[Points, Any, float]]) -> Any:
    axes = _axes(fig, groups[0][0].shape[1])
    for points, color, size in groups:
        axes.scatter(*points.T, c=color, s=size)
    return axes.figure
