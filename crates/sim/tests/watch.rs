//! Who watches a world sees what its trace records, as it happens.

use holdline_device::Project;
use holdline_modem::Instant;
use holdline_sim::{DeviceId, Event, Sim, Watch};
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Default)]
struct Seen(Vec<String>);

impl Watch for Seen {
    fn saw(&mut self, at: Instant, device: DeviceId, event: Event<'_>) {
        assert_eq!(device, DeviceId(0));
        self.0.push(format!("{at}  {event}"));
    }
}

#[test]
fn a_watcher_sees_the_trace() {
    let main = "PROJECT, VERSION = 'W', '1.0.0'\nrequire 'sys'\n\
                sys.timer_loop_start(function() print('tick') end, 60000)\nsys.init(0, 0)\nsys.run()";
    let seen = Rc::new(RefCell::new(Seen::default()));
    let mut sim = Sim::new(1);
    sim.watch(Rc::clone(&seen) as Rc<RefCell<dyn Watch>>);
    sim.device(Project::from_files([("main.lua", main)])).unwrap();
    sim.run_until(Instant::from_millis(150_000));
    let seen = &seen.borrow().0;
    assert_eq!(seen.iter().filter(|line| line.ends_with("| tick")).count(), 2);
    assert_eq!(*seen, sim.trace().lines().collect::<Vec<_>>());
}
