//! `holdline run --fault` with faults of TLS on real lines: which lines they hit, and what a server
//! sees of it.

use crate::Device;
use crate::assert_answered;
use crate::lines::Listener;
use crate::pki::{Party, Quirk};
use crate::rig::{PATIENCE, Project};
use crate::server::Server;
use rustls::version;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// Calls plainly once, then with TLS until a call stands.
const CALLER: &str = r#"
PROJECT, VERSION = "CALLER", "1.0.0"
require "socket"
sys.taskInit(function()
    while not socket.isReady() do sys.wait(10) end
    local plain = socket.tcp()
    print("plain", plain:connect("server.test", 8883) and plain:recv(10000))
    plain:close()
    for call = 1, 5 do
        local client = socket.tcp(true, { caCert = "ca.crt" })
        local stands = client:connect("server.test", 8883)
        print("call " .. call, stands and client:recv(10000))
        client:close()
        if stands then break end
    end
    rtos.poweroff()
end)
sys.init(0, 0)
sys.run()
"#;

/// A plain hello, then what becomes of each handshake, as the server sees it.
fn greet(listener: Listener) -> Receiver<bool> {
    let (tell, handshakes) = channel();
    thread::spawn(move || {
        let mut plain = listener.accept().sock;
        plain.write_all(b"hello").unwrap();
        loop {
            let mut line = listener.accept();
            let is_greeted = line.write_all(b"hello").is_ok();
            // The test may have seen enough.
            let _ = tell.send(is_greeted);
            // Its end, whatever that is.
            let _ = line.read(&mut [0; 8]);
        }
    });
    handshakes
}

#[test]
fn so_many_handshakes_fail_and_the_next_stands() {
    for version in [&version::TLS12, &version::TLS13] {
        let listener = Listener::new(version);
        let ca = listener.authority.certificate.clone();
        let project = Project::new(&[("main.lua", CALLER.as_bytes()), ("ca.crt", ca.as_bytes())]);
        // To be looked up, by the system alone: the line hears of the fault before it has an address.
        let redirect = format!("*=127.1:{}", listener.address().port());
        let handshakes = greet(listener);
        let end = project.run(&["--redirect", &redirect, "--fault", "tls wrong name 2 connects"]);
        for line in ["plain\ttrue", "call 1\tfalse", "call 2\tfalse", "call 3\ttrue"] {
            assert!(end.stdout.contains(line), "{line}: {end:#?}");
        }
        for words in [
            "# fault: tls wrong name connects 1 to 2\n",
            "# fault over: tls wrong name connects 1 to 2\n",
            "(for server.test:8883): the server's certificate is for `another.example`, not for `server.test`",
        ] {
            assert!(end.stderr.contains(words), "{words}: {end:#?}");
        }
        // Each was a real connection, which the device left in the middle.
        let seen = [(); 3].map(|()| handshakes.recv_timeout(PATIENCE).unwrap());
        assert_eq!(seen, [false, false, true]);
    }
}

#[test]
fn who_does_not_look_at_certificates_meets_what_is_wrong_with_everything_else() {
    let server = Server::start(&Party::self_signed("server.test", Quirk::None), &[], &[]);
    let device = Device::trusting_all();
    let end = device.run(server.port, &["--fault", "tls expired"]);
    assert!(end.stderr.contains("# fault: tls expired\n"), "{end:#?}");
    assert_answered(&end);
    let end = device.run(server.port, &["--fault", "tls not tls"]);
    assert!(end.stdout.contains("no connection"), "{end:#?}");
    assert!(end.stderr.contains("does not speak TLS"), "{end:#?}");
}
