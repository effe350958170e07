//! A cellular module as a pure state machine: SIM, registration, data link, sockets, serial
//! ports and timers.
//!
//! There is no networking code here, no clock, no randomness and no Lua. Facts go in, orders come
//! out, and time is one of the facts.
//!
//! ```text
//!              facts                                   orders
//!   driver  ----------->  handle_input(now, Input)
//!     ^                          Modem
//!     +-------------------  poll_output() -> Output::{Connect, Send, ..., Idle(deadline)}
//!
//!   script  ----------->  connect, send, receive, close, timer_start, ...   (return at once)
//!     ^                          Modem
//!     +-------------------  poll_message() -> Message          (what `rtos.receive` yields)
//! ```
//!
//! **Invariant: after each input, drain [`Modem::poll_output`] until [`Output::Idle`].** Debug
//! builds assert it. Calling [`Modem::handle_input`] with [`Input::Timeout`] early is harmless.
//!
//! ```
//! use holdline_modem::{BootPlan, Input, Instant, Message, Modem, Net, Output, Profile};
//!
//! let mut modem = Modem::power_on(Instant::ZERO, Profile::AIR724UG, BootPlan::FAST);
//! let mut now = Instant::ZERO;
//! while !modem.is_online() {
//!     // The driver's loop: drain, sleep until the deadline, say that time has passed.
//!     match modem.poll_output() {
//!         Output::Idle(Some(deadline)) => now = deadline,
//!         Output::Idle(None) => unreachable!("a booting modem has a deadline"),
//!         _order => continue,
//!     }
//!     modem.handle_input(now, Input::Timeout);
//! }
//! assert_eq!(now.to_string(), "00:00:01.000");
//! assert_eq!(modem.poll_message(), Some(Message::Net(Net::SimReady)));
//! ```
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod input;
mod message;
mod modem;
mod net;
mod output;
mod pins;
mod profile;
mod socket;
mod soft_dog;
mod time;
mod timer;
mod tls;
mod uart;

pub use input::{ConnectFailure, Input, LineEnd};
pub use message::{Message, Net};
pub use modem::Modem;
pub use net::Status;
pub use output::{Confirm, Output, Reset};
pub use pins::{Drive, PinId, PinUse};
pub use profile::{BootPlan, Generation, Profile};
pub use socket::{Attempt, ConnectError, Kind, LineId, SocketId};
pub use time::Instant;
pub use timer::TimerId;
pub use tls::{Tls, TlsFailure, TlsFile, TlsFileFault};
pub use uart::{Parity, UART_RX_BYTES, UART_TX_BYTES, UartId, UartSettings, UartTake, UartTells};
