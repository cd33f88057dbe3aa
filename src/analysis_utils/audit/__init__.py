"""Published figures -> what they fix and what they leave open, in exact whole numbers. Knows no private table."""
