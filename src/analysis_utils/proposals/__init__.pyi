from .files import make_round as make_round
from .inspection import describe as describe, inspect as inspect
