//! The bridges of `examples`, of both generations: packing, both ways, outages, an honest count.

#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use holdline_device::Project;
use holdline_modem::{Instant, UartId};
use holdline_peer::fault::{Fault, Trouble};
use holdline_peer::{Act, What};
use holdline_sim::{DeviceId, Sim};
use std::path::Path;
use std::time::Duration;

const BRIDGES: [&str; 2] = ["transparent", "task-transparent"];

/// What the packs of a bridge that lost its server can be: 64 of 1024 bytes.
const KEPT: usize = 64 * 1024;

/// A bridge that is online with its server, at five seconds.
fn bridge(name: &str) -> (Sim, DeviceId, UartId) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let mut sim = Sim::new(1);
    sim.server(9999);
    let device = sim.device(Project::load(&folder).unwrap()).unwrap();
    sim.run_until(at(5_000));
    assert_eq!(sim.server(9999).peer().tally().connections, 1, "{name}");
    (sim, device, UartId::new(1).unwrap())
}

/// Bytes that tell where they stand.
fn numbered(from: u32, len: usize) -> Vec<u8> {
    (from..).flat_map(u32::to_be_bytes).take(len).collect()
}

/// What the server has got: when, in milliseconds, and what.
fn packs(sim: &mut Sim) -> Vec<(u128, Vec<u8>)> {
    let record = sim.server(9999).peer().record().iter();
    let packs = record.filter_map(|entry| {
        if let What::Received(bytes) = &entry.what {
            Some((entry.at.as_millis(), bytes.clone()))
        } else {
            None
        }
    });
    packs.collect()
}

fn received(sim: &mut Sim) -> Vec<u8> {
    packs(sim).into_iter().flat_map(|(_, bytes)| bytes).collect()
}

/// The last counts that the bridge has printed: thrown away, sent again.
fn counts(sim: &Sim) -> (usize, usize) {
    let line = sim.trace().lines().filter(|line| line.contains("thrown away so far")).last();
    let words: Vec<&str> = line.unwrap().split('\t').collect();
    let after = |word: &str| {
        let at = words.iter().position(|found| found.ends_with(word)).unwrap();
        words[at + 1].parse().unwrap()
    };
    (after("thrown away so far"), after("sent again"))
}

/// At 115200 baud 1024 bytes take 88.9 ms. The last 952 wait for a second after the first of them.
#[test]
fn a_pack_goes_when_it_is_full_or_a_second_old() {
    for name in BRIDGES {
        let (mut sim, device, port) = bridge(name);
        let said = numbered(0, 3000);
        sim.uart(device, port).feed(&said);
        sim.run_for(Duration::from_secs(5));
        let packs = packs(&mut sim);
        let sizes: Vec<(u128, usize)> =
            packs.iter().map(|(at, bytes)| (*at, bytes.len())).collect();
        assert_eq!(sizes, [(5_108, 1024), (5_197, 1024), (6_200, 952)], "{name}");
        assert_eq!(received(&mut sim), said, "{name}");
    }
}

#[test]
fn what_the_server_sends_comes_out_of_the_port() {
    for name in BRIDGES {
        let (mut sim, device, port) = bridge(name);
        let said = numbered(7, 50_000);
        for (piece, at_ms) in said.chunks(5_000).zip((6_000..).step_by(10)) {
            sim.server(9999).plan(at(at_ms), Act::SendAll(piece.to_vec()));
        }
        sim.uart(device, port).feed(b"meanwhile");
        sim.run_for(Duration::from_secs(10));
        assert!(sim.uart(device, port).heard() == said, "{name}: the wire takes 4.4 s for them");
        assert_eq!(received(&mut sim), b"meanwhile", "{name}");
    }
}

/// The server is down for a minute while 100 KB come in: what is kept arrives, the rest is counted.
#[test]
fn what_an_outage_costs_is_counted_to_the_byte() {
    for name in BRIDGES {
        let (mut sim, device, port) = bridge(name);
        sim.server(9999).down(at(6_000)..at(66_000));
        sim.run_until(at(10_000));
        sim.uart(device, port).feed(&numbered(0, 100_000));
        sim.run_until(at(90_000));
        assert_eq!(counts(&sim), (100_000 - KEPT, 0), "{name}");
        assert!(received(&mut sim) == numbered(0, KEPT), "{name}");
        sim.uart(device, port).feed(b"after");
        sim.run_for(Duration::from_secs(3));
        assert!(received(&mut sim).ends_with(b"after"), "{name}");
    }
}

/// Nothing gets through for two minutes, which the module does not hear of at once. What was sent
/// and not confirmed is sent again; the server may have it twice, but nothing is missing.
#[test]
fn what_was_not_confirmed_is_sent_again() {
    for name in BRIDGES {
        let (mut sim, device, port) = bridge(name);
        sim.server(9999);
        sim.inject(&Fault::parse("at 6s black hole for 194s port 9999").unwrap(), None);
        sim.run_until(at(7_000));
        sim.uart(device, port).feed(&numbered(0, 4_000));
        sim.run_until(at(400_000));
        let (thrown, again) = counts(&sim);
        assert_eq!(thrown, 0, "{name}");
        assert_eq!(again, 1024, "{name}: the pack that was under way");
        assert!(received(&mut sim) == numbered(0, 4_000), "{name}");
    }
}

/// The server resets the line in the middle of a stream, again and again. With the packs that were
/// sent again taken out, the stream is whole.
#[test]
fn a_stream_survives_one_reset_after_the_other() {
    for name in BRIDGES {
        let (mut sim, device, port) = bridge(name);
        let said = numbered(0, 400_000);
        sim.uart(device, port).feed(&said);
        for second in 1..12 {
            sim.server(9999).inject(at(5_000 + second * 3_000), Fault::now(Trouble::Reset));
        }
        sim.run_for(Duration::from_secs(120));
        assert_eq!(counts(&sim).0, 0, "{name}: an outage of a second fits");
        let mut whole: Vec<u8> = Vec::new();
        let mut twice = 0;
        for (_, pack) in packs(&mut sim) {
            if whole.ends_with(&pack) {
                twice += pack.len();
            } else {
                whole.extend(pack);
            }
        }
        assert!(whole == said, "{name}: {} bytes of {}", whole.len(), said.len());
        assert!(twice <= counts(&sim).1, "{name}: {twice} bytes came twice");
    }
}

/// The network takes a pack a second, the wire brings eleven. What finds no room in the packs waits
/// in the port, and the server is heard all the while, to its last word.
#[test]
fn a_slow_network_costs_nothing_that_the_port_can_hold() {
    for name in BRIDGES {
        let (mut sim, device, port) = bridge(name);
        sim.inject(&Fault::parse("latency 500ms").unwrap(), None);
        let said = numbered(0, 75_000);
        sim.uart(device, port).feed(&said);
        sim.server(9999).plan(at(20_000), Act::SendAll(b"hello".to_vec()));
        sim.run_until(at(23_000));
        assert_eq!(sim.uart(device, port).heard(), b"hello", "{name}");
        sim.run_until(at(90_000));
        assert!(received(&mut sim) == said, "{name}");
        assert_eq!(sim.device_mut(device).modem().uart_overrun(port), 0, "{name}");

        sim.uart(device, port).feed(&numbered(0, 85_000));
        sim.server(9999).plan(at(100_000), Act::SendAll(b", bye".to_vec()));
        sim.server(9999).inject(at(100_000), Fault::now(Trouble::Close));
        sim.run_until(at(110_000));
        assert_eq!(sim.uart(device, port).heard(), b"hello, bye", "{name}");
        sim.uart(device, port).feed(b"the end");
        sim.run_until(at(250_000));
        assert!(received(&mut sim).ends_with(b"the end"), "{name}: the port is read again");
        let (thrown, again) = counts(&sim);
        assert!(thrown > 0 && again > 0, "{name}: {thrown}, {again}");
        let kept = said.len() + 85_000 + 7 - thrown;
        let got = received(&mut sim).len();
        assert!((kept..=kept + again).contains(&got), "{name}: {got} of {kept}");
    }
}

fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}
