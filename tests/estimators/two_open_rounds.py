"""Two small rounds on disk with the same scale question."""

import numpy as np
from measure_tables import CODEBOOK, make_round, make_tables

from analysis_utils import open_round
from analysis_utils.tables import write_table


def two_rounds(folder):
    """Thirty people each; the later ones answer a little higher."""
    from ruamel.yaml import YAML

    found = []
    for number, name in enumerate(("r1", "r2")):
        raw = folder / "raw" / name
        raw.mkdir(parents=True)
        YAML().dump(CODEBOOK.model_dump(mode="json"), folder / "codebook.yml")
        file = make_round().file.model_dump(mode="json", exclude_defaults=True)
        questions = [question | {"id": "s"} for question in file["questions"] if question["type"] == "scale"]
        YAML().dump(file | {"questions": questions, "date": f"2025-0{number + 1}-01"}, raw / "round.yml")
        values = np.random.default_rng(number).integers(1 + number, 11, 30).tolist()
        voters, answers = make_tables(scales={"s": values})
        for kind, table in (("voters", voters), ("answers", answers)):
            write_table(table, kind, folder / "processed" / name / f"{kind}.parquet")
        found.append(open_round(name, data=folder))
    return found
