#!/usr/bin/env python3
"""Starts a lab, connects devices to it, and has Schemathesis try what its document says.

The lab has ports of TCP, UDP, TLS and mTLS. Devices have the names that the document's examples have, so that
calls meet somebody. Whatever this is told beside its own flags goes to Schemathesis.
"""

import argparse
import base64
import itertools
import os
import re
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = ["860000000000001", "860000000000002", "860000000000003"]

CONFIG = """
http = "127.0.0.1:0"
store = "lab.db"

[[port]]
name = "tcp-9999"
listen = "127.0.0.1:0"
framing = "line"
identity = "imei"

[[port]]
name = "meters"
kind = "udp"
listen = "127.0.0.1:0"
identity = "imei"

[[port]]
name = "sealed"
kind = "tls"
listen = "127.0.0.1:0"
identity = "imei"

[[port]]
name = "mutual"
kind = "mtls"
listen = "127.0.0.1:0"
"""

LOCK = """
[auth.openapi.password]
username = "me"
password = "{password}"
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--holdline", default="target/debug/holdline", help="the program")
    parser.add_argument("--examples", default="100", help="requests for each operation, in each phase")
    parser.add_argument("--locked", action="store_true", help="with a password and TLS")
    args, rest = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder), Path(args.holdline).resolve(), args.locked)
        try:
            lab.connect()
            tried = subprocess.run(lab.command(args.examples) + rest, env=lab.environment(), cwd=lab.folder)
        finally:
            ended = lab.stop()
    sys.exit(tried.returncode or ended)


class Lab:
    """A lab with devices."""

    def __init__(self, folder, program, is_locked):
        self.folder = folder
        self.password = secrets.token_hex(8) if is_locked else None
        (folder / "lab.toml").write_text(CONFIG)
        command = [program, "lab", folder / "lab.toml"]
        if is_locked:
            (folder / "password").write_text(self.password)
            command += ["--password-file", folder / "password"]
        self.errors = open(folder / "errors", "w+")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.url, self.ports = self.places()
        self.ca = folder / "lab.db-ca.crt"

    def places(self):
        """Where the page is and where the ports are, as the lab says."""
        url, ports = None, {}
        for line in self.process.stdout:
            url = url or next(iter(re.findall(r"https?://[\w.:]+\d", line)), None)
            found = re.search(r"(tcp-9999|meters|sealed|mutual)\b.*?127\.0\.0\.1:(\d+)", line)
            if found:
                ports[found[1]] = int(found[2])
            if "lab.db" in line:
                return url, ports
        raise SystemExit("the lab does not start")

    def connect(self):
        """Devices that are there for as long as the lab is, whatever is done to them."""
        for kind, name in zip([self.tcp, self.udp, self.tls], NAMES):
            threading.Thread(target=self.device, args=(kind, name), daemon=True).start()
        for name in NAMES:
            self.wait_for(name)

    def device(self, talk, name):
        for beat in itertools.count():
            try:
                talk(f"imei {name} beat {beat}\r\n".encode())
            except OSError:
                pass
            time.sleep(0.2)

    def tcp(self, said):
        with socket.create_connection(("127.0.0.1", self.ports["tcp-9999"]), 10) as line:
            self.talk(line, said)

    def tls(self, said):
        trust = ssl.create_default_context(cafile=self.ca)
        trust.check_hostname = False
        with socket.create_connection(("127.0.0.1", self.ports["sealed"]), 10) as line:
            with trust.wrap_socket(line, server_hostname="localhost") as sealed:
                self.talk(sealed, said)

    def talk(self, line, said):
        """Says it every second, and listens, until the line ends; who is echoed has to take its time."""
        line.settimeout(1)
        while True:
            line.sendall(said)
            time.sleep(0.2)
            try:
                if not line.recv(65536):
                    return
            except TimeoutError:
                pass

    def udp(self, said):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(said, ("127.0.0.1", self.ports["meters"]))

    def wait_for(self, name):
        for _ in range(600):
            try:
                return self.ask(f"/api/devices/{name}")
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{name} is not known after a minute")

    def ask(self, path):
        request = urllib.request.Request(self.url + path)
        trust = None
        if self.password:
            password = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            password.add_password(None, self.url, "me", self.password)
            trust = ssl.create_default_context(cafile=self.ca)
            basic = urllib.request.HTTPBasicAuthHandler(password)
            opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trust), basic)
            return opener.open(request, timeout=30).read()
        return urllib.request.urlopen(request, timeout=30).read()

    def command(self, examples):
        # It has to know that the password is a part of calls: what lacks it is not a call with a password.
        words = (HERE / "schemathesis.toml").read_text()
        if self.password:
            words += LOCK.format(password=self.password)
        (self.folder / "schemathesis.toml").write_text(words)
        command = [Path(sys.executable).parent / "schemathesis", "--config-file", self.folder / "schemathesis.toml"]
        (self.folder / "openapi.json").write_bytes(self.ask("/api/openapi.json"))
        command += ["run", self.folder / "openapi.json", "--url", self.url, "--max-examples", examples]
        return command + (["--tls-verify", self.ca] if self.password else [])

    def environment(self):
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
        if self.password:
            pair = base64.b64encode(f"me:{self.password}".encode()).decode()
            environment["HOLDLINE_AUTHORIZATION"] = f"Basic {pair}"
        return environment

    def stop(self):
        """Whether it was well to the end: it answers, says nothing of panics, and stops when it is told."""
        self.ask("/api/health")
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(60)
        self.errors.seek(0)
        said = self.errors.read()
        if said:
            print(said)
        return code or "panicked" in said


if __name__ == "__main__":
    main()
