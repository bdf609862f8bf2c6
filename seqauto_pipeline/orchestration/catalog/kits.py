"""The enrichment kits that the models know: each has an asset of QC figures."""

from seqauto_pipeline.db.look.session import looking, sqlite_file_of
from seqauto_pipeline.db.queries.runs import known_kits
from seqauto_pipeline.errors import SeqAutoError
from seqauto_pipeline.orchestration.site import read_site


def kits_in_models() -> tuple[str, ...]:
    """List them; none where the models cannot be read, or do not exist yet.

    A kit that appears later shows its figures all the same, and its description after a reload.
    """
    try:
        url = read_site().database_url
        file = sqlite_file_of(url)
        if file is not None and not file.exists():
            return ()
        with looking(url) as session:
            return known_kits(session)
    except SeqAutoError:  # its text is in the checks of the server
        return ()
