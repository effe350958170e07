//! From the tree to the facts: every name, every call, every function, in the order of the source.

mod expressions;
mod statements;

use super::facts::{
    Call, CallId, FILE, Facts, Function, FunctionId, Held, LOCALS_MAX, Limit, LocalId, Name, Role,
    Root, UPVALUES_MAX, Use, UseId, Value,
};
use super::fault::At;
use super::scopes::{Beginning, Scopes};
use full_moon::ast::Ast;
use full_moon::tokenizer::TokenReference;

/// The facts of one file.
pub(super) fn facts(ast: &Ast) -> Facts {
    let mut walk = Walk::default();
    walk.facts.functions.push(Function::new(Held::File, None));
    walk.block(ast.nodes());
    walk.facts
}

/// Functions through which globals come and go unseen.
const WILD: [&str; 6] = ["setfenv", "getfenv", "loadstring", "load", "loadfile", "dofile"];

/// Functions that take the table of globals without changing it.
const HARMLESS: [&str; 6] = ["pairs", "next", "rawget", "type", "tostring", "print"];

#[derive(Debug)]
struct Walk {
    facts: Facts,
    scopes: Scopes,
    function: FunctionId,
    /// The block under the pen, its statement, and how many blocks there were.
    block: usize,
    statement: usize,
    blocks: usize,
    /// Blocks around the pen.
    depth: usize,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            facts: Facts::default(),
            scopes: Scopes::default(),
            function: FILE,
            block: 0,
            statement: 0,
            blocks: 0,
            depth: 0,
        }
    }
}

/// A path as far as it was read.
struct Path {
    root: Root,
    at: At,
    fields: Vec<Name>,
    is_from_g: bool,
}

/// How an expression is looked at.
#[derive(Clone, Copy)]
struct View {
    role: Role,
    is_tested: bool,
}

impl View {
    const READ: Self = Self { role: Role::Read, is_tested: false };
    const TESTED: Self = Self { role: Role::Read, is_tested: true };
}

impl Walk {
    /// Whether the pen is in a statement of the file itself.
    fn is_top(&self) -> bool {
        self.function == FILE && self.depth == 1
    }

    fn begin_local(&mut self, token: &TokenReference, value: Value, own_from: UseId) -> LocalId {
        let name = token.token().to_string();
        let beginning = Beginning {
            name: &name,
            at: place(token),
            value,
            is_top: self.is_top(),
            own_from,
            function: self.function,
        };
        let Facts { locals, uses, .. } = &mut self.facts;
        let id = self.scopes.begin(&beginning, locals, uses);
        let function = &mut self.facts.functions[self.function];
        function.locals += 1;
        if function.locals == LOCALS_MAX + 1 {
            self.facts.limits.push((place(token), Limit::Locals));
        }
        id
    }

    fn enter(&mut self) {
        self.scopes.enter(self.facts.uses.len());
    }

    fn leave(&mut self) {
        self.facts.functions[self.function].locals -= self.scopes.leave();
    }

    /// Notes a local that every function from the pen out to its own one must reach.
    fn reach(&mut self, local: LocalId, at: At) {
        let own = self.facts.locals[local].function;
        let mut next = Some(self.function);
        while let Some(id) = next.filter(|id| *id != own) {
            let function = &mut self.facts.functions[id];
            let is_new = function.upvalues.insert(local);
            if is_new && function.upvalues.len() == UPVALUES_MAX + 1 {
                self.facts.limits.push((at, Limit::Upvalues));
            }
            next = function.outer.filter(|_| is_new);
        }
    }

    fn path(&self, token: &TokenReference) -> Path {
        let name = token.token().to_string();
        let root = self.scopes.find(&name);
        Path { root, at: place(token), fields: Vec::new(), is_from_g: false }
    }

    /// Writes a path down as used; nothing where it names nothing.
    fn used(&mut self, path: Path, view: View) -> Option<UseId> {
        let Path { root, at, fields, is_from_g } = straightened(path);
        if root == Root::Other && fields.is_empty() {
            return None;
        }
        let id = self.facts.uses.len();
        if let Root::Global(name) = &root {
            let is_written = matches!(view.role, Role::Written(_)) && fields.is_empty();
            if !is_written && !is_from_g {
                self.scopes.used_global(name, id);
            }
            self.watch_globals(name, &fields, view.role);
        }
        if let Root::Local(local) = &root {
            self.reach(*local, at);
        }
        if let (Root::Local(local), Role::Written(_), true) = (&root, view.role, fields.is_empty())
        {
            self.facts.locals[*local].writes += 1;
        }
        let View { role, is_tested } = view;
        let function = self.function;
        let before = None;
        self.facts.uses.push(Use {
            root,
            at,
            fields,
            role,
            function,
            is_tested,
            is_from_g,
            before,
        });
        Some(id)
    }

    /// Notes what makes globals that nobody can follow.
    fn watch_globals(&mut self, name: &str, fields: &[Name], role: Role) {
        let is_handed_on = match role {
            Role::Passed(call, _) => !self.is_harmless(call),
            Role::Read | Role::Written(_) | Role::Called(_) => true,
        };
        let is_table = name == "_G" || name == "_M";
        if WILD.contains(&name) || (is_table && fields.is_empty() && is_handed_on) {
            self.facts.has_wild_globals = true;
        }
    }

    /// Whether `call` does nothing to a table of globals, or only what `rawset` says in words.
    fn is_harmless(&self, call: CallId) -> bool {
        let callee = self.facts.callee(call).unwrap_or_default();
        HARMLESS.contains(&callee.as_str()) || callee == "rawset"
    }

    fn call(&mut self, at: At, callee: Option<UseId>, is_method: bool) -> CallId {
        self.facts.calls.push(Call {
            callee,
            is_method,
            args: Vec::new(),
            is_open: false,
            at,
            function: self.function,
            block: self.block,
            statement: self.statement,
            is_top: self.is_top(),
        });
        self.facts.calls.len() - 1
    }

    /// A new function, held by `held`, which the pen enters until [`Self::leave_function`].
    fn enter_function(&mut self, held: Held) -> (FunctionId, FunctionId) {
        let id = self.facts.functions.len();
        self.facts.functions.push(Function::new(held, Some(self.function)));
        let outer = std::mem::replace(&mut self.function, id);
        (id, outer)
    }

    fn leave_function(&mut self, outer: FunctionId) {
        self.function = outer;
    }
}

/// `_G.x` is the global `x`, and `_M.x` is what the module's file calls `x`.
fn straightened(mut path: Path) -> Path {
    let is_table = matches!(&path.root, Root::Global(name) if name == "_G" || name == "_M");
    if is_table && !path.fields.is_empty() {
        path.is_from_g = path.root == Root::Global("_G".to_owned());
        let first = path.fields.remove(0);
        (path.root, path.at) = (Root::Global(first.text), first.at);
    }
    path
}

/// Where a token stands.
fn place(token: &TokenReference) -> At {
    let start = token.token().start_position();
    let len = token.token().to_string().chars().count();
    At::new(start.line(), start.character(), len)
}
