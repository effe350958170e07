//! A lab in a process of its own, which can be killed: the test program, started once more.

#![expect(clippy::print_stdout, reason = "the process says where it is")]

use super::{config, port};
use holdline_lab::{Lab, PortKind};
use holdline_peer::{Identity, Manner, Pattern, Reply};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Names the folder of the store to the process that is to be a lab.
const FOLDER: &str = "HOLDLINE_TEST_LAB";

/// Bytes that are on their way to its store.
pub(crate) const WAITING_BYTES_MAX: usize = 4 << 20;

/// What the process says before its two addresses.
const AT: &str = "lab at ";

/// The test that is a lab where it is told so; each file that uses this has it.
const TEST: &str = "a_lab_of_its_own";

pub(crate) struct Lonely {
    pub(crate) child: Child,
    pub(crate) port: SocketAddr,
    pub(crate) silent: SocketAddr,
    http: SocketAddr,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

/// Is a lab until its input ends, if it is told to be one. Its first port echoes, and takes `id=NAME` for
/// a name; its second only listens.
pub(crate) fn be_a_lab() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let identity = Identity::Pattern(Pattern::new(r"id=([a-z]\d)").unwrap());
    let manner = Manner { reply: Reply::Echo, identity: Some(identity), ..Manner::default() };
    let ports =
        vec![port("cars", PortKind::Tcp, manner), port("meters", PortKind::Tcp, Manner::default())];
    let mut config = config(Path::new(&folder), ports);
    config.limits.waiting_bytes_max = WAITING_BYTES_MAX;
    let lab = Lab::start(config).unwrap();
    println!("\n{AT}{} {} {}", lab.ports()[0], lab.ports()[1], lab.http());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    match lab.stop() {
        Ok(()) => println!("stopped well"),
        Err(error) => println!("stopped badly: {error}"),
    }
}

impl Lonely {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, Command::new(std::env::current_exe().unwrap()))
    }

    /// Starts `command`, which the test program's own arguments are added to.
    pub(crate) fn start_with(folder: &Path, mut command: Command) -> Self {
        command.args([TEST, "--exact", "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let line = line_with(&mut stdout, AT);
        let at: Vec<SocketAddr> = line.split(' ').map(|at| at.parse().unwrap()).collect();
        let [port, silent, http] = at[..] else { panic!("{line}") };
        let stdin = child.stdin.take();
        Self { port, silent, http, child, stdin, stdout }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        ureq::get(self.url(path)).call().unwrap().body_mut().read_json().unwrap()
    }

    /// Asks until the answer is as wanted.
    pub(crate) fn wait(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        super::wait(|| self.get(path), is_wanted)
    }

    /// Stops it; what it says of that.
    pub(crate) fn stop(mut self) -> String {
        drop(self.stdin.take());
        let said = line_with(&mut self.stdout, "stopped ");
        assert!(self.child.wait().unwrap().success());
        said
    }
}

impl Drop for Lonely {
    /// It ends by itself when its input does, unless the test fails in between.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The rest of the first line that begins so.
fn line_with(stdout: &mut impl BufRead, begin: &str) -> String {
    loop {
        let mut line = String::new();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "it ended without `{begin}`");
        if let Some(rest) = line.strip_prefix(begin) {
            return rest.trim_end().to_owned();
        }
    }
}
