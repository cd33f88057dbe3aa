"""Published rows -> what readers see and take along: charts described once (`chart`) and drawn on screen, on paper and
on slides; tables for spreadsheets (`published`). Knows no private table."""
