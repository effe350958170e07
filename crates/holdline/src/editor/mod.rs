//! What an editor with the Lua language server needs to know of the script API: `---@meta` files
//! made from the catalogue, which `docs/api` is made from too, and from that of the words of tests;
//! and the settings that point there.

mod meta;
mod settings;
mod spoken;

use crate::words::Lang;
use std::collections::BTreeMap;

/// What each definition file begins with: a file that does not is none of ours.
pub(crate) const MARK: &str = "---@meta\n-- Written by `holdline editor`";

/// Where the definitions stand in a project.
pub(crate) const FOLDER: &str = ".holdline/api";

/// Where the settings stand in a project.
pub(crate) const SETTINGS: &str = ".luarc.json";

/// The definition files by their names in [`FOLDER`].
pub(crate) fn definitions(lang: Lang) -> BTreeMap<String, String> {
    let tables = holdline_device::catalogue::tables().iter();
    let pages = tables.map(|table| (format!("{}.lua", table.name), meta::page(table, lang)));
    pages.chain([("tests.lua".to_owned(), spoken::page(lang))]).collect()
}

/// The settings for a project whose own modules have these names.
pub(crate) fn settings(modules: &[&str]) -> String {
    settings::text(modules)
}
