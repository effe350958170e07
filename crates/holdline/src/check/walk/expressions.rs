//! Expressions: paths of names, calls and their arguments.

#![expect(clippy::wildcard_enum_match_arm, reason = "the tree's enums may grow")]

use super::{Path, View, Walk, place};
use crate::check::facts::{Arg, CallId, Held, Name, Role, Root, Value};
use crate::check::fault::At;
use full_moon::ast::{
    BinOp, Call, Expression, Field, FunctionArgs, Index, Prefix, Suffix, TableConstructor, UnOp,
    Var,
};
use full_moon::tokenizer::{TokenReference, TokenType};

impl Walk {
    /// Reads an expression, and says what it is known to be.
    pub(super) fn expression(&mut self, expression: &Expression, view: View) -> Value {
        match expression {
            Expression::BinaryOperator { lhs, binop, rhs } => self.operator(lhs, binop, rhs, view),
            Expression::Parentheses { expression, .. } => {
                let inner = View { is_tested: view.is_tested, ..View::READ };
                return self.expression(expression, inner);
            }
            Expression::UnaryOperator { unop, expression } => {
                let is_not = matches!(unop, UnOp::Not(_));
                self.expression(expression, if is_not { View::TESTED } else { View::READ });
            }
            Expression::Function(function) => {
                let held = match view.role {
                    Role::Passed(call, index) => Held::Passed(call, index),
                    Role::Read | Role::Written(_) | Role::Called(_) => Held::Elsewhere,
                };
                return self.function_body(function.body(), held, None);
            }
            Expression::FunctionCall(call) => {
                return self.chain(call.prefix(), call.suffixes(), view);
            }
            Expression::TableConstructor(table) => self.table(table),
            Expression::String(token) => self.text(token),
            Expression::Var(Var::Name(name)) => {
                let path = self.path(name);
                return self.used(path, view).map_or(Value::Unknown, Value::Use);
            }
            Expression::Var(Var::Expression(variable)) => {
                return self.chain(variable.prefix(), variable.suffixes(), view);
            }
            _ => {}
        }
        Value::Unknown
    }

    /// Both sides of a comparison may be nil, and so may the left of `and` and `or`.
    fn operator(&mut self, lhs: &Expression, operator: &BinOp, rhs: &Expression, view: View) {
        let inner = View { is_tested: view.is_tested, ..View::READ };
        let (left, right) = match operator {
            BinOp::And(_) | BinOp::Or(_) => (View::TESTED, inner),
            BinOp::TwoEqual(_) | BinOp::TildeEqual(_) => (View::TESTED, View::TESTED),
            _ => (View::READ, View::READ),
        };
        self.expression(lhs, left);
        self.expression(rhs, right);
    }

    fn table(&mut self, table: &TableConstructor) {
        for field in table.fields() {
            match field {
                Field::ExpressionKey { key, value, .. } => {
                    self.expression(key, View::READ);
                    self.expression(value, View::READ);
                }
                Field::NameKey { value, .. } => {
                    self.expression(value, View::READ);
                }
                Field::NoKey(value) => {
                    self.expression(value, View::READ);
                }
                _ => {}
            }
        }
    }

    fn text(&mut self, token: &TokenReference) {
        if let Some(text) = literal(token).filter(|text| is_name(text)) {
            self.facts.words.insert(text.to_owned());
        }
    }

    /// A name or expression with all that hangs on it: `a.b[c]:d(e).f`.
    pub(super) fn chain<'a>(
        &mut self,
        prefix: &Prefix,
        suffixes: impl Iterator<Item = &'a Suffix>,
        view: View,
    ) -> Value {
        let mut path = match prefix {
            Prefix::Name(name) => self.path(name),
            Prefix::Expression(expression) => {
                let value = self.expression(expression, View::READ);
                other(match value {
                    Value::Call(call) => Root::Result(call),
                    Value::Unknown | Value::Function(_) | Value::Use(_) => Root::Other,
                })
            }
            _ => other(Root::Other),
        };
        for suffix in suffixes {
            path = self.suffix(path, suffix);
        }
        match (path.root.clone(), path.fields.is_empty()) {
            (Root::Result(call), true) => Value::Call(call),
            _ => self.used(path, view).map_or(Value::Unknown, Value::Use),
        }
    }

    fn suffix(&mut self, mut path: Path, suffix: &Suffix) -> Path {
        match suffix {
            Suffix::Index(Index::Dot { name, .. }) => {
                path.fields.push(Name { text: name.token().to_string(), at: place(name) });
                path
            }
            Suffix::Index(Index::Brackets { expression, .. }) => self.bracket(path, expression),
            Suffix::Call(Call::AnonymousCall(args)) => self.called(path, None, args),
            Suffix::Call(Call::MethodCall(method)) => {
                self.called(path, Some(method.name()), method.args())
            }
            _ => path,
        }
    }

    /// `path["name"]` is `path.name`; what is in any other bracket cannot be followed.
    fn bracket(&mut self, mut path: Path, expression: &Expression) -> Path {
        if let Expression::String(token) = expression
            && let Some(text) = literal(token).filter(|text| is_name(text))
        {
            path.fields.push(Name { text: text.to_owned(), at: place(token) });
            return path;
        }
        self.used(path, View::READ);
        self.expression(expression, View::READ);
        other(Root::Other)
    }

    fn called(
        &mut self,
        mut path: Path,
        method: Option<&TokenReference>,
        args: &FunctionArgs,
    ) -> Path {
        if let Some(name) = method {
            path.fields.push(Name { text: name.token().to_string(), at: place(name) });
        }
        let at = path.fields.last().map_or(path.at, |field| field.at);
        let call = self.call(at, None, method.is_some());
        let view = View { role: Role::Called(call), is_tested: false };
        self.facts.calls[call].callee = self.used(path, view);
        self.arguments(call, args);
        Path { root: Root::Result(call), at, fields: Vec::new(), is_from_g: false }
    }

    fn arguments(&mut self, call: CallId, args: &FunctionArgs) {
        match args {
            FunctionArgs::Parentheses { arguments, .. } => {
                let last = arguments.len().saturating_sub(1);
                for (index, argument) in arguments.iter().enumerate() {
                    self.argument(call, index, argument);
                    let is_many =
                        matches!(argument, Expression::FunctionCall(_)) || is_dots(argument);
                    self.facts.calls[call].is_open |= index == last && is_many;
                }
            }
            FunctionArgs::String(token) => {
                self.text(token);
                let text = literal(token).unwrap_or_default().to_owned();
                self.facts.calls[call].args.push(Arg::Text(text));
            }
            FunctionArgs::TableConstructor(table) => {
                self.facts.calls[call].args.push(Arg::Other);
                self.table(table);
            }
            _ => {}
        }
    }

    fn argument(&mut self, call: CallId, index: usize, argument: &Expression) {
        let is_type = self.facts.callee(call).as_deref() == Some("type");
        let view = View { role: Role::Passed(call, index), is_tested: is_type };
        let value = self.expression(argument, view);
        let arg = match (argument, value) {
            (Expression::String(token), _) => {
                Arg::Text(literal(token).unwrap_or_default().to_owned())
            }
            (_, Value::Use(id)) => Arg::Use(id),
            (_, Value::Function(id)) => Arg::Function(id),
            _ if is_dots(argument) => Arg::Dots,
            _ => Arg::Other,
        };
        self.facts.calls[call].args.push(arg);
    }
}

fn other(root: Root) -> Path {
    Path { root, at: At::START, fields: Vec::new(), is_from_g: false }
}

fn is_dots(expression: &Expression) -> bool {
    matches!(expression, Expression::Symbol(token) if token.token().to_string() == "...")
}

/// The text between the quotes, escapes as they are written.
fn literal(token: &TokenReference) -> Option<&str> {
    match token.token().token_type() {
        TokenType::StringLiteral { literal, .. } => Some(literal.as_str()),
        _ => None,
    }
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
