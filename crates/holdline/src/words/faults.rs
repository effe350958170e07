//! What `holdline check` finds: what happens on the module, and what to write instead.

mod calls;
mod names;
mod project;
mod sources;
mod syntax;

use super::Lang;
use crate::check::fault::Fault;
use crate::report::Problem;

impl Lang {
    /// A fault in full.
    pub(crate) fn fault(self, fault: &Fault) -> Problem {
        match fault {
            Fault::Name(fault) => self.name_fault(fault),
            Fault::Call(fault) => self.call_fault(fault),
            Fault::Project(fault) => self.project_fault(fault),
            Fault::Text(fault) => self.text_fault(fault),
            Fault::Syntax(fault) => self.syntax_fault(fault),
        }
    }

    /// Both sentences about a fault, in the language that is asked for.
    fn told(self, what: [String; 2], instead: [&str; 2]) -> Problem {
        let [en, zh] = what;
        let [hint_en, hint_zh] = instead.map(str::to_owned);
        Problem::with_hint(self.pick(en, zh), self.pick(hint_en, hint_zh))
    }

    /// The label of what to write.
    pub(crate) fn instead(self) -> &'static str {
        match self {
            Self::En => "instead",
            Self::Zh => "改为",
        }
    }

    /// Other places of the same fault, of which `rest` are not listed.
    pub(crate) fn also_at(self, places: &str, rest: usize) -> String {
        match rest {
            0 => self.pick(format!("also at {places}"), format!("另见 {places}")),
            _ => self.pick(
                format!("also at {places} and {rest} more"),
                format!("另见 {places}，以及其他 {rest} 处"),
            ),
        }
    }

    /// The last line of a check.
    pub(crate) fn checked(self, findings: usize, files: usize) -> String {
        match findings {
            0 => self.pick(
                format!("no faults found, files read: {files}"),
                format!("没有发现问题，共检查 {files} 个文件"),
            ),
            _ => self.pick(
                format!("faults found: {findings}, files read: {files}"),
                format!("发现 {findings} 个问题，共检查 {files} 个文件"),
            ),
        }
    }
}
