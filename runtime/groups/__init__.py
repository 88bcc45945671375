"""Neurons: populations and views of them, their values, places, links and latest spikes."""
