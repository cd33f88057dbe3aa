"""Which table of which people may be shown, given a rule and what is already out."""

from .cuts import CAPPED, JOINED, NOBODY, SMALL, TOLD, Cut, Guard, Rule, coarsen, merge
from .span import lightest

__all__ = ["CAPPED", "JOINED", "NOBODY", "SMALL", "TOLD", "Cut", "Guard", "Rule", "coarsen", "lightest", "merge"]
