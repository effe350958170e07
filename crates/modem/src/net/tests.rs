use super::*;
use std::vec::Vec;

fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

fn fresh() -> Network {
    Network::power_on(Instant::ZERO, BootPlan::FAST)
}

fn events(network: &mut Network) -> Vec<Net> {
    core::iter::from_fn(|| network.poll_event()).collect()
}

fn online() -> Network {
    let mut network = fresh();
    network.handle_timeout(at(1000));
    events(&mut network);
    network
}

#[test]
fn boot_walks_every_step_even_in_one_leap() {
    let mut network = fresh();
    network.handle_timeout(at(60_000));
    assert_eq!(events(&mut network), [Net::SimReady, Net::Registered, Net::Attached, Net::Online]);
    assert_eq!(network.poll_timeout(), None);
}

#[test]
fn steps_come_at_their_times_and_early_calls_do_nothing() {
    let mut network = fresh();
    network.handle_timeout(at(199));
    assert_eq!(events(&mut network), []);
    network.handle_timeout(at(200));
    assert_eq!(events(&mut network), [Net::SimReady]);
    assert_eq!(network.poll_timeout(), Some(at(500)));
    assert_eq!(network.status().registered, None);
}

#[test]
fn a_lost_cell_takes_registration_but_not_the_address() {
    let mut network = online();
    network.handle_cell_lost();
    assert_eq!(events(&mut network), [Net::Unregistered]);
    assert!(network.status().online);

    network.handle_cell_found(at(5000));
    network.handle_timeout(at(5300));
    assert_eq!(events(&mut network), [Net::Registered]);
}

#[test]
fn a_cell_lost_while_activating_starts_over_with_the_next() {
    let mut network = fresh();
    network.handle_timeout(at(900));
    network.handle_cell_lost();
    events(&mut network);
    network.handle_timeout(at(9000));
    assert_eq!(events(&mut network), []);

    network.handle_cell_found(at(10_000));
    network.handle_timeout(at(10_800));
    assert_eq!(events(&mut network), [Net::Registered, Net::Attached, Net::Online]);
}

#[test]
fn a_lost_address_comes_back_by_itself() {
    let mut network = online();
    network.handle_link_lost(at(2000));
    network.handle_timeout(at(2200));
    assert_eq!(events(&mut network), [Net::Offline, Net::Online]);
}

#[test]
fn a_shut_address_stays_away_until_asked_for() {
    let mut network = online();
    network.shut(at(2000));
    network.handle_timeout(at(2100));
    assert_eq!(events(&mut network), [Net::Shut]);
    assert_eq!(network.poll_timeout(), None);

    network.activate(at(7100));
    network.handle_timeout(at(7300));
    assert_eq!(events(&mut network), [Net::Online]);
}

#[test]
fn flight_mode_takes_all_and_gives_it_back_in_boot_order() {
    let mut network = online();
    network.set_flight_mode(at(2000), true);
    network.set_flight_mode(at(2000), true);
    assert_eq!(events(&mut network), [Net::Offline, Net::Unregistered, Net::FlightModeOn]);
    assert!(network.status().flight_mode && !network.status().attached);
    network.handle_sim_removed();
    assert_eq!(network.status().sim_ready, Some(false));
    network.handle_sim_inserted(at(2500));

    network.set_flight_mode(at(3000), false);
    network.handle_timeout(at(4000));
    assert_eq!(
        events(&mut network),
        [Net::FlightModeOff, Net::SimReady, Net::Registered, Net::Attached, Net::Online]
    );
}

#[test]
fn without_a_sim_nothing_starts_until_one_is_inserted() {
    let mut network = fresh();
    network.handle_sim_removed();
    network.handle_timeout(at(9000));
    assert_eq!(events(&mut network), [Net::SimGone]);
    assert_eq!(network.status().sim_ready, Some(false));

    network.handle_sim_inserted(at(10_000));
    network.handle_timeout(at(11_000));
    assert_eq!(events(&mut network).last(), Some(&Net::Online));
}

#[test]
fn a_locked_card_waits_for_its_pin_and_then_boots_on() {
    let mut network = online();
    network.handle_sim_locked();
    network.handle_sim_locked();
    assert_eq!(events(&mut network), [Net::Offline, Net::Unregistered, Net::SimLocked]);
    assert_eq!(network.status().sim_ready, Some(false));
    assert!(network.status().sim_locked);
    network.handle_timeout(at(9000));
    assert_eq!(events(&mut network), []);

    network.handle_sim_unlocked(at(10_000));
    network.handle_timeout(at(11_000));
    assert_eq!(events(&mut network), [Net::SimReady, Net::Registered, Net::Attached, Net::Online]);
    assert!(!network.status().sim_locked);
}

#[test]
fn a_card_that_is_locked_asks_at_each_start() {
    let mut network = fresh();
    network.handle_sim_locked();
    assert_eq!(events(&mut network), []);
    network.handle_timeout(at(9000));
    assert_eq!(events(&mut network), [Net::SimLocked]);

    network.restart(at(10_000));
    network.handle_timeout(at(19_000));
    assert_eq!(events(&mut network), [Net::SimLocked]);
    network.handle_sim_removed();
    network.handle_sim_locked();
    assert_eq!(events(&mut network), [Net::SimGone]);
    assert!(!network.status().sim_locked);
}

#[test]
fn barred_data_takes_the_address_and_leaves_the_cell() {
    let mut network = online();
    network.handle_data_barred();
    network.handle_timeout(at(9000));
    assert_eq!(events(&mut network), [Net::Offline]);
    let status = network.status();
    assert_eq!((status.registered, status.attached, status.online), (Some(true), true, false));

    network.handle_data_allowed(at(10_000));
    network.handle_timeout(at(10_200));
    assert_eq!(events(&mut network), [Net::Online]);
}

#[test]
fn barred_data_gives_no_address_to_whoever_asks() {
    let mut network = fresh();
    network.handle_data_barred();
    network.handle_timeout(at(60_000));
    assert_eq!(events(&mut network), [Net::SimReady, Net::Registered, Net::Attached]);

    network.shut(at(61_000));
    network.handle_timeout(at(62_000));
    network.activate(at(62_000));
    network.handle_timeout(at(90_000));
    assert_eq!(events(&mut network), [Net::Shut]);

    network.handle_cell_lost();
    network.handle_data_allowed(at(91_000));
    network.handle_timeout(at(99_000));
    assert_eq!(events(&mut network), [Net::Unregistered]);
    network.handle_cell_found(at(100_000));
    network.handle_timeout(at(101_000));
    assert_eq!(events(&mut network), [Net::Registered, Net::Attached, Net::Online]);
}

#[test]
fn without_power_nothing_happens_and_the_world_is_found_as_it_is_then() {
    let mut network = online();
    network.lose_power();
    network.handle_sim_removed();
    network.set_flight_mode(at(3000), true);
    network.handle_data_barred();
    network.handle_timeout(at(60_000));
    assert_eq!(events(&mut network), []);
    assert_eq!(network.poll_timeout(), None);

    network.restart(at(70_000));
    assert_eq!(events(&mut network), [Net::SimGone]);
}

#[test]
fn the_signal_is_what_the_world_says() {
    let mut network = fresh();
    assert_eq!(network.rssi(), 25);
    network.handle_signal_changed(200);
    assert_eq!(network.rssi(), 31);
}
