"""Ranvier beside its peers and beside hand-written C, in one run: ``python -m benchmarks --help``."""
