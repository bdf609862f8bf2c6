"""The nginx configuration that is shipped, on ports and files of a test."""

import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from seqauto_pipeline_tests.browser.showing import REQUIRE_BROWSER
from seqauto_pipeline_tests.orchestration.scan_site import CHECKOUT

_USER, _PASSWORD = "reader", "of a test"
# What Debian's own nginx.conf does around the file, as far as it matters.
_AROUND = """daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/seqauto.conf;
}}
"""


def nginx_program() -> str:
    """Find nginx, which Debian has where only administrators look. Skips where there is none."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        reason = "there is no nginx"
        if os.environ.get(REQUIRE_BROWSER) == "1":
            pytest.fail(f"{REQUIRE_BROWSER}=1, but {reason}")
        pytest.skip(reason)
    return program


def nginx_files(folder: Path, ports: Mapping[int, int]) -> tuple[str, str]:
    """Write what nginx needs, with other ports than ours; give the user and the password."""
    _certificate(folder)
    (folder / "readers").write_text(f"{_USER}:{{PLAIN}}{_PASSWORD}\n")
    text = (CHECKOUT / "deploy" / "nginx.conf").read_text()
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{ports[443]} ssl;",
        "/etc/ssl/": f"{folder}/",
        "/etc/nginx/seqauto-readers": f"{folder}/readers",
        "http://127.0.0.1:3000;": f"http://127.0.0.1:{ports[3000]};",
        "http://127.0.0.1:3001;": f"http://127.0.0.1:{ports[3001]};",
    }
    for shipped, own in changes.items():
        assert shipped in text, shipped
        text = text.replace(shipped, own)
    (folder / "seqauto.conf").write_text(text)
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder))
    return _USER, _PASSWORD


def _certificate(folder: Path) -> None:
    """Write one that nobody has signed."""
    files = ("-keyout", folder / "seqauto.key", "-out", folder / "seqauto.pem")
    command = ("openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "1")
    subprocess.run((*command, "-subj", "/CN=127.0.0.1", *files), check=True, capture_output=True)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0
