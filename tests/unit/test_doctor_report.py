"""The doctor's report reads well on a screen of any width."""

from __future__ import annotations

from doctor.report import Finding, Report, State


def test_report_is_aligned_and_fits() -> None:
    """Long sentences go on below themselves, and cures stand out."""
    report = Report(
        (
            Finding("settings", State.OK, "Fine."),
            Finding("x", State.BAD, "word " * 40, "do " * 60),
        )
    )
    lines = report.text().splitlines()
    assert lines[0] == "ok    settings  Fine."
    assert lines[1].startswith("bad   x         word word")
    assert lines[2].startswith("                word")
    assert [line for line in lines if len(line) > 100] == []
    assert any(line.startswith("                -> do do") for line in lines)
    assert lines[-1] == "1 problem. The lines marked with -> say what to do."
