//! Reading a file of the catalogue.

use super::{Entry, Generation, Kind, Modules, Param, Signature, Table, Words};

/// A line of the catalogue that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("catalogue/{file}.txt:{line}: {fault}")]
pub(super) struct BadLine {
    file: String,
    line: usize,
    fault: Fault,
}

/// What is wrong with it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("the first line is `table NAME`, as the file is called")]
    NoTable,
    #[error("an entry begins with `A`, `B`, `AB`, `core` or `lua`, not `{0}`")]
    NoGeneration(String),
    #[error("an entry needs a name")]
    NoName,
    #[error("`{0}` is no name")]
    BadName(String),
    #[error("no `)` ends the parameters")]
    Open,
    #[error("after `)` comes nothing, or `: ` and types, not `{0}`")]
    BadEnd(String),
    #[error("`{0}` is no parameter; `name: type`, `name?: type` or, at the end, `...: type` is")]
    BadParam(String),
    #[error("below comes a line in English and one in Chinese, here are {0}")]
    NotTwoLines(usize),
    #[error("behind `!` comes a line in English and one in Chinese, here are {0}")]
    NotTwoDifferences(usize),
}

/// An unindented line with the indented ones below it.
struct Block<'a> {
    line: usize,
    head: &'a str,
    about: Vec<&'a str>,
    differs: Vec<&'a str>,
}

/// Reads the text of `catalogue/<file>.txt`.
pub(super) fn table(file: &str, text: &'static str) -> Result<Table, BadLine> {
    let at = |line, fault| BadLine { file: file.to_owned(), line, fault };
    let mut blocks = blocks(text).into_iter();
    let first = blocks.next().ok_or_else(|| at(1, Fault::NoTable))?;
    let name = first.head.strip_prefix("table ").filter(|&name| name == file);
    let name = name.ok_or_else(|| at(first.line, Fault::NoTable))?;
    let about = about(&first).map_err(|fault| at(first.line, fault))?;
    let entries = blocks.map(|block| entry(&block).map_err(|fault| at(block.line, fault)));
    Ok(Table { name, about, entries: entries.collect::<Result<_, _>>()? })
}

/// What is indented above the first block belongs to none, and the missing `table` is reported.
fn blocks(text: &'static str) -> Vec<Block<'static>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words = line.trim();
        if words.is_empty() || line.starts_with('#') {
            continue;
        }
        match blocks.last_mut() {
            Some(block) if line.starts_with(' ') => match words.strip_prefix("! ") {
                Some(words) => block.differs.push(words),
                None => block.about.push(words),
            },
            _first_or_unindented => {
                let (about, differs) = (Vec::new(), Vec::new());
                blocks.push(Block { line: index + 1, head: line, about, differs });
            }
        }
    }
    blocks
}

fn about(block: &Block<'static>) -> Result<Words, Fault> {
    match block.about[..] {
        [en, zh] => Ok(Words { en, zh }),
        _ => Err(Fault::NotTwoLines(block.about.len())),
    }
}

fn differs(block: &Block<'static>) -> Result<Option<Words>, Fault> {
    match block.differs[..] {
        [] => Ok(None),
        [en, zh] => Ok(Some(Words { en, zh })),
        _ => Err(Fault::NotTwoDifferences(block.differs.len())),
    }
}

fn entry(block: &Block<'static>) -> Result<Entry, Fault> {
    let (first, mut rest) = block.head.split_once(' ').unwrap_or((block.head, ""));
    let generation = generation(first)?;
    let (mut modules, mut is_must, mut is_message) = (Modules::All, false, false);
    let name_and_signature = loop {
        rest = rest.trim_start();
        let (word, more) = rest.split_once(' ').unwrap_or((rest, ""));
        match word {
            "2G" => modules = Modules::TwoG,
            "4G" => modules = Modules::FourG,
            "must" => is_must = true,
            "message" => is_message = true,
            "" => return Err(Fault::NoName),
            _name => break rest,
        }
        rest = more;
    };
    let (written, kind) = kind(name_and_signature, is_message)?;
    let (about, differs) = (about(block)?, differs(block)?);
    Ok(Entry { written, kind, generation, modules, is_must, about, differs })
}

fn generation(word: &str) -> Result<Generation, Fault> {
    match word {
        "A" => Ok(Generation::A),
        "B" => Ok(Generation::B),
        "AB" => Ok(Generation::Both),
        "core" => Ok(Generation::Core),
        "lua" => Ok(Generation::Lua),
        _ => Err(Fault::NoGeneration(word.to_owned())),
    }
}

/// The names and what they are.
fn kind(text: &'static str, is_message: bool) -> Result<(&'static str, Kind), Fault> {
    let Some((name, signature)) = text.split_once('(') else {
        text.split(", ").try_for_each(check_name)?;
        return Ok((text, if text.contains('.') { Kind::Constant } else { Kind::Global }));
    };
    check_name(name)?;
    let signature = self::signature(signature)?;
    let kind = match name.contains(':') {
        _ if is_message => Kind::Message(signature),
        true => Kind::Method(signature),
        false => Kind::Function(signature),
    };
    Ok((name, kind))
}

fn check_name(name: &str) -> Result<(), Fault> {
    let is_word = |word: &str| {
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !word.is_empty() && word.chars().all(letters)
    };
    let (first, last) = name.split_once("..").unwrap_or((name, "0"));
    let counts = last.chars().all(|c| c.is_ascii_digit()) && !last.is_empty();
    match first.split(['.', ':']).all(is_word) && counts {
        true => Ok(()),
        false => Err(Fault::BadName(name.to_owned())),
    }
}

/// What stands behind the first `(`.
fn signature(text: &'static str) -> Result<Signature, Fault> {
    let mut depth = 1;
    let close = text.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    let (params, end) = text.split_at(close.ok_or(Fault::Open)?);
    let mut signature = Signature::default();
    for param in list(params) {
        if signature.more.is_some() {
            return Err(Fault::BadParam(param.to_owned()));
        }
        match self::param(param)? {
            Param { name: "...", kind, .. } => signature.more = Some(kind),
            param => signature.params.push(param),
        }
    }
    signature.returns = match end.strip_prefix("): ") {
        Some(returns) => list(returns),
        None if end == ")" => Vec::new(),
        None => return Err(Fault::BadEnd(end[1..].to_owned())),
    };
    Ok(signature)
}

fn param(text: &'static str) -> Result<Param, Fault> {
    let (name, kind) = text.split_once(": ").ok_or_else(|| Fault::BadParam(text.to_owned()))?;
    let (name, is_optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
    if name != "..." && check_name(name).is_err() || kind.is_empty() {
        return Err(Fault::BadParam(text.to_owned()));
    }
    Ok(Param { name, kind, is_optional })
}

/// What stands between the commas, those within parentheses left out.
fn list(text: &'static str) -> Vec<&'static str> {
    let mut depth = 0;
    let pieces = text.split(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0 && c == ','
    });
    pieces.map(str::trim).filter(|piece| !piece.is_empty()).collect()
}
