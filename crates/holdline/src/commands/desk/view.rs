//! What is told of a device.

use super::known::{Known, Line};
use crate::driver::Faults;
use crate::words::Lang;
use holdline_device::Device;
use holdline_lab::{Item, Section, View};
use holdline_modem::{Instant, Modem};

/// Timers that are told of one by one.
const TIMERS_MAX: usize = 20;

/// How it is at `now`.
pub(super) fn of(known: &Known, now: Instant, device: &mut Device, faults: &Faults) -> View {
    let sections = vec![
        section("device", |lang| lang.desk_device(), module(known, now, device.modem())),
        section("network", |lang| lang.desk_network(), network(device.modem())),
        section("sockets", |lang| lang.desk_sockets(), sockets(known, device.modem())),
        section("timers", |lang| lang.desk_timers(), timers(now, device.modem())),
        section("memory", |lang| lang.desk_memory(), memory(known, device)),
        section("serial", |lang| lang.desk_serial(), serial(known)),
        section("restarts", |lang| lang.desk_restarts(), restarts(known)),
        section("faults", |lang| lang.desk_faults(), standing(faults)),
    ];
    // The device is always there; of what there is none needs no heading.
    View { sections: sections.into_iter().filter(|section| !section.items.is_empty()).collect() }
}

fn section(key: &'static str, title: impl Fn(Lang) -> &'static str, items: Vec<Item>) -> Section {
    Section { key, title: Lang::both(|lang| title(lang).to_owned()), items }
}

/// An item whose name and value are said in a language.
fn item(name: impl Fn(Lang) -> String, value: impl Fn(Lang) -> String) -> Item {
    Item { name: Lang::both(name), value: Lang::both(value) }
}

fn plain(name: impl Fn(Lang) -> &'static str, value: impl Fn(Lang) -> String) -> Item {
    item(|lang| name(lang).to_owned(), value)
}

fn module(known: &Known, now: Instant, modem: &Modem) -> Vec<Item> {
    let up = modem.uptime() + now.since(modem.now());
    vec![
        plain(Lang::desk_module, |_| known.profile.name.to_owned()),
        plain(Lang::desk_up, |lang| match known.has_power {
            true => lang.span(up),
            false => lang.desk_no_power().to_owned(),
        }),
    ]
}

fn network(modem: &Modem) -> Vec<Item> {
    let status = modem.status();
    let is = |is: bool| move |lang: Lang| lang.desk_yes(is).to_owned();
    vec![
        plain(Lang::desk_sim, |lang| lang.desk_sim_is(&status).to_owned()),
        plain(Lang::desk_registered, is(status.registered == Some(true))),
        plain(Lang::desk_attached, is(status.attached)),
        plain(Lang::desk_online, is(status.online)),
        plain(Lang::desk_flight_mode, is(status.flight_mode)),
        plain(Lang::desk_signal, |_| {
            let rssi = modem.rssi();
            format!("CSQ {rssi} ({} dBm)", -113 + 2 * i32::from(rssi))
        }),
    ]
}

fn sockets(known: &Known, modem: &mut Modem) -> Vec<Item> {
    let max = known.profile.sockets_max;
    let taken = modem.sockets_taken();
    let all = plain(Lang::desk_in_use, move |_| format!("{taken} / {max}"));
    let used = known.lines.iter().filter(|(socket, _)| modem.has_socket(**socket));
    let used: Vec<_> = used.map(|(socket, line)| (*socket, line)).collect();
    let each = used.into_iter().map(|(socket, line): (_, &Line)| {
        let unread = modem.unread_len(socket);
        item(|lang| lang.desk_socket(socket.0), |lang| lang.desk_line(line, unread))
    });
    std::iter::once(all).chain(each).collect()
}

fn timers(now: Instant, modem: &Modem) -> Vec<Item> {
    let count = modem.timers().count();
    let all = plain(Lang::desk_running, |_| count.to_string());
    let each = modem.timers().take(TIMERS_MAX).map(|(id, due)| {
        let left = due.since(now);
        item(|lang| lang.desk_timer(id.0), |lang| lang.desk_in(left))
    });
    std::iter::once(all).chain(each).collect()
}

fn memory(known: &Known, device: &mut Device) -> Vec<Item> {
    let (used, max) = (device.vm().used_bytes(), known.profile.heap_bytes);
    let files = device.flash().used_bytes();
    let lua = plain(
        |_| "Lua",
        |_| match max {
            usize::MAX => amount(used as u64),
            max => format!("{} / {}", amount(used as u64), amount(max as u64)),
        },
    );
    vec![lua, plain(Lang::desk_files, |_| amount(files))]
}

fn serial(known: &Known) -> Vec<Item> {
    let told = known.ports.iter();
    told.map(|(port, what)| item(|_| port.to_string(), |lang| lang.desk_port(*port, what)))
        .collect()
}

fn restarts(known: &Known) -> Vec<Item> {
    let all = plain(Lang::desk_count, |_| known.restarts.to_string());
    let each = known.causes.iter();
    let each = each.map(|(at, cause)| item(|_| at.to_string(), |lang| lang.desk_cause(cause)));
    std::iter::once(all).chain(each).collect()
}

fn standing(faults: &Faults) -> Vec<Item> {
    let each = faults.told();
    each.map(|(words, stands)| item(|lang| lang.desk_stands(stands).to_owned(), |_| words.clone()))
        .collect()
}

/// An amount of bytes.
pub(crate) fn amount(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
