//! The bridges of `examples` on the real binary: a serial line and a server that is killed again and
//! again. Every byte arrives once and in order, or the script has counted it as thrown away.
//!
//! A killed server takes no more connections, says that it has no more to say, and reads until the
//! other end closes: so no byte is left in a place where nobody knows of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod rig;
mod stream;

use rig::{Running, holdline};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;
use stream::{Account, noise};

/// Bytes that are on their way from the serial line to the server at most, while it is there.
const WINDOW: usize = 32 * 1024;

/// Bytes that are said while the server is down, after every fifth kill: more than a bridge keeps.
const FLOOD: usize = 300 * 1024;

/// Bytes by which the server may be ahead with its own stream.
const AHEAD: usize = 256 * 1024;

/// How long a test waits for the next byte.
const PATIENCE: Duration = Duration::from_secs(120);

/// How the test and the device are joined.
#[derive(Clone, Copy, Debug)]
enum Cable {
    /// The device's own pseudo-terminal.
    Pty,
    /// Two pseudo-terminals of the test's, joined; one is the device's serial device.
    Joined,
    /// A pseudo-terminal of the test's, joined with the device's TCP port.
    Tcp,
    /// The same, joined by `socat`.
    Socat,
}

/// What the threads tell each other.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// What of the serial line's stream has come to the server.
    up: Account,
    /// How much of it was said.
    said: usize,
    /// How much more than the window may be said.
    flood: usize,
    /// How much of the server's stream it has sent, and how much the serial line has heard.
    sent: usize,
    heard: usize,
    /// The server is being killed.
    is_killed: bool,
}

impl Shared {
    /// Waits until `is_so`, then does `act`.
    fn when<R>(&self, is_so: impl Fn(&State) -> bool, act: impl FnOnce(&mut State) -> R) -> R {
        let guard = self.state.lock().unwrap();
        let (mut guard, waited) =
            self.changed.wait_timeout_while(guard, PATIENCE, |state| !is_so(state)).unwrap();
        let State { up, said, sent, heard, .. } = &*guard;
        assert!(!waited.timed_out(), "nothing goes on: {up:?} {said} {sent} {heard}");
        let done = act(&mut guard);
        self.changed.notify_all();
        done
    }
}

fn open(path: &Path) -> File {
    OpenOptions::new().read(true).write(true).open(path).unwrap()
}

/// A pseudo-terminal: its master, and the path of its other side.
fn pty() -> (File, PathBuf) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let path = PathBuf::from(ptsname(&master, Vec::new()).unwrap().into_string().unwrap());
    let mut raw = tcgetattr(&master).unwrap();
    raw.make_raw();
    tcsetattr(&master, OptionalActions::Now, &raw).unwrap();
    (File::from(master), path)
}

/// A bridge that runs, and the serial line to it.
struct Bridge {
    running: Running,
    line: File,
    /// Ends with the test.
    socat: Option<Child>,
    _folder: tempfile::TempDir,
}

impl Drop for Bridge {
    fn drop(&mut self) {
        if let Some(socat) = &mut self.socat {
            let _ = socat.kill();
            let _ = socat.wait();
        }
    }
}

/// Carries bytes one way for as long as there are any.
fn copy(mut from: impl Read + Send + 'static, mut to: impl Write + Send + 'static) {
    thread::spawn(move || std::io::copy(&mut from, &mut to));
}

fn bridge(example: &str, cable: Cable, server: SocketAddr) -> Bridge {
    let folder = tempfile::tempdir().unwrap();
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example);
    let joined = [pty(), pty()];
    let target = match cable {
        Cable::Pty => "1=pty".to_owned(),
        Cable::Joined => format!("1={}", joined[0].1.display()),
        Cable::Tcp | Cable::Socat => "1=tcp-listen:127.0.0.1:0".to_owned(),
    };
    let redirect = format!("--redirect=*={server}");
    let mut command = holdline(&["run", "--boot", "10ms", "--restarts", "0", "--uart", &target]);
    command.env("XDG_STATE_HOME", folder.path()).arg(redirect).arg(project);
    let mut running = Running::start(command);
    let name = running.wait_for("serial port 1 is ");
    let name = name.rsplit(' ').next().unwrap();
    let mut socat = None;
    let line = match cable {
        Cable::Pty => open(Path::new(name)),
        Cable::Joined => {
            let line = open(&joined[1].1);
            let [one, other] = [0, 1].map(|which: usize| joined[which].0.try_clone().unwrap());
            copy(one.try_clone().unwrap(), other.try_clone().unwrap());
            copy(other, one);
            line
        }
        Cable::Tcp => {
            let line = open(&joined[1].1);
            let tcp = TcpStream::connect(name.strip_prefix("tcp-listen:").unwrap()).unwrap();
            copy(tcp.try_clone().unwrap(), joined[1].0.try_clone().unwrap());
            copy(joined[1].0.try_clone().unwrap(), tcp);
            line
        }
        Cable::Socat => {
            let link = folder.path().join("line");
            let tcp = name.replace("tcp-listen", "TCP");
            let pty = format!("PTY,raw,echo=0,link={}", link.display());
            let started = Command::new("socat").args([pty, tcp]).spawn();
            socat = Some(started.expect("socat is needed for this test; see CONTRIBUTING.md"));
            running.wait_for("somebody is at");
            open(&link)
        }
    };
    Bridge { running, line, socat, _folder: folder }
}

/// Both streams, and what is known of them.
#[derive(Clone)]
struct Streams {
    up: Arc<Vec<u8>>,
    down: Arc<Vec<u8>>,
    shared: Arc<Shared>,
}

impl Streams {
    fn new(len: usize) -> Self {
        let (up, down) = (Arc::new(noise(1, len)), Arc::new(noise(2, len)));
        Self { up, down, shared: Arc::default() }
    }

    /// Says the whole stream on the serial line.
    fn say(&self, mut line: File) {
        while let Some(piece) = self.next_to_say() {
            line.write_all(piece).unwrap();
        }
    }

    fn next_to_say(&self) -> Option<&[u8]> {
        let room = |state: &State| (state.up.at + WINDOW + state.flood).saturating_sub(state.said);
        let (from, to) = self.shared.when(
            |state| state.said == self.up.len() || room(state) > 0,
            |state| {
                let from = state.said;
                state.said = (from + room(state).min(4096)).min(self.up.len());
                (from, state.said)
            },
        );
        (from < to).then(|| &self.up[from..to])
    }

    /// Hears the whole stream of the server on the serial line.
    fn hear(&self, mut line: File) {
        let (mut piece, mut at) = ([0; 4096], 0);
        while at < self.down.len() {
            let len = line.read(&mut piece).unwrap();
            assert!(piece[..len] == self.down[at..at + len], "other bytes came out at {at}");
            at += len;
            self.shared.when(|_| true, |state| state.heard = at);
        }
    }

    /// Takes one connection and serves it until it is killed and has ended.
    fn serve(&self, stream: TcpStream) {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        self.shared.when(|_| true, |state| state.up.begin());
        let (streams, mut sending) = (self.clone(), stream.try_clone().unwrap());
        let sender = thread::spawn(move || {
            while let Some(piece) = streams.next_to_send() {
                sending.write_all(piece).unwrap();
            }
            let _ = sending.shutdown(Shutdown::Write);
        });
        self.receive(stream);
        sender.join().unwrap();
    }

    fn next_to_send(&self) -> Option<&[u8]> {
        let all = self.down.len();
        let room = |state: &State| match state.up.at == self.up.len() {
            true => all - state.sent,
            false => (state.up.at + AHEAD).min(all).saturating_sub(state.sent),
        };
        let (from, to) = self.shared.when(
            |state| state.is_killed || room(state) > 0,
            |state| {
                let from = state.sent;
                if !state.is_killed {
                    state.sent += room(state).min(4096);
                }
                (from, state.sent)
            },
        );
        (from < to).then(|| &self.down[from..to])
    }

    fn receive(&self, mut stream: TcpStream) {
        let mut piece = vec![0; 64 * 1024];
        loop {
            let len = stream.read(&mut piece).unwrap_or(0);
            self.shared.when(
                |_| true,
                |state| {
                    let missing = state.up.missing;
                    match len {
                        0 => state.up.end(&self.up),
                        _ => state.up.take(&self.up, &piece[..len]),
                    }
                    if state.up.missing > missing {
                        state.flood = 0;
                    }
                },
            );
            if len == 0 {
                return;
            }
        }
    }
}

/// Carries `len` bytes each way and kills the server `kills` times; says what that cost.
fn carry(example: &str, cable: Cable, len: usize, kills: usize) -> String {
    let mut listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut bridge = bridge(example, cable, address);
    let streams = Streams::new(len);
    let (speaker, line) = (streams.clone(), bridge.line.try_clone().unwrap());
    thread::spawn(move || speaker.say(line));
    let (hearer, line) = (streams.clone(), bridge.line.try_clone().unwrap());
    let hearer = thread::spawn(move || hearer.hear(line));
    let shared = &streams.shared;
    for kill in 1..=kills + 1 {
        let stream = listener.accept().unwrap().0;
        let server = streams.clone();
        let server = thread::spawn(move || server.serve(stream));
        if kill > kills {
            shared.when(|state| state.up.at == len && state.heard == len, |_| ());
            drop(server);
            break;
        }
        shared.when(
            |state| state.up.at >= kill * (len / (kills + 1)),
            |state| state.is_killed = true,
        );
        drop(listener);
        server.join().unwrap();
        if kill % 5 == 3 {
            let goal = shared.when(
                |_| true,
                |state| {
                    state.flood = FLOOD;
                    (state.up.at + WINDOW + FLOOD).min(len)
                },
            );
            shared.when(|state| state.said >= goal, |_| ());
        }
        shared.when(|_| true, |state| state.is_killed = false);
        listener = TcpListener::bind(address).unwrap();
    }
    hearer.join().unwrap();
    settle(&mut bridge, shared, kills)
}

/// Holds what is missing and what came twice against what the script has counted.
fn settle(bridge: &mut Bridge, shared: &Shared, kills: usize) -> String {
    let mut counted = (0, 0);
    for _ in 0..=kills {
        let line = bridge.running.wait_for("thrown away so far");
        let words: Vec<&str> = line.split('\t').collect();
        let after = |word: &str| -> usize {
            let at = words.iter().position(|found| found.ends_with(word)).unwrap();
            words[at + 1].parse().unwrap()
        };
        counted = (after("thrown away so far"), after("sent again"));
    }
    let (missing, twice) = shared.when(|_| true, |state| (state.up.missing, state.up.twice));
    assert_eq!(missing, counted.0, "bytes are missing that the script has not counted");
    assert!(twice <= counted.1, "{twice} bytes came twice, {} were sent again", counted.1);
    assert!(kills < 3 || missing > 0, "the floods were to cost something");
    format!(
        "{missing} bytes thrown away and counted, {twice} came twice, of {} sent again",
        counted.1
    )
}

#[test]
fn a_bridge_of_callbacks_over_a_pty() {
    println!("{}", carry("transparent", Cable::Pty, 2_000_000, 3));
}

#[test]
fn a_bridge_of_tasks_over_a_serial_loop() {
    println!("{}", carry("task-transparent", Cable::Joined, 2_000_000, 3));
}

#[test]
fn a_bridge_of_tasks_over_tcp() {
    println!("{}", carry("task-transparent", Cable::Tcp, 2_000_000, 2));
}

#[test]
#[ignore = "takes a minute; CONTRIBUTING.md has the command"]
fn fifty_megabytes_by_callbacks_over_a_pty() {
    println!("{}", carry("transparent", Cable::Pty, 50_000_000, 20));
}

#[test]
#[ignore = "takes a minute; CONTRIBUTING.md has the command"]
fn fifty_megabytes_by_tasks_over_a_serial_loop() {
    println!("{}", carry("task-transparent", Cable::Joined, 50_000_000, 20));
}

#[test]
#[ignore = "takes a minute, and socat; CONTRIBUTING.md has the command"]
fn fifty_megabytes_by_callbacks_over_socat() {
    println!("{}", carry("transparent", Cable::Socat, 50_000_000, 20));
}
