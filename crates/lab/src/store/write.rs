//! Writing what happened: many rows in one transaction.

use super::kind::{self, Kind};
use crate::config::PortConfig;
use crate::row::{Event, Row, UnixMicros};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::HashMap;

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
    on: Transaction<'a>,
    ports: &'a [i64],
    configured: &'a [String],
    /// Connections that changed hands; none, where one is over.
    devices: HashMap<u64, Option<i64>>,
    known: &'a HashMap<u64, i64>,
    gains: HashMap<i64, Gain>,
    seq: i64,
}

impl Writer {
    /// Takes the file over: connections that were open when the lab died are over.
    pub(super) fn new(mut db: Connection, ports: &[PortConfig]) -> rusqlite::Result<Self> {
        let on = db.transaction()?;
        on.execute(
            "UPDATE conns SET reason = 'the lab was killed', closed_at =
             max(opened_at, (SELECT last_at FROM devices WHERE devices.id = conns.device))
             WHERE closed_at IS NULL",
            [],
        )?;
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
        on.commit()?;
        let seq = db.query_row("SELECT ifnull(max(seq), 0) FROM messages", [], |row| row.get(0))?;
        let made: i64 = db.query_row(
            "SELECT max(ifnull((SELECT max(id) FROM conns), 0),
                        ifnull((SELECT max(conn) FROM messages), 0))",
            [],
            |row| row.get(0),
        )?;
        let conns_made = u64::try_from(made).unwrap_or(0);
        Ok(Self { db, ports: numbers, configured, devices: HashMap::new(), seq, conns_made })
    }

    /// How many connections there were in all.
    pub(super) fn conns_made(&self) -> u64 {
        self.conns_made
    }

    pub(super) fn seq(&self) -> i64 {
        self.seq
    }

    /// Writes all of the rows, or none.
    pub(super) fn write(&mut self, rows: &[Row]) -> rusqlite::Result<()> {
        let on = Transaction::new_unchecked(&self.db, rusqlite::TransactionBehavior::Immediate)?;
        let mut batch = Batch {
            on,
            ports: &self.ports,
            configured: &self.configured,
            devices: HashMap::new(),
            known: &self.devices,
            gains: HashMap::new(),
            seq: self.seq,
        };
        rows.iter().try_for_each(|row| batch.add(row))?;
        let (devices, seq) = batch.commit()?;
        self.seq = seq;
        for (conn, device) in devices {
            match device {
                Some(device) => self.devices.insert(conn, device),
                None => self.devices.remove(&conn),
            };
        }
        Ok(())
    }
}

impl Batch<'_> {
    /// Says which connections changed hands, and the last row's number.
    fn commit(mut self) -> rusqlite::Result<(HashMap<u64, Option<i64>>, i64)> {
        self.add_gains()?;
        self.on.commit()?;
        Ok((self.devices, self.seq))
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
        let sql = "INSERT INTO messages (seq, at, port, conn, device, kind, bytes)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.on.prepare_cached(sql)?.execute(params![
            self.seq,
            row.at.0,
            self.ports[row.port.0],
            row.conn.cast_signed(),
            device,
            kind.number(),
            &*bytes,
        ])?;
        let gain = self.gains.entry(device).or_default();
        gain.last_at = row.at.0;
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
        let sql = "UPDATE conns SET closed_at = ?2, reason = ?3 WHERE id = ?1";
        self.on.prepare_cached(sql)?.execute(params![conn.cast_signed(), at, reason])?;
        self.devices.insert(conn, None);
        Ok(())
    }

    /// A device says who it is: what it said before on this connection is its own.
    fn name(&mut self, conn: u64, name: &[u8], at: i64) -> rusqlite::Result<()> {
        let Some(nobody) = self.device(conn) else { return Ok(()) };
        let key = super::key_of(name);
        let known = "SELECT id FROM devices WHERE key = ?1";
        let known = self.on.query_row(known, [&key], |row| row.get(0)).optional()?;
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
