"""Chance that repeats: the same words give the same numbers."""

import random


def seeded(*words: object) -> random.Random:
    """Give a generator of numbers that depend on the words only."""
    return random.Random("/".join(map(str, words)))  # noqa: S311  (nothing secret is made of it)
