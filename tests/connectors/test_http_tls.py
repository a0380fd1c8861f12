"""Platforms are asked by TLS, and nobody who can't show that they are who they say is told anything."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from connectors import http
from connectors.port import Unreachable


def certificate(path, address: str):
    """A certificate that vouches for itself, of a server at this address, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a platform")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def platform(request, tmp_path, monkeypatch):
    """A server at 127.0.0.1 whose certificate is of `request.param`; the address, its certificate and what it heard."""
    file, heard = certificate(tmp_path / "both.pem", request.param), []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args):
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *args: None  # whoever asked has left
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(http, "_trusted", ssl.create_default_context())
    yield f"https://127.0.0.1:{server.server_port}/", file, heard
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("platform", ["127.0.0.1"], indirect=True)
def test_whom_nobody_vouches_for_is_told_nothing(platform):
    url, file, heard = platform
    with pytest.raises(Unreachable):
        http.send("GET", url)
    assert heard == []
    http._trusted.load_verify_locations(file)
    assert (http.send("GET", url).status, heard) == (200, ["/"])


@pytest.mark.parametrize("platform", ["127.0.0.2"], indirect=True)
def test_who_is_vouched_for_under_another_name_is_told_nothing(platform):
    url, file, heard = platform
    http._trusted.load_verify_locations(file)
    with pytest.raises(Unreachable):
        http.send("GET", url)
    assert heard == []


def test_the_usual_authorities_are_trusted_and_everybody_is_asked():
    context = http._trusted
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.get_ca_certs()
