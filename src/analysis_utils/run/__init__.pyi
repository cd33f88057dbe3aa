from .finish import make_slides as make_slides, released_stamp as released_stamp
from .kernels import Kernels as Kernels
from .new_notebook import make_notebook as make_notebook
from .release import drafts_that_left as drafts_that_left, release_round as release_round, standing as standing
from .report import Options as Options, progress as progress, run_rounds as run_rounds
