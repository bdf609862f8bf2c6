from seqauto_pipeline.db.queries.runs import run_ids
from seqauto_pipeline.views.matrix import matrix
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.run_page import run_page
from seqauto_pipeline.views.runs import run_lines
from seqauto_pipeline.views.whole_runs import whole_runs


def test_many_runs_at_once_have_what_the_page_of_each_has(models: OpenModels) -> None:
    ids = run_ids(models.session)
    pages = {run_id: run_page(models, _run(models, run_id)) for run_id in ids}
    lines = {line.run.id: line for line in run_lines(models, ids)}

    found = {whole.run.id: whole for whole in whole_runs(models, ids)}

    assert tuple(found) == ids
    for run_id, whole in found.items():
        page, line = pages[run_id], lines[run_id]
        assert matrix(whole.samples, whole.files) == page.rows
        assert whole.tallies == line.files
        assert whole.when == page.when
        assert whole.unexpected == page.unexpected
        assert {each.id for each in page.messages} <= {each.id for each in whole.messages}
        assert whole.line.data_state == line.data_state


def _run(models: OpenModels, run_id: int):
    (line,) = run_lines(models, (run_id,))
    return line.run
