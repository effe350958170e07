//! The script library's sources, by name.

/// Each file of `lua/` that scripts can `require`, with its source.
const SOURCES: &[(&str, &str)] =
    &[("log", include_str!("../../lua/log.lua")), ("sys", include_str!("../../lua/sys.lua"))];

/// The source of library file `name`.
pub(super) fn source(name: &str) -> Option<&'static str> {
    SOURCES.iter().find(|&&(known, _)| known == name).map(|&(_, source)| source)
}
