//! What tests tell: the verdict of each, and everything that happened in its world, at both ends of
//! every line.
//!
//! Plain values, made by running tests and read by every kind of report.

use crate::words::Lang;
use holdline_modem::{LineId, UartId};
use holdline_peer::Conn;
use std::path::PathBuf;
use std::time::Duration;

/// All that one command tells: the tests in the order of files and lines, and the files that held
/// none or could not be read as tests.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) cases: Vec<Case>,
    pub(crate) faults: Vec<FileFault>,
    /// Tests that were not run, since one before them failed.
    pub(crate) left: usize,
}

/// A test file from which no test could be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileFault {
    pub(crate) file: PathBuf,
    /// Where in the file, if it is about a line.
    pub(crate) line: Option<u32>,
    pub(crate) text: String,
    pub(crate) hint: Option<String>,
}

/// One test, run once.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) file: PathBuf,
    /// The line of `test(`; 0 where it stands in no file: faults that were tried on a project.
    pub(crate) line: u32,
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    /// How far the world's time went.
    pub(crate) virtual_time: Duration,
    /// How long that took on this machine.
    pub(crate) took: Duration,
    pub(crate) seed: u64,
    /// The hash of the world's trace: two runs with one hash went the same way.
    pub(crate) hash: u64,
    pub(crate) story: Story,
}

/// How a test went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every expectation held.
    Passed,
    /// An expectation did not hold.
    Failed(Failure),
    /// The test itself is wrong, so that nothing was proved.
    Error(Failure),
}

/// Why a test did not pass, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The line of the test file; 0 where it is about none.
    pub(crate) line: u32,
    /// What stands there, as written: the assertion, or the word that is wrong.
    pub(crate) words: String,
    /// What was expected; empty where an error leaves nothing to expect.
    pub(crate) expected: String,
    /// What was found instead.
    pub(crate) got: String,
    /// When in the world's time.
    pub(crate) at: Duration,
    /// The moments that what was found is about.
    pub(crate) around: Vec<Duration>,
    /// What can be done about it.
    pub(crate) hint: Option<String>,
}

/// Everything that happened in a world, in the order of time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    /// Who takes part; rows name them by their place here. The world is the first.
    pub(crate) actors: Vec<Actor>,
    pub(crate) rows: Vec<Row>,
    /// When the test ended.
    pub(crate) end: Duration,
}

/// Somebody to whom things happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// What befalls everybody: faults, expectations.
    World,
    /// A device, by its number in the world.
    Device(u32),
    /// A server; without a host it answers under every name and address.
    Server { host: Option<String>, port: u16 },
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// When, since the world's start.
    pub(crate) at: Duration,
    /// To whom: a place in [`Story::actors`].
    pub(crate) actor: usize,
    pub(crate) what: What,
}

/// Words of Holdline's own, for a reader of one language. A test that looks for a text in them means
/// either language: its verdict does not depend on who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// In the reader's language.
    pub(crate) text: String,
    /// In the other one.
    pub(crate) other: String,
}

impl Told {
    /// What `words` says in each language, for a reader of `lang`.
    pub(crate) fn new(lang: Lang, words: impl Fn(Lang) -> String) -> Self {
        Self { text: words(lang), other: words(lang.other()) }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    // Of a device.
    PoweredOn,
    /// It starts anew; carries why.
    Restarting(Told),
    PoweredOff,
    Online,
    Offline,
    /// It asked for a connection to `host:port`.
    Dialled {
        line: LineId,
        to: String,
    },
    Connected {
        line: LineId,
    },
    ConnectFailed {
        line: LineId,
        why: String,
    },
    /// The line ended, and not by the device.
    Ended {
        line: LineId,
        how: String,
    },
    /// The device's own close is done.
    Closed {
        line: LineId,
    },
    /// The device broke the line off: a restart, or the address was lost.
    BrokenOff {
        line: LineId,
    },
    Sent {
        line: LineId,
        bytes: Vec<u8>,
    },
    Received {
        line: LineId,
        bytes: Vec<u8>,
    },
    /// A line that the script printed.
    Log(Vec<u8>),
    /// Something the author should hear.
    Notice(Told),
    /// The device wrote to a serial port.
    UartSent {
        port: UartId,
        bytes: Vec<u8>,
    },
    /// A serial port heard this.
    UartReceived {
        port: UartId,
        bytes: Vec<u8>,
    },
    // Of a server.
    /// A device that wanted to connect was turned away.
    Refused {
        conn: Conn,
    },
    Accepted {
        conn: Conn,
    },
    ServerReceived {
        conn: Conn,
        bytes: Vec<u8>,
    },
    ServerSent {
        conn: Conn,
        bytes: Vec<u8>,
    },
    ServerClosed {
        conn: Conn,
        by: Closer,
    },
    // Of whom it befalls: the world, a server, a device.
    /// A fault begins, in the words of the vocabulary.
    FaultBegan(String),
    FaultEnded(String),
    // Of the world.
    /// An expectation was settled.
    Expected {
        words: String,
        held: bool,
    },
}

/// Who ended a connection, as its server sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closer {
    /// The device's side, or the network between.
    Device,
    /// The server, in the regular way.
    Server,
    /// The server, by a reset.
    ServerReset,
}
