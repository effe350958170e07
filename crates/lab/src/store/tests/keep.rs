//! What goes when there is too much, and what stays.

use super::{PORTS, Random, World, model::Model, writer};
use crate::config::Keep;
use crate::row::{Event, PortId, Row, UnixMicros};
use crate::store::{Filter, Reader};
use std::num::NonZeroU32;
use std::path::Path;

const DAY: i64 = 86_400_000_000;

fn keep(days: u32, megabytes: u32) -> Keep {
    let [days, megabytes] = [days, megabytes].map(|number| NonZeroU32::new(number).unwrap());
    Keep { days, megabytes }
}

fn received(at: i64, conn: u64, len: usize) -> Row {
    let event = Event::Received(vec![b'x'; len]);
    Row { at: UnixMicros(at), port: PortId(0), conn, event }
}

fn accepted(at: i64, conn: u64) -> Row {
    let event = Event::Accepted(([10, 0, 0, 1], 1000).into());
    Row { at: UnixMicros(at), port: PortId(0), conn, event }
}

fn file_len(path: &Path) -> u64 {
    path.metadata().unwrap().len()
}

#[test]
fn what_is_too_old_goes_and_all_else_is_read_as_before() {
    for seed in 1..=8 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.db");
        let mut writer = writer(&path);
        let mut world = World::new(Random(seed));
        let mut model = Model::default();
        for _ in 0..40 {
            world.now += DAY / 2;
            // Whoever was told to close has done so by now.
            world.over.clear();
            let rows: Vec<Row> = (0..100).map(|_| world.row()).collect();
            writer.let_go(keep(3, 1000), UnixMicros(world.now), &rows).unwrap();
            writer.write(&rows).unwrap();
            model.rows.extend(rows);
        }
        let now = UnixMicros(world.now);
        writer.let_go(keep(3, 1000), now, &[]).unwrap();
        let reader = Reader::new(&path);
        let found = reader.messages(&Filter::default(), 0, usize::MAX >> 1).unwrap();
        let is_young = |at: i64| at >= world.now - 3 * DAY;
        let mut young = model.messages();
        young.retain(|message| is_young(message.at));
        assert!(young.len() > 500 && found == young);
        let mut devices: Vec<String> =
            reader.devices(0, 10_000).unwrap().into_iter().map(|device| device.key).collect();
        devices.sort();
        let mut alive = model.devices();
        alive.retain(|device| {
            device.is_online || young.iter().any(|row| row.device.as_ref() == Some(&device.key))
        });
        assert_eq!(devices, alive.into_iter().map(|device| device.key).collect::<Vec<_>>());
        assert_eq!(reader.open_conns(None).unwrap(), model.open_conns(None));

        let (seq, conns_made) = (writer.seq(), writer.conns_made());
        drop(writer);
        let writer = self::writer(&path);
        let ends = model.open_conns(None).len() as i64;
        writer.let_go(keep(1, 1000), UnixMicros(world.now + 9 * DAY), &[]).unwrap();
        assert_eq!(reader.count(&Filter::default()).unwrap(), (0, 0));
        assert_eq!(reader.device_counts().unwrap(), (0, 0));
        drop(writer);
        let writer = self::writer(&path);
        assert_eq!((writer.seq(), writer.conns_made()), (seq + ends, conns_made));
    }
}

#[test]
fn the_file_does_not_grow_beyond_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.db");
    let mut writer = writer(&path);
    writer.write(&[accepted(0, 1)]).unwrap();
    let mut random = Random(1);
    let keep = keep(1, 1);
    for round in 0..60 {
        let mut rows = vec![received(round, 1, 3), received(round, 2, 3)];
        rows.extend((0..200).map(|_| received(round, 1, random.below(600) as usize)));
        writer.let_go(keep, UnixMicros(round), &rows).unwrap();
        writer.write(&rows).unwrap();
        writer.tidy_up();
        assert!(file_len(&path) <= keep.bytes_max(), "{} in round {round}", file_len(&path));
    }
    assert!(file_len(&path) > keep.bytes_max() / 2, "the room is used: {}", file_len(&path));
    let reader = Reader::new(&path);
    let found = reader.messages(&Filter::default(), 0, usize::MAX >> 1).unwrap();
    assert_eq!(found.last().map(|row| row.seq), Some(writer.seq()));
    assert!(found.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq), "only the oldest goes");
    assert_eq!(reader.open_conns(None).unwrap(), [1], "what is open stays");
    assert_eq!(reader.conns("conn-1", 1).unwrap()[0].port, PORTS[0]);
}

#[test]
fn a_file_that_was_larger_becomes_smaller_a_little_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.db");
    let mut writer = writer(&path);
    let rows: Vec<Row> = (0..40_000).map(|_| received(0, 1, 300)).collect();
    writer.write(&rows).unwrap();
    let mut lens = vec![];
    for round in 0..6 {
        writer.let_go(keep(1, 1), UnixMicros(0), &[]).unwrap();
        writer.write(&[received(round, 1, 3)]).unwrap();
        writer.tidy_up();
        lens.push(file_len(&path));
    }
    assert!(lens[0] > 8_000_000 && lens[5] <= 1_000_000, "{lens:?}");
    assert_eq!(writer.seq(), 40_006);
}

/// A reader at every moment would keep the log from ever beginning anew.
#[test]
fn the_log_beside_the_file_is_shortened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.db");
    let mut writer = writer(&path);
    let log = || file_len(&folder.path().join("lab.db-wal"));
    let reader = rusqlite::Connection::open(&path).unwrap();
    let count = "SELECT count(*) FROM messages";
    reader.execute_batch("BEGIN").unwrap();
    reader.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap();
    let rows: Vec<Row> = (0..600).map(|_| received(0, 1, 100_000)).collect();
    for part in rows.chunks(100) {
        writer.write(part).unwrap();
    }
    assert!(log() > 60_000_000, "{}", log());
    reader.execute_batch("COMMIT").unwrap();
    writer.write(&rows[..100]).unwrap();
    assert!(log() < 60_000_000, "{}", log());
    let left: i64 = reader.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 700);
}
