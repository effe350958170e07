//! What the store says of random histories is what a plain list of rows says.

mod files;
mod keep;
mod model;

use super::stream::BLOCK_ROWS;
use super::write::Writer;
use super::{Filter, Kind, Message, Reader, schema};
use crate::config::{PortConfig, PortKind};
use crate::row::{End, Event, PortId, Row, UnixMicros};
use model::Model;
use std::path::Path;

pub(super) const PORTS: [&str; 2] = ["cars", "meters"];

/// Numbers that look random and are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let end = choices.len() as u64;
        (end > 0).then(|| choices[self.below(end) as usize])
    }
}

/// Connections as a host would have them.
struct World {
    random: Random,
    now: i64,
    conns_made: u64,
    open: Vec<u64>,
    named: Vec<u64>,
    over: Vec<u64>,
}

impl World {
    fn new(random: Random) -> Self {
        Self { random, now: 1_000_000, conns_made: 0, open: vec![], named: vec![], over: vec![] }
    }

    fn row(&mut self) -> Row {
        self.now += self.random.below(3) as i64;
        let (conn, event) = self.happen();
        let port = PortId(conn as usize % PORTS.len());
        Row { at: UnixMicros(self.now), port, conn, event }
    }

    fn happen(&mut self) -> (u64, Event) {
        let address = ([10, 0, 0, self.random.below(5) as u8], 1000).into();
        let bytes = vec![b'a' + self.random.below(3) as u8; self.random.below(9) as usize];
        let open = self.random.of(&self.open);
        match (self.random.below(20), open) {
            (0, _) => {
                self.conns_made += 1;
                (self.conns_made, Event::Refused(address))
            }
            (1, _) => (0, Event::FaultBegan("reset".into())),
            (2, _) => (0, Event::FaultEnded("reset".into())),
            (3, _) if !self.over.is_empty() => {
                (self.random.of(&self.over).unwrap(), Event::Received(bytes))
            }
            (4, Some(conn)) if !self.named.contains(&conn) => {
                self.named.push(conn);
                (conn, Event::Named(vec![b'x' + self.random.below(3) as u8]))
            }
            (5, Some(conn)) => {
                self.open.retain(|&other| other != conn);
                self.over.push(conn);
                (conn, Event::Closed(End::ByDevice))
            }
            (6..=9, Some(conn)) => (conn, Event::Sent(bytes)),
            (10..=11, Some(conn)) => (conn, Event::Message(bytes)),
            (12..=17, Some(conn)) => (conn, Event::Received(bytes)),
            _ => {
                self.conns_made += 1;
                self.open.push(self.conns_made);
                (self.conns_made, Event::Accepted(address))
            }
        }
    }
}

pub(super) fn writer(path: &Path) -> Writer {
    let (db, _lock) = schema::open(path).unwrap();
    let port = |name| PortConfig::new(name, PortKind::Tcp, ([127, 0, 0, 1], 0).into());
    Writer::new(db, &PORTS.map(port)).unwrap()
}

fn check(model: &Model, path: &Path, random: &mut Random) {
    let reader = Reader::new(path);
    let messages = reader.messages(&Filter::default(), 0, usize::MAX >> 1).unwrap();
    assert_eq!(messages, model.messages());
    let last = messages.last().map_or(0, |message| message.seq);
    let filter = Filter {
        devices: (0..random.below(3))
            .filter_map(|_| random.of(&["x", "y", "conn-1", "nobody"]))
            .map(String::from)
            .collect(),
        port: random.of(&[None, Some("cars")]).flatten().map(String::from),
        kinds: random.of(&[&[][..], &[Kind::Received]]).unwrap_or_default().to_vec(),
        search: random.of(&[None, Some(b"aa".to_vec())].each_ref()).cloned().flatten(),
        after: random.below(last.cast_unsigned() + 1).cast_signed(),
    };
    let wanted: Vec<_> =
        messages.into_iter().filter(|message| model::is_wanted(&filter, message)).collect();
    let found = reader.messages(&filter, 1, 20).unwrap();
    assert_eq!(found, wanted.iter().skip(1).take(20).cloned().collect::<Vec<_>>());
    let glimpses = reader.block(&filter, 3).unwrap().into_iter();
    let shown: Vec<_> = glimpses.map(|one| (one.seq, one.len, one.bytes)).collect();
    let short = |message: &Message| {
        let bytes = &message.bytes;
        (message.seq, bytes.len() as i64, bytes[..bytes.len().min(3)].to_vec())
    };
    assert_eq!(shown, wanted.iter().take(BLOCK_ROWS).map(short).collect::<Vec<_>>());
    let seq = wanted.last().map_or(0, |message| message.seq);
    assert_eq!(reader.count(&filter).unwrap(), (wanted.len() as i64, seq));

    let mut devices = reader.devices(0, 10_000).unwrap();
    devices.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(devices, model.devices());
    let open = model.open_conns(None);
    assert_eq!(reader.device_counts().unwrap(), (devices.len() as i64, open.len() as i64));
    assert_eq!(reader.open_conns(None).unwrap(), open);
    for device in devices {
        let key = &device.key;
        assert_eq!(reader.device(key).unwrap().as_ref(), Some(&device));
        assert_eq!(reader.conns(key, 3).unwrap(), model.conns(key, 3));
        assert_eq!(reader.open_conns(Some(key)).unwrap(), model.open_conns(Some(key)));
        assert_eq!(reader.beats(key, 5).unwrap(), model.beats(key, 5));
    }
}

#[test]
fn random_histories_in_random_batches_are_read_as_they_were() {
    for seed in 1..=12 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.db");
        let mut world = World::new(Random(seed));
        let mut model = Model::default();
        let mut writer = writer(&path);
        for _ in 0..30 {
            let rows: Vec<Row> = (0..world.random.below(40)).map(|_| world.row()).collect();
            writer.write(&rows).unwrap();
            model.rows.extend(rows);
            if world.random.below(10) == 0 {
                // As after a kill: the file is all that is left.
                drop(writer);
                writer = self::writer(&path);
                world.over.append(&mut world.open);
                model.end_all();
            }
            assert_eq!(writer.seq(), model.rows.len() as i64);
            assert_eq!(writer.conns_made(), world.conns_made);
        }
        check(&model, &path, &mut world.random);
    }
}
