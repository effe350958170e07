//! What happens at a lab's ports, as it is kept, for whoever runs the lab.

use crate::store::{Filter, Kind, News, Reader};
use std::collections::VecDeque;
use std::io;
use std::path::Path;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

/// Rows that are read at once.
const BATCH: usize = 256;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A row was kept.
    Kept {
        /// What it is.
        kind: Kind,
        /// Its bytes, see [`Kind`].
        bytes: Vec<u8>,
    },
    /// Nothing can be kept, such as on a full disk, and why; nothing where that is over. Devices wait
    /// meanwhile.
    Trouble(Option<String>),
}

/// Waits for what happens, until the lab has stopped.
pub struct Follow {
    news: watch::Receiver<News>,
    /// Reads the rows, where they are wanted.
    reader: Option<Reader>,
    runtime: Runtime,
    after: i64,
    trouble: Option<String>,
    waiting: VecDeque<Happened>,
}

impl Follow {
    /// Follows from here on; the rows of `store` as well, where it is given.
    pub(crate) fn new(news: watch::Receiver<News>, store: Option<&Path>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().build()?;
        let (after, reader) = (news.borrow().seq, store.map(Reader::new));
        Ok(Self { news, reader, runtime, after, trouble: None, waiting: VecDeque::new() })
    }

    /// Takes in what is new; nothing where it cannot be read.
    fn look(&mut self) -> Option<()> {
        let News { seq, trouble } = self.news.borrow_and_update().clone();
        if trouble != self.trouble {
            self.trouble.clone_from(&trouble);
            self.waiting.push_back(Happened::Trouble(trouble));
        }
        let Some(reader) = self.reader.as_ref().filter(|_| seq > self.after) else {
            return Some(());
        };
        let filter = Filter { after: self.after, ..Filter::default() };
        let rows = reader.messages(&filter, 0, BATCH).ok()?;
        self.after = match rows.last() {
            Some(last) if rows.len() == BATCH => last.seq,
            Some(last) => last.seq.max(seq),
            None => seq,
        };
        let kept = rows.into_iter().map(|row| Happened::Kept { kind: row.kind, bytes: row.bytes });
        self.waiting.extend(kept);
        Some(())
    }
}

impl Iterator for Follow {
    type Item = Happened;

    fn next(&mut self) -> Option<Happened> {
        loop {
            if let Some(happened) = self.waiting.pop_front() {
                return Some(happened);
            }
            self.look()?;
            if self.waiting.is_empty() {
                self.runtime.block_on(self.news.changed()).ok()?;
            }
        }
    }
}
