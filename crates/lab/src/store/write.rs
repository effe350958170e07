//! Writing what happened: many rows in one transaction.

use super::kind::{self, Kind};
use crate::config::PortConfig;
use crate::row::{End, Event, Row, UnixMicros};
use rusqlite::{
    CachedStatement, Connection, OptionalExtension, Transaction, TransactionBehavior, params,
};
use std::collections::HashMap;
use std::path::PathBuf;

/// What the file's only writer knows.
pub(super) struct Writer {
    db: Connection,
    /// The number of each port in the file, in the order of the configuration.
    ports: Vec<i64>,
    /// The manner of each port that the configuration has, in JSON.
    configured: Vec<String>,
    /// Whose each open connection is.
    devices: HashMap<u64, i64>,
    /// The last row's number.
    seq: i64,
    conns_made: u64,
    log: PathBuf,
    /// Bytes that the log may have before its readers are waited for.
    log_max: u64,
}

/// What a batch adds to a device.
#[derive(Default)]
struct Gain {
    last_at: i64,
    messages_in: i64,
    bytes_in: i64,
    messages_out: i64,
    bytes_out: i64,
}

/// A batch that is being written: what it changes counts once it is committed.
struct Batch<'a> {
    on: &'a Connection,
    insert: CachedStatement<'a>,
    ports: &'a [i64],
    configured: &'a [String],
    /// Connections that changed hands; none, where one is over.
    devices: HashMap<u64, Option<i64>>,
    known: &'a HashMap<u64, i64>,
    gains: HashMap<i64, Gain>,
    seq: i64,
    conns_made: u64,
}

/// Bytes by which the log beside the file may grow. SQLite begins it anew when nobody reads, and where
/// somebody always does that would be never.
const LOG_STEP: u64 = 64 << 20;

const INSERT: &str = "INSERT INTO messages (seq, at, port, conn, device, kind, bytes)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

impl Writer {
    /// Takes the file over: connections that were open when the lab died are over.
    pub(super) fn new(mut db: Connection, ports: &[PortConfig]) -> rusqlite::Result<Self> {
        let on = db.transaction()?;
        let mut numbers = Vec::new();
        let mut configured = Vec::new();
        for PortConfig { name, words, .. } in ports {
            on.execute("INSERT OR IGNORE INTO ports (name) VALUES (?1)", [name])?;
            let number: i64 =
                on.query_row("SELECT id FROM ports WHERE name = ?1", [name], |row| row.get(0))?;
            let words = words.json();
            let sql = "DELETE FROM manners WHERE port = ?1 AND configured <> ?2";
            on.execute(sql, params![number, words])?;
            numbers.push(number);
            configured.push(words);
        }
        let counts = "SELECT seq, conns FROM counts";
        let counts = on.query_row(counts, [], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
        let seq = end_killed(&on, counts.0)?;
        on.commit()?;
        let conns_made = counts.1.cast_unsigned();
        let log = PathBuf::from(format!("{}-wal", db.path().unwrap_or_default()));
        let devices = HashMap::new();
        let log_max = LOG_STEP;
        Ok(Self { db, ports: numbers, configured, devices, seq, conns_made, log, log_max })
    }

    pub(super) fn db(&self) -> &Connection {
        &self.db
    }

    /// How many connections there were in all.
    pub(super) fn conns_made(&self) -> u64 {
        self.conns_made
    }

    pub(super) fn seq(&self) -> i64 {
        self.seq
    }

    /// Gives back what the log beside the file takes, as far as it goes: that may be the room that lacks.
    pub(super) fn tidy_up(&self) {
        let _ = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }

    /// Writes all of the rows, or none.
    pub(super) fn write(&mut self, rows: &[Row]) -> rusqlite::Result<()> {
        let on = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let mut batch = Batch {
            on: &self.db,
            insert: self.db.prepare_cached(INSERT)?,
            ports: &self.ports,
            configured: &self.configured,
            devices: HashMap::new(),
            known: &self.devices,
            gains: HashMap::new(),
            seq: self.seq,
            conns_made: self.conns_made,
        };
        rows.iter().try_for_each(|row| batch.add(row))?;
        let (devices, seq, conns_made) = batch.end()?;
        on.commit()?;
        (self.seq, self.conns_made) = (seq, conns_made);
        for (conn, device) in devices {
            match device {
                Some(device) => self.devices.insert(conn, device),
                None => self.devices.remove(&conn),
            };
        }
        self.shorten_log();
        Ok(())
    }

    /// Waits for those that read, where the log grew too long; if they take too long, again when it
    /// grew as much once more.
    fn shorten_log(&mut self) {
        let len = |log| std::fs::metadata(log).map_or(0, |log| log.len());
        if len(&self.log) > self.log_max {
            self.tidy_up();
            self.log_max = len(&self.log) + LOG_STEP;
        }
    }
}

/// Tells of each connection that was open when the lab died that it is over; says the last row's number.
fn end_killed(on: &Connection, mut seq: i64) -> rusqlite::Result<i64> {
    let words = End::Killed.words();
    let sql = "SELECT c.id, c.port, c.device, max(c.opened_at, d.last_at)
               FROM conns AS c JOIN devices AS d ON d.id = c.device
               WHERE c.closed_at IS NULL ORDER BY c.id";
    let mut open = on.prepare(sql)?;
    let open =
        open.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    for conn in open.collect::<rusqlite::Result<Vec<(i64, i64, i64, i64)>>>()? {
        let (conn, port, device, at) = conn;
        seq += 1;
        let kind = Kind::Closed.number();
        on.prepare_cached(INSERT)?.execute(params![
            seq,
            at,
            port,
            conn,
            device,
            kind,
            words.as_bytes()
        ])?;
        on.prepare_cached(CLOSE)?.execute(params![conn, at, seq, words])?;
    }
    on.execute("UPDATE counts SET seq = ?1", [seq])?;
    Ok(seq)
}

const CLOSE: &str = "UPDATE conns SET closed_at = ?2, closed_seq = ?3, reason = ?4 WHERE id = ?1";

impl Batch<'_> {
    /// Says which connections changed hands, and which numbers were used.
    fn end(mut self) -> rusqlite::Result<(HashMap<u64, Option<i64>>, i64, u64)> {
        self.add_gains()?;
        self.count()?;
        Ok((self.devices, self.seq, self.conns_made))
    }

    fn add(&mut self, row: &Row) -> rusqlite::Result<()> {
        let UnixMicros(at) = row.at;
        if let Event::Accepted(address) = &row.event {
            self.open(row, &address.to_string())?;
        }
        if let Event::Named(name) = &row.event {
            self.name(row.conn, name, at)?;
        }
        let device = match self.device(row.conn) {
            Some(device) => device,
            None => self.old_device(row.conn)?,
        };
        self.insert(row, device)?;
        if let Event::MannerChanged(words) = &row.event {
            let sql =
                "INSERT OR REPLACE INTO manners (port, configured, words) VALUES (?1, ?2, ?3)";
            let port = row.port.0;
            self.on.execute(sql, params![self.ports[port], self.configured[port], words])?;
        }
        if let Event::Closed(end) = &row.event {
            self.close(row.conn, at, &end.words())?;
        }
        Ok(())
    }

    fn device(&self, conn: u64) -> Option<i64> {
        let of_batch = self.devices.get(&conn).copied();
        of_batch.unwrap_or_else(|| self.known.get(&conn).copied())
    }

    /// Whose a connection was that is over; 0 if it never was.
    fn old_device(&self, conn: u64) -> rusqlite::Result<i64> {
        if conn == 0 {
            return Ok(0);
        }
        let sql = "SELECT device FROM conns WHERE id = ?1";
        let device = self.on.prepare_cached(sql)?.query_row([conn.cast_signed()], |row| row.get(0));
        Ok(device.optional()?.unwrap_or(0))
    }

    fn insert(&mut self, row: &Row, device: i64) -> rusqlite::Result<()> {
        let (kind, bytes) = kind::written(&row.event);
        self.seq += 1;
        self.conns_made = self.conns_made.max(row.conn);
        self.insert.execute(params![
            self.seq,
            row.at.0,
            self.ports[row.port.0],
            row.conn.cast_signed(),
            device,
            kind.number(),
            &*bytes,
        ])?;
        let gain = self.gains.entry(device).or_default();
        gain.last_at = gain.last_at.max(row.at.0);
        let len = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        if kind == Kind::Received {
            gain.messages_in += 1;
            gain.bytes_in += len;
        } else if kind == Kind::Sent {
            gain.messages_out += 1;
            gain.bytes_out += len;
        }
        Ok(())
    }

    /// A connection begins; until its device says who it is, it is a device of its own.
    fn open(&mut self, row: &Row, address: &str) -> rusqlite::Result<()> {
        let (conn, at) = (row.conn.cast_signed(), row.at.0);
        let sql =
            "INSERT INTO devices (key, first_at, last_at, connections) VALUES (?1, ?2, ?2, 1)";
        self.on.prepare_cached(sql)?.execute(params![format!("conn-{conn}"), at])?;
        let device = self.on.last_insert_rowid();
        let sql =
            "INSERT INTO conns (id, port, device, address, opened_at) VALUES (?1, ?2, ?3, ?4, ?5)";
        let port = self.ports[row.port.0];
        self.on.prepare_cached(sql)?.execute(params![conn, port, device, address, at])?;
        self.devices.insert(row.conn, Some(device));
        Ok(())
    }

    fn close(&mut self, conn: u64, at: i64, reason: &str) -> rusqlite::Result<()> {
        let values = params![conn.cast_signed(), at, self.seq, reason];
        self.on.prepare_cached(CLOSE)?.execute(values)?;
        self.devices.insert(conn, None);
        Ok(())
    }

    /// A device says who it is: what it said before on this connection is its own.
    fn name(&mut self, conn: u64, name: &[u8], at: i64) -> rusqlite::Result<()> {
        let Some(nobody) = self.device(conn) else { return Ok(()) };
        let key = super::key_of(name);
        let known = "SELECT id FROM devices WHERE key = ?1";
        let known =
            self.on.prepare_cached(known)?.query_row([&key], |row| row.get(0)).optional()?;
        let device = match known {
            Some(device) => device,
            None => {
                let sql =
                    "INSERT INTO devices (key, name, first_at, last_at) VALUES (?1, ?2, ?3, ?3)";
                self.on.execute(sql, params![key, name, at])?;
                self.on.last_insert_rowid()
            }
        };
        self.add_gains()?;
        self.hand_over(nobody, device)?;
        self.devices.insert(conn, Some(device));
        Ok(())
    }

    fn hand_over(&mut self, nobody: i64, device: i64) -> rusqlite::Result<()> {
        let both = params![nobody, device];
        self.on
            .prepare_cached("UPDATE messages SET device = ?2 WHERE device = ?1")?
            .execute(both)?;
        self.on.prepare_cached("UPDATE conns SET device = ?2 WHERE device = ?1")?.execute(both)?;
        let sql = "UPDATE devices AS d SET first_at = min(d.first_at, n.first_at),
                   last_at = max(d.last_at, n.last_at),
                   messages_in = d.messages_in + n.messages_in, bytes_in = d.bytes_in + n.bytes_in,
                   messages_out = d.messages_out + n.messages_out, bytes_out = d.bytes_out + n.bytes_out,
                   connections = d.connections + n.connections
                   FROM devices AS n WHERE n.id = ?1 AND d.id = ?2";
        self.on.prepare_cached(sql)?.execute(both)?;
        self.on.prepare_cached("DELETE FROM devices WHERE id = ?1")?.execute([nobody])?;
        Ok(())
    }

    /// Keeps which numbers were used.
    fn count(&self) -> rusqlite::Result<()> {
        let sql = "UPDATE counts SET seq = ?1, conns = ?2";
        let values = params![self.seq, self.conns_made.cast_signed()];
        self.on.prepare_cached(sql)?.execute(values).map(drop)
    }

    fn add_gains(&mut self) -> rusqlite::Result<()> {
        let sql = "UPDATE devices SET last_at = max(last_at, ?2), messages_in = messages_in + ?3,
                   bytes_in = bytes_in + ?4, messages_out = messages_out + ?5, bytes_out = bytes_out + ?6
                   WHERE id = ?1";
        let mut update = self.on.prepare_cached(sql)?;
        for (device, gain) in self.gains.drain() {
            let Gain { last_at, messages_in, bytes_in, messages_out, bytes_out } = gain;
            update.execute(params![
                device,
                last_at,
                messages_in,
                bytes_in,
                messages_out,
                bytes_out
            ])?;
        }
        Ok(())
    }
}
