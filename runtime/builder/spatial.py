"""Nodes in space, by NEST's names: layers, masks, probabilities; questions about where nodes and their targets are."""

from __future__ import annotations

from .layers import (
    Distance,
    center_element,
    dump_layer_connections,
    dump_layer_nodes,
    nearest_element,
    plot_layer,
    plot_probability_parameter,
    plot_sources,
    plot_targets,
    select_nodes_by_mask,
    target_nodes,
    target_positions,
)
from .space import (
    Expression,
    Layer,
    Mask,
    box,
    circular,
    distance,
    doughnut,
    ellipsoidal,
    elliptical,
    exponential,
    free,
    gabor,
    gamma,
    gaussian,
    gaussian2D,
    grid,
    rectangular,
    source_pos,
    spatial_pairwise_bernoulli,
    spherical,
    target_pos,
)

__all__ = [
    "Distance", "Expression", "Layer", "Mask", "box", "center_element", "circular", "distance", "doughnut",
    "dump_layer_connections", "dump_layer_nodes", "ellipsoidal", "elliptical", "exponential", "free", "gabor", "gamma",
    "gaussian", "gaussian2D", "grid", "nearest_element", "plot_layer", "plot_probability_parameter", "plot_sources",
    "plot_targets", "rectangular", "select_nodes_by_mask", "source_pos", "spatial_pairwise_bernoulli", "spherical",
    "target_nodes", "target_pos", "target_positions",
]  # fmt: skip
