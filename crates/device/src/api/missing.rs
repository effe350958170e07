//! What a script is told where it uses what modules have and Holdline has not.
//!
//! In a table that is here, reading such a name is an error. A table that is not here is a global that is
//! `nil`, so that `if disp then` finds what it would find on a module without it; where a script goes on
//! to index it, Lua's own message is completed.

use crate::catalogue::{self, Absence};
use crate::notice::{Notice, NoticeKind, Place};
use crate::script::Project;
use crate::vm::{project, with_board};
use mlua::{Lua, LuaString, Result, Table};
use std::fmt;

/// What stands at the end of the messages that may want completing.
const NIL_VALUE: &str = " (a nil value)";

/// Adds to the private table what tells of such names.
pub(super) fn define(lua: &Lua, host: &Table) -> Result<()> {
    host.set("is_absent", lua.create_function(is_absent)?)?;
    host.set("refusal", lua.create_function(refusal)?)?;
    host.set("explained", lua.create_function(explained)?)
}

/// `is_absent(table[, name]) -> bool`: whether reading `name`, or any name, of the module's `table` is
/// an error because it is not here.
fn is_absent(_: &Lua, (table, name): (String, Option<LuaString>)) -> Result<bool> {
    let Some(name) = name else {
        let mut names = catalogue::absent_names(&table).into_iter().flatten();
        return Ok(names.any(|(_, absence)| absence == Absence::Refused));
    };
    Ok(catalogue::absence(&table, &name.to_string_lossy()) == Some(Absence::Refused))
}

/// `refusal(table, name or nil, place or nil) -> words` for such a name, or a table as a whole, which
/// the author hears of in any case.
fn refusal(
    lua: &Lua,
    (table, name, place): (String, Option<String>, Option<LuaString>),
) -> Result<String> {
    let missing = Missing::of(&table, name.as_deref());
    let place = place.and_then(|place| Place::parse(&place.to_string_lossy()));
    with_board(lua, |board| board.notice(missing.notice(place)))?;
    Ok(missing.to_string())
}

/// `explained(message) -> message`, completed where it is about such a name.
fn explained(lua: &Lua, message: LuaString) -> Result<LuaString> {
    let Some((place, missing)) = behind(&project(lua), &message.to_string_lossy()) else {
        return Ok(message);
    };
    let mut completed = message.as_bytes().to_vec();
    completed.extend_from_slice(format!(": {missing}").as_bytes());
    with_board(lua, |board| board.notice(missing.notice(Some(place))))?;
    lua.create_string(completed)
}

/// A name that is not here, or a table.
#[derive(Debug, PartialEq, Eq)]
struct Missing {
    name: String,
    page: String,
}

impl Missing {
    fn of(table: &str, name: Option<&str>) -> Self {
        let page = table.split('.').next().filter(|table| catalogue::has_table(table));
        Self {
            name: name.map_or(table.to_owned(), |name| format!("{table}.{name}")),
            page: format!("docs/api/{}.md", page.unwrap_or("README")),
        }
    }

    fn notice(&self, place: Option<Place>) -> Notice {
        let detail = vec![self.name.clone(), self.page.clone()];
        Notice { kind: NoticeKind::NotSupported, place, detail }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not supported; {} lists what is", self.name, self.page)
    }
}

/// The place of an error and what was missing there, where the message says that something was `nil`
/// and the line shows that it is a name which modules have.
fn behind(project: &Project, message: &str) -> Option<(Place, Missing)> {
    let (place, rest) = message.strip_suffix(NIL_VALUE)?.split_once(": attempt to ")?;
    let (how, name) = rest.strip_suffix('\'')?.split_once(" '")?;
    let place = Place::parse(place)?;
    let line = line_at(project, &place).unwrap_or_default();
    let missing = match how.split_once(' ')? {
        ("index", variable) => indexed(project, name, variable == "global", &line),
        ("call", "field") => called(project, name, &line),
        (_, _) => None,
    }?;
    Some((place, missing))
}

fn line_at(project: &Project, place: &Place) -> Option<String> {
    let source = project.file(&place.file).or_else(|| project.library_file(&place.file))?;
    let index = usize::try_from(place.line).ok()?.checked_sub(1)?;
    let line = source.split(|&byte| byte == b'\n').nth(index)?;
    Some(String::from_utf8_lossy(line).into_owned())
}

/// `table` was indexed, and is not here at all. What is no global may be any variable of that name, so
/// the name behind it must be known.
fn indexed(project: &Project, table: &str, is_global: bool, line: &str) -> Option<Missing> {
    let is_missing = catalogue::absent_names(table).is_some() && !catalogue::has_table(table);
    if !is_missing || has_own(project, table) {
        return None;
    }
    let known = |name: &&str| catalogue::absence(table, name).is_some();
    match words_behind(line, table).find(known) {
        None if !is_global => None,
        name => Some(Missing::of(table, name)),
    }
}

/// `name` was called in a table that is here.
fn called(project: &Project, name: &str, line: &str) -> Option<Missing> {
    let mut tables = catalogue::absent_tables().map(|(table, _)| table);
    let table = tables.find(|table| {
        catalogue::absence(table, name).is_some()
            && catalogue::has_table(table)
            && words_behind(line, table).any(|word| word == name)
    })?;
    (!has_own(project, table)).then(|| Missing::of(table, Some(name)))
}

/// Whether the project has a file of its own that is called so.
fn has_own(project: &Project, table: &str) -> bool {
    project.file(&format!("{table}.lua")).is_some()
}

/// The names that stand behind `table` and a `.` or `:`.
fn words_behind<'a>(line: &'a str, table: &'a str) -> impl Iterator<Item = &'a str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices(table).filter_map(move |(at, _)| {
        let rest = line[at + table.len()..].trim_start().strip_prefix(['.', ':'])?.trim_start();
        let word = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        (!line[..at].ends_with(is_part) && !word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = "local x = i2c.setup(1, i2c.SLOW)\n\
        _G.disp.init {}\n\
        local at = my_i2c.setup and spi : send(1)\n\
        self.record.count = audio.volume\n\
        io.mount(io.SDCARD)\n\
        led.blink()\n";

    fn told(message: &str) -> Option<String> {
        let project = Project::from_files([("main.lua", MAIN), ("ui.lua", "ui.newList()")]);
        behind(&project, message).map(|(place, missing)| format!("{place}: {missing}"))
    }

    #[test]
    fn a_table_that_is_not_here_is_named_with_what_was_called() {
        let index = |at: &str| told(&format!("{at} (a nil value)"));
        assert_eq!(
            index("main.lua:1: attempt to index global 'i2c'").as_deref(),
            Some("main.lua:1: `i2c.setup` is not supported; docs/api/README.md lists what is")
        );
        let disp = index("main.lua:2: attempt to index field 'disp'");
        assert!(disp.is_some_and(|told| told.contains("`disp.init`")));
        let spi = index("main.lua:3: attempt to index upvalue 'spi'");
        assert!(spi.is_some_and(|told| told.contains("`spi.send`")));
        // A global of the name, whatever was wanted of it; also where there is no such line.
        let audio = index("main.lua:4: attempt to index global 'audio'");
        assert!(audio.is_some_and(|told| told.contains("`audio` is")));
        let chunk = index("[string \"i2c.setup()\"]:1: attempt to index global 'i2c'");
        assert!(chunk.is_some_and(|told| told.contains("`i2c` is")));
    }

    #[test]
    fn a_name_that_scripts_probe_is_told_where_it_is_called() {
        assert_eq!(
            told("main.lua:5: attempt to call field 'mount' (a nil value)").as_deref(),
            Some("main.lua:5: `io.mount` is not supported; docs/api/io.md lists what is")
        );
        assert_eq!(told("main.lua:6: attempt to call field 'mount' (a nil value)"), None);
    }

    #[test]
    fn what_is_the_scripts_own_is_left_as_it_is() {
        for message in [
            "main.lua:4: attempt to index field 'record' (a nil value)",
            "main.lua:6: attempt to index global 'net' (a nil value)",
            "main.lua:6: attempt to index global 'mine' (a nil value)",
            "main.lua:6: attempt to call field 'blink' (a nil value)",
            "ui.lua:1: attempt to index global 'ui' (a nil value)",
            "main.lua:1: attempt to index global 'i2c' (a boolean value)",
            "main.lua:1: attempt to perform arithmetic on global 'i2c' (a nil value)",
            "main.lua:99: attempt to index field 'i2c' (a nil value)",
            "main.lua:x: attempt to index global 'i2c' (a nil value)",
            " (a nil value)",
        ] {
            assert_eq!(told(message), None, "{message}");
        }
    }
}
