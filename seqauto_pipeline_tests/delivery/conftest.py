"""Fixtures of the tests of deliveries."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab


@pytest.fixture(scope="session")
def running_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    api = Api(tmp_path_factory.mktemp("api"))
    api.start()
    yield api
    api.stop()


@pytest.fixture
def api(running_api: Api) -> Api:
    """A server that has been told nothing."""
    running_api.empty()
    return running_api


@pytest.fixture
def lab(tmp_path: Path, api: Api, on_each_database: str) -> SendingLab:
    """A laboratory that delivers to that server."""
    return SendingLab(tmp_path, api)
