"""Dagster's web server, spoken to as the web UI does."""

import json
import urllib.request


class WebServer:
    """The one that listens, or is to listen, on a port of this machine."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def is_up(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/server_info", timeout=5).close()
        except OSError:
            return False
        return True

    def ask(self, query: str, **variables: object) -> dict[str, dict[str, object]]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"{self.url}/graphql", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            answer: dict[str, dict[str, object]] = json.load(response)["data"]
        return answer
