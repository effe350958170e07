//! What the server did by itself, one after the other, and how long it waited in between.

use super::{between, quoted, spoken};
use crate::store::{Kind, Message, is_reset_by_server};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a device may take to come, at least: it may have to boot.
const LONGEST: Duration = Duration::from_secs(120);

/// How long the server waits after a message at least before it acts: on its way into a cellular
/// network a message takes longer than beside a lab.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// Something that the test's server does, or waits for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Waits until devices have connected so often in all.
    Await {
        connects: usize,
        longest: Duration,
    },
    /// Turns so many connects away from here on.
    Refuse(usize),
    /// Waits so long.
    Run(Duration),
    Send(Vec<u8>),
    Close,
    Reset,
}

impl Act {
    /// As a test says it.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Await { connects, longest } => {
                format!("  world:wait_for(server:connects(), {connects}, {})", spoken(*longest))
            }
            Self::Refuse(connects) => format!("  server:refuse({connects})"),
            Self::Run(time) => format!("  world:run({})", spoken(*time)),
            Self::Send(bytes) => format!("  server:send({})", quoted(bytes)),
            Self::Close => "  server:close()".to_owned(),
            Self::Reset => "  server:reset()".to_owned(),
        }
    }
}

/// The acts that make up these rows, but for what rules say.
pub(super) fn of(rows: &[&Message], said_by_rules: &BTreeSet<i64>) -> Vec<Act> {
    let mut story = Story { acts: Vec::new(), at: None, heard: None, connects: 0 };
    for (index, row) in rows.iter().enumerate() {
        if row.kind == Kind::Accepted {
            story.accept(row, refused(&rows[index + 1..]));
        } else if row.kind == Kind::Received {
            story.heard = Some(row.at);
        } else if row.kind == Kind::Sent && !said_by_rules.contains(&row.seq) {
            story.act(row.at, Act::Send(row.bytes.clone()));
        } else if row.kind == Kind::Closed
            && let Some(act) = end(&String::from_utf8_lossy(&row.bytes))
        {
            story.act(row.at, act);
        }
    }
    if let Some(last) = rows.last() {
        story.wait_until(last.at);
    }
    if let first @ 1.. = refused(rows) {
        story.acts.insert(0, Act::Refuse(first));
    }
    story.acts
}

/// How far the acts have come.
struct Story {
    acts: Vec<Act>,
    /// The moment up to which they lead, in microseconds.
    at: Option<i64>,
    /// When the device was heard last since then.
    heard: Option<i64>,
    connects: usize,
}

impl Story {
    /// A device connects; the server turns the next ones away.
    fn accept(&mut self, row: &Message, refused: usize) {
        let took = self.at.map_or(Duration::ZERO, |at| between(at, row.at));
        self.connects += 1;
        self.acts.push(Act::Await { connects: self.connects, longest: LONGEST.max(took * 2) });
        if refused > 0 {
            self.acts.push(Act::Refuse(refused));
        }
        (self.at, self.heard) = (Some(row.at), None);
    }

    fn act(&mut self, at: i64, act: Act) {
        // What ends every connection of the test's server is done once.
        let is_done = matches!(act, Act::Close | Act::Reset) && self.acts.last() == Some(&act);
        if !is_done {
            self.wait_until(at);
            self.acts.push(act);
        }
    }

    fn wait_until(&mut self, at: i64) {
        let since = self.at.map_or(Duration::ZERO, |since| between(since, at));
        let heard =
            self.heard.zip(self.at).map(|(heard, since)| between(since, heard) + ON_ITS_WAY);
        let time = since.max(heard.unwrap_or_default());
        if time >= Duration::from_millis(1) {
            self.acts.push(Act::Run(time));
        }
        (self.at, self.heard) = (Some(at), None);
    }
}

/// How many were turned away before the next connect.
fn refused(rows: &[&Message]) -> usize {
    let until = rows.iter().take_while(|row| row.kind != Kind::Accepted);
    until.filter(|row| row.kind == Kind::Refused).count()
}

/// What the server did to end a connection, told by the reason as the store has it.
fn end(reason: &str) -> Option<Act> {
    let is_close = reason == "closed by the server"
        || reason == "closed by the target"
        || reason.starts_with("the lab ");
    if is_reset_by_server(reason) { Some(Act::Reset) } else { is_close.then_some(Act::Close) }
}
