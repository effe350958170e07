//! The modem: owns the machines and fixes the order in which they are served.

use crate::net::Network;
use crate::pins::Pins;
use crate::socket::{RX_WINDOW_BYTES, Sockets, State};
use crate::soft_dog::SoftDog;
use crate::timer::Timers;
use crate::uart::Uarts;
use crate::{
    BootPlan, Confirm, ConnectError, Input, Instant, Kind, LineId, Message, Net, Output, PinId,
    PinUse, Profile, SocketId, Status, TimerId, Tls,
};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// How long sent bytes may stay unacknowledged, unless the script says otherwise: 4 x 16 s.
const RESEND_FOR: Duration = Duration::from_secs(4 * 16);

/// One cellular module.
#[derive(Debug)]
pub struct Modem {
    profile: Profile,
    now: Instant,
    booted_at: Instant,
    network: Network,
    sockets: Sockets,
    timers: Timers,
    pins: Pins,
    /// Nothing until a script sets a serial port up: most devices have none.
    uarts: Option<Box<Uarts>>,
    /// Nothing until a script, or the library of a 4G module, opens it.
    soft_dog: Option<Box<SoftDog>>,
    confirm: Confirm,
    resend_for: Duration,
    messages: VecDeque<Message>,
    outputs: VecDeque<Output>,
}

impl Modem {
    /// Powers a module on at `now`, with a SIM inserted and a cell in reach.
    pub fn power_on(now: Instant, profile: Profile, plan: BootPlan) -> Self {
        Self {
            profile,
            now,
            booted_at: now,
            network: Network::power_on(now, plan),
            sockets: Sockets::new(&profile),
            timers: Timers::default(),
            pins: Pins::default(),
            uarts: None,
            soft_dog: None,
            confirm: Confirm::Acknowledged,
            resend_for: RESEND_FOR,
            messages: VecDeque::new(),
            outputs: VecDeque::new(),
        }
    }

    // The driver's doors.

    /// Takes a fact in. Bad or late facts are ignored; nothing here can fail.
    pub fn handle_input(&mut self, now: Instant, input: Input) {
        debug_assert!(self.outputs.is_empty(), "drain `poll_output` until `Idle` after each input");
        self.now = self.now.max(now);
        self.handle_timeout();
        match input {
            Input::Timeout => {}
            Input::SimInserted => self.network.handle_sim_inserted(self.now),
            Input::SimRemoved => self.network.handle_sim_removed(),
            Input::CellFound => self.network.handle_cell_found(self.now),
            Input::CellLost => self.network.handle_cell_lost(),
            Input::SimLocked => self.network.handle_sim_locked(),
            Input::SimUnlocked => self.network.handle_sim_unlocked(self.now),
            Input::LinkLost => self.network.handle_link_lost(self.now),
            Input::DataBarred => self.network.handle_data_barred(),
            Input::DataAllowed => self.network.handle_data_allowed(self.now),
            Input::RadioSwitchedOff => self.network.set_flight_mode(self.now, true),
            Input::RadioSwitchedOn => self.network.set_flight_mode(self.now, false),
            Input::SignalChanged { rssi } => self.network.handle_signal_changed(rssi),
            Input::PowerLost => self.lose_power(),
            // What is left of these is the device's, which has the files and starts the script.
            Input::FlashFilled | Input::FlashFreed | Input::PowerRestored => {}
            Input::Pin { pin, level } => self.handle_pin(pin, level),
            Input::Connected { line } => self.handle_connected(line, true),
            Input::ConnectFailed { line, why: _ } => self.handle_connected(line, false),
            Input::Sent { line } => self.handle_sent(line, true),
            Input::SendFailed { line } => self.handle_sent(line, false),
            Input::Received { line, bytes } => self.handle_received(line, bytes),
            Input::Ended { line, how: _ } => self.handle_ended(line),
            Input::Closed { line } => self.handle_closed(line),
            Input::UartReceived { port, bytes } => self.handle_uart_received(port, &bytes),
            Input::UartOverran { port, lost } => self.handle_uart_overran(port, lost),
            Input::UartSent { port, write } => self.handle_uart_sent(port, write),
        }
        self.serve_network();
    }

    /// The next order. Changes only after [`Self::handle_input`] and the script's calls.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Idle(self.poll_timeout()))
    }

    /// Whether [`Self::poll_output`] would yield an order, and not `Idle`.
    pub fn has_orders(&self) -> bool {
        !self.outputs.is_empty()
    }

    /// Gives memory back that only orders and messages under way need; for fleets, whose devices
    /// rest most of the time.
    pub fn rest(&mut self) {
        self.outputs.shrink_to_fit();
        self.messages.shrink_to_fit();
    }

    /// When to come back, if nothing else happens.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.next_due().into_iter().chain(self.soft_dog_bites_at()).min()
    }

    fn next_due(&self) -> Option<Instant> {
        self.network.poll_timeout().into_iter().chain(self.timers.poll_timeout()).min()
    }

    // The script's door. Nothing here waits; the outcome comes as a message.

    /// What `rtos.receive` yields next; nothing while a serial port is far behind with writing.
    pub fn poll_message(&mut self) -> Option<Message> {
        if self.is_held() {
            return None;
        }
        let message = self.messages.pop_front()?;
        if let Message::Closed { socket } = message {
            self.free_closed(socket);
        }
        Some(message)
    }

    /// Whether [`Self::poll_message`] would yield one.
    pub fn has_messages(&self) -> bool {
        !self.messages.is_empty() && !self.is_held()
    }

    /// What the module can do.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The time that the modem was told last.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// How long ago the last boot was.
    pub const fn uptime(&self) -> Duration {
        self.now.since(self.booted_at)
    }

    /// The network state.
    pub fn status(&self) -> Status {
        self.network.status()
    }

    /// Whether sockets can connect.
    pub fn is_online(&self) -> bool {
        self.network.status().online
    }

    /// The strength of the signal where there is a cell, 0 to 31.
    pub const fn rssi(&self) -> u8 {
        self.network.rssi()
    }

    /// Whether any socket is connected.
    pub fn has_line(&self) -> bool {
        self.sockets.iter().any(|found| found.state == State::Connected)
    }

    /// Starts timer `id`, anew where it runs; shorter than the profile's shortest is raised to it.
    pub fn timer_start(&mut self, id: TimerId, after: Duration) {
        self.timers.start(id, self.now + after.max(self.profile.timer_min));
    }

    /// Stops timer `id`; an unknown one is harmless.
    pub fn timer_stop(&mut self, id: TimerId) {
        self.timers.stop(id);
    }

    /// Starts a connection; one [`Message::Connected`] says how it ended. Without an address the
    /// answer is a failure.
    pub fn connect(
        &mut self,
        kind: Kind,
        host: String,
        port: u16,
    ) -> Result<SocketId, ConnectError> {
        self.open_line(kind, None, host, port)
    }

    /// Starts a TLS connection, as [`Self::connect`] does; it counts by itself.
    pub fn connect_tls(
        &mut self,
        tls: Tls,
        host: String,
        port: u16,
    ) -> Result<SocketId, ConnectError> {
        self.open_line(Kind::Tcp, Some(Box::new(tls)), host, port)
    }

    fn open_line(
        &mut self,
        kind: Kind,
        tls: Option<Box<Tls>>,
        host: String,
        port: u16,
    ) -> Result<SocketId, ConnectError> {
        let line = self.sockets.open(kind, tls.is_some())?;
        if self.is_online() {
            let resend_for = self.resend_for;
            self.outputs.push_back(Output::Connect { line, kind, tls, host, port, resend_for });
        } else {
            self.handle_connected(line, false);
        }
        Ok(line.socket)
    }

    /// Takes in a line that somebody else opened to this device; [`Message::Accepted`] tells the script.
    /// None where every number is taken.
    ///
    /// A module in the field has no such lines: this is for a script that stands in for a server.
    pub fn accept(&mut self, kind: Kind) -> Option<LineId> {
        let line = self.sockets.accept(kind)?;
        self.messages.push_back(Message::Accepted { socket: line.socket });
        Some(line)
    }

    /// Sends `bytes`; exactly one [`Message::Sent`] says how it ended, also where there is no line.
    pub fn send(&mut self, socket: SocketId, bytes: Vec<u8>) {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        match self.sockets.get(socket) {
            Some(found) if found.state == State::Connected => {
                found.unconfirmed.push_back(len);
                let line = LineId { socket, attempt: found.attempt };
                self.outputs.push_back(Output::Send { line, bytes, confirm: self.confirm });
            }
            Some(_) | None => {
                self.messages.push_back(Message::Sent { socket, ok: false, len });
            }
        }
    }

    /// Up to `max` received bytes: across reports for TCP, of the oldest datagram for UDP.
    pub fn receive(&mut self, socket: SocketId, max: usize) -> Vec<u8> {
        let Some(found) = self.sockets.get(socket) else { return Vec::new() };
        let bytes = found.take(max);
        if found.paused && found.unread_len() < RX_WINDOW_BYTES / 2 {
            found.paused = false;
            let line = LineId { socket, attempt: found.attempt };
            self.outputs.push_back(Output::Resume { line });
        }
        bytes
    }

    /// Received bytes that the script has not read.
    pub fn unread_len(&mut self, socket: SocketId) -> usize {
        self.sockets.get(socket).map_or(0, |found| found.unread_len())
    }

    /// Closes; exactly one [`Message::Closed`] follows, also for a number that is not in use.
    pub fn close(&mut self, socket: SocketId) {
        match self.sockets.get(socket) {
            Some(found) if matches!(found.state, State::Connected | State::Connecting) => {
                found.state = State::Closing;
                let line = LineId { socket, attempt: found.attempt };
                self.outputs.push_back(Output::Close { line });
            }
            Some(found) if found.state == State::Dead => {
                found.state = State::Closed;
                self.messages.push_back(Message::Closed { socket });
            }
            Some(_already_closing) => {}
            None => self.messages.push_back(Message::Closed { socket }),
        }
    }

    /// Frees the number of a dead socket at once; breaks off one that is not dead.
    pub fn destroy(&mut self, socket: SocketId) {
        let Some(found) = self.sockets.get(socket) else { return };
        if !matches!(found.state, State::Dead | State::Closed) {
            let line = LineId { socket, attempt: found.attempt };
            self.outputs.push_back(Output::Abort { line });
        }
        self.sockets.free(socket);
    }

    /// Timers that run and when they are due, the soonest first.
    pub fn timers(&self) -> impl Iterator<Item = (TimerId, Instant)> {
        self.timers.iter()
    }

    /// Whether the script has this socket in use, with a line or without.
    pub fn has_socket(&self, socket: SocketId) -> bool {
        self.sockets.holds(socket)
    }

    /// How many sockets the script has in use, those among them whose line is gone.
    pub fn sockets_taken(&self) -> usize {
        self.sockets.taken()
    }

    /// Sets how long sent bytes may stay unacknowledged, for connections from here on.
    pub fn set_resend_for(&mut self, resend_for: Duration) {
        self.resend_for = resend_for;
    }

    /// Sets when a send counts as done.
    pub fn set_confirm(&mut self, confirm: Confirm) {
        self.confirm = confirm;
    }

    /// Gives the address back, which breaks every line off without a message for it;
    /// [`Net::Shut`] says when that is done.
    pub fn shut(&mut self) {
        self.kill_lines();
        self.network.shut(self.now);
    }

    /// Asks for an address again after [`Self::shut`].
    pub fn activate(&mut self) {
        self.network.activate(self.now);
    }

    /// Switches the radio off or on.
    pub fn set_flight_mode(&mut self, on: bool) {
        self.network.set_flight_mode(self.now, on);
        self.serve_network();
    }

    /// Uses `pin` as something, or lets go of it.
    pub fn set_up_pin(&mut self, pin: PinId, used_as: Option<PinUse>) {
        if let Some(drive) = self.pins.set_up(self.now, pin, used_as) {
            self.outputs.push_back(Output::Pin { pin, drive });
        }
    }

    /// What the script uses `pin` as.
    pub fn pin_use(&self, pin: PinId) -> Option<PinUse> {
        self.pins.used_as(pin)
    }

    /// Whether the level of `pin` is high; one that is not in use is low.
    pub fn is_pin_high(&self, pin: PinId) -> bool {
        self.pins.is_high(self.now, pin)
    }

    // The facts, one by one.

    fn handle_timeout(&mut self) {
        while let Some(due) = self.next_due().filter(|&due| due <= self.now) {
            self.network.handle_timeout(due);
            self.serve_network();
            while let Some(id) = self.timers.take_due(due) {
                self.messages.push_back(Message::Timer(id));
            }
        }
    }

    /// Passes network events on, to the script and to the driver. With the address go the lines.
    fn serve_network(&mut self) {
        while let Some(event) = self.network.poll_event() {
            if event == Net::Offline {
                self.kill_lines();
            }
            self.messages.push_back(Message::Net(event));
            self.outputs.push_back(Output::Net(event));
        }
    }

    fn handle_pin(&mut self, pin: PinId, level: Option<bool>) {
        if let Some(high) = self.pins.wire(self.now, pin, level) {
            self.messages.push_back(Message::Pin { pin, high });
        }
    }

    fn handle_connected(&mut self, line: LineId, ok: bool) {
        let Some(socket) = self.sockets.of_line(line) else { return };
        if socket.state == State::Connecting {
            socket.state = if ok { State::Connected } else { State::Dead };
            self.messages.push_back(Message::Connected { socket: line.socket, ok });
        }
    }

    fn handle_sent(&mut self, line: LineId, ok: bool) {
        let Some(socket) = self.sockets.of_line(line) else { return };
        if let Some(len) = socket.unconfirmed.pop_front() {
            self.messages.push_back(Message::Sent { socket: line.socket, ok, len });
        }
    }

    fn handle_received(&mut self, line: LineId, bytes: Vec<u8>) {
        let Some(socket) = self.sockets.of_line(line) else { return };
        // A report of nothing crashes the 2G library; an empty datagram is not worth one.
        if socket.state != State::Connected || bytes.is_empty() {
            return;
        }
        let len = socket.keep(bytes);
        self.messages.push_back(Message::Received { socket: line.socket, len });
        if !socket.paused && socket.unread_len() >= RX_WINDOW_BYTES {
            socket.paused = true;
            self.outputs.push_back(Output::Pause { line });
        }
    }

    /// Unconfirmed sends fail first, so that each send has its one answer; then the end is told.
    fn handle_ended(&mut self, line: LineId) {
        let Some(socket) = self.sockets.of_line(line) else { return };
        match socket.state {
            State::Connecting => self.handle_connected(line, false),
            State::Connected => {
                socket.state = State::Dead;
                for len in core::mem::take(&mut socket.unconfirmed) {
                    self.messages.push_back(Message::Sent { socket: line.socket, ok: false, len });
                }
                self.messages.push_back(Message::Ended { socket: line.socket });
            }
            State::Closing => self.handle_closed(line),
            State::Dead | State::Closed => {}
        }
    }

    fn handle_closed(&mut self, line: LineId) {
        let Some(socket) = self.sockets.of_line(line) else { return };
        if socket.state == State::Closing {
            socket.state = State::Closed;
            self.messages.push_back(Message::Closed { socket: line.socket });
        }
    }

    /// Frees a number whose close the script has heard of. Not before: a script that keeps a table
    /// by number would take the next socket for this one.
    fn free_closed(&mut self, id: SocketId) {
        if self.sockets.get(id).is_some_and(|socket| socket.state == State::Closed) {
            self.sockets.free(id);
        }
    }

    /// Breaks every line off; the numbers stay taken until the script closes them. A close that is
    /// under way is done with that.
    fn kill_lines(&mut self) {
        for (id, socket) in self.sockets.iter_mut() {
            let line = LineId { socket: id, attempt: socket.attempt };
            socket.unconfirmed.clear();
            socket.state = match socket.state {
                State::Dead | State::Closed => continue,
                State::Connecting | State::Connected => State::Dead,
                State::Closing => {
                    self.messages.push_back(Message::Closed { socket: id });
                    State::Closed
                }
            };
            self.outputs.push_back(Output::Abort { line });
        }
    }
}

mod dog;
mod power;
mod serial;
#[cfg(test)]
mod tests;
