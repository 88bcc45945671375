"""Projections: the synapses between two groups, their values and delays, and what changes them."""
