//! Scripts of devices against the lab's ports of TLS, both as the real binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;

use rig::{PATIENCE, Project, Running, holdline};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// A lab with a port of TLS and one of mTLS.
struct Lab {
    _running: Running,
    http: String,
    tls: u16,
    mtls: u16,
    folder: tempfile::TempDir,
}

impl Lab {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = holdline(&["lab", "--http", "127.0.0.1:0", "--store"]);
        command.arg(folder.path().join("lab.db"));
        command.args(["--tls", "cars=127.0.0.1:0", "--mtls", "vans=127.0.0.1:0"]);
        let mut running = Running::start(command);
        let told = running.wait_for("The lab is open: ");
        let http = told.split_once("http://").unwrap().1.to_owned();
        let [tls, mtls] = ["port cars: tls", "port vans: mtls"]
            .map(|port| running.wait_for(port).rsplit_once(':').unwrap().1.parse().unwrap());
        let trusted = running.wait_for("devices trust it with");
        assert!(trusted.contains(&format!("http://{http}/api/ca.crt")), "{trusted}");
        Self { _running: running, http, tls, mtls, folder }
    }

    fn get(&self, path: &str) -> String {
        let url = format!("http://{}{path}", self.http);
        ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap()
    }

    /// Waits until an answer says something.
    fn wait(&self, path: &str, wanted: &str) {
        let began = Instant::now();
        loop {
            let said = self.get(path);
            if said.contains(wanted) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "`{wanted}` is not in: {said}");
            std::thread::yield_now();
        }
    }

    /// Breaks the port of TLS in these words alone; mends it, if there are none.
    fn trouble(&self, words: Option<&str>) {
        let url = format!("http://{}/api/ports/cars/faults", self.http);
        assert_eq!(ureq::delete(&url).call().unwrap().status(), 204);
        if let Some(words) = words {
            ureq::post(&url).send_json(serde_json::json!({"fault": words})).unwrap();
        }
    }
}

/// An example as it is, but for the files that a user would put there.
fn example(name: &str, files: &[(&str, &str)]) -> Project {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let project = Project::new(&[]);
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), project.path().join(entry.file_name())).unwrap();
        }
    }
    for (name, text) in files {
        fs::write(project.path().join(name), text).unwrap();
    }
    project
}

#[test]
fn an_example_that_checks_its_server_talks_to_the_lab() {
    let lab = Lab::open();
    let ca = lab.get("/api/ca.crt");
    assert_eq!(ca, fs::read_to_string(lab.folder.path().join("lab.db-ca.crt")).unwrap());
    for name in ["task-tls-server-check", "tls-server-check"] {
        let project = example(name, &[("ca.crt", &ca)]);
        let redirect = format!("tls.example.com:8883=127.0.0.1:{}", lab.tls);
        let _running = project.start(&["--redirect", &redirect]);
        let said = if name.starts_with("task") { "aGVsbG8K" } else { "aGVhcnQgZGF0YQ0K" };
        lab.wait("/api/messages", said);
    }
    lab.wait("/api/messages?events=true", "\"secured\"");
}

/// Connects once, with what the page says to paste in the place of `CERT`, and prints what came of it.
const CLIENT: &str = r#"
PROJECT, VERSION = "TLS", "1.0.0"
require "socket"
sys.taskInit(function()
    while not socket.isReady() do sys.wait(10) end
    c = socket.tcp(true, CERT)
    print("answer", c:connect("server.test", 8883), c:send("over\n"))
    c:close()
    rtos.poweroff()
end)
sys.init(0, 0)
sys.run()
"#;

fn client(lab: &Lab, port: u16, cert: &str) -> rig::Ended {
    let (ca, own) = (lab.get("/api/ca.crt"), lab.get("/api/client.pem"));
    let main = CLIENT.replace("CERT", cert);
    let files = [("main.lua", &main), ("ca.crt", &ca), ("client.pem", &own)]
        .map(|(name, text)| (name, text.as_bytes()));
    Project::new(&files).run(&["--redirect", &format!("*=127.0.0.1:{port}")])
}

const TRUSTING: &str = r#"{caCert="ca.crt"}"#;
const OWN: &str = r#"{caCert="ca.crt", clientCert="client.pem", clientKey="client.pem"}"#;

#[test]
fn a_device_shows_the_certificate_that_the_lab_made_for_it() {
    let lab = Lab::open();
    let end = client(&lab, lab.mtls, OWN);
    assert!(end.stdout.contains("answer\ttrue\ttrue"), "{end:#?}");
    let end = client(&lab, lab.mtls, TRUSTING);
    assert!(end.stderr.contains("wants a client certificate"), "{end:#?}");
    assert!(end.stdout.contains("answer\tfalse"), "{end:#?}");
}

#[test]
fn a_script_s_console_names_each_trouble_of_the_lab() {
    let lab = Lab::open();
    for (trouble, said) in [
        ("tls expired", "expired"),
        ("tls not yet valid", "not valid before"),
        ("tls wrong name", "for `somebody-else.invalid`, not for `server.test`"),
        ("tls self signed", "self-signed"),
        ("tls unknown issuer", "`CN=An authority that nobody knows`, which is not in caCert"),
        ("tls issuer missing", "`CN=An authority that is not shown`"),
        ("tls wants client certificate", "wants a client certificate"),
        ("tls refuses client certificate", "does not accept the client certificate"),
        ("tls version refused", "no common version of TLS"),
        ("tls cipher refused", "no common cipher"),
        ("tls not tls", "does not speak TLS"),
        ("tls cut off", "cut the connection in the TLS handshake"),
    ] {
        lab.trouble(Some(trouble));
        let cert = if trouble.contains("refuses client") { OWN } else { TRUSTING };
        let end = client(&lab, lab.tls, cert);
        assert!(end.stderr.contains(said), "{trouble}: {end:#?}");
        assert!(end.stdout.contains("answer\tfalse"), "{trouble}: {end:#?}");
    }
    lab.trouble(None);
    let end = client(&lab, lab.tls, TRUSTING);
    assert!(end.stdout.contains("answer\ttrue\ttrue"), "{end:#?}");
}
