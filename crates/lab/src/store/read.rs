//! Reading what is in the store.

use super::{kind::Kind, schema};
use crate::words::MannerWords;
use rusqlite::{Connection, OptionalExtension, Row, ToSql};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many connections to the file are kept for the next reader.
const SPARE_MAX: usize = 4;

/// Reads the file; many may at once.
pub(crate) struct Reader {
    path: PathBuf,
    spare: Mutex<Vec<Connection>>,
}

/// A row of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) seq: i64,
    /// Microseconds since 1970.
    pub(crate) at: i64,
    pub(crate) port: String,
    pub(crate) conn: i64,
    /// The device's key; none where the row is about a port.
    pub(crate) device: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
}

/// Which rows are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// The keys of devices; none are all.
    pub(crate) devices: Vec<String>,
    /// A port's name.
    pub(crate) port: Option<String>,
    /// These kinds only; empty is all.
    pub(crate) kinds: Vec<Kind>,
    /// Bytes that are somewhere in it.
    pub(crate) search: Option<Vec<u8>>,
    /// Rows after this one.
    pub(crate) after: i64,
}

/// In which order devices are told of.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// Those that are online first, then by the time at which they were heard last.
    #[default]
    Heard,
    /// By what they are called in addresses, so that each stays where it is.
    Name,
}

/// A device, as far as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) key: String,
    /// What it calls itself; none until it says so.
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) first_at: i64,
    pub(crate) last_at: i64,
    pub(crate) messages_in: i64,
    pub(crate) bytes_in: i64,
    pub(crate) messages_out: i64,
    pub(crate) bytes_out: i64,
    pub(crate) connections: i64,
    /// Its open connections are in `conns`.
    pub(crate) is_online: bool,
}

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Connected {
    pub(crate) conn: i64,
    pub(crate) port: String,
    pub(crate) address: String,
    pub(crate) opened_at: i64,
    pub(crate) closed_at: Option<i64>,
    pub(crate) reason: Option<String>,
}

impl Reader {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), spare: Mutex::default() }
    }

    /// Lends a connection to the file.
    pub(super) fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let spare = self.lock().pop();
        let db = spare.map_or_else(|| schema::open_to_read(&self.path), Ok)?;
        let found = read(&db);
        let mut spare = self.lock();
        if spare.len() < SPARE_MAX {
            spare.push(db);
        }
        found
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows in their order: at most `limit`, after the first `skip`.
    pub(crate) fn messages(
        &self,
        filter: &Filter,
        skip: usize,
        limit: usize,
    ) -> rusqlite::Result<Vec<Message>> {
        let (wanted, mut values) = filter.sql();
        values.push(Box::new(limit.cast_signed() as i64));
        values.push(Box::new(skip.cast_signed() as i64));
        let sql = format!(
            "SELECT seq, at, p.name, conn, d.key, kind, bytes FROM messages AS m
             LEFT JOIN ports AS p ON p.id = m.port LEFT JOIN devices AS d ON d.id = m.device
             WHERE {wanted} ORDER BY seq LIMIT ? OFFSET ?"
        );
        self.with(|db| {
            let mut rows = db.prepare_cached(&sql)?;
            rows.query_map(params(&values), message)?.collect()
        })
    }

    /// How many rows there are, and the last one's number.
    pub(crate) fn count(&self, filter: &Filter) -> rusqlite::Result<(i64, i64)> {
        let (wanted, values) = filter.sql();
        let sql = format!("SELECT count(*), ifnull(max(seq), 0) FROM messages AS m WHERE {wanted}");
        self.with(|db| {
            db.prepare_cached(&sql)?
                .query_row(params(&values), |row| Ok((row.get(0)?, row.get(1)?)))
        })
    }

    /// Devices: those that are online first, then by the time at which they were seen.
    pub(crate) fn devices(&self, skip: usize, limit: usize) -> rusqlite::Result<Vec<Seen>> {
        let sql = format!("{SEEN} ORDER BY is_online DESC, last_at DESC, d.id LIMIT ?1 OFFSET ?2");
        self.with(|db| {
            let page = [limit.cast_signed() as i64, skip.cast_signed() as i64];
            db.prepare_cached(&sql)?.query_map(page, seen)?.collect()
        })
    }

    /// A page of the devices whose name has `find` somewhere, and how many those are.
    pub(crate) fn find_devices(
        &self,
        find: &str,
        order: Order,
        skip: usize,
        limit: usize,
    ) -> rusqlite::Result<(i64, Vec<Seen>)> {
        let fits = "(?1 = '' OR instr(key, ?1) > 0 OR instr(name, CAST(?1 AS BLOB)) > 0)";
        let by = match order {
            Order::Heard => "is_online DESC, last_at DESC, d.id",
            Order::Name => "key",
        };
        self.with(|db| {
            let count = format!("SELECT count(*) FROM devices WHERE {fits}");
            let count = db.prepare_cached(&count)?.query_row([find], |row| row.get(0))?;
            let sql = format!("{SEEN} WHERE {fits} ORDER BY {by} LIMIT ?2 OFFSET ?3");
            let page = (find, limit.cast_signed() as i64, skip.cast_signed() as i64);
            let found: rusqlite::Result<Vec<Seen>> =
                db.prepare_cached(&sql)?.query_map(page, seen)?.collect();
            Ok((count, found?))
        })
    }

    /// How many devices there are, and how many connections are open.
    pub(crate) fn device_counts(&self) -> rusqlite::Result<(i64, i64)> {
        let sql = "SELECT (SELECT count(*) FROM devices),
                   (SELECT count(*) FROM conns WHERE closed_at IS NULL)";
        self.with(|db| db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))))
    }

    /// A device, by its key.
    pub(crate) fn device(&self, key: &str) -> rusqlite::Result<Option<Seen>> {
        let sql = format!("{SEEN} WHERE key = ?1");
        self.with(|db| db.prepare_cached(&sql)?.query_map([key], seen)?.next().transpose())
    }

    /// The last connections of a device, the newest first.
    pub(crate) fn conns(&self, key: &str, limit: usize) -> rusqlite::Result<Vec<Connected>> {
        let sql = "SELECT c.id, p.name, address, opened_at, closed_at, reason FROM conns AS c
                   JOIN ports AS p ON p.id = c.port
                   WHERE device = (SELECT id FROM devices WHERE key = ?1)
                   ORDER BY c.id DESC LIMIT ?2";
        self.with(|db| {
            let limit = limit.cast_signed() as i64;
            db.prepare_cached(sql)?.query_map(rusqlite::params![key, limit], connected)?.collect()
        })
    }

    /// The numbers of the open connections: a device's, or all.
    pub(crate) fn open_conns(&self, key: Option<&str>) -> rusqlite::Result<Vec<u64>> {
        let sql = "SELECT id FROM conns WHERE closed_at IS NULL AND
                   (?1 IS NULL OR device = (SELECT id FROM devices WHERE key = ?1)) ORDER BY id";
        self.with(|db| {
            let number = |row: &Row<'_>| Ok(row.get::<_, i64>(0)?.cast_unsigned());
            db.prepare_cached(sql)?.query_map([key], number)?.collect()
        })
    }

    /// Where a connection came from.
    pub(crate) fn address(&self, conn: i64) -> rusqlite::Result<Option<String>> {
        let sql = "SELECT address FROM conns WHERE id = ?1";
        self.with(|db| db.prepare_cached(sql)?.query_row([conn], |row| row.get(0)).optional())
    }

    /// The words of a port's manner, if they were ever changed.
    pub(crate) fn manner(&self, port: &str) -> rusqlite::Result<Option<MannerWords>> {
        let sql = "SELECT words FROM manners WHERE port = (SELECT id FROM ports WHERE name = ?1)";
        let words: Option<String> =
            self.with(|db| db.prepare_cached(sql)?.query_row([port], |row| row.get(0)).optional())?;
        let words = words.and_then(|words| serde_json::from_str(&words).ok());
        // What another Holdline wrote and this one cannot follow is not how the port behaves.
        Ok(words.filter(|words: &MannerWords| words.manner().is_ok()))
    }

    /// When the last messages of a device came, the newest first, in microseconds since 1970.
    pub(crate) fn beats(&self, key: &str, limit: usize) -> rusqlite::Result<Vec<i64>> {
        let sql = "SELECT at FROM messages
                   WHERE device = (SELECT id FROM devices WHERE key = ?1) AND kind = ?2
                   ORDER BY seq DESC LIMIT ?3";
        self.with(|db| {
            let limit = limit.cast_signed() as i64;
            let values = rusqlite::params![key, Kind::Received.number(), limit];
            db.prepare_cached(sql)?.query_map(values, |row| row.get(0))?.collect()
        })
    }
}

const SEEN: &str = "SELECT key, name, first_at, last_at, messages_in, bytes_in, messages_out, bytes_out,
    connections, EXISTS (SELECT 1 FROM conns WHERE conns.device = d.id AND closed_at IS NULL) AS is_online
    FROM devices AS d";

pub(super) type Values = Vec<Box<dyn ToSql>>;

pub(super) fn params(values: &Values) -> impl rusqlite::Params + '_ {
    rusqlite::params_from_iter(values.iter().map(|value| &**value))
}

impl Filter {
    /// What is wanted, with `?` for each of the values.
    pub(super) fn sql(&self) -> (String, Values) {
        let mut wanted = String::from("m.seq > ?");
        let mut values: Values = vec![Box::new(self.after)];
        let mut also = |sql: &str, value: Box<dyn ToSql>| {
            wanted.push_str(" AND ");
            wanted.push_str(sql);
            values.push(value);
        };
        match &*self.devices {
            [] => {}
            [device] => {
                also("m.device = (SELECT id FROM devices WHERE key = ?)", Box::new(device.clone()));
            }
            // In the order of the rows, as what is wanted first stands first there.
            several => {
                let sql = "+m.device IN (SELECT d.id FROM json_each(?) AS j JOIN devices AS d ON d.key = j.value)";
                also(sql, Box::new(serde_json::json!(several).to_string()));
            }
        }
        if let Some(port) = &self.port {
            also("m.port = (SELECT id FROM ports WHERE name = ?)", Box::new(port.clone()));
        }
        if let Some(bytes) = &self.search {
            also("instr(m.bytes, ?) > 0", Box::new(bytes.clone()));
        }
        if !self.kinds.is_empty() {
            let numbers: Vec<String> =
                self.kinds.iter().map(|kind| kind.number().to_string()).collect();
            wanted.push_str(&format!(" AND m.kind IN ({})", numbers.join(", ")));
        }
        (wanted, values)
    }
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let number: i64 = row.get(5)?;
    let kind = Kind::of_number(number);
    Ok(Message {
        seq: row.get(0)?,
        at: row.get(1)?,
        port: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
        conn: row.get(3)?,
        device: row.get(4)?,
        kind: kind.ok_or(rusqlite::Error::IntegralValueOutOfRange(5, number))?,
        bytes: row.get(6)?,
    })
}

fn seen(row: &Row<'_>) -> rusqlite::Result<Seen> {
    Ok(Seen {
        key: row.get(0)?,
        name: row.get(1)?,
        first_at: row.get(2)?,
        last_at: row.get(3)?,
        messages_in: row.get(4)?,
        bytes_in: row.get(5)?,
        messages_out: row.get(6)?,
        bytes_out: row.get(7)?,
        connections: row.get(8)?,
        is_online: row.get(9)?,
    })
}

fn connected(row: &Row<'_>) -> rusqlite::Result<Connected> {
    Ok(Connected {
        conn: row.get(0)?,
        port: row.get(1)?,
        address: row.get(2)?,
        opened_at: row.get(3)?,
        closed_at: row.get(4)?,
        reason: row.get(5)?,
    })
}
