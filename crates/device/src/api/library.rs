//! The script library's sources, by name.

/// Each file of `lua/` with its source; a name with `~` is for other library files.
const SOURCES: &[(&str, &str)] = &[
    ("link", include_str!("../../lua/link.lua")),
    ("log", include_str!("../../lua/log.lua")),
    ("misc", include_str!("../../lua/misc.lua")),
    ("net", include_str!("../../lua/net.lua")),
    ("patch", include_str!("../../lua/patch.lua")),
    ("pins", include_str!("../../lua/pins.lua")),
    ("pm", include_str!("../../lua/pm.lua")),
    ("ril", include_str!("../../lua/ril.lua")),
    ("sim", include_str!("../../lua/sim.lua")),
    ("socket", include_str!("../../lua/socket.lua")),
    ("sys", include_str!("../../lua/sys.lua")),
    ("utils", include_str!("../../lua/utils.lua")),
    ("wdt", include_str!("../../lua/wdt.lua")),
    ("~bearer", include_str!("../../lua/bearer.lua")),
    ("~client_line", include_str!("../../lua/client_line.lua")),
    ("~client_receive", include_str!("../../lua/client_receive.lua")),
    ("~client_task", include_str!("../../lua/client_task.lua")),
    ("~clients", include_str!("../../lua/clients.lua")),
    ("~lines", include_str!("../../lua/lines.lua")),
    ("~links", include_str!("../../lua/links.lua")),
];

/// The source of library file `name`.
pub(super) fn source(name: &str) -> Option<&'static str> {
    SOURCES.iter().find(|&&(known, _)| known == name).map(|&(_, source)| source)
}
