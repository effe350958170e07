//! The script library's sources, by name.

/// Each file of `lua/` with its source; a name with `~` is for other library files.
const SOURCES: &[(&str, &str)] = &[
    ("link", include_str!("../../lua/link.lua")),
    ("log", include_str!("../../lua/log.lua")),
    ("socket", include_str!("../../lua/socket.lua")),
    ("sys", include_str!("../../lua/sys.lua")),
    ("~clients", include_str!("../../lua/clients.lua")),
    ("~lines", include_str!("../../lua/lines.lua")),
];

/// The source of library file `name`.
pub(super) fn source(name: &str) -> Option<&'static str> {
    SOURCES.iter().find(|&&(known, _)| known == name).map(|&(_, source)| source)
}
