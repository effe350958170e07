//! The world: whose time it is, and who is served.

use crate::faults::{Call, Faults, Occasions};
use crate::network::{Farewell, Network, Transit};
use crate::queue::Queue;
use crate::rng::Rng;
use crate::server::Server;
use crate::trace::{Event as Crossing, Keep, Trace, Watch};
use crate::uart::{Carried, Uart, Uarts};
use holdline_device::{Device, Input, Output, Power, Project, Sharing, Vm, VmError};
use holdline_modem::{Instant, Output as Order, UartId};
use inject::Turn;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

mod inject;

/// A device of a world, in the order in which they were powered on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub u32);

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Something that will happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// A device's own deadline.
    Wake(DeviceId),
    /// A fact about one device.
    Tell(DeviceId, Input),
    /// Something on the network.
    Transit(Transit),
    /// Something on a serial wire.
    Carried(Carried),
    /// A fault begins or ends.
    Turn(Turn),
}

/// A device and when it is to be woken.
struct Seat {
    device: Device,
    deadline: Option<Instant>,
    /// The wake-ups on their way, so that none is planned twice.
    wakes: Vec<Instant>,
}

/// What keeps the streams of chance apart that follow from one seed.
const LINES: u64 = 0x4C49_4E45_5300_0000;
const WIRES: u64 = 0x5749_5245_5300_0000;

/// A world in virtual time.
pub struct Sim {
    now: Instant,
    rng: Rng,
    queue: Queue<Event>,
    network: Network,
    uarts: Uarts,
    seats: Vec<Seat>,
    faults: Faults,
    /// Faults that wait for connects, bytes and messages.
    occasions: Occasions,
    trace: Trace,
}

impl Sim {
    /// An empty world at time zero. All that could be otherwise follows from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            now: Instant::ZERO,
            rng: Rng::new(seed),
            queue: Queue::new(),
            network: Network::new(seed ^ LINES),
            uarts: Uarts::new(seed ^ WIRES),
            seats: Vec::new(),
            faults: Faults::default(),
            occasions: Occasions::default(),
            trace: Trace::new(),
        }
    }

    // Who there is.

    /// Powers on a device with a Lua state of its own.
    pub fn device(&mut self, project: Project) -> Result<DeviceId, VmError> {
        let vm = Vm::new(Rc::new(project), Sharing::Alone)?;
        Ok(self.device_in(&vm, Power::default()))
    }

    /// Powers on a device in `vm`, as `power` says, but with a seed that follows from the world's.
    pub fn device_in(&mut self, vm: &Rc<Vm>, power: Power) -> DeviceId {
        let seed = self.rng.next();
        self.device_as(vm, Power { seed, ..power })
    }

    /// Powers on a device in `vm`, as `power` says.
    pub fn device_as(&mut self, vm: &Rc<Vm>, power: Power) -> DeviceId {
        let id = DeviceId(u32::try_from(self.seats.len()).expect("a world has fewer devices"));
        self.trace.names_devices = id.0 > 0;
        self.trace.record(self.now, id, Crossing::PoweredOn);
        vm.collect_seldom();
        let device = Device::power_on(self.now, vm, power);
        self.seats.push(Seat { device, deadline: None, wakes: Vec::new() });
        self.drain(id, Farewell::Heard);
        self.tell_standing(id);
        self.pass_facts_on();
        id
    }

    /// The device `id`, to look at.
    pub fn device_mut(&mut self, id: DeviceId) -> &mut Device {
        &mut self.seats[id.0 as usize].device
    }

    /// The server at `port` under every name and address; there is one from the first call on.
    pub fn server(&mut self, port: u16) -> &mut Server {
        self.network.server(None, port)
    }

    /// The server at `port` of `host` alone.
    pub fn server_at(&mut self, host: &str, port: u16) -> &mut Server {
        self.network.server(Some(host), port)
    }

    /// From here on there is a server wherever a device calls: it takes everything and says nothing,
    /// and speaks TLS where the first caller does.
    pub fn serve_everywhere(&mut self) {
        self.network.is_everywhere = true;
    }

    /// The other end of a serial port of `device`.
    pub fn uart(&mut self, device: DeviceId, port: UartId) -> &mut Uart {
        self.uarts.of(device, port)
    }

    // What happens to them.

    /// Tells `device` a fact when `at` has come.
    pub fn tell(&mut self, at: Instant, device: DeviceId, fact: Input) {
        self.queue.push(at.max(self.now), Event::Tell(device, fact));
    }

    /// Switches `device` off in order: its lines are broken off, its open files are written.
    pub fn switch_off(&mut self, device: DeviceId) {
        self.seats[device.0 as usize].device.power_off();
        self.drain(device, Farewell::Heard);
    }

    // How it goes on.

    /// The time.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// When something happens next, as far as that is planned; nothing ever does where that is `None`.
    pub fn soonest(&mut self) -> Option<Instant> {
        self.network.take_news(&mut self.queue);
        self.uarts.take_news(&mut self.queue, self.now);
        self.queue.soonest()
    }

    /// Lets time pass until `end`; what falls on `end` itself happens. It stops before where whoever
    /// watches has seen enough.
    pub fn run_until(&mut self, end: Instant) {
        self.network.take_news(&mut self.queue);
        self.uarts.take_news(&mut self.queue, self.now);
        while let Some((at, event)) = self.queue.pop_until(end) {
            self.now = self.now.max(at);
            self.handle(event);
            self.pass_facts_on();
            self.forget_lines();
            if self.trace.is_enough() {
                return;
            }
        }
        self.now = self.now.max(end);
    }

    /// Lets `time` pass.
    pub fn run_for(&mut self, time: Duration) {
        self.run_until(self.now + time);
    }

    /// What crossed the doors.
    pub const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Sets how much of the trace is kept.
    pub fn keep(&mut self, keep: Keep) {
        self.trace.set_keep(keep);
    }

    /// Shows `watch` all that crosses the doors from here on, in place of whoever watched before.
    /// It is borrowed whenever something does, so hold no borrow of it while time passes.
    pub fn watch(&mut self, watch: Rc<RefCell<dyn Watch>>) {
        self.trace.show_to(watch);
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Wake(id) => self.wake(id),
            Event::Tell(id, fact) => self.tell_now(id, fact),
            Event::Turn(turn) => self.turn(turn),
            Event::Transit(transit) if self.occasions.is_empty() => {
                self.network.handle(&mut self.queue, self.now, transit);
            }
            Event::Transit(transit) => self.arrive(transit),
            Event::Carried(carried) => {
                if let Some((id, fact)) = self.uarts.handle(&mut self.queue, self.now, carried) {
                    self.tell_now(id, fact);
                }
            }
        }
    }

    /// Wakes a device, unless its deadline has moved since.
    fn wake(&mut self, id: DeviceId) {
        let (now, seat) = (self.now, &mut self.seats[id.0 as usize]);
        seat.wakes.retain(|&at| at > now);
        if seat.deadline.is_some_and(|deadline| deadline <= now) {
            self.trace.tell(|watch| watch.woke(now, id));
            seat.device.handle_input(now, Input::Timeout);
            self.drain(id, Farewell::Heard);
        }
    }

    fn pass_facts_on(&mut self) {
        while let Some((id, fact)) = self.network.poll_fact() {
            self.tell_now(id, fact);
        }
    }

    fn tell_now(&mut self, id: DeviceId, fact: Input) {
        self.trace.record(self.now, id, Crossing::Fact(&fact));
        let mut farewell = Farewell::Heard;
        if is_sudden(&fact) {
            farewell = Farewell::Unheard;
        } else if matches!(fact, Input::CellLost | Input::CellFound) {
            let heard = fact == Input::CellFound;
            self.network.set_heard(&mut self.queue, self.now, id, heard);
        }
        self.seats[id.0 as usize].device.handle_input(self.now, fact);
        self.drain(id, farewell);
    }

    /// Carries a device's orders out until it waits.
    fn drain(&mut self, id: DeviceId, farewell: Farewell) {
        loop {
            let Self { now, queue, seats, trace, .. } = self;
            let seat = &mut seats[id.0 as usize];
            match seat.device.poll_output() {
                Output::Modem(order) => self.carry_out(id, order, farewell),
                Output::Print(line) => trace.record(*now, id, Crossing::Printed(&line)),
                Output::Notice(notice) => trace.record(*now, id, Crossing::Noticed(&notice)),
                Output::Restarting(cause) => trace.record(*now, id, Crossing::Restarting(&cause)),
                Output::PoweredOff => trace.record(*now, id, Crossing::PoweredOff),
                Output::Idle(deadline) => {
                    seat.deadline = deadline;
                    trace.tell(|watch| watch.waits(id, deadline));
                    if let Some(at) = deadline.filter(|at| !seat.wakes.contains(at)) {
                        seat.wakes.push(at);
                        queue.push(at, Event::Wake(id));
                    }
                    return;
                }
            }
        }
    }

    fn carry_out(&mut self, id: DeviceId, order: Order, farewell: Farewell) {
        self.trace.record(self.now, id, Crossing::Order(&order));
        if let (Order::Connect { port, .. }, false) = (&order, self.occasions.is_empty()) {
            self.dial(Call { device: id, port: *port, conn: self.network.next_conn() });
        }
        self.uarts.carry_out(&mut self.queue, self.now, id, &order);
        self.network.carry_out(&mut self.queue, self.now, id, order, farewell);
    }
}

/// Whether nothing of what a device says on hearing `fact` gets out any more.
const fn is_sudden(fact: &Input) -> bool {
    matches!(
        fact,
        Input::LinkLost
            | Input::SimRemoved
            | Input::SimLocked
            | Input::DataBarred
            | Input::PowerLost
    )
}
