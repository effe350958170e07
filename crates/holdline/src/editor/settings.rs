//! `.luarc.json`: what the Lua language server is told of a project.

use super::FOLDER;
use serde_json::json;

/// Libraries of Lua that modules have in a form of their own: the definitions have them in full.
pub(super) const OURS: [&str; 3] = ["debug", "io", "os"];

/// `module` makes a file a global table, which the server cannot see, so that those names are told.
/// It also makes the file's globals fields of that table, so small letters are right there.
/// `socket.tcp` gives nothing for certificates that make no sense, which no script asks for.
pub(super) fn text(modules: &[&str]) -> String {
    let builtin: serde_json::Map<_, _> =
        OURS.iter().map(|&name| (name.to_owned(), json!("disable"))).collect();
    let settings = json!({
        "runtime.version": "Lua 5.1",
        "runtime.builtin": builtin,
        "workspace.library": [FOLDER],
        "diagnostics.globals": modules,
        "diagnostics.disable": ["lowercase-global", "need-check-nil"],
    });
    format!("{settings:#}\n")
}
