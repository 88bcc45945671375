"""Hand-written C for the same work: the ceiling that generated code is measured against."""
