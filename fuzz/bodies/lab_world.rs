//! A lab of a fuzzer's: its own store and free ports, a device, and somebody who asks it over HTTP.

use crate::lab_dice::Dice;
use holdline_lab::{Config, IdentityWords, Keep, Lab, Limits, PortConfig, PortKind, PortWords};
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long something may take that has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name of the device, and what it says.
pub(crate) const DEVICE: &str = "ann";
const HELLO: &[u8] = b"I am ann\n";

pub(crate) struct World {
    lab: Lab,
    agent: ureq::Agent,
    device: Option<TcpStream>,
    /// Connections that the device has made.
    connections: u64,
    /// What the first port does as it was at the beginning.
    manner: Value,
    _folder: TempDir,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) is_guarded: bool,
}

impl Request {
    pub(crate) fn new(method: &str, path: impl Into<String>, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Self { method: method.to_owned(), path: path.into(), headers, body }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path, &Value::Null)
    }
}

impl Answer {
    pub(crate) fn is_good(&self) -> bool {
        self.status < 300
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let free = (Ipv4Addr::LOCALHOST, 0).into();
        let cars = PortWords {
            identity: Some(IdentityWords::Pattern("I am ([a-z]+)".to_owned())),
            ..serde_json::from_value(json!({"name": "cars", "listen": "0"})).expect("words")
        };
        let ports = vec![
            cars.config().expect("a port"),
            PortConfig::new("meters", PortKind::Udp, free),
            PortConfig::new("sealed", PortKind::Mtls, free),
        ];
        let keep = Keep { days: NonZeroU32::MIN, megabytes: NonZeroU32::MIN };
        let limits = Limits { keep, ..Limits::default() };
        let store = folder.path().join("lab.db");
        let lab = Lab::start(Config { ports, http: free, lock: None, store, limits });
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            .build();
        let mut world = Self {
            lab: lab.expect("a lab"),
            agent: agent.into(),
            device: None,
            connections: 0,
            manner: Value::Null,
            _folder: folder,
        };
        world.manner = world.get("/api/ports/cars/manner");
        world.connect();
        world
    }

    /// What a request is answered in a language; none where the client itself refuses to send it.
    pub(crate) fn ask(&self, request: &Request, language: &str) -> Option<Answer> {
        // What begins otherwise would be a part of the port's number.
        let path = request.path.trim_start_matches('/');
        let url = format!("http://{}/{path}", self.lab.http());
        let made = ureq::http::Request::builder().method(request.method.as_str()).uri(url);
        let made =
            request.headers.iter().fold(made, |made, (name, value)| made.header(*name, value));
        let made = made.header("accept-language", language).body(request.body.clone()).ok()?;
        let mut answer = match self.agent.run(made) {
            Ok(answer) => answer,
            Err(ureq::Error::Http(_) | ureq::Error::BadUri(_) | ureq::Error::Protocol(_)) => {
                return None;
            }
            Err(error) => panic!("{request:?} is not answered: {error}"),
        };
        let status = answer.status().as_u16();
        let is_guarded = answer.headers().contains_key("content-security-policy");
        // A file of packets is no text.
        let bytes = answer.body_mut().with_config().limit(u64::MAX).read_to_vec();
        let text = String::from_utf8_lossy(&bytes.expect("the whole answer")).into_owned();
        Some(Answer { status, text, is_guarded })
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.ask(&Request::get(path), "en").expect("it can be asked").json()
    }

    /// The device is online, and has read all that it was told.
    pub(crate) fn connect(&mut self) {
        if !self.device.as_mut().is_some_and(is_alive) {
            let mut device = TcpStream::connect(self.lab.ports()[0]).expect("a connection");
            device.write_all(HELLO).expect("a line that is open");
            device.set_read_timeout(Some(PATIENCE)).expect("a time");
            self.device = Some(device);
            self.connections += 1;
            self.wait_for_device();
        }
    }

    /// So many bytes that the device is told next.
    pub(crate) fn hear(&mut self, len: u64) -> Vec<u8> {
        let mut heard = vec![0; usize::try_from(len).expect("it was sent")];
        let device = self.device.as_mut().expect("it is online");
        device.read_exact(&mut heard).expect("it was sent");
        heard
    }

    /// The last connection of the device is known, and is the only one that is open.
    fn wait_for_device(&self) {
        let path = format!("/api/devices/{DEVICE}");
        let began = Instant::now();
        loop {
            let found = self.get(&path);
            let open = found["last_connections"]
                .as_array()
                .map(|all| all.iter().filter(|connection| connection["closed"].is_null()).count());
            if found["connections"] == self.connections && open == Some(1) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "the device is still {found}");
            std::thread::yield_now();
        }
    }

    /// Has the first port behave as it did at the beginning. What the device was told is not known.
    pub(crate) fn restore(&mut self) {
        let lifted = Request::new("DELETE", "/api/ports/cars/faults", &Value::Null);
        self.ask(&lifted, "en").expect("it can be asked");
        let back = Request::new("PUT", "/api/ports/cars/manner", &self.manner);
        assert!(self.ask(&back, "en").is_some_and(|answer| answer.is_good()));
        self.device = None;
    }

    /// Sends bytes as they are, and reads until the lab has had enough.
    pub(crate) fn shout(&self, begin: &str, dice: &Dice<'_>) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.lab.http()).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        let mut said = Vec::new();
        // Whoever is not understood may be cut off while speaking.
        let _ = stream.write_all(begin.as_bytes()).and_then(|()| stream.write_all(dice.0));
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let end = stream.read_to_end(&mut said);
        let is_stuck = end.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        assert!(!is_stuck, "the lab still talks to somebody who is gone");
        said
    }
}

/// Whether a line is open; what came over it is let go.
fn is_alive(device: &mut TcpStream) -> bool {
    device.set_nonblocking(true).expect("a line can be asked");
    let mut bytes = [0; 4096];
    let end = loop {
        match device.read(&mut bytes) {
            Ok(1..) => {}
            end => break end,
        }
    };
    device.set_nonblocking(false).expect("a line can be asked");
    end.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}
