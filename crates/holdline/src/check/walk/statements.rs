//! Statements and blocks.

#![expect(clippy::wildcard_enum_match_arm, reason = "the tree's enums may grow")]

use super::{Path, View, Walk, place};
use crate::check::facts::{Held, Role, Root, Value};
use crate::check::fault::At;
use full_moon::ast::{
    Assignment, Block, Expression, FunctionBody, FunctionDeclaration, GenericFor, If, LastStmt,
    LocalAssignment, LocalFunction, NumericFor, Parameter, Repeat, Stmt, Var,
};
use full_moon::node::Node;
use full_moon::tokenizer::TokenReference;

impl Walk {
    /// A block with a scope of its own.
    pub(super) fn block(&mut self, block: &Block) {
        self.enter();
        self.block_in_scope(block);
        self.leave();
    }

    /// A block whose scope is open already, for what belongs to it: parameters, `until`.
    fn block_in_scope(&mut self, block: &Block) {
        let around = (self.block, self.statement);
        self.blocks += 1;
        (self.block, self.statement) = (self.blocks, 0);
        self.depth += 1;
        for statement in block.stmts() {
            if self.is_top() {
                self.facts.statements.push(start(statement));
            }
            self.statement(statement);
            self.statement += 1;
        }
        if let Some(last) = block.last_stmt() {
            self.last_statement(last);
        }
        self.depth -= 1;
        (self.block, self.statement) = around;
    }

    fn last_statement(&mut self, last: &LastStmt) {
        let LastStmt::Return(values) = last else { return };
        for value in values.returns() {
            self.expression(value, View::READ);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assignment(assignment) => self.assignment(assignment),
            Stmt::Do(body) => self.block(body.block()),
            Stmt::FunctionCall(call) => {
                self.chain(call.prefix(), call.suffixes(), View::READ);
            }
            Stmt::FunctionDeclaration(function) => self.function_declaration(function),
            Stmt::GenericFor(body) => self.generic_for(body),
            Stmt::If(body) => self.if_statement(body),
            Stmt::LocalAssignment(assignment) => self.local_assignment(assignment),
            Stmt::LocalFunction(function) => self.local_function(function),
            Stmt::NumericFor(body) => self.numeric_for(body),
            Stmt::Repeat(body) => self.repeat(body),
            Stmt::While(body) => {
                self.expression(body.condition(), View::TESTED);
                self.block(body.block());
            }
            _ => {}
        }
    }

    fn assignment(&mut self, assignment: &Assignment) {
        let values: Vec<Value> = assignment
            .expressions()
            .iter()
            .map(|value| self.expression(value, View::READ))
            .collect();
        for (index, variable) in assignment.variables().iter().enumerate() {
            let value = values.get(index).copied().unwrap_or(Value::Unknown);
            let view = View { role: Role::Written(value), is_tested: false };
            match variable {
                Var::Name(name) => {
                    let path = self.path(name);
                    self.hold(&path, value);
                    self.used(path, view);
                }
                Var::Expression(variable) => {
                    self.chain(variable.prefix(), variable.suffixes(), view);
                }
                _ => {}
            }
        }
    }

    /// Notes who holds the function that `value` is.
    fn hold(&mut self, path: &Path, value: Value) {
        let Value::Function(id) = value else { return };
        self.facts.functions[id].held = match &path.root {
            Root::Global(name) if path.fields.is_empty() => Held::Global(name.clone()),
            Root::Local(local) if path.fields.is_empty() => {
                // `local f; f = function` is as good as `local function f`.
                if self.facts.locals[*local].value == Value::Unknown {
                    self.facts.locals[*local].value = value;
                }
                Held::Local(*local)
            }
            Root::Global(_) | Root::Local(_) | Root::Result(_) | Root::Other => Held::Elsewhere,
        };
    }

    fn local_assignment(&mut self, assignment: &LocalAssignment) {
        let own_from = self.facts.uses.len();
        let values: Vec<Value> = assignment
            .expressions()
            .iter()
            .map(|value| self.expression(value, View::READ))
            .collect();
        for (index, name) in assignment.names().iter().enumerate() {
            let value = values.get(index).copied().unwrap_or(Value::Unknown);
            let local = self.begin_local(name, value, own_from);
            if let Value::Function(id) = value {
                self.facts.functions[id].held = Held::Local(local);
            }
        }
    }

    fn local_function(&mut self, function: &LocalFunction) {
        let next = self.facts.functions.len();
        let next_use = self.facts.uses.len();
        let local = self.begin_local(function.name(), Value::Function(next), next_use);
        self.function_body(function.body(), Held::Local(local), None);
    }

    fn function_declaration(&mut self, function: &FunctionDeclaration) {
        let names: Vec<_> = function.name().names().iter().collect();
        let Some((first, fields)) = names.split_first() else { return };
        let mut path = self.path(first);
        path.fields =
            fields.iter().chain(&function.name().method_name()).map(|name| named(name)).collect();
        let held = match &path.root {
            Root::Global(name) if path.fields.is_empty() => Held::Global(name.clone()),
            Root::Local(local) if path.fields.is_empty() => Held::Local(*local),
            Root::Global(_) | Root::Local(_) | Root::Result(_) | Root::Other => Held::Elsewhere,
        };
        let value = Value::Function(self.facts.functions.len());
        if let Held::Local(local) = held
            && self.facts.locals[local].value == Value::Unknown
        {
            self.facts.locals[local].value = value;
        }
        self.used(path, View { role: Role::Written(value), is_tested: false });
        self.function_body(function.body(), held, function.name().method_name());
    }

    /// Parameters and body of a function; a method has `self` too.
    pub(super) fn function_body(
        &mut self,
        body: &FunctionBody,
        held: Held,
        method: Option<&TokenReference>,
    ) -> Value {
        let (id, outer) = self.enter_function(held);
        self.enter();
        let next_use = self.facts.uses.len();
        if let Some(method) = method {
            let own = renamed(method, "self");
            self.begin_local(&own, Value::Unknown, next_use);
        }
        for parameter in body.parameters() {
            match parameter {
                Parameter::Name(name) => {
                    self.begin_local(name, Value::Unknown, next_use);
                }
                Parameter::Ellipsis(dots) => {
                    // Luat: a function with `...` has a local `arg`.
                    let arg = renamed(dots, "arg");
                    self.begin_local(&arg, Value::Unknown, next_use);
                }
                _ => {}
            }
        }
        self.block_in_scope(body.block());
        self.leave();
        self.leave_function(outer);
        Value::Function(id)
    }

    fn if_statement(&mut self, body: &If) {
        self.expression(body.condition(), View::TESTED);
        self.block(body.block());
        for branch in body.else_if().into_iter().flatten() {
            self.expression(branch.condition(), View::TESTED);
            self.block(branch.block());
        }
        if let Some(block) = body.else_block() {
            self.block(block);
        }
    }

    fn numeric_for(&mut self, body: &NumericFor) {
        let bounds: [Option<&Expression>; 3] = [Some(body.start()), Some(body.end()), body.step()];
        for bound in bounds.into_iter().flatten() {
            self.expression(bound, View::READ);
        }
        self.enter();
        let next_use = self.facts.uses.len();
        self.begin_local(body.index_variable(), Value::Unknown, next_use);
        self.block_in_scope(body.block());
        self.leave();
    }

    fn generic_for(&mut self, body: &GenericFor) {
        for value in body.expressions() {
            self.expression(value, View::READ);
        }
        self.enter();
        let next_use = self.facts.uses.len();
        for name in body.names() {
            self.begin_local(name, Value::Unknown, next_use);
        }
        self.block_in_scope(body.block());
        self.leave();
    }

    /// `until` sees the locals of the block.
    fn repeat(&mut self, body: &Repeat) {
        self.enter();
        self.block_in_scope(body.block());
        self.expression(body.until(), View::TESTED);
        self.leave();
    }
}

fn named(token: &TokenReference) -> crate::check::facts::Name {
    crate::check::facts::Name { text: token.token().to_string(), at: place(token) }
}

/// A name that the language puts at the place of `token`.
fn renamed(token: &TokenReference, name: &str) -> TokenReference {
    use full_moon::tokenizer::{Token, TokenType};
    let named = Token::new(TokenType::Identifier { identifier: name.into() });
    token.with_token(named)
}

/// Where a statement begins.
fn start(statement: &Stmt) -> At {
    statement.tokens().next().map_or(At::START, place)
}
