"""Senders that are killed at random moments: real processes, SIGKILL."""

import os
import random
import signal
import time
from pathlib import Path

from seqauto_pipeline_tests.delivery.agreement import disagreements
from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab
from seqauto_pipeline_tests.scan.run_folder import samples

_LONGEST_LIFE = 0.8  # seconds of sending, before the kill


def killed_deliveries(folder: Path, api: Api, kills: int, seed: int) -> list[str]:
    """Kill senders at random moments, then deliver to the end; give what does not agree."""
    chance = random.Random(seed)
    api.empty()
    lab = SendingLab(folder, api)
    lab.environ |= {
        "SEQAUTO_DELIVERY_SETTLE_SECONDS": "1.0",
        "SEQAUTO_DELIVERY_PAUSE_SECONDS": "0.02",
        "SEQAUTO_DELIVERY_BATCH_RECORDS": "2",
    }
    number = 0
    for _ in range(kills):
        if not lab.home.joinpath("seqauto.db").exists() or not _has_work(lab):
            number += 1
            lab.run(number, rows=samples("S1", "S2", "S3", "S4")).complete()
            lab.scan()
        _kill_a_sender(lab, chance.uniform(0.0, _LONGEST_LIFE))
    lab.deliver()
    lab.make_due()
    lab.deliver()
    return disagreements(lab, api)


def _has_work(lab: SendingLab) -> bool:
    return bool({"due", "waiting", "in_flight"} & set(lab.states_by_thing().values()))


def _kill_a_sender(lab: SendingLab, life: float) -> None:
    sender = os.fork()
    if sender == 0:
        try:
            lab.deliver()
        finally:
            os._exit(0)
    time.sleep(life)
    os.kill(sender, signal.SIGKILL)
    os.waitpid(sender, 0)
