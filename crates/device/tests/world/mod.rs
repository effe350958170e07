//! A small world for one device: servers that behave as their names say, in virtual time.

use holdline_device::{Device, Input, Instant, Output, Power, Project, RestartCause, Sharing, Vm};
use holdline_modem::{
    ConnectFailure, LineEnd, LineId, Output as Order, PinId, Tls, TlsFailure, UartId,
};
use std::collections::BTreeMap;
use std::time::Duration;

/// From an order to connect to its answer.
const CONNECT_AFTER: Duration = Duration::from_millis(300);
/// From a send to its confirmation.
const CONFIRM_AFTER: Duration = Duration::from_millis(200);
/// From a send to its echo.
const ECHO_AFTER: Duration = Duration::from_millis(300);
/// From an order to close to its answer.
const CLOSE_AFTER: Duration = Duration::from_millis(100);
/// From a connection to the greeting of `greeter`.
const GREETING_AFTER: Duration = Duration::from_millis(100);
/// From a connection to its end at `closer`.
const CLOSER_CLOSES_AFTER: Duration = Duration::from_secs(1);

/// From a write to a serial port to its last bit.
const WRITTEN_AFTER: Duration = Duration::from_millis(100);

/// What starts a printed line that is a word to this world.
const TO_WORLD: u8 = 1;

/// What happens when.
type Due = (Instant, u32);

/// Everything beyond the device's doors.
#[derive(Default)]
pub(crate) struct World {
    now: Instant,
    queue: BTreeMap<Due, Input>,
    queued: u32,
    /// Lines that stand or are coming up, with their hosts.
    lines: BTreeMap<LineId, String>,
    /// Hosts that behave as another name says.
    pub(crate) manners: BTreeMap<String, String>,
    /// What the servers saw and what the script printed.
    pub(crate) log: Vec<(Instant, String)>,
    /// Whether the script has said `done()`.
    pub(crate) done: bool,
    /// The restart that the script has announced.
    pub(crate) announced_restart: Option<String>,
    /// Words that must be in a line by the end, or must not.
    pub(crate) expected: Vec<(String, bool)>,
    /// Whether errors in tasks are part of the test.
    pub(crate) task_errors_are_fine: bool,
}

impl World {
    /// Runs `project` until `end`, until it is done, or until `each` says to stop.
    pub(crate) fn run(
        &mut self,
        project: Project,
        sharing: Sharing,
        power: Power,
        end: Instant,
        mut each: impl FnMut(&mut Self, &RestartCause) -> bool,
    ) {
        let vm = Vm::new(project.into(), sharing).unwrap();
        let mut device = Device::power_on(Instant::ZERO, &vm, power);
        while !self.done {
            match device.poll_output() {
                Output::Print(line) => self.hear(&line),
                Output::Notice(notice) => {
                    let place = notice.place.map(|place| place.to_string()).unwrap_or_default();
                    self.note(format!("notice {:?} {:?} {place}", notice.kind, notice.detail));
                }
                Output::Modem(order) => self.carry_out(order),
                Output::Restarting(cause) => {
                    if each(self, &cause) {
                        return;
                    }
                }
                Output::PoweredOff => self.note("off".to_owned()),
                Output::Idle(deadline) => {
                    let due = self.queue.keys().next().map(|&(at, _)| at);
                    let Some(next) = deadline.into_iter().chain(due).min() else { return };
                    if next > end {
                        return;
                    }
                    self.now = next;
                    let input = self.take_due().unwrap_or(Input::Timeout);
                    device.handle_input(next, input);
                }
            }
        }
    }

    /// The log, one line each, with times.
    pub(crate) fn story(&self) -> String {
        self.log.iter().map(|(at, what)| format!("    {at}  {what}\n")).collect()
    }

    fn note(&mut self, what: String) {
        self.log.push((self.now, what));
    }

    fn take_due(&mut self) -> Option<Input> {
        let entry = self.queue.first_entry().filter(|entry| entry.key().0 <= self.now)?;
        Some(entry.remove())
    }

    fn after(&mut self, wait: Duration, input: Input) {
        self.queued += 1;
        self.queue.insert((self.now + wait, self.queued), input);
    }

    fn carry_out(&mut self, order: Order) {
        match order {
            Order::Connect { line, host, port, tls, .. } => {
                let with = tls.map_or_else(String::new, |tls| story(&tls));
                self.connect(line, host, port, &with);
            }
            Order::Send { line, bytes, .. } => self.send(line, bytes),
            Order::Close { line } => {
                self.end_line(line, "closed by the device");
                self.after(CLOSE_AFTER, Input::Closed { line });
            }
            Order::Abort { line } => self.end_line(line, "broken off"),
            Order::Net(change) => self.note(format!("network: {change}")),
            Order::Pin { pin, drive } => self.note(format!("{pin} {drive}")),
            Order::UartOpen { port, settings } => {
                let talk =
                    format!("{}{:?}{}", settings.data_bits, settings.parity, settings.stop_bits);
                let flow = if settings.flow { " flow" } else { "" };
                self.note(format!("{port} opened {} {talk}{flow}", settings.baud));
            }
            Order::UartWrite { port, write, bytes } => {
                self.note(format!("{port} got {}", bytes.escape_ascii()));
                self.after(WRITTEN_AFTER, Input::UartSent { port, write });
            }
            Order::UartClose { port } => self.note(format!("{port} closed")),
            Order::UartOverrun { port, lost, .. } => self.note(format!("{port} lost {lost}")),
            Order::Pause { .. }
            | Order::Resume { .. }
            | Order::UartPause { .. }
            | Order::UartResume { .. }
            | Order::Idle(_) => {}
        }
    }

    fn manner(&self, host: &str) -> String {
        self.manners.get(host).map_or(host, String::as_str).to_owned()
    }

    fn connect(&mut self, line: LineId, host: String, port: u16, with: &str) {
        self.note(format!("{host}:{port} connect{with}"));
        let manner = self.manner(&host);
        self.lines.insert(line, host);
        let fail = |why| Input::ConnectFailed { line, why };
        match manner.as_str() {
            "silent" => {}
            "refused" => self.after(CONNECT_AFTER, fail(ConnectFailure::Refused)),
            "stranger" => {
                let failure = TlsFailure::UnknownIssuer { issuer: "CN=stranger".into() };
                self.after(CONNECT_AFTER, fail(failure.into()));
            }
            "nowhere" => self.after(CONNECT_AFTER, fail(ConnectFailure::NameNotFound)),
            _accepts => self.after(CONNECT_AFTER, Input::Connected { line }),
        }
        match manner.as_str() {
            "closer" => {
                let how = LineEnd::Closed;
                self.after(CONNECT_AFTER + CLOSER_CLOSES_AFTER, Input::Ended { line, how });
            }
            "greeter" => {
                let bytes = b"hello".to_vec();
                self.after(CONNECT_AFTER + GREETING_AFTER, Input::Received { line, bytes });
            }
            _waits => {}
        }
    }

    fn send(&mut self, line: LineId, bytes: Vec<u8>) {
        let host = self.lines.get(&line).cloned().unwrap_or_default();
        self.note(format!("{host} got {}", bytes.escape_ascii()));
        match self.manner(&host).as_str() {
            "mute" => {}
            "sendfail" => self.after(CONFIRM_AFTER, Input::SendFailed { line }),
            "echo" => {
                self.after(CONFIRM_AFTER, Input::Sent { line });
                self.after(ECHO_AFTER, Input::Received { line, bytes });
            }
            _confirms => self.after(CONFIRM_AFTER, Input::Sent { line }),
        }
    }

    fn end_line(&mut self, line: LineId, how: &str) {
        if let Some(host) = self.lines.remove(&line) {
            self.note(format!("{host} {how}"));
        }
    }

    /// A printed line: for the log, or for this world.
    fn hear(&mut self, line: &[u8]) {
        let Some(words) = line.strip_prefix(&[TO_WORLD]) else {
            return self.note(String::from_utf8_lossy(line).into_owned());
        };
        let words: Vec<&[u8]> = words.split(|&byte| byte == TO_WORLD).collect();
        let text = |at: usize| {
            String::from_utf8_lossy(words.get(at).copied().unwrap_or_default()).into_owned()
        };
        match text(0).as_str() {
            "done" => self.done = true,
            "restarts" => self.announced_restart = Some(text(1)),
            "task errors are fine" => self.task_errors_are_fine = true,
            "expects" => self.expected.push((text(1), true)),
            "expects none" => self.expected.push((text(1), false)),
            "manner" => drop(self.manners.insert(text(1), text(2))),
            "link lost" => self.after(Duration::ZERO, Input::LinkLost),
            "cell lost" => self.after(Duration::ZERO, Input::CellLost),
            "cell found" => self.after(Duration::ZERO, Input::CellFound),
            "sim removed" => self.after(Duration::ZERO, Input::SimRemoved),
            "sim inserted" => self.after(Duration::ZERO, Input::SimInserted),
            "sim locked" => self.after(Duration::ZERO, Input::SimLocked),
            "sim unlocked" => self.after(Duration::ZERO, Input::SimUnlocked),
            "data barred" => self.after(Duration::ZERO, Input::DataBarred),
            "data allowed" => self.after(Duration::ZERO, Input::DataAllowed),
            "signal" => {
                self.after(Duration::ZERO, Input::SignalChanged { rssi: text(1).parse().unwrap() });
            }
            "flash full" => self.after(Duration::ZERO, Input::FlashFilled),
            "flash has room" => self.after(Duration::ZERO, Input::FlashFreed),
            "pin" => {
                let level = match text(2).as_str() {
                    "high" => Some(true),
                    "low" => Some(false),
                    _nothing => None,
                };
                let pin = PinId(text(1).parse().unwrap());
                self.after(Duration::ZERO, Input::Pin { pin, level });
            }
            "close" => {
                self.for_each_line(&text(1), |line| Input::Ended { line, how: LineEnd::Closed })
            }
            "send" => {
                let bytes = words.get(2).copied().unwrap_or_default();
                self.for_each_line(&text(1), |line| Input::Received {
                    line,
                    bytes: bytes.to_vec(),
                });
            }
            "serial" => {
                let port = UartId::new(text(1).parse().unwrap()).unwrap();
                let bytes = words.get(2).copied().unwrap_or_default().to_vec();
                self.after(Duration::ZERO, Input::UartReceived { port, bytes });
            }
            unknown => panic!("world(): no such word: {unknown}"),
        }
    }

    fn for_each_line(&mut self, host: &str, input: impl Fn(LineId) -> Input) {
        let lines: Vec<LineId> =
            self.lines.iter().filter(|&(_, of)| of == host).map(|(&line, _)| line).collect();
        for line in lines {
            self.after(Duration::ZERO, input(line));
        }
    }
}

/// What a script gives to TLS, for the log: files by their first eight bytes.
fn story(tls: &Tls) -> String {
    let name = tls.host_name.as_deref().unwrap_or("?");
    let text = |pem: &Option<Vec<u8>>| match pem {
        Some(pem) => String::from_utf8_lossy(&pem[..pem.len().min(8)]).into_owned(),
        None => "-".to_owned(),
    };
    let [ca, cert] = [text(&tls.ca_cert), text(&tls.client_cert)];
    let [key, password] = [text(&tls.client_key), text(&tls.key_password)];
    format!(" tls {name} ca={ca} cert={cert} key={key} password={password}")
}
