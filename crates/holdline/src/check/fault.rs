//! What can be wrong with a project: one variant a kind of fault, with the values that belong to it.

/// A stretch of a source line, counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    /// From 1.
    pub(crate) line: u32,
    /// From 1.
    pub(crate) column: u32,
    /// At least 1.
    pub(crate) len: u32,
}

impl At {
    /// The first character of a file.
    pub(super) const START: Self = Self { line: 1, column: 1, len: 1 };

    /// A place; nothing is before line 1 or column 1.
    pub(crate) fn new(line: usize, column: usize, len: usize) -> Self {
        let number = |value: usize| u32::try_from(value.max(1)).unwrap_or(u32::MAX);
        Self { line: number(line), column: number(column), len: number(len) }
    }
}

/// A fault at its first place in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) at: At,
    pub(super) fault: Fault,
}

impl Found {
    pub(super) fn new(at: At, fault: impl Into<Fault>) -> Self {
        Self { at, fault: fault.into() }
    }
}

/// Who runs a piece of code that may not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outside {
    /// The file itself, while it is loaded.
    File,
    /// A timer or a subscriber: the main loop calls it.
    Callback,
}

/// Why a source is no Lua 5.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// A word or sign where none such may stand; none where the file ends.
    Unexpected {
        /// As it is written.
        found: String,
    },
    /// A sign of another language, and Lua's for the same.
    Foreign {
        /// As it is written.
        found: String,
        /// What Lua has.
        lua: &'static str,
    },
    /// Nothing stands where a value must.
    NoValue {
        /// What it must stand behind.
        after: String,
    },
    /// A block, a bracket or a string without its end.
    Unclosed {
        /// What it begins with.
        opened: String,
        /// What is missing.
        missing: String,
    },
    /// A word is missing, such as `then`.
    Missing {
        /// Which.
        word: String,
        /// What stands there.
        found: String,
    },
    /// An `end` with nothing to end.
    ExtraEnd,
    /// `return` or `break` is not the last of its block.
    AfterLast,
    /// Not a number.
    Number {
        /// As it is written.
        found: String,
    },
}

/// One kind of fault with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A name that means nothing, or not what it looks like.
    Name(NameFault),
    /// A call that cannot do what it is for.
    Call(CallFault),
    /// A project that does not come together.
    Project(ProjectFault),
    /// A source that does not read as it looks.
    Text(TextFault),
    /// A source that is no Lua 5.1.
    Syntax(Syntax),
}

/// A name that means nothing, or not what it looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NameFault {
    /// A name is read before its `local`.
    UsedBeforeLocal { name: String, local_line: u32 },
    /// A function calls itself by a local that begins only behind it.
    UsedInOwnLocal { name: String, local_line: u32 },
    /// Nobody makes this global.
    UnknownGlobal { name: String, near: Option<String> },
    /// A global of a module, called as if it were everybody's.
    OfModule { name: String, module: String },
    /// A file that is used as a module and is none.
    NotAModule { name: String },
    /// A library that no file loads.
    NotRequired { name: String },
    /// A table has no such field.
    UnknownField { table: String, name: String, near: Option<String> },
    /// A function of a module that is local to its file.
    LocalOfModule { table: String, name: String, local_line: u32 },
    /// The module has it, Holdline has not.
    NotSupported { name: String },
}

/// A call that cannot do what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallFault {
    /// A call with fewer arguments than it needs.
    TooFewArguments { name: String, given: usize, min: usize },
    /// A call with more arguments than are read.
    TooManyArguments { name: String, given: usize, max: usize },
    /// A wait where no task runs.
    WaitOutsideTask { call: String, outside: Outside },
    /// A wait below a call that cannot be left and come back to.
    WaitInCall { call: String, inside: String },
    /// A socket made where no task runs.
    SocketOutsideTask { call: String, outside: Outside },
    /// A message that nobody can hear.
    LostMessage { message: String, during: String },
}

/// A project that does not come together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProjectFault {
    /// `require` finds nothing.
    NoSuchFile { name: String, near: Option<String> },
    /// `require` of a library that is not built in.
    NoSuchLibrary { name: String },
    /// The file is there, with other letters.
    WrongCase { name: String, file: String },
    /// The file is there, but not as source.
    Compiled { file: String },
    /// A file that is still being loaded is required.
    RequireLoop { chain: String },
    /// `sys.init` has no `PROJECT` or `VERSION`.
    Undefined { name: String },
    /// `PROJECT` or `VERSION` comes too late.
    DefinedLate { name: String, init_line: u32 },
    /// `PROJECT` or `VERSION` is a module's own.
    DefinedInModule { name: String, module: String },
    /// The main file ends.
    NoRun,
    /// `sys.run` without `sys.init`.
    NoInit,
    /// What stands behind `sys.run()`.
    AfterRun,
}

/// A source that does not read as it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TextFault {
    /// A byte-order mark.
    ByteOrderMark,
    /// Lines in both encodings.
    MixedLines { is_utf8: bool },
    /// Files in both encodings.
    MixedFiles { is_utf8: bool, other: String },
    /// Neither UTF-8 nor GBK.
    BadBytes,
    /// A character with a hidden backslash in a string.
    GbkBackslash { found: char },
    /// `\xHH` in a string.
    HexEscape { found: String, decimal: String },
    /// A full-width sign in code.
    FullWidth { found: char, ascii: char },
    /// A letter that Lua does not know, in code.
    NotAscii { found: char },
    /// Lua, but a later one.
    NewerLua { found: String, since: &'static str },
    /// More than a module holds; not looked at.
    TooLarge { bytes: usize, max: usize },
    /// More levels than Lua 5.1 takes; not looked at.
    TooDeep { max: usize },
    /// An expression too long to be looked at.
    TooLong { max: usize },
    /// More locals at once, in one function, than Lua 5.1 has room for.
    TooManyLocals { max: usize },
    /// More locals of outer functions, in one function, than Lua 5.1 has room for.
    TooManyUpvalues { max: usize },
}

impl Fault {
    /// The name by which documents and programs know this kind of fault.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Name(fault) => fault.code(),
            Self::Call(fault) => fault.code(),
            Self::Project(fault) => fault.code(),
            Self::Text(fault) => fault.code(),
            Self::Syntax(_) => "syntax",
        }
    }

    /// Whether both are told as one, at the first place of the two.
    pub(super) fn is_told_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one == other || one.is_alike(other),
            (Self::Syntax(_), _) => false,
            _ => self == other,
        }
    }
}

impl From<NameFault> for Fault {
    fn from(fault: NameFault) -> Self {
        Self::Name(fault)
    }
}

impl From<CallFault> for Fault {
    fn from(fault: CallFault) -> Self {
        Self::Call(fault)
    }
}

impl From<ProjectFault> for Fault {
    fn from(fault: ProjectFault) -> Self {
        Self::Project(fault)
    }
}

impl From<TextFault> for Fault {
    fn from(fault: TextFault) -> Self {
        Self::Text(fault)
    }
}

impl From<Syntax> for Fault {
    fn from(fault: Syntax) -> Self {
        Self::Syntax(fault)
    }
}

impl NameFault {
    fn code(&self) -> &'static str {
        match self {
            Self::UsedBeforeLocal { .. } | Self::UsedInOwnLocal { .. } => "used-before-local",
            Self::UnknownGlobal { .. } => "unknown-global",
            Self::OfModule { .. } => "of-another-module",
            Self::NotAModule { .. } => "not-a-module",
            Self::NotRequired { .. } => "not-required",
            Self::UnknownField { .. } => "unknown-field",
            Self::LocalOfModule { .. } => "local-of-module",
            Self::NotSupported { .. } => "not-supported",
        }
    }
}

impl CallFault {
    fn code(&self) -> &'static str {
        match self {
            Self::TooFewArguments { .. } => "too-few-arguments",
            Self::TooManyArguments { .. } => "too-many-arguments",
            Self::WaitOutsideTask { .. } => "wait-outside-task",
            Self::WaitInCall { .. } => "wait-in-call",
            Self::SocketOutsideTask { .. } => "socket-outside-task",
            Self::LostMessage { .. } => "lost-message",
        }
    }
}

impl ProjectFault {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchFile { .. } => "no-such-file",
            Self::NoSuchLibrary { .. } => "no-such-library",
            Self::WrongCase { .. } => "wrong-case",
            Self::Compiled { .. } => "compiled",
            Self::RequireLoop { .. } => "require-loop",
            Self::Undefined { .. } | Self::DefinedLate { .. } | Self::DefinedInModule { .. } => {
                "undefined-project"
            }
            Self::NoRun => "no-run",
            Self::NoInit => "no-init",
            Self::AfterRun => "after-run",
        }
    }
}

impl TextFault {
    fn code(&self) -> &'static str {
        match self {
            Self::ByteOrderMark => "byte-order-mark",
            Self::MixedLines { .. } => "mixed-lines",
            Self::MixedFiles { .. } => "mixed-files",
            Self::BadBytes => "bad-bytes",
            Self::GbkBackslash { .. } => "gbk-backslash",
            Self::HexEscape { .. } => "hex-escape",
            Self::FullWidth { .. } => "full-width",
            Self::NotAscii { .. } => "not-ascii",
            Self::NewerLua { .. } => "newer-lua",
            Self::TooLarge { .. } => "too-large",
            Self::TooDeep { .. } => "too-deep",
            Self::TooLong { .. } => "too-long",
            Self::TooManyLocals { .. } => "too-many-locals",
            Self::TooManyUpvalues { .. } => "too-many-upvalues",
        }
    }

    /// Whether both are the same thing with other letters.
    fn is_alike(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::HexEscape { .. }, Self::HexEscape { .. })
                | (Self::GbkBackslash { .. }, Self::GbkBackslash { .. })
                | (Self::NotAscii { .. }, Self::NotAscii { .. })
        )
    }
}
