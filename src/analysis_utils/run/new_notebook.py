"""A notebook for an analyst's own question: contract, parameter cell, example cells that run on any round."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from ..errors import DataError
from ..rounds import notebook_folder, open_round

FIRST_NUMBER = 12
INTRODUCTION = """\
# {title}

Worum geht es, und wer hat danach gefragt? Diese Seite zeigt,

1. wie gefragt wurde,
2. was sich ergibt, für alle und für Teile der Antwortenden.

**Gelesen werden** die Antworten der Runde, die vertraulich sind. **Geschrieben werden** die Zahlen, die `publish` \
freigibt, und die Abbildungen dazu im Ordner `figures` des Berichts.

**Der wichtigste Vorbehalt:** Diese Frage wurde gestellt, als die Antworten schon vorlagen. Was hier auffällt, ist ein \
Hinweis und noch kein Befund."""
CELLS: tuple[tuple[str, str, str], ...] = (
    ("code", "parameters", 'ROUND = "{round}"'),
    (
        "code",
        "",
        "from analysis_utils import dots, estimate, open_round, publish, say, show, table\n\n"
        "round_ = open_round(ROUND)",
    ),
    ("code", "remove_cell", "round_  # was diese Runde enthält; diese Zelle steht auf keiner Seite"),
    ("markdown", "", "## Wie wurde gefragt?"),
    (
        "code",
        "",
        'for frage in (*round_.questions("points"), *round_.questions("scale")[:1]):\n    show(say(frage))',
    ),
    ("markdown", "", "## Was ergibt sich für alle?"),
    (
        "code",
        "",
        'for frage in round_.questions("points"):\n'
        '    show(dots(publish(estimate(round_.points(frage), ["mean", "share_giving"]))))',
    ),
    (
        "markdown",
        "",
        "## Wie antworten Teile der Antwortenden?\n\n"
        "Jede Reihe über dieselben Personen kann aufteilen: eine andere Antwort, eine Gruppe, mehrere gekreuzt. "
        "Gezeigt werden Klassen mit genug Personen; kleinere werden zusammengefasst.",
    ),
    (
        "code",
        "",
        'for skala in round_.questions("scale")[:1]:\n'
        "    werte = round_.scale(skala)\n"
        '    haelfte = (werte >= werte.median()).map({True: "obere Werte", False: "untere Werte"})\n'
        '    for frage in round_.questions("points")[:1]:\n'
        '        nach_haelfte = publish(estimate(round_.points(frage), "mean", by=haelfte), name="haelfte")\n'
        "        show(dots(nach_haelfte), table(nach_haelfte))",
    ),
    ("markdown", "remove_cell", "## Ausprobieren\n\nZellen mit dem Schlagwort `remove_cell` stehen auf keiner Seite."),
    (
        "code",
        "remove_cell",
        'for frage in round_.questions("points"):\n    display(round_.points(frage).describe())',
    ),
)


def make_notebook(title: str, *, notebooks: Path | None = None, data: Path | None = None) -> Path:
    """Write the notebook with the next free number; returns its path. Raises: DataError for a title without letters."""
    import nbformat

    folder = notebooks or notebook_folder()
    words = unicodedata.normalize("NFKD", title.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:40].strip("_")
    if not slug or not title.isprintable():
        raise DataError("new-notebook", "a title with letters", f"“{title[:60]}”")
    taken = {int(path.name[:2]) for path in folder.glob("[0-9][0-9]_*.ipynb")}
    number = next((one for one in range(FIRST_NUMBER, 100) if one not in taken), None)
    if number is None:
        raise DataError(folder, "a free number from 12 to 99", "none", remedy="rename or remove a notebook")
    name = open_round(None, **({"data": data} if data else {})).name
    made = nbformat.v4.new_notebook(metadata={"kernelspec": _KERNEL, "language_info": {"name": "python"}})
    first = INTRODUCTION.replace("{title}", " ".join(title.split()))
    for place, (kind, tag, source) in enumerate((("markdown", "", first), *CELLS)):
        about = {"tags": [tag]} if tag else {}
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        text = source.replace("{round}", name) if kind == "code" else source
        made.cells.append(make(text, id=f"{number}-{place:02}", metadata=about))
    path = folder / f"{number}_{slug}.ipynb"
    path.write_text(nbformat.writes(made) + "\n", encoding="utf-8", newline="\n")
    return path


_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
