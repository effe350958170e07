//! The files of a new project. A template's lines that begin with `en|` or `zh|` are for readers of
//! one language; all others are for both, so that the scripts cannot differ.

use crate::words::Lang;

/// What a project does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// One long connection in a task, generation B
    Long,
    /// One long connection by callbacks, generation A
    Callbacks,
    /// A connection for each report, generation B
    Short,
    /// A bridge between a serial port and a server, generation B
    Transparent,
    /// One long connection over TLS, generation B
    Tls,
}

/// A template's file: where it stands in the project, and its text.
type File = (&'static str, &'static str);

const MAIN: &str = include_str!("../../../templates/long/main.lua");

const LONG: [File; 3] = [
    ("main.lua", MAIN),
    ("report.lua", include_str!("../../../templates/long/report.lua")),
    ("tests/report.lua", include_str!("../../../templates/long/test.lua")),
];

const CALLBACKS: [File; 3] = [
    ("main.lua", include_str!("../../../templates/callbacks/main.lua")),
    ("report.lua", include_str!("../../../templates/callbacks/report.lua")),
    ("tests/report.lua", include_str!("../../../templates/callbacks/test.lua")),
];

const SHORT: [File; 3] = [
    ("main.lua", MAIN),
    ("report.lua", include_str!("../../../templates/short/report.lua")),
    ("tests/report.lua", include_str!("../../../templates/short/test.lua")),
];

const TRANSPARENT: [File; 4] = [
    ("main.lua", include_str!("../../../templates/transparent/main.lua")),
    ("serial.lua", include_str!("../../../templates/transparent/serial.lua")),
    ("server.lua", include_str!("../../../templates/transparent/server.lua")),
    ("tests/bridge.lua", include_str!("../../../templates/transparent/test.lua")),
];

const TLS: [File; 3] = [
    ("main.lua", MAIN),
    ("report.lua", include_str!("../../../templates/tls/report.lua")),
    ("tests/report.lua", include_str!("../../../templates/tls/test.lua")),
];

/// What every project has.
const COMMON: [File; 2] = [
    ("README.md", include_str!("../../../templates/README.md")),
    (".github/workflows/test.yml", include_str!("../../../templates/workflow.yml")),
];

/// What a newcomer does next.
pub(crate) struct Next {
    /// What the project is, in a sentence.
    pub(crate) about: &'static str,
    /// Flags that such a try needs.
    pub(crate) flags: &'static str,
    /// A file, a line in it, and what breaks it.
    pub(crate) breaks: (&'static str, &'static str, &'static str),
}

impl Kind {
    /// What a newcomer does next.
    pub(crate) fn next(self, lang: Lang) -> Next {
        let long = ("report.lua", "local HEARTBEAT = 30000", "local HEARTBEAT = 300000");
        let (flags, breaks) = match self {
            Self::Long | Self::Callbacks => ("", long),
            Self::Tls => {
                ("", ("report.lua", "local PAUSE, PAUSE_MAX = 2000", "local PAUSE, PAUSE_MAX = 0"))
            }
            Self::Short => ("", ("report.lua", "local PERIOD = 60000", "local PERIOD = 600000")),
            Self::Transparent => {
                (" --uart 1=pty", ("server.lua", "HEARTBEAT = 60000", "HEARTBEAT = 600000"))
            }
        };
        Next { about: lang.kind_of_project(self), flags, breaks }
    }

    fn files(self) -> &'static [File] {
        match self {
            Self::Long => &LONG,
            Self::Callbacks => &CALLBACKS,
            Self::Short => &SHORT,
            Self::Transparent => &TRANSPARENT,
            Self::Tls => &TLS,
        }
    }
}

/// Every file of a project of that kind.
pub(super) fn files(kind: Kind, name: &str, lang: Lang) -> Vec<(&'static str, String)> {
    let next = kind.next(lang);
    let filled = |template: &str| {
        let text = in_language(template, lang).replace("{name}", name);
        text.replace("{about}", next.about).replace("{flags}", next.flags)
    };
    kind.files().iter().chain(&COMMON).map(|(path, text)| (*path, filled(text))).collect()
}

fn in_language(template: &str, lang: Lang) -> String {
    let (ours, other) = match lang {
        Lang::En => ("en|", "zh|"),
        Lang::Zh => ("zh|", "en|"),
    };
    let lines = template.lines().filter(|line| !line.starts_with(other));
    lines.map(|line| format!("{}\n", line.strip_prefix(ours).unwrap_or(line))).collect()
}
