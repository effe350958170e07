//! Which local a name means, and which names were read before their local began.

use super::facts::{FunctionId, Local, LocalId, Root, Use, UseId, Value};
use super::fault::At;
use std::collections::HashMap;

/// The blocks around the pen.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    open: Vec<Scope>,
    /// What each name means, innermost last.
    visible: HashMap<String, Vec<LocalId>>,
    /// Uses of each global, in order, that no later local has claimed.
    globals: HashMap<String, Vec<UseId>>,
}

#[derive(Debug, Default)]
struct Scope {
    names: Vec<String>,
    /// Uses from this one on lie in the block.
    first_use: UseId,
}

/// What is known of a local when it begins.
pub(super) struct Beginning<'a> {
    pub(super) name: &'a str,
    pub(super) at: At,
    pub(super) value: Value,
    pub(super) is_top: bool,
    /// Uses from this one on stand in its own initial value.
    pub(super) own_from: UseId,
    /// The function that it stands in.
    pub(super) function: FunctionId,
}

impl Scopes {
    pub(super) fn enter(&mut self, next_use: UseId) {
        self.open.push(Scope { names: Vec::new(), first_use: next_use });
    }

    /// Leaves a block; how many locals end with it.
    pub(super) fn leave(&mut self) -> usize {
        let scope = self.open.pop().unwrap_or_default();
        let count = scope.names.len();
        for name in scope.names {
            if let Some(meanings) = self.visible.get_mut(&name) {
                meanings.pop();
            }
        }
        count
    }

    /// What `name` means here.
    pub(super) fn find(&self, name: &str) -> Root {
        match self.visible.get(name).and_then(|meanings| meanings.last()) {
            Some(local) => Root::Local(*local),
            None => Root::Global(name.to_owned()),
        }
    }

    /// Remembers a use of a global, for a local that may yet begin.
    pub(super) fn used_global(&mut self, name: &str, id: UseId) {
        self.globals.entry(name.to_owned()).or_default().push(id);
    }

    /// Begins a local: it claims the uses above it in its block.
    pub(super) fn begin(
        &mut self,
        local: &Beginning<'_>,
        locals: &mut Vec<Local>,
        uses: &mut [Use],
    ) -> LocalId {
        let id = locals.len();
        let name = local.name.to_owned();
        self.claim(local, id, uses);
        self.visible.entry(name.clone()).or_default().push(id);
        if let Some(scope) = self.open.last_mut() {
            scope.names.push(name.clone());
        }
        let Beginning { at, value, is_top, function, .. } = *local;
        locals.push(Local { name, at, writes: 0, value, function, is_top });
        id
    }

    fn claim(&mut self, local: &Beginning<'_>, id: LocalId, uses: &mut [Use]) {
        let first_use = self.open.last().map_or(0, |scope| scope.first_use);
        let Some(known) = self.globals.get_mut(local.name) else { return };
        let first = known.partition_point(|&known| known < first_use);
        for claimed in known.split_off(first) {
            // `local x = x` reads the global on purpose.
            let is_copy = claimed >= local.own_from && uses[claimed].function == local.function;
            if !is_copy {
                uses[claimed].before = Some(id);
            }
        }
    }
}
