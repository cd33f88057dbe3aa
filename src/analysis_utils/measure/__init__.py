"""Private tables in, `estimates` out: every number that is ever published is computed in this room, once."""
