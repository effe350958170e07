//! What a module has and Holdline has not.
//!
//! `catalogue/absent.txt` has a line for each table: its name, then the names in it. A table that
//! Holdline has not at all is there too. Scripts look for some names to learn what a module can do;
//! those stand behind a `?` and read as `nil`, as on a module without them.

/// The file.
const ABSENT: &str = include_str!("../../catalogue/absent.txt");

/// How a script meets a name that is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Reading it is an error.
    Refused,
    /// It reads as `nil`; calling it is an error.
    Probed,
}

/// Each table that lacks something, with the names in it that are not here.
pub fn absent_tables()
-> impl Iterator<Item = (&'static str, impl Iterator<Item = (&'static str, Absence)>)> {
    let lines = ABSENT.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        let table = words.next()?;
        Some((
            table,
            words.map(|word| match word.strip_prefix('?') {
                Some(name) => (name, Absence::Probed),
                None => (word, Absence::Refused),
            }),
        ))
    })
}

/// The names of `table` that are not here; `None` where nothing of it is known to be missing.
pub fn absent_names(table: &str) -> Option<impl Iterator<Item = (&'static str, Absence)> + use<>> {
    absent_tables().find(|&(known, _)| known == table).map(|(_, names)| names)
}

/// How a script meets `table.name`, if that is a name which the module has and Holdline has not.
pub fn absence(table: &str, name: &str) -> Option<Absence> {
    absent_names(table)?.find(|&(known, _)| known == name).map(|(_, absence)| absence)
}
