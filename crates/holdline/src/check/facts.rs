//! What a file does with names: the facts that the rules work on.

use super::fault::At;
use std::collections::BTreeSet;

/// Index of a function of one file; 0 is the file itself.
pub(super) type FunctionId = usize;
/// Index of a local.
pub(super) type LocalId = usize;
/// Index of a use of a name.
pub(super) type UseId = usize;
/// Index of a call.
pub(super) type CallId = usize;

/// The function that a file itself is.
pub(super) const FILE: FunctionId = 0;

/// All that the rules need to know of one file.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) functions: Vec<Function>,
    pub(super) locals: Vec<Local>,
    pub(super) uses: Vec<Use>,
    pub(super) calls: Vec<Call>,
    /// Strings that could be names: somebody may look a name up by one.
    pub(super) words: BTreeSet<String>,
    /// Statements of the file itself, in order.
    pub(super) statements: Vec<At>,
    /// Places where a function outgrows a limit of Lua's.
    pub(super) limits: Vec<(At, Limit)>,
    /// Whether globals are made or looked up in ways that cannot be followed.
    pub(super) has_wild_globals: bool,
}

/// What a function of Lua 5.1 has only so much room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// Locals at once.
    Locals,
    /// Locals of outer functions.
    Upvalues,
}

/// Locals that a function may have at once (`LUAI_MAXVARS`).
pub(super) const LOCALS_MAX: usize = 200;

/// Locals of outer functions that a function may use (`LUAI_MAXUPVALUES`).
pub(super) const UPVALUES_MAX: usize = 60;

/// A function, and how it can be reached.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) held: Held,
    /// The function around it; the file is in none.
    pub(super) outer: Option<FunctionId>,
    /// Locals that are visible at the pen.
    pub(super) locals: usize,
    /// Locals of outer functions that it uses.
    pub(super) upvalues: BTreeSet<LocalId>,
}

impl Function {
    pub(super) fn new(held: Held, outer: Option<FunctionId>) -> Self {
        Self { held, outer, locals: 0, upvalues: BTreeSet::new() }
    }
}

/// Who holds a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// The file itself.
    File,
    /// A local.
    Local(LocalId),
    /// A global, by its plain name.
    Global(String),
    /// Only the function that it is handed to, as the argument of this index.
    Passed(CallId, usize),
    /// A table, a result, or something else that cannot be followed.
    Elsewhere,
}

/// A local name.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) name: String,
    pub(super) at: At,
    /// Assignments after the first.
    pub(super) writes: u32,
    pub(super) value: Value,
    pub(super) function: FunctionId,
    /// Whether it stands at the top of the file.
    pub(super) is_top: bool,
}

/// What an expression is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Unknown,
    Function(FunctionId),
    Use(UseId),
    Call(CallId),
}

/// What a path of names begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    Global(String),
    Local(LocalId),
    /// What a call returned.
    Result(CallId),
    /// An expression.
    Other,
}

/// A path of names, `sys.wait` or `client:recv`, and what is done with it.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) root: Root,
    pub(super) at: At,
    pub(super) fields: Vec<Name>,
    pub(super) role: Role,
    pub(super) function: FunctionId,
    /// Whether `nil` does no harm here: a condition, a comparison.
    pub(super) is_tested: bool,
    /// Whether it was written as a field of `_G`.
    pub(super) is_from_g: bool,
    /// A local of the same name that begins further down in a block around this place.
    pub(super) before: Option<LocalId>,
}

/// A name with its place.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) at: At,
}

/// What is done with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Read,
    Written(Value),
    Called(CallId),
    /// Handed to a call as the argument of this index.
    Passed(CallId, usize),
}

/// A call.
#[derive(Debug)]
pub(super) struct Call {
    /// The path that is called; none for the result of an expression.
    pub(super) callee: Option<UseId>,
    pub(super) is_method: bool,
    pub(super) args: Vec<Arg>,
    /// Whether the last argument may be any number of values.
    pub(super) is_open: bool,
    pub(super) at: At,
    pub(super) function: FunctionId,
    /// The block and the statement in it: neighbours in a block run one after the other.
    pub(super) block: usize,
    pub(super) statement: usize,
    /// Whether it is a statement of the file itself, so it runs when the file does.
    pub(super) is_top: bool,
}

/// An argument, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Arg {
    Text(String),
    Use(UseId),
    Function(FunctionId),
    Dots,
    Other,
}

impl Facts {
    /// The plain path of a use that begins with a global: `sys.wait`.
    pub(super) fn path(&self, id: UseId) -> Option<String> {
        let used = &self.uses[id];
        let root = match &used.root {
            Root::Global(name) => name.clone(),
            Root::Local(local) => return self.path_of_local(*local, &used.fields),
            Root::Result(_) | Root::Other => return None,
        };
        Some(joined(root, &used.fields))
    }

    /// The path behind a local that only ever stands for another one: `local wait = sys.wait`.
    fn path_of_local(&self, local: LocalId, fields: &[Name]) -> Option<String> {
        let local = &self.locals[local];
        if local.writes > 0 {
            return None;
        }
        match local.value {
            Value::Use(id) => match &self.uses[id].root {
                // Only one step: a local of a local is rare.
                Root::Global(name) => {
                    Some(joined(joined(name.clone(), &self.uses[id].fields), fields))
                }
                Root::Local(_) | Root::Result(_) | Root::Other => None,
            },
            Value::Call(call) => self.required(call).map(|name| joined(name, fields)),
            Value::Unknown | Value::Function(_) => None,
        }
    }

    /// The plain path of what `call` calls.
    pub(super) fn callee(&self, call: CallId) -> Option<String> {
        self.path(self.calls[call].callee?)
    }

    /// The name that `call` requires, if it is a `require` of one.
    pub(super) fn required(&self, call: CallId) -> Option<String> {
        let used = &self.uses[self.calls[call].callee?];
        let is_require = used.fields.is_empty() && used.root == Root::Global("require".to_owned());
        match self.calls[call].args.first() {
            Some(Arg::Text(name)) if is_require => Some(name.clone()),
            _ => None,
        }
    }

    /// Each call of the global function `name`.
    pub(super) fn calls_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = CallId> + 'a {
        (0..self.calls.len()).filter(move |&call| self.callee(call).as_deref() == Some(name))
    }
}

fn joined(mut path: String, fields: &[Name]) -> String {
    for field in fields {
        path.push('.');
        path.push_str(&field.text);
    }
    path
}
