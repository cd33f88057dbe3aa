"""Findings: German sentences that assert conditions over `estimates`, and the verdicts the numbers give them."""
