"""The error that all others are."""

from typing import ClassVar


class SeqAutoError(Exception):
    """Base class. ``fix`` is what the operator should do next and ends every message."""

    fix: ClassVar[str] = ""
    names_the_unknown: ClassVar[bool] = False  # a person named what is not known

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # args mirror each subclass's signature, so it pickles
