//! What later versions of Lua have and 5.1 has not.

#![expect(clippy::wildcard_enum_match_arm, reason = "the tree's enums may grow")]

use super::fault::{At, Found, TextFault};
use full_moon::ast::lua52::{Goto, Label};
use full_moon::ast::{Ast, BinOp, Expression, LocalAssignment, UnOp};
use full_moon::node::Node;
use full_moon::tokenizer::TokenReference;
use full_moon::visitors::Visitor;

/// Tells each such thing in `ast`, by its name.
pub(super) fn tell(ast: &Ast, found: &mut Vec<Found>) {
    let mut finder = Finder { found };
    finder.visit_ast(ast);
}

struct Finder<'a> {
    found: &'a mut Vec<Found>,
}

impl Finder<'_> {
    fn tell(&mut self, token: &TokenReference, found: &str, since: &'static str) {
        let Some(start) = token.start_position() else { return };
        let at = At::new(start.line(), start.character(), found.chars().count());
        self.found.push(Found::new(at, TextFault::NewerLua { found: found.to_owned(), since }));
    }
}

impl Visitor for Finder<'_> {
    fn visit_goto(&mut self, goto: &Goto) {
        self.tell(goto.goto_token(), "goto", "5.2");
    }

    fn visit_label(&mut self, label: &Label) {
        self.tell(label.left_colons(), "::", "5.2");
    }

    fn visit_expression(&mut self, expression: &Expression) {
        let Expression::BinaryOperator { binop: operator, .. } = expression else { return };
        let sign = match operator {
            BinOp::DoubleSlash(_) => "//",
            BinOp::Ampersand(_) => "&",
            BinOp::Pipe(_) => "|",
            BinOp::Tilde(_) => "~",
            BinOp::DoubleLessThan(_) => "<<",
            BinOp::DoubleGreaterThan(_) => ">>",
            _ => return,
        };
        self.tell(operator.token(), sign, "5.3");
    }

    fn visit_un_op(&mut self, operator: &UnOp) {
        if let UnOp::Tilde(token) = operator {
            self.tell(token, "~", "5.3");
        }
    }

    fn visit_local_assignment(&mut self, assignment: &LocalAssignment) {
        for attribute in assignment.attributes().flatten() {
            let found = format!("<{}>", attribute.name().token());
            self.tell(attribute.brackets().tokens().0, &found, "5.4");
        }
    }
}
