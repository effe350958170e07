//! What `require` gives here: the device itself is asked, so the answer is what a run would meet.

use super::api;
use holdline_device::{Device, Instant, Output, Power, Project, Sharing, Vm};
use std::collections::BTreeSet;

/// Whether a library can be required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Library {
    Here,
    /// The module has it, Holdline has not.
    NotSupported,
    Unknown,
}

/// What a device says of a project's libraries.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// Libraries that it could require.
    libraries: BTreeSet<String>,
    /// Globals that are there when they have all been required.
    pub(super) globals: BTreeSet<String>,
}

impl Answer {
    pub(super) fn library(&self, name: &str) -> Library {
        match self.libraries.contains(name) {
            true => Library::Here,
            false if api::is_absent_table(name) => Library::NotSupported,
            false => Library::Unknown,
        }
    }
}

/// Requires each of `names` on a fresh device, and lists its globals; one that serves has more of them.
pub(super) fn ask(names: &BTreeSet<String>, serves: bool) -> Answer {
    let mut answer = Answer::default();
    let project = Project::from_files([("main.lua", script(names))]);
    let project = if serves { project.serving() } else { project };
    let Ok(vm) = Vm::new(project.into(), Sharing::Alone) else { return answer };
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    loop {
        match device.poll_output() {
            Output::Print(line) => answer.hear(&String::from_utf8_lossy(&line)),
            Output::Idle(_) | Output::Restarting(_) | Output::PoweredOff => return answer,
            Output::Modem(_) | Output::Notice(_) => {}
        }
    }
}

/// The script that asks. A name is a plain word, so it needs no quoting.
fn script(names: &BTreeSet<String>) -> String {
    let is_plain = |name: &&String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let words: Vec<&str> = names.iter().filter(is_plain).map(String::as_str).collect();
    format!(
        "local say = print for name in ('{}'):gmatch('%S+') do \
             if pcall(require, name) then say('here', name) end \
         end \
         for name in pairs(_G) do say('global', name) end \
         while true do rtos.receive(0) end",
        words.join(" ")
    )
}

impl Answer {
    fn hear(&mut self, line: &str) {
        let Some((word, name)) = line.trim_end().split_once('\t') else { return };
        match word {
            "here" => self.libraries.insert(name.to_owned()),
            "global" => self.globals.insert(name.to_owned()),
            _ => false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Library, ask};

    #[test]
    fn a_library_is_here_or_not_supported_or_unknown_and_brings_others() {
        let names = ["socket", "aLiYun", "nosuch", "a'b"].map(str::to_owned).into();
        let answer = ask(&names, false);
        let found = ["socket", "aLiYun", "nosuch", "a'b"].map(|name| answer.library(name));
        let expected = [Library::Here, Library::NotSupported, Library::Unknown, Library::Unknown];
        assert_eq!(found, expected);
        assert!(["sys", "link", "print", "rtos"].iter().all(|name| answer.globals.contains(*name)));
        assert!(!answer.globals.contains("wdt") && !answer.globals.contains("nosuch"));
        assert!(!ask(&Default::default(), false).globals.contains("sys"));
        let serving = ask(&Default::default(), true);
        assert!(["sys", "server", "log"].iter().all(|name| serving.globals.contains(*name)));
    }
}
