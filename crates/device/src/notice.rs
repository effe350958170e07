//! What a script author should hear once: the module does something here that few expect.
//!
//! A notice carries facts; the words, in the reader's language, are the command's.

use std::fmt;

/// A line of a script.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// File name as the script knows it, such as `test.lua`.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Place {
    /// Reads `file:line`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (file, line) = text.rsplit_once(':')?;
        Some(Self { file: file.to_owned(), line: line.parse().ok()? })
    }
}

/// Which oddity a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeKind {
    /// The project ships a file of the script library; the built-in one runs. Detail: its name.
    OwnLibrary,
    /// A message for `recv` was published while its task was elsewhere. Detail: the message, and
    /// what the task was doing: `connect`, `send`, `recv`, `asyncSelect`, `close` or `wait`.
    LostPublish,
    /// A `sys.wait` ended early because the socket of the task still takes its wake-ups. Detail:
    /// what woke it: `data`, `message`, `close`, `confirmation` or `network`.
    StaleWait,
    /// Datagrams queued up; the newest is read first.
    NewestDatagramFirst,
    /// `socket.connect` dropped queued sends without an event. Detail: how many.
    QueueWiped,
    /// More than 256 reports waited unread; the rest waits in the core.
    ReceiveBacklog,
    /// A client was closed a second time, which waits for ever.
    ClosedTwice,
    /// A name was read as a global before its `local`. Detail: the name, the line of the local.
    UsedBeforeLocal,
    /// A file could not be written to flash. Detail: its path, the reason.
    FileNotWritten,
    /// An AT command was sent and answered with `ERROR`: there is no AT port. Detail: the command.
    NoAtPort,
    /// A serial port was written to that is not set up. Detail: its number.
    UartNotSetUp,
    /// A certificate file that a TLS client names is not there; the connection goes on without it.
    /// Detail: the field of the `cert` table, the path.
    CertificateMissing,
    /// `socketssl` is to verify a server, and certificates to do it by are missing. Detail: the paths
    /// that are not there; empty where none was named.
    NoAuthority,
    /// `socketssl.disconnect` of a connect that waits for an address, which is never answered.
    DisconnectUnanswered,
    /// Something was used that modules have and Holdline has not. Detail: its name, the page that lists
    /// what there is.
    NotSupported,
    /// Stored errors are about to be sent. Detail: `errDump` or `dbg`, the server's address.
    ErrorReport,
    /// An update over the air was asked for, which there is not. Detail: the call.
    NoUpdate,
    /// The script took more of Lua's memory than a module has. Detail: how many bytes that are.
    OutOfMemory,
    /// A compiled or encrypted script was found where only source can be read. Detail: its name.
    CompiledScript,
}

impl NoticeKind {
    /// Every kind with the word by which the script library calls it.
    const WORDS: &'static [(&'static str, Self)] = &[
        ("own library", Self::OwnLibrary),
        ("lost publish", Self::LostPublish),
        ("stale wait", Self::StaleWait),
        ("newest datagram first", Self::NewestDatagramFirst),
        ("queue wiped", Self::QueueWiped),
        ("receive backlog", Self::ReceiveBacklog),
        ("closed twice", Self::ClosedTwice),
        ("used before local", Self::UsedBeforeLocal),
        ("file not written", Self::FileNotWritten),
        ("no AT port", Self::NoAtPort),
        ("uart not set up", Self::UartNotSetUp),
        ("certificate missing", Self::CertificateMissing),
        ("no authority", Self::NoAuthority),
        ("disconnect unanswered", Self::DisconnectUnanswered),
        ("error report", Self::ErrorReport),
        ("no update", Self::NoUpdate),
        ("out of memory", Self::OutOfMemory),
        ("compiled script", Self::CompiledScript),
    ];

    /// The kind that the script library calls `word`.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|&&(known, _)| known == word).map(|&(_, kind)| kind)
    }
}

/// One thing worth hearing once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// Where in the script, if that is known.
    pub place: Option<Place>,
    /// The values that belong to it, as [`NoticeKind`] lists them.
    pub detail: Vec<String>,
}
