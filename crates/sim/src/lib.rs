//! The world in virtual time: devices, servers and the network between them.
//!
//! A [`Sim`] owns devices and servers and one queue of events. It takes the earliest event, moves
//! the time to it, and hands it to whom it concerns; between two events nothing happens, so a month
//! passes as fast as its events do. There are no sockets here, no clock and no threads, and nothing
//! is left to chance: one seed gives one trace, byte for byte.
//!
//! ```text
//!   device  --- orders --->  network  --- facts --->  server (a peer)
//!           <--- facts ---  latency, faults  <--- orders ---
//! ```
//!
//! A device's serial ports have their other end here too: [`Sim::uart`].
//!
//! Faults are told in users' words, [`holdline_peer::fault`], and happen in the world's time:
//! [`Sim::inject`]; [`Sim::faults`] says when they did.
//!
//! ```
//! use holdline_device::Project;
//! use holdline_modem::Instant;
//! use holdline_sim::Sim;
//!
//! let main = r#"
//!     PROJECT, VERSION = "HELLO", "1.0.0"
//!     require "sys"
//!     sys.timer_loop_start(function() print("tick") end, 3600000)
//!     sys.init(0, 0)
//!     sys.run()
//! "#;
//! let mut sim = Sim::new(1);
//! sim.device(Project::from_files([("main.lua", main)])).unwrap();
//! sim.run_until(Instant::from_millis(2 * 3_600_000));
//! assert_eq!(sim.trace().lines().last(), Some("02:00:00.000  | tick"));
//! ```

mod faults;
mod network;
mod queue;
mod rng;
mod server;
mod sim;
pub mod swarm;
mod trace;
mod uart;

pub use faults::Happening;
pub use server::{Server, TlsManner, handshake_failure};
pub use sim::{DeviceId, Sim};
pub use trace::{Event, Keep, Trace, Watch};
pub use uart::Uart;
