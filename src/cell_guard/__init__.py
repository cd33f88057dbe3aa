"""Which table of which people may be shown, given a rule and what is already out."""
