"""What a round is and where its files lie: `round.yml`, codebook, crosswalk between rounds, how long files are kept."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
