"""A whole round: its private frames opened, all its estimates through the gate, what was released of it."""
