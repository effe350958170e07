//! TLS: the real binary against `openssl s_server`, and each way in which a handshake fails.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test names what it is about")]

mod doctor;
mod examples;
mod failures;
mod faults;
mod keys;
mod lines;
mod pki;
#[path = "../rig/mod.rs"]
mod rig;
mod server;
mod worlds;

use pki::Party;
use rig::{Ended, Project};

/// Connects to `server.test`, sends a line and prints what comes back, then closes and is off.
const CLIENT: &str = r#"
PROJECT, VERSION = "TLS", "1.0.0"
require "socket"
sys.taskInit(function()
    while not socket.isReady() do sys.wait(10) end
    local c = socket.tcp(true, CERT)
    if c:connect("server.test", 8883) then
        print("sent", c:send("abc\n"))
        print("came", c:recv(10000))
    else
        print("no connection")
    end
    c:close()
    rtos.poweroff()
end)
sys.init(0, 0)
sys.run()
"#;

/// What a device is given: the text of `cert`, and the project's files.
struct Device<'a> {
    cert: &'a str,
    files: Vec<(&'a str, &'a str)>,
}

impl<'a> Device<'a> {
    /// One that trusts `authority`.
    fn trusting(authority: &'a Party) -> Self {
        Self { cert: "{ caCert = 'ca.crt' }", files: vec![("ca.crt", &authority.certificate)] }
    }

    /// One that verifies nothing.
    fn trusting_all() -> Self {
        Self { cert: "nil", files: Vec::new() }
    }

    /// Runs it against what listens on `port` of this machine.
    fn run(&self, port: u16, args: &[&str]) -> Ended {
        let main = CLIENT.replace("CERT", self.cert);
        let mut files: Vec<_> =
            self.files.iter().map(|&(name, text)| (name, text.as_bytes())).collect();
        files.push(("main.lua", main.as_bytes()));
        let redirect = format!("*=127.0.0.1:{port}");
        let args: Vec<_> =
            ["--redirect", &redirect].into_iter().chain(args.iter().copied()).collect();
        Project::new(&files).run(&args)
    }
}

/// Asserts that the run got its line back.
#[track_caller]
fn assert_answered(end: &Ended) {
    assert!(
        end.stdout.contains("sent\ttrue") && end.stdout.contains("came\ttrue\tcba"),
        "{end:#?}"
    );
}
