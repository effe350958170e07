//! The stream as somebody scrolls through it: where its blocks begin, and what is in one.

use super::kind::Kind;
use super::read::{Filter, Reader, params};
use rusqlite::{OptionalExtension, Row};

/// Rows of a block.
pub(crate) const BLOCK_ROWS: usize = 200;

/// Blocks that are told of at once; who wants more asks again from the last one on.
const BLOCKS_MAX: usize = 5000;

/// Where blocks of the rows that a filter lets through end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The number of the last row of each full block.
    pub(crate) marks: Vec<i64>,
    /// Rows after the last full block.
    pub(crate) rest: usize,
    /// Whether there are further blocks.
    pub(crate) has_more: bool,
}

/// Between what the stream of some devices lies. If it changed, blocks may have moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first row that is kept.
    pub(crate) first: i64,
    /// How many connections the devices had: with a name a device is handed what came before it.
    pub(crate) connections: i64,
}

/// A row of the stream, with the beginning of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glimpse {
    pub(crate) seq: i64,
    /// Microseconds since 1970.
    pub(crate) at: i64,
    pub(crate) port: String,
    /// The device's key; none where the row is about a port.
    pub(crate) device: Option<String>,
    pub(crate) kind: Kind,
    /// How many bytes there are in all.
    pub(crate) len: i64,
    pub(crate) bytes: Vec<u8>,
}

impl Reader {
    /// Where the blocks end that come after `filter.after`.
    pub(crate) fn marks(&self, filter: &Filter) -> rusqlite::Result<Marks> {
        let (wanted, values) = filter.sql();
        let sql = format!("SELECT seq FROM messages AS m WHERE {wanted} ORDER BY seq");
        self.with(|db| {
            let mut statement = db.prepare_cached(&sql)?;
            let mut rows = statement.query(params(&values))?;
            let mut found = Marks { marks: Vec::new(), rest: 0, has_more: false };
            while let Some(row) = rows.next()? {
                if found.marks.len() == BLOCKS_MAX {
                    return Ok(Marks { has_more: true, ..found });
                }
                found.rest += 1;
                if found.rest == BLOCK_ROWS {
                    found.rest = 0;
                    found.marks.push(row.get(0)?);
                }
            }
            Ok(found)
        })
    }

    /// Between what the stream of these devices lies.
    pub(crate) fn span(&self, devices: &[String]) -> rusqlite::Result<Span> {
        self.with(|db| {
            let first = db.query_row("SELECT ifnull(min(seq), 0) FROM messages", [], one)?;
            let mut of_device = db
                .prepare_cached("SELECT ifnull(sum(connections), 0) FROM devices WHERE key = ?1")?;
            let connections = devices.iter().map(|key| of_device.query_row([key], one));
            let connections: rusqlite::Result<i64> = connections.sum();
            Ok(Span { first, connections: connections? })
        })
    }

    /// The rows of a block, each with at most `bytes_max` of its bytes.
    pub(crate) fn block(
        &self,
        filter: &Filter,
        bytes_max: usize,
    ) -> rusqlite::Result<Vec<Glimpse>> {
        self.glimpses(filter, bytes_max, BLOCK_ROWS)
    }

    fn glimpses(
        &self,
        filter: &Filter,
        bytes_max: usize,
        limit: usize,
    ) -> rusqlite::Result<Vec<Glimpse>> {
        let (wanted, values) = filter.sql();
        // A part of no bytes is NULL.
        let sql = format!(
            "SELECT seq, at, p.name, d.key, kind, length(bytes),
                 ifnull(substr(bytes, 1, {bytes_max}), x'')
             FROM messages AS m LEFT JOIN ports AS p ON p.id = m.port
             LEFT JOIN devices AS d ON d.id = m.device
             WHERE {wanted} ORDER BY seq LIMIT {limit}"
        );
        self.with(|db| db.prepare_cached(&sql)?.query_map(params(&values), glimpse)?.collect())
    }

    /// One row.
    pub(crate) fn row(&self, seq: i64, bytes_max: usize) -> rusqlite::Result<Option<Glimpse>> {
        let before = Filter { after: seq.saturating_sub(1), ..Filter::default() };
        let found = self.glimpses(&before, bytes_max, 1)?.into_iter().next();
        Ok(found.filter(|glimpse| glimpse.seq == seq))
    }

    /// The row of the same kind that the same device had last before this one.
    pub(crate) fn row_before(
        &self,
        seq: i64,
        bytes_max: usize,
    ) -> rusqlite::Result<Option<Glimpse>> {
        let sql = "SELECT b.seq FROM messages AS m JOIN messages AS b
                   ON b.device = m.device AND b.kind = m.kind AND b.seq < m.seq
                   WHERE m.seq = ?1 ORDER BY b.seq DESC LIMIT 1";
        let found = self.with(|db| db.prepare_cached(sql)?.query_row([seq], one).optional())?;
        found.map_or(Ok(None), |before| self.row(before, bytes_max))
    }
}

fn one(row: &Row<'_>) -> rusqlite::Result<i64> {
    row.get(0)
}

fn glimpse(row: &Row<'_>) -> rusqlite::Result<Glimpse> {
    let number: i64 = row.get(4)?;
    let kind = Kind::of_number(number);
    Ok(Glimpse {
        seq: row.get(0)?,
        at: row.get(1)?,
        port: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
        device: row.get(3)?,
        kind: kind.ok_or(rusqlite::Error::IntegralValueOutOfRange(4, number))?,
        len: row.get(5)?,
        bytes: row.get(6)?,
    })
}
