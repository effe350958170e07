//! Scripts that were right once: lines and words of real programs taken out, doubled, swapped and put
//! elsewhere. They load more often than random text does, and go far before they fail.

use crate::api_calls::{TURN_INSTRUCTIONS, follow};
use holdline_device::{Device, Instant, Power, Profile, Project, Sharing, Vm};

/// Virtual time that a script has.
const SECONDS: u64 = 120;

const NUMBERS: [&str; 8] = ["0", "-1", "2^31", "0/0", "1e308", "nil", "''", "65536"];

/// Runs what `next`, a source of random numbers, makes of one of `sources` and parts of the others.
pub(crate) fn run(sources: &[String], next: &mut impl FnMut() -> u64) {
    let mut pick = |len: usize| (next() >> 16) as usize % len.max(1);
    let mut words = words(&sources[pick(sources.len())]);
    for _ in 0..1 + pick(6) {
        let (at, other) = (pick(words.len()), pick(words.len()));
        let len = 1 + pick(12);
        let end = (at + len).min(words.len());
        match pick(7) {
            0 => drop(words.drain(at..end)),
            1 => {
                let copied = words[at..end].to_vec();
                words.splice(other..other, copied);
            }
            2 => words.swap(at, other),
            3 => words[at] = NUMBERS[pick(NUMBERS.len())].to_owned(),
            4 => words[at] = words[other].clone(),
            5 => {
                let foreign = self::words(&sources[pick(sources.len())]);
                let from = pick(foreign.len());
                let to = (from + len * 4).min(foreign.len());
                words.splice(at..at, foreign[from..to].iter().cloned());
            }
            _ => words[at].push(char::from(pick(256) as u8)),
        }
        words.push(String::new());
    }
    let main = format!(
        "PROJECT, VERSION, MODULE_TYPE = 'F', '1', 'Air202' require 'sys' function ok() end \
         function done() end function now() return rtos.tick() end function world() end restarts, \
         expects, expects_none, task_errors_are_fine = world, world, world, world\n{}\n\
         sys.init(0, 0) sys.run()",
        words.concat()
    );
    for (sharing, profile) in Profile::ALL
        .into_iter()
        .enumerate()
        .map(|(at, profile)| (if at == 0 { Sharing::Alone } else { Sharing::Shared }, profile))
    {
        let project = Project::from_files([("main.lua", main.as_str())]);
        let Ok(vm) = Vm::new(project.into(), sharing) else { return };
        vm.limit_turns(TURN_INSTRUCTIONS);
        let power = Power { profile, ..Power::default() };
        follow(Device::power_on(Instant::ZERO, &vm, power), SECONDS);
    }
}

/// A source in words, with what stands between them.
fn words(source: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in source.chars() {
        let joins = letter.is_alphanumeric() || letter == '_';
        let last = words.last_mut().expect("there is one");
        if joins && last.chars().all(|other| other.is_alphanumeric() || other == '_') {
            last.push(letter);
        } else {
            words.push(letter.to_string());
        }
    }
    words
}
