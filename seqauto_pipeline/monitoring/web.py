"""Ask the web server whether it is there, and whether it could load the code location."""

import json
import urllib.error
import urllib.request
from http.client import HTTPException

from seqauto_pipeline.monitoring.facts import WebFacts

_TIMEOUT_SECONDS = 5.0
_MAX_ANSWER_BYTES = 1 << 20
_QUERY = """{ workspaceOrError {
  ... on PythonError { message }
  ... on Workspace {
    locationEntries { loadStatus locationOrLoadError { ... on PythonError { message } } }
  }
} }"""


def web_facts(url: str) -> WebFacts:
    """Ask for the version, then for the code locations; an empty URL is not asked."""
    if not url:
        return WebFacts("")
    try:
        version = _text_at(json.loads(_get(f"{url}/server_info")), "dagster_version")
    except urllib.error.HTTPError as error:
        error.close()
        return WebFacts(url, "web_server_not_ours", f"it answers with HTTP status {error.code}")
    except ValueError:
        return WebFacts(url, "web_server_not_ours", "what answers is no Dagster web server")
    except (OSError, HTTPException) as error:
        return WebFacts(url, "web_server_down", _reason(error))
    if not version:
        return WebFacts(url, "web_server_not_ours", "what answers is no Dagster web server")
    return WebFacts(url, version=version, location_trouble=_location_trouble(url))


def _location_trouble(url: str) -> str:
    """The first error that a code location loads with; "?" where the server does not say."""
    body = json.dumps({"query": _QUERY}).encode()
    try:
        answer = json.loads(_get(f"{url}/graphql", body))
        workspace = answer["data"]["workspaceOrError"]
        entries = workspace.get("locationEntries", [{"locationOrLoadError": workspace}])
        errors = [(each.get("locationOrLoadError") or {}).get("message") for each in entries]
        loading = any(each.get("loadStatus") == "LOADING" for each in entries)
    except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError):
        return "?"
    told = [_first_line(str(each)) for each in errors if each]
    return told[0] if told else "?" if loading else "" if entries else "it serves no code location"


def _get(url: str, body: bytes | None = None) -> bytes:
    request = urllib.request.Request(  # noqa: S310  (the setting allows http and https only)
        url, body, {"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
        answer: bytes = response.read(_MAX_ANSWER_BYTES)
    return answer


def _text_at(table: object, key: str) -> str:
    return str(table.get(key, "")) if isinstance(table, dict) else ""


def _reason(error: OSError | HTTPException) -> str:
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, ConnectionRefusedError):
        return "the connection is refused"
    return f"it does not answer: {cause}"


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines and lines[0].startswith("Traceback") else (lines or ["?"])[0]
