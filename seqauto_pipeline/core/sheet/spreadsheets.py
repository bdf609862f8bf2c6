"""What spreadsheets make of values: numbers, dates, errors, and columns too narrow."""

import re

# Of English, German, French, Spanish and Italian spreadsheets, which write three or four letters
_MONTH = (
    r"(?:jan|janv|ene|gen|feb|f[eé]vr|mar|mrz|m[äa]r|mars|apr|avr|abr|may|mai|mag|jun|juin|giu|jul|"
    r"juil|lug|aug|ago|ao[uû]t|sep|sept|set|oct|okt|ott|nov|dec|dez|d[eé]c|dic)"
)
_DATE = "a date that a spreadsheet made of another value"
_TURNED = (
    (
        re.compile(r"\d(?:[.,]\d+)?E[+-]\d{1,3}", re.IGNORECASE),
        "a number that a spreadsheet wrote in scientific notation",
    ),
    (re.compile(r"\d+[.,]0+"), "a number that a spreadsheet gave decimals"),
    (
        re.compile(rf"\d{{1,2}}[-./ ]{{1,2}}{_MONTH}\.?(?:[-./ ]\d{{2,4}})?", re.IGNORECASE),
        _DATE,
    ),
    (re.compile(rf"{_MONTH}\.?[-/ ]\d{{2,4}}", re.IGNORECASE), _DATE),
    (re.compile(r"\d{1,2}([./])\d{1,2}\1(?:\d{2}|\d{4})(?: \d{1,2}:\d{2}.*)?"), _DATE),
    (re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{1,2}:\d{2}.*)?"), _DATE),
    (re.compile(r"#{3,}"), "what a spreadsheet shows in a column that is too narrow"),
    (
        re.compile(r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|NV|BEZUG!|WERT!)"),
        "an error value of a spreadsheet",
    ),
)
_AT_RISK = re.compile(
    r"(?:jan|feb|mar|march|apr|april|may|jun|june|jul|july|aug|sep|sept|oct|nov|dec)-?\d{1,2}",
    re.IGNORECASE,
)
_LONGEST = 40  # characters of what a spreadsheet makes of a number or date


def turned_by_spreadsheet(value: str) -> str | None:
    """Say what a spreadsheet seems to have turned a value into; None where it seems untouched."""
    if len(value) > _LONGEST or value.isalnum():  # each of them holds a sign or a blank
        return None
    return next((kind for pattern, kind in _TURNED if pattern.fullmatch(value)), None)


def is_at_risk(value: str) -> bool:
    """Tell a value that a spreadsheet would make a date of, such as the gene MARCH1."""
    return _AT_RISK.fullmatch(value) is not None
