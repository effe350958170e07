//! Random bytes as a main script and as a module of it: a script error at worst, never a panic.

use holdline_device::{Device, Input, Instant, Output, Power, Project, Sharing, Vm};

/// Loads `bytes` in every role that a project's file can have, and lets a second pass.
pub(crate) fn run(bytes: &[u8]) {
    for sharing in [Sharing::Alone, Sharing::Shared] {
        load(sharing, &[("main.lua", bytes)]);
        let main =
            b"PROJECT, VERSION = 'F', '1' require 'sys' require 'other' sys.init(0, 0) sys.run()";
        load(sharing, &[("main.lua", main), ("other.lua", bytes)]);
    }
}

fn load(sharing: Sharing, files: &[(&str, &[u8])]) {
    let project = Project::from_files(files.iter().copied());
    let Ok(vm) = Vm::new(project.into(), sharing) else { return };
    let mut device = Device::power_on(Instant::ZERO, &vm, Power::default());
    let end = Instant::from_millis(1000);
    loop {
        let Output::Idle(deadline) = device.poll_output() else { continue };
        let Some(deadline) = deadline.filter(|&deadline| deadline <= end) else { return };
        device.handle_input(deadline, Input::Timeout);
    }
}
