import base64
import hashlib
import http.server
import io
import json
import os
import subprocess
import threading
import venv
import zipfile

import pip_bootstrap
import pytest

LOGIN = "user:p@ss"
# A stand-in for pip's wheel that installs itself: it leaves its arguments where pip would go.
MAIN = """import pathlib, sys, sysconfig
folder = pathlib.Path(sysconfig.get_path("purelib"), "pip")
folder.mkdir()
(folder / "__init__.py").write_text(f"arguments = {sys.argv[1:]!r}")
"""


def stand_in_wheel():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as wheel:
        wheel.writestr("pip/__main__.py", MAIN)
    return content.getvalue()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the server's `pages` (path to media type and body) to who logs in."""

    def do_GET(self):
        wanted = f"Basic {base64.b64encode(LOGIN.encode()).decode()}"
        if self.headers["Authorization"] != wanted:
            self.send_error(401)
        elif self.path not in self.server.pages:
            self.send_error(404)
        else:
            media_type, body = self.server.pages[self.path]
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def index(monkeypatch):
    """A package index on loopback that asks for a login; pip's settings name it."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.pages = {
            "/files/pip-24.0-py3-none-any.whl": ("binary/octet-stream", stand_in_wheel())
        }
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        address = f"127.0.0.1:{server.server_port}/simple/"
        monkeypatch.setenv("PIP_INDEX_URL", f"http://user:p%40ss@{address}")
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def python(tmp_path):
    """The interpreter of an environment without pip."""
    venv.create(tmp_path / "venv", symlinks=True)
    return tmp_path / "venv" / "bin" / "python"


def offer(index, media_type="application/vnd.pypi.simple.v1+json"):
    """Have the index list the wheel, and other files of pip."""
    urls = [f"/files/pip-{name}" for name in ("25.0.tar.gz", "24.0-py3-none-any.whl")]
    if media_type == "text/html":
        page = "".join(f'<a href="../..{url}#sha256=00">pip</a>' for url in urls)
    else:
        page = json.dumps({"files": [{"url": url, "hashes": {}} for url in urls]})
    index.pages["/simple/pip/"] = (media_type, page.encode())


def pin(version="24.0", content=None):
    digest = hashlib.sha256(stand_in_wheel() if content is None else content).hexdigest()
    return (
        f"# pins\npip=={version} \\\n    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{digest}\n"
    )


@pytest.mark.parametrize("media_type", ["text/html", "application/vnd.pypi.simple.v1+json"])
def test_the_pinned_wheel_of_the_index_installs_itself(index, python, media_type):
    offer(index, media_type)

    pip_bootstrap.install_pip(python, pin())

    show = [python, "-c", "import pip; print(pip.arguments[0], '--no-index' in pip.arguments)"]
    assert (
        "install True\n" == subprocess.run(show, capture_output=True, text=True, check=True).stdout
    )


def test_a_wheel_that_is_not_the_pinned_one_is_refused(index, python):
    offer(index)

    with pytest.raises(pip_bootstrap.BootstrapError, match="is not the pinned one"):
        pip_bootstrap.install_pip(python, pin(content=b"another"))
    assert [] == list(python.parents[1].glob("lib/*/site-packages/pip"))


def test_an_index_without_the_pinned_version_is_an_error(index, python):
    offer(index)

    with pytest.raises(pip_bootstrap.BootstrapError, match=r"has no pip-24\.1-py3-none-any\.whl"):
        pip_bootstrap.install_pip(python, pin("24.1"))


@pytest.mark.parametrize("page", [b"{", b"[]", b'{"files": [{}]}', b"\xff"])
def test_a_page_that_is_none_of_an_index_is_an_error(index, python, page):
    index.pages["/simple/pip/"] = ("application/vnd.pypi.simple.v1+json", page)

    with pytest.raises(pip_bootstrap.BootstrapError, match="is no page of a package index"):
        pip_bootstrap.install_pip(python, pin())


def test_an_index_without_the_project_is_an_error_that_keeps_the_login_to_itself(index, python):
    with pytest.raises(pip_bootstrap.BootstrapError, match="cannot be read: Not Found") as caught:
        pip_bootstrap.install_pip(python, pin())

    assert "p@ss" not in str(caught.value)
    assert "p%40ss" not in str(caught.value)


def test_an_index_that_cannot_be_reached_is_an_error(monkeypatch, python):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")

    with pytest.raises(pip_bootstrap.BootstrapError, match=r"127\.0\.0\.1:9 cannot be read"):
        pip_bootstrap.install_pip(python, pin())
