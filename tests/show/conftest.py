"""Small rounds of the tests of pages serve here, too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "publish"))  # small_rounds
