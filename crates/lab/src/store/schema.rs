//! The store's tables, and how a file becomes one.

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What says that a file is ours ("HLab").
const APPLICATION: i64 = 0x484c_6162;

/// How long a reader waits for the writer.
const BUSY: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE ports (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE manners (
    port INTEGER PRIMARY KEY,
    configured TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE TABLE devices (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name BLOB,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    messages_in INTEGER NOT NULL DEFAULT 0,
    bytes_in INTEGER NOT NULL DEFAULT 0,
    messages_out INTEGER NOT NULL DEFAULT 0,
    bytes_out INTEGER NOT NULL DEFAULT 0,
    connections INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE conns (
    id INTEGER PRIMARY KEY,
    port INTEGER NOT NULL,
    device INTEGER NOT NULL,
    address TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_seq INTEGER, -- the row that tells of it
    reason TEXT
);
CREATE INDEX conns_of_device ON conns (device);
CREATE INDEX conns_open ON conns (id) WHERE closed_at IS NULL;
CREATE INDEX conns_closed ON conns (closed_seq) WHERE closed_seq IS NOT NULL;
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    port INTEGER NOT NULL,
    conn INTEGER NOT NULL,
    device INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    bytes BLOB NOT NULL
);
CREATE INDEX messages_of_device ON messages (device, seq);
CREATE TABLE counts ( -- one row: numbers that were used, whatever is still kept of them
    seq INTEGER NOT NULL,
    conns INTEGER NOT NULL
);
INSERT INTO counts VALUES (0, 0);
";

/// Why a file cannot be the store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another lab writes into it.
    #[error("`{0}` is in use by another lab")]
    InUse(PathBuf),
    /// It has something else in it.
    #[error("`{0}` is a database of something else")]
    NotOurs(PathBuf),
    /// It was written by another version of Holdline, whose tables are not these.
    #[error("`{0}` has the tables of another version of Holdline")]
    OtherForm(PathBuf),
    /// The file or its folder cannot be used.
    #[error("`{path}` cannot be used: {error}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system or SQLite says.
        error: String,
    },
}

/// Opens the file for its only writer, and makes it if it is not there. The lock is kept as long as
/// the returned file.
pub(super) fn open(path: &Path) -> Result<(Connection, File), OpenError> {
    let unusable = |error: String| OpenError::Unusable { path: path.to_owned(), error };
    let lock = lock(path)?;
    let db = Connection::open(path).map_err(|error| unusable(error.to_string()))?;
    check(&db, path)?;
    prepare(&db).map_err(|error| unusable(error.to_string()))?;
    Ok((db, lock))
}

/// One lab writes into a store at a time; the lock goes with the process, however it ends.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let unusable = |error: std::io::Error| OpenError::Unusable {
        path: path.to_owned(),
        error: error.to_string(),
    };
    let file =
        File::options().create(true).truncate(false).write(true).open(name).map_err(unusable)?;
    file.try_lock().map_err(|_| OpenError::InUse(path.to_owned()))?;
    Ok(file)
}

fn check(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let number = |pragma| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let seen = || {
        let tables = "SELECT count(*) FROM sqlite_master";
        let tables: i64 = db.query_row(tables, [], |row| row.get(0))?;
        let is_ours = number("application_id")? == APPLICATION;
        Ok::<_, rusqlite::Error>((tables, is_ours, is_ours && columns(db)? != columns(&fresh()?)?))
    };
    match seen() {
        Ok((0, false, _)) | Ok((_, true, false)) => Ok(()),
        Ok((_, true, true)) => Err(OpenError::OtherForm(path.to_owned())),
        Ok(_) => Err(OpenError::NotOurs(path.to_owned())),
        Err(error) if is_no_database(&error) => Err(OpenError::NotOurs(path.to_owned())),
        Err(error) => Err(OpenError::Unusable { path: path.to_owned(), error: error.to_string() }),
    }
}

/// Every column of every table, and every index.
fn columns(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT entry.name || ' ' || coalesce(part.name || ' ' || part.type, '')
        FROM sqlite_master AS entry LEFT JOIN pragma_table_info(entry.name) AS part ORDER BY 1";
    db.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// A store without a file, with the tables of this version.
fn fresh() -> rusqlite::Result<Connection> {
    let db = Connection::open_in_memory()?;
    db.execute_batch(TABLES)?;
    Ok(db)
}

fn is_no_database(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase)
}

/// A commit is in the file when it returns, whatever becomes of the process (`WAL`); a power cut may
/// take the last ones (`NORMAL`), and damages nothing.
fn prepare(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY)?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if tables == 0 {
        db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    if tables > 0 {
        return Ok(());
    }
    let made = rusqlite::Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    made.execute_batch(TABLES)?;
    made.pragma_update(None, "application_id", APPLICATION)?;
    made.commit()
}

/// Opens the file for a reader.
pub(super) fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(BUSY)?;
    Ok(db)
}
