"""The guides for people, to the letter: their code blocks, in order, on a fresh Debian."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from seqauto_pipeline_tests.deploy.conftest import CHECKOUT
from seqauto_pipeline_tests.deploy.debian import Debian
from seqauto_pipeline_tests.deploy.guide import blocks, filled

pytestmark = pytest.mark.slow

_MINUTE = 60
_ROOT = "data/clinical_hg38"  # the sequencing root that the guides name
_STRICT = "set -euo pipefail\n"
_STAND_IN = Path(__file__).with_name("systemctl")
_HTTPS = (
    "curl -sk --resolve seqauto.example.org:443:127.0.0.1 -o /dev/null "
    "--retry 9 --retry-connrefused"  # nginx takes a moment to listen after a reload
)


def write_disk(debian: Debian) -> str:
    """Write the sequencing disk of a lab, which root owns; give its newest run of one kit."""
    disk = debian.root / _ROOT
    disk.parent.mkdir()
    command = (Path(sys.executable).with_name("seqauto"), "demo-disk", disk, "--no-trouble")
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return max(path.name for path in (disk / "idt_haem").iterdir())


def a_vcf(debian: Debian, run: str) -> str:
    """Give the path, in the Debian, of a VCF of a run of that kit."""
    folder = debian.root / _ROOT / "idt_haem" / run / "2_variants/gatk_per_sample"
    return f"/{min(folder.glob('*.vcf.gz')).relative_to(debian.root)}"


def test_six_commands_lead_from_a_clone_to_the_vcf_of_a_sample(
    debian: Debian, record_property: Callable[[str, object], None]
) -> None:
    """As a person without rights, and without any setting of this machine's."""
    run = write_disk(debian)
    vcf = a_vcf(debian, run)
    sample = Path(vcf).name.partition(".")[0]
    debian.run("apt-get update; apt-get install -y git python3-venv; useradd -m ann", timeout=900)
    (readme,) = blocks("README.md", "Use it on your disks")
    page = (CHECKOUT / "docs/quickstart.md").read_text()
    commands = readme.splitlines()
    script = filled(readme, {"URL": "file:///srv/seqauto.git", "SAMPLE": sample})
    (debian.root / "home/ann/script").write_text(_STRICT + script)

    began = time.monotonic()
    told = debian.run(
        "git config --system --add safe.directory '*'\n"
        "cd /home/ann && exec runuser -u ann -- env HOME=/home/ann bash script",
        timeout=10 * _MINUTE,
    )
    seconds = time.monotonic() - began

    assert len(commands) == 6
    assert [re.sub(r" +#.*", "", line) for line in commands] == blocks_of_quickstart(page)
    assert f"{vcf}\n" in told
    assert "state        complete: it was found" in told
    told_at_the_end = f"{seconds:.0f} s, {len(commands)} commands"
    record_property("From git clone to the first answer", told_at_the_end)
    assert seconds < 10 * _MINUTE


def blocks_of_quickstart(page: str) -> list[str]:
    return page.partition("```sh\n")[2].partition("```")[0].splitlines()


def test_the_server_guide_works_as_written(debian: Debian) -> None:
    """As root, who becomes the accounts that it names. systemd alone has a stand-in."""
    run = write_disk(debian)
    shutil.copy(_STAND_IN, debian.root / "usr/local/sbin/systemctl")
    values = {"URL": "file:///srv/seqauto.git", "NAME": run, "PASSWORD": "s3cret"}
    values |= {"READER": "alice", "ADMINISTRATOR": "bob", "NAME_VCF": a_vcf(debian, run)}

    told = debian.run(_STRICT + filled(server_script(), values), timeout=30 * _MINUTE)

    assert "== all done" in told


def server_script() -> str:
    """All blocks of the page in order, and after each section what it has brought about."""
    sections = (
        ("Install as services", _SERVICES_RUN),
        ("Behind a reverse proxy with authentication", _READERS_AND_ADMINISTRATORS),
        ("Several people on one server", _MEMBERS_OF_THE_GROUP_READ),
        ("PostgreSQL", _MODELS_ARE_IN_POSTGRESQL),
        ("Scan by hand, and again from the model step", ""),
        ("Upgrade", ""),
        ("Back up and restore", _HISTORY_IS_BACK),
        ("Monitoring", _CRON_LINE_WORKS),
    )
    script = ""
    for heading, check in sections:
        script += f"echo '== {heading}'\n"
        for block in blocks("docs/operations.md", heading):
            script += f"{by_machine(block)}\n"
        script += f"cd /\n{check}\n"
    return f"{_PROLOGUE}\n{script}\necho '== all done'"


def by_machine(block: str) -> str:
    """Type passwords, and wait for what a person would wait for."""
    typed = re.sub(r"^(htpasswd |runuser .*--pwprompt)", r"typed \1", block, flags=re.M)
    waited = re.sub(r"^seqauto status\b", "patiently seqauto status", typed, flags=re.M)
    # Restores what the last section has backed up, after it went.
    return re.sub(r"^seqauto restore --yes", f"{_LOSE}\n\\g<0>", waited, flags=re.M)


_PROLOGUE = """
printf '#!/bin/sh\\nexit 0\\n' >/usr/sbin/policy-rc.d # apt starts what it installs, by init scripts
chmod 755 /usr/sbin/policy-rc.d
typed() { # the password, twice, to a command that asks for it
    printf 's3cret\\ns3cret\\n' | setsid --wait "$@"
}
patiently() {
    for _ in $(seq 60); do if "$@"; then return; fi; sleep 3; done
    tail -n 20 /var/log/seqauto-*.log
    return 1
}
says() { # the HTTP status of a page behind the proxy
    local wanted=$1; shift
    local got
    got=$(HTTPS -w '%{http_code}' "$@")
    if [ "$got" != "$wanted" ]; then echo "expected $wanted, got $got: $*"; return 1; fi
}
owned_by_service() { [ -z "$(find /var/lib/seqauto ! -user seqauto)" ]; }
first_message() { seqauto messages --all --format json | grep -om1 '"id": [0-9]*' | tr -dc 0-9; }
only_reads() { # what the table says of a person who may only read
    local who=$1 words
    runuser -u "$who" -- seqauto runs | grep -w complete
    runuser -u "$who" -- seqauto run NAME | grep 'Files of the samples'
    runuser -u "$who" -- seqauto files --type bam | grep -w complete
    runuser -u "$who" -- seqauto explain NAME_VCF | grep 'complete: it was found'
    runuser -u "$who" -- seqauto messages --all | grep 'To do'
    runuser -u "$who" -- seqauto export --format csv | grep NAME
    runuser -u "$who" -- seqauto scans | grep Finished
    { runuser -u "$who" -- seqauto status || true; } | grep '^ok *database'
    seqauto messages ack "$(first_message)" --why 'so that there is one to take back'
    for words in "messages unack $(first_message)" "flag NAME bad --on" scan migrate; do
        if runuser -u "$who" -- seqauto $words 2>told; then return 1; fi
        grep "^Error: You are $who and may not" told
        [ "$(wc -l <told)" = 1 ]
    done
}
is_told_of() { # whom anybody else should ask
    if runuser -u nobody -- seqauto runs 2>told; then return 1; fi
    grep "^Error: You are nobody and may not .* in the group $1 may" told
}
useradd -m alice
useradd -m bob
""".replace("HTTPS", _HTTPS)

_SERVICES_RUN = """
owned_by_service
test -L /etc/systemd/system/multi-user.target.wants/seqauto.target
[ "$(stat -c %U:%a /etc/seqauto/seqauto.toml)" = root:640 ]
seqauto runs | grep complete
"""

_READERS_AND_ADMINISTRATORS = """
says 401 https://seqauto.example.org/server_info
says 200 -u alice:s3cret https://seqauto.example.org/server_info
says 401 -u alice:s3cret https://seqauto.example.org/admin/server_info
says 200 -u bob:s3cret https://seqauto.example.org/admin/server_info
led_to=$(HTTPS -w '%{redirect_url}' -u bob:s3cret https://seqauto.example.org/admin)
[ "$led_to" = https://seqauto.example.org/admin/ ]
""".replace("HTTPS", _HTTPS)

_MODELS_ARE_IN_POSTGRESQL = """
runuser -u postgres -- psql -tA seqauto -c 'SELECT count(*) FROM sequencing_run' | grep -x 12
[ "$(stat -c %U:%G:%a /etc/seqauto/readers.toml)" = root:seqauto-readers:640 ]
only_reads bob
is_told_of seqauto-readers
seqauto messages unack "$(first_message)" # as root, by the login of the service
owned_by_service
"""

_MEMBERS_OF_THE_GROUP_READ = """
only_reads alice
is_told_of seqauto
seqauto messages unack "$(first_message)" # as root, who becomes the service
owned_by_service
"""

_LOSE = "runuser -u postgres -- psql -q seqauto -c 'TRUNCATE sequencing_run CASCADE'"

_HISTORY_IS_BACK = """
runuser -u postgres -- psql -tA seqauto -c 'SELECT count(*) FROM sequencing_run' | grep -x 12
runuser -u seqauto -- test -r /var/lib/seqauto/seqauto.db
seqauto log NAME | grep -w 'scan 1'
owned_by_service
"""

_CRON_LINE_WORKS = """
read -r _ _ _ _ _ user command < <(grep -v '^#' /etc/cron.d/seqauto)
[ "$user" = seqauto ]
runuser -u "$user" -- env -i PATH=/usr/bin:/bin sh -c "$command"
"""
