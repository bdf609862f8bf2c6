"""What the asset server_status shows of a server that is not well."""

import re

from seqauto_pipeline.monitoring.readings import Reading, Standing
from seqauto_pipeline.orchestration.status_asset import status_metadata

PATH = "/srv/sequencing/seqauto/home/of_the_laboratory/seqauto.db"


def test_what_is_wrong_has_no_word_that_makes_the_table_of_a_page_too_wide():
    lost = Reading("database", Standing.WRONG, f"{PATH} is gone", "Run `seqauto restore`.")
    silent = Reading("root", Standing.UNKNOWN, f"{PATH} does not answer")

    shown = status_metadata((lost, silent))

    texts = [shown[each].value for each in ("database", "root", "all that was looked at")]
    parts = [part for text in texts for part in re.split(r"[\s\u200b]+", text)]
    assert max(map(len, parts)) < 20
    assert PATH in re.sub("[\u200b\\\\]", "", texts[0])
