//! The words of test files as a `---@meta` file, from the catalogue that tests are read with.

use super::MARK;
use crate::testing::words::{KINDS, Kind, Word};
use crate::words::Lang;

/// What a test begins with, and what an expectation does.
const GLOBALS: &str = "\
---@param name string
---@param body fun(world: World)
---@overload fun(name: string, options: { seed?: integer, module?: string, boot?: string, restarts?: integer }, body: fun(world: World))
function test(name, body) end

---@param value Observation
---@return Expectation
function expect(value) end
";

/// The whole file.
pub(super) fn page(lang: Lang) -> String {
    let mut page = format!("{MARK}, {}\n\n", lang.definitions_are_generated());
    for kind in KINDS {
        page.push_str(&class(kind, lang));
    }
    page + GLOBALS
}

fn class(kind: &Kind, lang: Lang) -> String {
    let (name, about) = (kind.name, kind.explained(lang));
    let mut text = format!("---{about}\n---@class {name}\nlocal {name} = {{}}\n\n");
    for word in kind.words {
        text.push_str(&method(kind, word, lang));
    }
    text
}

fn method(kind: &Kind, word: &Word, lang: Lang) -> String {
    let (about, example) = (word.explained(lang), word.example);
    let mut text = format!("---{about}\n---\n---    {example}\n");
    let mut forms = word.forms.iter();
    let first = forms.next().map_or(Vec::new(), |form| params(form));
    for (name, kind) in &first {
        text.push_str(&format!("---@param {name} {kind}\n"));
    }
    let returns = if word.returns.is_empty() { "nil" } else { word.returns };
    text.push_str(&format!("---@return {returns}\n"));
    for form in forms {
        let all = std::iter::once(format!("self: {}", kind.name));
        let all = all.chain(params(form).into_iter().map(|(name, kind)| format!("{name}: {kind}")));
        let all = all.collect::<Vec<_>>().join(", ");
        text.push_str(&format!("---@overload fun({all}): {returns}\n"));
    }
    let names = first.iter().map(|(name, _)| name.trim_end_matches('?'));
    let names = names.collect::<Vec<_>>().join(", ");
    text + &format!("function {}:{}({names}) end\n\n", kind.name, word.name)
}

/// Names and types of `host: string, options?: { module?: string, boot?: string }`.
fn params(form: &str) -> Vec<(&str, &str)> {
    let mut depth = 0;
    let pieces = form.split(|c| {
        depth += i32::from("({[<".contains(c)) - i32::from(")}]>".contains(c));
        depth == 0 && c == ','
    });
    pieces.filter_map(|piece| piece.trim().split_once(": ")).collect()
}
