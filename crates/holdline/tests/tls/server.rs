//! `openssl s_server` on a free port.

use crate::pki::Party;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running server; dropped, it is killed.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    /// Held so that the server never writes into nothing.
    _stdout: BufReader<ChildStdout>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// A server that shows `party`, sends each line back reversed, and does what `args` say; files
    /// that they name are in its folder.
    pub(crate) fn start(party: &Party, args: &[&str], files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let own = [("cert.pem", party.certificate.as_str()), ("key.pem", party.key.as_str())];
        for (name, text) in own.iter().chain(files) {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-rev"])
            .args(["-cert", "cert.pem", "-key", "key.pem"])
            .args(args)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests need `openssl`");
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let port = loop {
            let mut line = String::new();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "s_server {args:?} did not start");
            if let Some((_, port)) = line.rsplit_once(':').filter(|_| line.starts_with("ACCEPT")) {
                break port.trim().parse().unwrap();
            }
        };
        Self { child, port, _stdout: stdout, _folder: folder }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
