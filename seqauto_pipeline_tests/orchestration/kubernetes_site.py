"""What a scan sees of Kubernetes: its API over TLS, and pods that are processes of this machine.

No cluster is to be had in tests. Jobs come over the real client; each request is held against the
rights that the shipped example gives; a pod is a process with the variables of its container and no
other, which sees its claims at their paths by mounts of its own. Images are not: every pod runs the
installed package.
"""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

_CHECKOUT = Path(__file__).parents[2]
_EXAMPLE = _CHECKOUT / "deploy/shards/k8s/seqauto.yaml"
_ENTRYPOINT = _CHECKOUT / "deploy/container/entrypoint"
_TOKEN = "the token of the service account"
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_PATH = re.compile(
    r"/(?P<group>apis/batch|api)/v1/namespaces/(?P<space>[^/?]+)/(?P<kind>jobs|pods)"
    r"(?:/(?P<name>[^/?]+))?(?P<part>/status)?(?:\?.*)?"
)
_VERBS = {"POST": "create", "DELETE": "delete"}

Manifest = Mapping[str, Any]


@dataclass
class Pod:
    """A job and the process of its only pod."""

    manifest: Manifest
    process: "subprocess.Popen[bytes]"
    log: Path

    def status(self) -> dict[str, int]:
        code = self.process.poll()
        if code is None:
            return {"active": 1}
        return {"succeeded": 1} if code == 0 else {"failed": 1}


@dataclass
class Cluster:
    """What stands in for a cluster: claims and secrets by name, and the jobs made so far."""

    folder: Path
    claims: Mapping[str, Path]
    secrets: Mapping[str, Mapping[str, str]]
    jobs: dict[str, Pod] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)  # requests that the example gives no right to
    port: int = 0
    documents: tuple[Manifest, ...] = tuple(yaml.safe_load_all(_EXAMPLE.read_text()))

    @property
    def rights(self) -> set[tuple[str, str, str]]:
        """Group, resource and verb, as the role of the example has them."""
        (role,) = (each for each in self.documents if each["kind"] == "Role")
        return {
            (group, resource, verb)
            for rule in role["rules"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        }

    def cron_job(self) -> dict[str, Any]:
        """Give the job of the example's CronJob, as `kubectl create job --from` would."""
        (found,) = (each for each in self.documents if each["kind"] == "CronJob")
        job: dict[str, Any] = json.loads(json.dumps(found["spec"]["jobTemplate"]))
        return {**job, "metadata": {"name": "scan"}}

    def start(self, job: Manifest) -> Pod:
        """Start the pod of a job."""
        spec = job["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        script = "; ".join((*self._mounts(spec, container), 'exec "$@"'))
        log = self.folder / f"pod-{job['metadata']['name']}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*_ISOLATED, "sh", "-euc", script, "pod", str(_ENTRYPOINT), *container["args"]],
                env=self._variables(container),
                cwd="/",
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        pod = Pod(job, process, log)
        self.jobs[job["metadata"]["name"]] = pod
        return pod

    def kill(self, pod: Pod) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pod.process.pid, signal.SIGKILL)
        pod.process.wait()

    def _mounts(self, spec: Manifest, container: Manifest) -> Iterator[str]:
        claims = {
            each["name"]: each["persistentVolumeClaim"]["claimName"] for each in spec["volumes"]
        }
        places = {"/data": "tmpfs", "/var/lib": "tmpfs", "/run": "tmpfs"}
        for place, kind in places.items():
            yield f"mkdir -p {place}; mount -t {kind} {kind} {place}"
        account = str(self.folder / "account")
        yield from _bound(account, _ACCOUNT.replace("/var/run", "/run"), read_only=True)
        for mount in container["volumeMounts"]:
            source = str(self.claims[claims[mount["name"]]])
            yield from _bound(source, mount["mountPath"], read_only=mount.get("readOnly", False))

    def _variables(self, container: Manifest) -> dict[str, str]:
        found = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "DAGSTER_HOME": "/var/lib/seqauto",
            "SEQAUTO_CONFIG": "/etc/seqauto/settings/seqauto.toml",
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": str(self.port),
        }
        for source in container.get("envFrom") or ():
            found |= self.secrets[source["secretRef"]["name"]]
        return found | {each["name"]: each.get("value", "") for each in container["env"]}


_ISOLATED = ["unshare", "--mount", "--propagation", "private"]


def _bound(source: str, place: str, *, read_only: bool) -> Iterator[str]:
    source, place = shlex.quote(source), shlex.quote(place)
    yield f"mkdir -p {place}; mount --bind {source} {place}"
    if read_only:
        yield f"mount -o remount,bind,ro {place}"


@contextlib.contextmanager
def cluster(
    folder: Path, claims: Mapping[str, Path], secrets: Mapping[str, Mapping[str, str]]
) -> Iterator[Cluster]:
    """Answer as the API of a cluster until the end, and leave no pod behind."""
    made = Cluster(folder, claims, secrets)
    certificate = _service_account(folder)

    class Answers(_Answers):
        cluster = made

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.port = server.server_port
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        for pod in made.jobs.values():
            made.kill(pod)
        server.shutdown()
        server.server_close()


def _service_account(folder: Path) -> Path:
    """Write what a pod finds of its service account; give the API's certificate with its key."""
    openssl = shutil.which("openssl")
    assert openssl is not None
    account, both = folder / "account", folder / "api.pem"
    account.mkdir()
    command = f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=kubernetes"
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", both, "-out", account / "ca.crt"]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    with both.open("a") as file:
        file.write((account / "ca.crt").read_text())
    (account / "token").write_text(_TOKEN)
    (account / "namespace").write_text("seqauto")
    return both


class _Answers(BaseHTTPRequestHandler):
    cluster: Cluster
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = _PATH.fullmatch(self.path)
        scheme, _, token = (self.headers["Authorization"] or "").partition(" ")
        if scheme.lower() != "bearer" or token != _TOKEN:
            return self._say(401, {})
        if asked is None or not self._may(asked):
            self.cluster.refused.append(f"{self.command} {self.path}")
            return self._say(403, {})
        if self.command == "POST":
            self.cluster.start(json.loads(body))
            return self._say(201, json.loads(body))
        return self._say_of(asked)

    def _may(self, asked: re.Match[str]) -> bool:
        group = "batch" if asked["group"] == "apis/batch" else ""
        verb = _VERBS.get(self.command, "get" if asked["name"] else "list")
        resource = asked["kind"] + (asked["part"] or "")
        return asked["space"] == "seqauto" and (group, resource, verb) in self.cluster.rights

    def _say_of(self, asked: re.Match[str]) -> None:
        if asked["name"] is None:
            return self._say(200, {"items": []})  # a pod goes with its job
        pod = self.cluster.jobs.get(asked["name"])
        if pod is None:
            return self._say(404, {})
        if self.command == "DELETE":
            self.cluster.kill(pod)
        return self._say(200, {**pod.manifest, "status": pod.status()})

    def _say(self, code: int, body: Manifest) -> None:
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815  (as http.server calls them)
