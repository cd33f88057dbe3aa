"""Headings of comparisons."""

from __future__ import annotations

from analysis_utils.pages.comparison import headed


def test_a_label_that_is_a_question_keeps_its_mark():
    assert (headed("Fokusbereiche"), headed("Was zuerst?")) == ("Fokusbereiche:", "Was zuerst?")
