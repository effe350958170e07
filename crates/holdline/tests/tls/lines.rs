//! What a line of TLS carries, and how it ends.

use crate::pki::{Party, Quirk};
use crate::rig::{self, Project, Running};
use crate::server::Server;
use crate::{Device, assert_answered};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion, version};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

pub(crate) type Stream = StreamOwned<ServerConnection, TcpStream>;

/// A server of TLS whose every step is the test's.
pub(crate) struct Listener {
    listener: TcpListener,
    config: Arc<ServerConfig>,
    pub(crate) authority: Party,
}

impl Listener {
    pub(crate) fn new(version: &'static SupportedProtocolVersion) -> Self {
        let authority = Party::authority("Authority");
        let own = authority.issues("server.test", Quirk::None);
        Self::showing(version, authority, &own)
    }

    /// One that shows the certificate of `own`.
    fn showing(version: &'static SupportedProtocolVersion, authority: Party, own: &Party) -> Self {
        let chain = vec![CertificateDer::from_pem_slice(own.certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth();
        let key = default_provider().key_provider.load_private_key(key).unwrap();
        let shown = Arc::new(SingleCertAndKey::from(CertifiedKey::new(chain, key)));
        let config = config.with_cert_resolver(shown);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self { listener, config: Arc::new(config), authority }
    }

    /// Starts a device with `main`, which trusts this server's authority.
    fn start(&self, main: &str) -> (Project, Running) {
        let project = Project::new(&[
            ("main.lua", main.as_bytes()),
            ("ca.crt", self.authority.certificate.as_bytes()),
        ]);
        let redirect = format!("--redirect=*={}", self.address());
        let running = project.start(&[&redirect]);
        (project, running)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// The next connection.
    pub(crate) fn accept(&self) -> Stream {
        let stream = self.listener.accept().unwrap().0;
        // What does not come or go fails the test; it does not hold it for ever.
        stream.set_read_timeout(Some(rig::PATIENCE)).unwrap();
        stream.set_write_timeout(Some(rig::PATIENCE)).unwrap();
        StreamOwned::new(ServerConnection::new(Arc::clone(&self.config)).unwrap(), stream)
    }
}

/// What stands before each script: `open()` connects a socket of TLS and gives its number.
const OPEN: &str = r#"
local ca = io.open("/lua/ca.crt"):read("*a")
local function open()
    return socketcore.sock_conn(2, "server.test", 1, { hostName = "server.test", caCert = ca })
end
local block = {}
for i = 0, 250 do block[#block + 1] = string.char(i) end
local long = string.rep(table.concat(block), 300)
local function piece(at, len) return long:sub(at % 251 + 1, at % 251 + len) end
"#;

/// Sends 10 MB in slices of 10,000 bytes, each once the one before is confirmed, and checks that
/// all comes back.
const ECHO: &str = r#"
local TOTAL, SLICE = 10000000, 10000
local sent, got, bad, id = 0, 0, 0, nil
local function more()
    if sent < TOTAL then
        socketcore.sock_send(id, piece(sent, SLICE))
        sent = sent + SLICE
    end
end
while true do
    local m = rtos.receive(0)
    if m.id == 32 and m.socket_index == 5 then id = open()
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then more()
    elseif m.id == rtos.MSG_SOCK_SEND_CNF then
        if m.result ~= 0 then print("send failed") end
        more()
    elseif m.id == rtos.MSG_SOCK_RECV_IND then
        while true do
            local bytes = socketcore.sock_recv(id, 16384)
            if bytes == "" then break end
            if bytes ~= piece(got, #bytes) then bad = bad + 1 end
            got = got + #bytes
        end
        if got == TOTAL then print("done", "bad", bad) end
    end
end
"#;

#[test]
fn ten_megabytes_go_each_way() {
    for version in [&version::TLS12, &version::TLS13] {
        let listener = Listener::new(version);
        let (_project, mut running) = listener.start(&format!("{OPEN}{ECHO}"));
        let mut stream = listener.accept();
        let echo = std::thread::spawn(move || {
            let mut bytes = vec![0; 65536];
            // A broken echo shows as missing bytes.
            while let Ok(len @ 1..) = stream.read(&mut bytes) {
                if stream.write_all(&bytes[..len]).is_err() {
                    return;
                }
            }
        });
        assert!(running.wait_for("done").ends_with("done\tbad\t0"));
        drop(running);
        echo.join().unwrap();
    }
}

/// Reads nothing until it is told to by the end of a timer, then counts and checks.
const SLOW: &str = r#"
local got, bad, id, awake, ended = 0, 0, nil, false, false
local function read()
    while awake do
        local bytes = socketcore.sock_recv(id, 16384)
        if bytes == "" then break end
        if bytes ~= piece(got, #bytes) then bad = bad + 1 end
        got = got + #bytes
    end
    if ended then print("got", got, "bad", bad) end
end
while true do
    local m = rtos.receive(0)
    if type(m) ~= "table" then awake = true read()
    elseif m.id == 32 and m.socket_index == 5 then id = open()
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then rtos.timer_start(1, 1500)
    elseif m.id == rtos.MSG_SOCK_RECV_IND then read()
    elseif m.id == rtos.MSG_SOCK_CLOSE_IND then ended = true read()
    end
end
"#;

/// Sends 10 MB to a device that does not read for a while; `end` ends the line, and what it gives
/// back is held until the device has heard.
fn flood<H>(version: &'static SupportedProtocolVersion, end: impl FnOnce(Stream) -> H) {
    let listener = Listener::new(version);
    let (_project, mut running) = listener.start(&format!("{OPEN}{SLOW}"));
    let mut stream = listener.accept();
    let bytes: Vec<u8> = (0..10_000_000u32).map(|at| (at % 251) as u8).collect();
    stream.write_all(&bytes).unwrap();
    let _held = end(stream);
    assert!(running.wait_for("got\t").ends_with("got\t10000000\tbad\t0"));
    running.wait_for("closed by the server");
}

#[test]
fn a_slow_reader_loses_nothing_however_the_line_ends() {
    for version in [&version::TLS12, &version::TLS13] {
        flood(version, |mut stream| {
            stream.conn.send_close_notify();
            stream.flush().unwrap();
            stream
        });
        flood(version, drop);
    }
}

/// Sends 3 MB without waiting for anything, and closes.
const LEAVE: &str = r#"
local id
while true do
    local m = rtos.receive(0)
    if m.id == 32 and m.socket_index == 5 then id = open()
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then
        for i = 0, 299 do socketcore.sock_send(id, piece(i * 10000, 10000)) end
        socketcore.sock_close(id)
    elseif m.id == rtos.MSG_SOCK_SEND_CNF and m.result ~= 0 then print("lost")
    elseif m.id == rtos.MSG_SOCK_CLOSE_CNF then print("closed") end
end
"#;

#[test]
fn a_close_comes_after_all_that_was_sent_and_is_said_within_tls() {
    for version in [&version::TLS12, &version::TLS13] {
        let listener = Listener::new(version);
        let (_project, mut running) = listener.start(&format!("{OPEN}{LEAVE}"));
        let mut stream = listener.accept();
        let mut all = Vec::new();
        // Without a word within TLS the end would be an error.
        stream.read_to_end(&mut all).unwrap();
        assert_eq!(all.len(), 3_000_000);
        assert!(all.iter().enumerate().all(|(at, &byte)| usize::from(byte) == at % 251));
        running.wait_for("closed");
    }
}

/// Says when its send is confirmed.
const SAY: &str = r#"
local id
while true do
    local m = rtos.receive(0)
    if m.id == 32 and m.socket_index == 5 then id = open()
    elseif m.id == rtos.MSG_SOCK_CONN_CNF then socketcore.sock_send(id, "hello")
    elseif m.id == rtos.MSG_SOCK_SEND_CNF then print("sent", m.result, m.send_len)
    elseif m.id == rtos.MSG_SOCK_RECV_IND then print("got", socketcore.sock_recv(id, 100))
    elseif m.id == rtos.MSG_SOCK_CLOSE_IND then print("ended") end
end
"#;

#[test]
fn a_broken_record_ends_the_line_and_the_end_of_a_run_is_said() {
    let listener = Listener::new(&version::TLS13);
    let (_project, mut running) = listener.start(&format!("{OPEN}{SAY}"));
    let mut stream = listener.accept();
    let mut hello = [0; 5];
    stream.read_exact(&mut hello).unwrap();
    running.wait_for("sent\t0\t5");
    stream.write_all(b"welcome").unwrap();
    running.wait_for("got\twelcome");
    stream.sock.write_all(b"\x17\x03\x03\x00\x20 this is no record of this line.").unwrap();
    running.wait_for("reset by the server");
    running.wait_for("ended");

    let (_project, mut running) = listener.start(&format!("{OPEN}{SAY}"));
    let mut stream = listener.accept();
    stream.read_exact(&mut hello).unwrap();
    running.wait_for("sent\t0");
    running.signal("INT");
    assert_eq!(stream.read(&mut hello).unwrap(), 0, "the end of a run is said within TLS");
}

#[test]
fn a_server_must_hold_its_key() {
    for version in [&version::TLS12, &version::TLS13] {
        let authority = Party::authority("Authority");
        let stolen = authority.issues("server.test", Quirk::None).certificate;
        let thief = Party::of_files(&stolen, &Party::authority("Thief").key);
        let listener = Listener::showing(version, authority, &thief);
        let (_project, mut running) = listener.start(&format!("{OPEN}{SAY}"));
        let mut stream = listener.accept();
        assert!(stream.read(&mut [0; 8]).is_err(), "nothing comes to a thief");
        running.wait_for("the server does not hold the key that belongs to it");
    }
}

#[test]
fn both_versions_go_with_openssl() {
    let authority = Party::authority("Authority");
    let own = authority.issues("server.test", Quirk::None);
    for version in ["-tls1_2", "-tls1_3"] {
        let server = Server::start(&own, &[version], &[]);
        assert_answered(&Device::trusting(&authority).run(server.port, &["--tls", "verify"]));
    }
}

#[test]
fn a_server_that_says_nothing_after_a_certificate_is_believed_in_the_end() {
    let [authority, clients] = ["Authority", "Clients"].map(Party::authority);
    let own = authority.issues("server.test", Quirk::None);
    let args = ["-tls1_3", "-num_tickets", "0", "-Verify", "1", "-CAfile", "clients.pem"];
    let server = Server::start(&own, &args, &[("clients.pem", &clients.certificate)]);
    let guest = clients.issues("device", Quirk::None);
    let device = Device {
        cert: "{ caCert = 'ca.crt', clientCert = 'own.crt', clientKey = 'own.key' }",
        files: vec![
            ("ca.crt", &authority.certificate),
            ("own.crt", &guest.certificate),
            ("own.key", &guest.key),
        ],
    };
    assert_answered(&device.run(server.port, &[]));
}
