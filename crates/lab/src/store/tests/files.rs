//! Which files a store opens, and what it says of all others.

use super::super::schema::{self, OpenError};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// What becomes of a store on the file that `make` has made.
fn opened(make: impl FnOnce(&Path)) -> (Result<(), OpenError>, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.db");
    make(&path);
    let before = std::fs::read(&path).unwrap_or_default();
    let opened = schema::open(&path).map(|_| ());
    if opened.is_err() {
        assert_eq!(std::fs::read(&path).unwrap(), before, "a file that is none is left alone");
    }
    (opened, path)
}

#[test]
fn a_store_of_ones_own_is_opened_again_and_by_one_alone() {
    let (again, _) = opened(|path| drop(schema::open(path).unwrap()));
    assert!(again.is_ok());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.db");
    let first = schema::open(&path).unwrap();
    assert!(matches!(schema::open(&path), Err(OpenError::InUse(at)) if at == path));
    drop(first);
    assert!(schema::open(&path).is_ok());
}

#[test]
fn what_is_none_of_ours_is_left_alone() {
    let (text, path) = opened(|path| std::fs::write(path, "a letter to someone").unwrap());
    assert!(matches!(text, Err(OpenError::NotOurs(at)) if at == path));
    let (other, path) = opened(|path| {
        Connection::open(path).unwrap().execute_batch("CREATE TABLE songs (name TEXT)").unwrap();
    });
    assert!(matches!(other, Err(OpenError::NotOurs(at)) if at == path));
}

#[test]
fn tables_of_another_version_are_told_before_anything_is_done() {
    let changes = [
        "DROP TABLE manners",
        "ALTER TABLE devices DROP COLUMN connections",
        "ALTER TABLE conns ADD COLUMN colour TEXT",
        "DROP INDEX conns_open",
        "CREATE TABLE later (id INTEGER)",
    ];
    for change in changes {
        let (other, path) = opened(|path| {
            let (db, _lock) = schema::open(path).unwrap();
            db.pragma_update(None, "journal_mode", "DELETE").unwrap();
            db.execute_batch(change).unwrap();
        });
        assert!(matches!(other, Err(OpenError::OtherForm(at)) if at == path), "{change}");
    }
}
