//! What the server said whenever it was asked: rules of the test's server.

use super::{between, quoted};
use crate::store::{Kind, Message};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What comes later than this is no answer.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The rules, and which rows they stand for.
#[derive(Default)]
pub(super) struct Replies {
    /// To whoever connected.
    greeting: Option<Vec<u8>>,
    /// Messages and what was said to each, in their order.
    answers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The numbers of the rows that the rules say.
    pub(super) rows: BTreeSet<i64>,
}

/// What is asked: a connect, or these bytes.
type Cue<'a> = Option<&'a [u8]>;

/// What was said at once to one cue, with the rows that said it.
type Said = (Vec<u8>, Vec<i64>);

/// Finds the rules: what was said in the same words at least every other time.
pub(super) fn of(rows: &[&Message]) -> Replies {
    let mut found = Replies::default();
    let mut order: Vec<Cue<'_>> = Vec::new();
    let mut asked: BTreeMap<Cue<'_>, Vec<Said>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let is_connect = row.kind == Kind::Accepted;
        if !is_connect && row.kind != Kind::Received {
            continue;
        }
        let cue = (!is_connect).then_some(&*row.bytes);
        if !asked.contains_key(&cue) {
            order.push(cue);
        }
        asked.entry(cue).or_default().push(said_to(row, &rows[at + 1..]));
    }
    for cue in order {
        let Some(reply) = usual(&asked[&cue]) else { continue };
        let same = asked[&cue].iter().filter(|(bytes, _)| bytes == reply);
        found.rows.extend(same.flat_map(|(_, rows)| rows));
        match cue {
            None => found.greeting = Some(reply.to_vec()),
            Some(message) => found.answers.push((message.to_vec(), reply.to_vec())),
        }
    }
    found
}

/// What followed a row at once on its connection, before the device said more.
fn said_to(row: &Message, later: &[&Message]) -> Said {
    let of_conn = later.iter().filter(|other| other.conn == row.conn);
    let said: Vec<_> = of_conn
        .take_while(|other| other.kind == Kind::Sent && between(row.at, other.at) <= AT_ONCE)
        .collect();
    let bytes = said.iter().flat_map(|other| other.bytes.iter().copied()).collect();
    (bytes, said.iter().map(|other| other.seq).collect())
}

/// What was said at least every other time.
fn usual(said: &[Said]) -> Option<&[u8]> {
    let count = |bytes: &[u8]| said.iter().filter(|(other, _)| other == bytes).count();
    let spoken = said.iter().map(|(bytes, _)| &**bytes).filter(|bytes| !bytes.is_empty());
    let most = spoken.max_by_key(|bytes| count(bytes))?;
    (count(most) * 2 >= said.len()).then_some(most)
}

impl Replies {
    /// The rules as a test says them.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(greeting) = &self.greeting {
            lines.push(format!("  server:when_connected():reply({})", quoted(greeting)));
        }
        if !self.answers.is_empty() && self.answers.iter().all(|(asked, said)| asked == said) {
            lines.push("  server:echo()".to_owned());
            return lines;
        }
        lines.extend(self.answers.iter().map(|(asked, said)| {
            format!("  server:when_equals({}):reply({})", quoted(asked), quoted(said))
        }));
        lines
    }
}
