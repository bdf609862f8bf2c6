"""URLs of the models database: their form, their driver, and their password unseen."""

import re
from pathlib import Path

from seqauto_pipeline.toml_input.wording import found

_POSTGRES_DRIVER = "postgresql+psycopg2"  # plain postgresql:// means psycopg 3 to SQLAlchemy 2.1
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:/?@\[\]]*)(:[0-9]+)?(?=[/?]|$)")


def normal_url(url: str) -> str:
    """Check a database URL and name the driver where it only says PostgreSQL.

    A complaint shows no more than the scheme: where the form is wrong a password can be anywhere.
    """
    scheme, separator, rest = url.partition("://")
    expected = "expected postgresql://USER:PASSWORD@HOST/DATABASE or sqlite:////ABSOLUTE/PATH"
    if not separator:
        raise ValueError(f"found text without '://', {expected}")
    kind = scheme.partition("+")[0]
    if kind not in {"postgres", "postgresql", "sqlite"}:
        raise ValueError(f"found the database {found(scheme)}, {expected}")
    if kind == "sqlite" and not sqlite_file(url).is_absolute():
        raise ValueError(f"found {found(url)}, {expected}")
    if kind != "sqlite" and not _HOST.match(rest.rpartition("@")[2]):
        raise ValueError(
            f"found {kind}:// with a host or port that cannot be read, {expected}, "
            "with special characters of the password written as %XX"
        )
    return f"{scheme if '+' in scheme or kind == 'sqlite' else _POSTGRES_DRIVER}://{rest}"


def sqlite_file(url: str) -> Path:
    """Give the file of an SQLite URL; not absolute when the URL names none or a relative one."""
    return Path(url.partition("://")[2].partition("?")[0].removeprefix("/"))


def masked_url(url: str) -> str:
    """Replace the password in a database URL by stars."""
    # Greedy up to the last @: a password may hold an @, : or / that somebody forgot to quote.
    masked = re.sub(r"(://[^:@/]*):.*@", r"\1:***@", url, flags=re.DOTALL)
    return re.sub(r"(?i)([?&][^=&]*password=)[^&]*", r"\1***", masked)
