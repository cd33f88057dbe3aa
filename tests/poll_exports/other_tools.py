"""Files of other poll tools, written by the layouts that docs/poll-tools.md describes. One poll in all of them: 40
people, their group, a scale of 1–10, an agreement in words, topics of which several could be chosen, a remark, and
where the tool has them points or ranks."""

from __future__ import annotations

import csv
import datetime
import io
import json
import random
from pathlib import Path
from typing import Any

import xlsxwriter

PEOPLE = 40
GROUPS = ("Wirtschaft", "Politik", "Wissenschaft")
AREAS = ("Photovoltaik", "Windkraft", "Wasserstoff", "Speicher", "Netze", "Wärme")
TOPICS = ("Kosten", "Netze, Speicher", "Verkehr", "Bauen")
STEPS = ("stimme voll zu", "stimme eher zu", "teils/teils", "stimme eher nicht zu", "stimme gar nicht zu")
STATEMENTS = ("Es geht schnell genug", "Es ist gerecht verteilt")
GROUP, FOCUS, TOPIC = "Welcher Gruppe gehören Sie an?", "Wie stark ist der Fokus?", "Welche Themen fehlen?"
AGREE, POINTS, RANK, REMARK = "Wie sehen Sie das?", "Verteilen Sie 100 Punkte", "Ordnen Sie", "Was noch?"
FIRST_NAMES, MAIL = "Vorname{}", "person{}@example.org"


def people(seed: int = 5) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    found = []
    for number in range(PEOPLE):
        cuts = sorted(chance.sample(range(1, 20), len(AREAS) - 1))
        points = [5 * (b - a) for a, b in zip([0, *cuts], [*cuts, 20], strict=True)]
        chosen = chance.sample(TOPICS, chance.randint(1, 3))
        found.append(
            {
                "group": chance.choice(GROUPS),
                "focus": chance.randint(1, 10),
                "topics": [topic for topic in TOPICS if topic in chosen],
                "agree": [chance.choice(STEPS) for _ in STATEMENTS],
                "points": points,
                "ranks": chance.sample(AREAS[:4], 4),
                "remark": f"Bemerkung {number} über Leitungen, Dächer und Preise" if number % 3 == 0 else "",
                "skipped": number == 7,
            }
        )
    return found


def _csv(
    path: Path, rows: list[list[Any]], delimiter: str = ",", *, quote: int = csv.QUOTE_MINIMAL, bom: str = ""
) -> Path:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, quoting=quote, lineterminator="\r\n").writerows(rows)
    path.write_bytes((bom + stream.getvalue()).encode())
    return path


def _xlsx(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime.datetime):
                        sheet.write_datetime(at, column, cell, when)
                    elif cell not in ("", None):
                        sheet.write(at, column, cell)
    return path


def limesurvey(path: Path, heading: str = "text") -> Path:
    """`heading`: code, text or both."""
    about = [("id", "Antwort ID"), ("submitdate", "Datum Abgeschickt"), ("lastpage", "Letzte Seite"),
             ("startlanguage", "Start-Sprache"), ("seed", "Zufallsstartwert"), ("ipaddr", "IP-Adresse")]  # fmt: skip
    asked = [("G", GROUP), ("F", FOCUS)]
    asked += [(f"T[SQ00{n}]", f"{TOPIC} [{topic}]") for n, topic in enumerate(TOPICS, 1)]
    asked += [("T[other]", f"{TOPIC} [Sonstiges]")]
    asked += [(f"A[SQ00{n}]", f"{AGREE} [{statement}]") for n, statement in enumerate(STATEMENTS, 1)]
    asked += [(f"P[SQ00{n}]", f"{POINTS} [{area}]") for n, area in enumerate(AREAS, 1)]
    asked += [(f"R[{n}]", f"{RANK} [Rang {n}]") for n in range(1, 5)] + [("W", REMARK)]
    names = {"code": lambda one: one[0], "text": lambda one: one[1], "both": lambda one: f"{one[0]}. {one[1]}"}
    rows: list[list[Any]] = [[names[heading](one) for one in (*about, *asked)]]
    for number, person in enumerate(people(), 1):
        head = [number, f"2025-11-12 10:{number:02}:11", 3, "de", 1000 + number, f"10.0.0.{number}"]
        if person["skipped"]:
            rows.append([*head, *[""] * len(asked)])
            continue
        ticks = ["Y" if topic in person["topics"] else "" for topic in TOPICS]
        points = [points or "" for points in person["points"]]
        other = "Ein eigenes Thema" if number == 3 else ""
        rows.append([*head, person["group"], person["focus"], *ticks, other, *person["agree"], *points,
                     *person["ranks"], person["remark"]])  # fmt: skip
    return _csv(path, [*rows, []], ";", quote=csv.QUOTE_ALL, bom="\ufeff")


def ms_forms(path: Path, *, german: bool = False) -> Path:
    head = ["ID", "Start time", "Completion time", "Email", "Name"]
    if german:
        head = ["ID", "Startzeit", "Fertigstellungszeit", "E-Mail", "Name"]
    rows: list[list[Any]] = [[*head, GROUP, f"{FOCUS}\n", TOPIC, *STATEMENTS, RANK, REMARK]]
    for number, person in enumerate(people(), 1):
        start = datetime.datetime(2025, 11, 12, 10, number)
        about = [number, start, start + datetime.timedelta(minutes=2), MAIL.format(number), FIRST_NAMES.format(number)]
        topics = "".join(f"{topic};" for topic in person["topics"])
        ranks = "".join(f"{area};" for area in person["ranks"])
        given = [person["group"], person["focus"], topics, *person["agree"], ranks, person["remark"]]
        rows.append(about + ([] if person["skipped"] else given))
    return _xlsx(path, {"Sheet1": rows})


def google_forms(path: Path, mark: str = ";") -> Path:
    grid = [f"{AGREE} [{statement}]" for statement in STATEMENTS]
    rows: list[list[Any]] = [["Zeitstempel", "E-Mail-Adresse", GROUP, FOCUS, TOPIC, *grid, REMARK]]
    for number, person in enumerate(people(), 1):
        about = [f"12.11.2025 10:{number:02}:41", MAIL.format(number)]
        given = [person["group"], person["focus"], mark.join(person["topics"]), *person["agree"], person["remark"]]
        rows.append(about + ([""] * len(given) if person["skipped"] else given))
    return _csv(path, rows, quote=csv.QUOTE_ALL)


def wooclap(path: Path) -> Path:
    asked = people()
    main: list[list[Any]] = [["#", "Username", "First name", "Last name", "Email", "Q1 (1 pts)", "Q2", "Q3", "Total"]]
    for number, person in enumerate(asked, 1):
        given = [f"V - {person['group']}" if person["group"] == GROUPS[0] else f"X - {person['group']}",
                 ", ".join(person["topics"]), person["remark"] or "/"]  # fmt: skip
        given = ["/", "/", "/"] if person["skipped"] else given
        main.append([str(number), "gast", "", FIRST_NAMES.format(number), "", *given, "1 / 2"])
    main.append(["", "", "", "", "", "33%", "", "", "50%"])
    there = [person for person in asked if not person["skipped"]]
    votes = {group: sum(p["group"] == group for p in there) for group in GROUPS}
    topics = {topic: sum(topic in p["topics"] for p in there) for topic in TOPICS}

    def sheet(title: str, counts: dict[str, int]) -> list[list[Any]]:
        rows: list[list[Any]] = [[title], [], ["Choice", "Number of votes", "%", "Comments"]]
        rows += [[label, str(count), f"{count}%", ""] for label, count in counts.items()]
        return [*rows, [], ["Number of participants", str(len(asked)), "100%"], ["By web", str(len(there))]]

    open_ = [[REMARK], [], ["Answers"], *([p["remark"]] for p in there if p["remark"])]
    return _xlsx(path, {"Main results": main, "Q1": sheet(GROUP, votes), "Q2": sheet(TOPIC, topics), "Q3": open_})


def poll_everywhere(path: Path) -> Path:
    head = ["Received at (CST)", "First name", "Last name", "Email", "Custom report ID", "Screen name",
            "Participant ID", "Response method", "Response", "Correctness", "Moderated", "Prior run name",
            "Prior run time (CST)", "Activity title", "Activity type", "Presenter", "Presenter ID"]  # fmt: skip
    rows: list[list[Any]] = [head]
    for number, person in enumerate(people(), 1):
        given = [(GROUP, "Multiple choice", person["group"])]
        given += [(TOPIC, "Multiple choice", topic) for topic in person["topics"]]
        given += [(RANK, "Ranking", ", ".join(person["ranks"]))]
        given += [(REMARK, "Open ended", person["remark"])] if person["remark"] else []
        for title, kind, response in [] if person["skipped"] else given:
            about = [
                f"11/12/25 10:{number:02}",
                FIRST_NAMES.format(number),
                "N",
                MAIL.format(number),
                "",
                f"nick{number}",
            ]
            about += [str(900 + number), "web", response, "", "", "", ""]
            rows.append([*about, title, kind, "Frau Vortrag", "17"])
    return _csv(path, rows)


def paper(path: Path) -> Path:
    rows: list[list[Any]] = [["Nr.", "Name", "Gruppe", "Fokus", *AREAS, "Themen", "Zustimmung", "Bemerkung"]]
    for number, person in enumerate(people(), 1):
        given = [person["group"], person["focus"], *(points or "" for points in person["points"]),
                 "; ".join(person["topics"]), person["agree"][0], person["remark"]]  # fmt: skip
        rows.append([number, FIRST_NAMES.format(number), *([""] * len(given) if person["skipped"] else given)])
    return _csv(path, rows, ";")


def particify(path: Path, *, linked: bool = True, only: str = "") -> Path:
    """A room as the programming interface gives it; `only` one format of question, `linked` with who answered."""

    def options(labels: tuple[str, ...]) -> list[dict[str, str]]:
        return [{"label": label} for label in labels]

    contents: list[dict[str, Any]] = [
        {"id": "c1", "format": "CHOICE", "body": GROUP, "options": options(GROUPS), "multiple": False},
        {"id": "c2", "format": "CHOICE", "body": TOPIC, "options": options(TOPICS), "multiple": True},
        {"id": "c3", "format": "PRIORITIZATION", "body": POINTS, "options": options(AREAS), "assignablePoints": 100},
        {"id": "c4", "format": "SORT", "body": RANK, "options": options(AREAS[:4])},
        {"id": "c5", "format": "TEXT", "body": REMARK},
    ]
    contents = [one for one in contents if only in ("", one["format"])]
    answers = []
    for number, person in enumerate(people(), 1):
        gone = person["skipped"]
        given = {
            "c1": {"selectedChoiceIndexes": [] if gone else [GROUPS.index(person["group"])]},
            "c2": {"selectedChoiceIndexes": [] if gone else [TOPICS.index(one) for one in person["topics"]]},
            "c3": {"assignedPoints": [] if gone else person["points"]},
            "c4": {"selectedChoiceIndexes": [] if gone else [AREAS.index(one) for one in person["ranks"]]},
            "c5": {"body": person["remark"]} if person["remark"] and not gone else {"body": ""},
        }
        who = {"creatorId": f"person{number}@example.org"} if linked else {}
        for content in contents:
            about = {"contentId": content["id"], "format": content["format"], "round": 1}
            answers.append({**about, **who, **given[content["id"]]})
    path.write_text(json.dumps({"contents": contents, "answers": answers}, ensure_ascii=False), encoding="utf-8")
    return path
