//! The store: one file of SQLite that keeps all that happened.
//!
//! One thread writes, in batches. Whatever anybody is shown is read from the file, so what has been
//! shown is kept, also when the process is killed a moment later.

mod keep;
mod kind;
mod read;
mod schema;
mod stream;
#[cfg(test)]
mod tests;
mod write;

pub use kind::Kind;
pub(crate) use kind::{Group, is_reset_by_server};
pub(crate) use read::{Connected, Filter, Message, Order, Reader, Seen};
pub use schema::OpenError;
pub(crate) use stream::{Glimpse, Marks};

use crate::config::{Keep, PortConfig};
use crate::inbox::Inbox;
use crate::row::{Clock, Row};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use write::Writer;

/// How long after a failure the store tries again to write.
const RETRY: Duration = Duration::from_secs(1);

/// How often the store looks for what is too old while nothing comes.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// How often a lab that stops tries to write what is left.
const LAST_TRIES: u32 = 2;

/// The file's only writer.
pub(crate) struct Store {
    writer: Writer,
    keep: Keep,
    news: watch::Sender<News>,
    _lock: File,
}

/// How far the store is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// The last row's number.
    pub(crate) seq: i64,
    /// Why nothing can be written at the moment.
    pub(crate) trouble: Option<String>,
}

impl Store {
    /// Opens the file, and makes it if it is not there. A manner that
    /// was changed is kept for as long as the configuration of its port stays what it was.
    pub(crate) fn open(path: &Path, ports: &[PortConfig], keep: Keep) -> Result<Self, OpenError> {
        let (db, lock) = schema::open(path)?;
        let unusable = |error: rusqlite::Error| OpenError::Unusable {
            path: path.to_owned(),
            error: error.to_string(),
        };
        let writer = Writer::new(db, ports).map_err(unusable)?;
        let (news, _) = watch::channel(News { seq: writer.seq(), trouble: None });
        Ok(Self { writer, keep, news, _lock: lock })
    }

    /// How many connections there were in all.
    pub(crate) fn conns_made(&self) -> u64 {
        self.writer.conns_made()
    }

    pub(crate) fn news(&self) -> watch::Receiver<News> {
        self.news.subscribe()
    }

    /// Writes until nothing comes any more; says how many rows could not be written. `go_on` is called
    /// when ports that were held may be read again.
    pub(crate) fn run(mut self, inbox: &Arc<Inbox>, go_on: impl Fn()) -> usize {
        while let Some(rows) = inbox.take(LOOK_EVERY) {
            if !self.write(&rows, inbox) {
                return rows.len() + inbox.left();
            }
            if inbox.written() {
                go_on();
            }
            let seq = self.writer.seq();
            self.news.send_modify(|news| *news = News { seq, trouble: None });
        }
        0
    }

    fn keep_and_write(&mut self, rows: &[Row]) -> rusqlite::Result<()> {
        self.writer.let_go(self.keep, Clock::start().unix(Duration::ZERO), rows)?;
        if rows.is_empty() { Ok(()) } else { self.writer.write(rows) }
    }

    /// Writes, as often as it takes; gives up only when the lab stops.
    fn write(&mut self, rows: &[Row], inbox: &Inbox) -> bool {
        let mut last_tries = LAST_TRIES;
        while let Err(error) = self.keep_and_write(rows) {
            let trouble = Some(error.to_string());
            self.news.send_modify(|news| news.trouble.clone_from(&trouble));
            if inbox.stall(RETRY) {
                last_tries -= 1;
                if last_tries == 0 {
                    return false;
                }
            }
            self.writer.tidy_up();
        }
        true
    }
}

/// What a device is called in addresses, made from the name that it gave: itself where that is plain,
/// and not `send`, which is something else there.
pub(crate) fn key_of(name: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._".contains(byte);
    if name != b"send" && name.iter().all(is_plain) && name.iter().any(u8::is_ascii_alphanumeric) {
        return String::from_utf8_lossy(name).into_owned();
    }
    name.iter().fold(String::from("hex-"), |hex, byte| format!("{hex}{byte:02x}"))
}
