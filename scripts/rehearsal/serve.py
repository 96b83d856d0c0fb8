"""Publishers on this machine: their files under the paths of their own addresses, and a registry that names these."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

TRUTH = "truth.json"
KNOWN = ("sha256", "md5", "bytes", "shape", "members")  # what holds of the published file alone


@contextmanager
def serving(folder: Path, registry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Serve what ``folder`` has of the files of ``registry`` (datasets.yaml as read); gives the registry to use.

    Each address is that of this machine with the path and the query of the publisher's, and gives 404 where the file is
    not there. A data set with a truth.json is a simulated one: its files stand in for the published ones, and the truth
    is served too. A file without an address stays without one: somebody has to put it in place.
    """
    places: dict[str, Path] = {}

    class Publisher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """The file at this path, or 404."""
            self._answer(body=True)

        def do_HEAD(self) -> None:
            """Whether it is there."""
            self._answer(body=False)

        def _answer(self, *, body: bool) -> None:
            path = places.get(unquote(self.path))
            if path is None or not path.is_file():
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            if body:
                with path.open("rb") as content:
                    shutil.copyfileobj(content, self.wfile)

        def log_message(self, *said: object) -> None:
            """Nothing: the run says what it fetches."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        here = f"http://127.0.0.1:{server.server_port}"
        served = {name: dict(entry, files=dict(entry["files"])) for name, entry in registry.items()}
        for dataset, entry in served.items():
            truth = folder / _planted_with(dataset) / TRUTH
            for name, file in entry["files"].items():
                known = dict(file) if not truth.is_file() else _standing_in(file)
                if "addresses" in file:
                    paths = [_path(address) for address in file["addresses"]]
                    places |= {unquote(path): folder / dataset / name for path in paths}  # clients write %5F as _
                    known["addresses"] = [here + path for path in paths]
                entry["files"][name] = known
            if (folder / dataset / TRUTH).is_file():
                places[f"/{dataset}/{TRUTH}"] = folder / dataset / TRUTH
                entry["files"][TRUTH] = {"addresses": [f"{here}/{dataset}/{TRUTH}"], "stand_in": True}
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield served
        server.shutdown()


def _planted_with(dataset: str) -> str:
    """The data set whose simulator writes this one too."""
    return {"vdjdb": "tcr_10x", "reactome": "gene_ontology"}.get(dataset, dataset)


def _standing_in(file: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in file.items() if key not in KNOWN} | {"stand_in": True}


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
