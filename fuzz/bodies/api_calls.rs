//! Random calls of every function that a script can reach, with arguments that nobody would give: an
//! error for the script at worst, never a fault of this program.
//!
//! The functions are found in the tables themselves, so new ones are called from their first day.

use holdline_device::{
    Device, Input, Instant, Output, Power, Profile, Project, RestartCause, Sharing, Vm, catalogue,
};
use holdline_modem::Output as Order;
use std::collections::VecDeque;

/// Instructions that a turn may have here, so that loops do not take long.
pub(crate) const TURN_INSTRUCTIONS: u64 = 10_000_000;

/// Facts that a device hears: a script that is busy every few milliseconds would take minutes.
const FACTS_MAX: u32 = 2000;

/// Virtual time that a device has to make its calls.
const SECONDS: u64 = 3600;

const MAIN: &str = include_str!("api_calls.lua");

/// Makes up to `count` calls that follow from `seed`; how many were made before the device ended.
pub(crate) fn run(seed: u64, count: u32) -> u32 {
    let names: Vec<String> =
        catalogue::tables().iter().map(|table| format!("{:?}", table.name)).collect();
    let main = MAIN
        .replace("SEED", &(seed % 0x7fff_ffff).to_string())
        .replace("COUNT", &count.to_string())
        .replace("NAMES", &names.join(","));
    let files = [("main.lua", main.as_str()), ("other.lua", "return ...")];
    let sharing = if seed.is_multiple_of(4) { Sharing::Shared } else { Sharing::Alone };
    let Ok(vm) = Vm::new(Project::from_files(files).into(), sharing) else { return 0 };
    vm.limit_turns(TURN_INSTRUCTIONS);
    let profile = Profile::ALL[seed as usize / 4 % Profile::ALL.len()];
    let power = Power { profile, seed, ..Power::default() };
    follow(Device::power_on(Instant::ZERO, &vm, power), SECONDS)
}

/// Answers what a device orders as a kind world would, until it ends.
pub(crate) fn follow(mut device: Device, seconds: u64) -> u32 {
    let (mut calls, mut now, mut facts) = (0, Instant::ZERO, VecDeque::new());
    let mut heard = 0;
    loop {
        match device.poll_output() {
            Output::Print(line) if line.starts_with(b"\x01calls ") => {
                calls = String::from_utf8_lossy(&line[7..]).parse().unwrap_or(calls);
            }
            Output::Print(line) if line == b"\x01done" => return calls,
            Output::Restarting(RestartCause::Fault(words)) => panic!("{words}"),
            Output::Restarting(_) | Output::PoweredOff => return calls,
            Output::Modem(order) => facts.extend(answer(order)),
            Output::Print(_) | Output::Notice(_) => {}
            Output::Idle(at) => {
                let input = facts.pop_front().unwrap_or(Input::Timeout);
                if input == Input::Timeout {
                    let Some(at) = at.filter(|&at| at < Instant::from_millis(seconds * 1000))
                    else {
                        return calls;
                    };
                    now = at;
                }
                heard += 1;
                if heard > FACTS_MAX {
                    return calls;
                }
                device.handle_input(now, input);
            }
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "no other order is answered")]
fn answer(order: Order) -> Option<Input> {
    match order {
        Order::Connect { line, .. } => Some(Input::Connected { line }),
        Order::Send { line, .. } => Some(Input::Sent { line }),
        Order::Close { line } => Some(Input::Closed { line }),
        _unanswered => None,
    }
}
