//! The server that people point devices at: it shows what they send, answers them, and breaks
//! things on purpose.
//!
//! A [`Lab`] is a set of ports that hosts [`Peer`](holdline_peer::Peer)s on real sockets, a file that
//! keeps all that happened, and a page and an API to look at it and to take part. It is *not* a
//! device: it knows nothing of scripts and modems.
//!
//! # How it is built
//!
//! Three parts, each with its own thread, and rows go one way between them:
//!
//! - `host` reads and writes every socket, and does what the peers order; `tls` is what it says on
//!   sockets of TLS.
//! - `store` writes what happened, in batches. While it cannot, the host reads nothing.
//! - `web` shows what is in the file.
//!
//! A port may have an [`Answerer`], such as a script, which speaks where no rule does: `answer` gives each
//! a thread of its own, and bounded ways to and from the host.
//!
//! **Invariant: whatever is shown of a port is in the file.** The page and the API read nothing else, so
//! what somebody has seen is there after a restart, also when the process was killed.
//!
//! A device may run [`beside`](beside()) a lab: its runner answers for it, and it is shown on the same page.

mod answer;
mod beside;
mod config;
mod files;
mod follow;
mod host;
mod inbox;
mod lab;
mod row;
mod store;
mod tls;
mod web;
mod words;

pub use answer::{Answerer, Answers, Heard, Said};
pub use beside::{Answer, Beside, Item, Line, Question, Questions, Section, View, beside};
pub use config::{Config, Keep, Limits, PortConfig, PortKind};
pub use follow::{Follow, Happened};
pub use host::ListenError;
pub use lab::{Lab, StartError, StopError};
pub use store::{Kind, OpenError};
pub use tls::AuthorityError;
pub use web::{Files, Lock, PASSWORD_LEN_MIN, WebError};
pub use words::{
    BytesWords, FaultRefusal, FramingWords, GivenWords, IdentityWords, LengthWords, ListenWords,
    MannerWords, PortWords, ReplyWords, RuleWords, WordsError, shape_in_chinese, target,
};
