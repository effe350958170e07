//! Letting go of what is old, a little at a time.

use super::write::Writer;
use crate::config::Keep;
use crate::row::{Row, UnixMicros};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::collections::BTreeSet;

/// Rows that go in one transaction: nobody waits long for it.
const CHUNK_ROWS: i64 = 1000;

/// Rows that may go before anything is written, beside twice as many as come: what is far too much
/// goes over time, and devices are read meanwhile.
const ROWS_AT_ONCE: usize = 10_000;

/// What a row takes in the file beside its bytes, with its place in the index.
const ROW_BYTES: u64 = 80;

/// Pages that the file is made shorter by at a time.
const PAGES_AT_ONCE: u32 = 1000;

impl Writer {
    /// Lets the oldest rows go, as far as they are too old or those that come need room; with them go
    /// connections and devices of which nothing is left. What is open stays.
    pub(super) fn let_go(
        &self,
        keep: Keep,
        now: UnixMicros,
        coming: &[Row],
    ) -> rusqlite::Result<()> {
        let since = keep.since(now.0);
        let bytes = coming.iter().map(|row| ROW_BYTES + row.event.bytes().len() as u64);
        // Pages are seldom full.
        let room = keep.bytes_max().saturating_sub(bytes.sum::<u64>() / 4 * 5);
        let mut left = ROWS_AT_ONCE + 2 * coming.len();
        while left > 0 {
            let Some((oldest, at)) = oldest(self.db())? else { break };
            let is_full = Pages::of(self.db())?.used_bytes() > room;
            if at >= since && !is_full {
                break;
            }
            let gone =
                self.let_chunk_go(oldest + CHUNK_ROWS, if is_full { i64::MAX } else { since })?;
            left = left.saturating_sub(gone);
        }
        let pages = Pages::of(self.db())?;
        if pages.free > 0 && pages.bytes() > keep.bytes_max() {
            // Each step takes one page.
            let mut vacuum = self.db().prepare_cached("PRAGMA incremental_vacuum")?;
            let mut steps = vacuum.query([])?;
            for _ in 0..PAGES_AT_ONCE {
                if steps.next()?.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Lets rows go that are before a number and before a time; says how many.
    fn let_chunk_go(&self, before_seq: i64, before: i64) -> rusqlite::Result<usize> {
        let on = Transaction::new_unchecked(self.db(), TransactionBehavior::Immediate)?;
        let owners = delete_rows(&on, before_seq, before)?;
        on.prepare_cached(
            "DELETE FROM conns WHERE closed_seq < ifnull((SELECT min(seq) FROM messages), ?1)",
        )?
        .execute([i64::MAX])?;
        for device in owners.iter().collect::<BTreeSet<_>>() {
            let sql = "DELETE FROM devices WHERE id = ?1
                       AND NOT EXISTS (SELECT 1 FROM conns WHERE device = ?1)
                       AND NOT EXISTS (SELECT 1 FROM messages WHERE device = ?1)";
            on.prepare_cached(sql)?.execute([device])?;
        }
        on.commit()?;
        Ok(owners.len())
    }
}

/// Says whose each row was.
fn delete_rows(on: &Connection, before_seq: i64, before: i64) -> rusqlite::Result<Vec<i64>> {
    let sql = "DELETE FROM messages WHERE seq < ?1 AND at < ?2 RETURNING device";
    let mut rows = on.prepare_cached(sql)?;
    rows.query_map(params![before_seq, before], |row| row.get(0))?.collect()
}

/// The number and the time of the oldest row.
fn oldest(db: &Connection) -> rusqlite::Result<Option<(i64, i64)>> {
    let mut sql = db.prepare_cached("SELECT seq, at FROM messages ORDER BY seq LIMIT 1")?;
    sql.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.next().transpose()
}

/// How large the file is.
struct Pages {
    size: u64,
    count: u64,
    free: u64,
}

impl Pages {
    fn of(db: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT page_size, page_count, freelist_count
                   FROM pragma_page_size, pragma_page_count, pragma_freelist_count";
        let number = |value: i64| value.cast_unsigned();
        db.prepare_cached(sql)?.query_row([], |row| {
            let [size, count, free] = [row.get(0)?, row.get(1)?, row.get(2)?].map(number);
            Ok(Self { size, count, free })
        })
    }

    fn bytes(&self) -> u64 {
        self.size * self.count
    }

    fn used_bytes(&self) -> u64 {
        self.size * (self.count - self.free)
    }
}
