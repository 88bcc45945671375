"""Is it right? Two engines compared bit for bit, two step sizes, and parameters that nothing reads."""
