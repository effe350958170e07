//! The rules: each looks at the whole project and tells what is wrong in which file.

mod fields;
mod globals;
mod main_file;
mod messages;
mod requires;
mod waits;
mod ways;

use super::fault::{At, Fault};
use super::world::{Script, World};

/// Takes what the rules find.
#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<(String, At, Fault)>);

impl Findings {
    fn tell(&mut self, script: &Script, at: At, fault: impl Into<Fault>) {
        self.0.push((script.file.clone(), at, fault.into()));
    }
}

/// Everything that the rules find in `world`.
pub(super) fn all(world: &World) -> Findings {
    let mut findings = Findings::default();
    globals::tell(world, &mut findings);
    fields::tell(world, &mut findings);
    waits::tell(world, &mut findings);
    messages::tell(world, &mut findings);
    requires::tell(world, &mut findings);
    main_file::tell(world, &mut findings);
    findings
}
