//! Who watches a world sees what its trace records, as it happens.

use holdline_device::Project;
use holdline_modem::Instant;
use holdline_sim::{DeviceId, Event, Sim, Watch};
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Default)]
struct Seen(Vec<String>);

/// Who wants to hear one tick and nothing more.
#[derive(Default)]
struct Sated(bool);

impl Watch for Sated {
    fn saw(&mut self, _at: Instant, _device: DeviceId, event: Event<'_>) {
        self.0 |= matches!(event, Event::Printed(b"tick"));
    }

    fn has_enough(&self) -> bool {
        self.0
    }
}

fn ticks() -> Project {
    let main = "PROJECT, VERSION = 'W', '1.0.0'\nrequire 'sys'\n\
                sys.timer_loop_start(function() print('tick') end, 60000)\nsys.init(0, 0)\nsys.run()";
    Project::from_files([("main.lua", main)])
}

impl Watch for Seen {
    fn saw(&mut self, at: Instant, device: DeviceId, event: Event<'_>) {
        assert_eq!(device, DeviceId(0));
        self.0.push(format!("{at}  {event}"));
    }
}

#[test]
fn a_watcher_sees_the_trace() {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let mut sim = Sim::new(1);
    sim.watch(Rc::clone(&seen) as Rc<RefCell<dyn Watch>>);
    sim.device(ticks()).unwrap();
    sim.run_until(Instant::from_millis(150_000));
    let seen = &seen.borrow().0;
    assert_eq!(seen.iter().filter(|line| line.ends_with("| tick")).count(), 2);
    assert_eq!(*seen, sim.trace().lines().collect::<Vec<_>>());
}

#[test]
fn time_stops_where_a_watcher_has_enough() {
    let mut sim = Sim::new(1);
    sim.watch(Rc::new(RefCell::new(Sated::default())));
    sim.device(ticks()).unwrap();
    sim.run_until(Instant::from_millis(600_000));
    assert_eq!(sim.now(), Instant::from_millis(60_000));
}
