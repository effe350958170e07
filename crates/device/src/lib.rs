//! One Luat script on one virtual modem.
//!
//! A [`Device`] has the same two doors as a modem: facts go in, orders come out, time is one of the
//! facts. Between the doors it resumes the script, which runs until it waits in `rtos.receive`.
//! There are no sockets here, no clock and no threads.
//!
//! ```text
//!   driver --- handle_input(now, Input) --->  Device { Modem, script in a Vm }
//!     ^------- poll_output() -> Output -----------'
//! ```
//!
//! **Invariant: after each input, drain [`Device::poll_output`] until [`Output::Idle`].**
//!
//! A [`Vm`] hosts one device, with everything of its own, or many, which share the script library
//! and the compiled script but none of their values; see [`Sharing`].
//!
//! ```
//! use holdline_device::{Device, MemoryFlash, Output, Power, Project, Sharing, Vm};
//! use holdline_modem::Instant;
//!
//! let project = Project::from_files([("main.lua", "print('hello', 1 + 1)")]);
//! let vm = Vm::new(project.into(), Sharing::Alone).unwrap();
//! let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
//! assert_eq!(device.poll_output(), Output::Print(b"hello\t2".to_vec()));
//! ```

mod api;
mod arena;
mod bare;
mod board;
mod budget;
pub mod catalogue;
mod device;
mod flash;
mod heap;
mod identity;
mod notice;
mod open;
mod script;
mod state;
mod text;
mod vm;
mod watch;

pub use api::string::is_found_within;
pub use board::{Caller, Power};
pub use budget::{Stuck, TURN_INSTRUCTIONS_MAX};
pub use device::{Device, Output, RestartCause};
pub use flash::{FLASH_BYTES_MAX, Flash, FlashError, MemoryFlash, USER_FOLDER};
pub use heap::SHARED_HEAP_BYTES_MAX;
pub use holdline_modem::{BootPlan, Input, Instant, Profile};
pub use identity::{BadNumber, Identity, Number};
pub use notice::{Notice, NoticeKind, Place};
pub use script::{LoadError, Project};
pub use text::text_of;
pub use vm::{Sharing, Vm, VmError};
