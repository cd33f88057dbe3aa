"""The runner: notebooks of a round → tables, figures, pages. doit decides what is stale, kernels execute it, and the
result takes the place of the earlier one only when it is whole. `report.run_rounds` is the way in."""
