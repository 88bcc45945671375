"""Monitors: what they keep, where they keep it, and what they tell of it."""
