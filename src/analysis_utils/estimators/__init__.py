"""Private frames in, numbers out: every estimate that is ever published is computed in this room, once."""
