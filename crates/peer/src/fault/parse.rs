//! Users' words, read.

use super::error::{FaultError, Piece, Wrong};
use super::near::{distance, nearest};
use super::time::{count, parse_duration, parse_moment};
use super::tokens::{Kind, Token, tokens};
use super::{Fault, Make, Misfit, Trouble, WORDS, When, Word};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// The words that begin the other parts of a fault.
const CLAUSES: [&str; 8] = ["accept", "at", "after", "connect", "connects", "for", "on", "port"];

/// What people say, and the word for it.
const ALIASES: [(&str, &str); 2] = [("down", "server down"), ("restart", "server restart")];

pub(super) fn parse(words: &str) -> Result<Fault, FaultError> {
    let tokens = tokens(words)?;
    let mut parser = Parser { words, tokens: &tokens, parts: Parts::default() };
    while let Some(token) = parser.tokens.first() {
        parser.part(token)?;
    }
    parser.finish()
}

/// The parts that were read, each with where it stands.
#[derive(Default)]
struct Parts {
    what: Option<Trouble>,
    when: Option<(usize, When)>,
    lasts: Option<(usize, Duration)>,
    port: Option<(usize, u16)>,
}

struct Parser<'a> {
    words: &'a str,
    /// What is still to be read.
    tokens: &'a [Token<'a>],
    parts: Parts,
}

impl<'a> Parser<'a> {
    fn part(&mut self, token: &'a Token<'a>) -> Result<(), FaultError> {
        let Some(word) = token.word() else { return self.wrong(token, Wrong::StrayText) };
        match word {
            "at" => {
                self.tokens = &self.tokens[1..];
                let time = self.timed(Piece::Moment, parse_moment)?;
                self.begin(token, When::At(time))
            }
            "connect" | "connects" => {
                self.tokens = &self.tokens[1..];
                let when = self.range()?;
                self.begin(token, when)
            }
            "accept" => {
                self.tokens = &self.tokens[1..];
                self.next_connect()
            }
            "after" => {
                self.tokens = &self.tokens[1..];
                let when = self.amount()?;
                self.begin(token, when)
            }
            "on" => {
                self.tokens = &self.tokens[1..];
                let text = self.text()?;
                self.begin(token, When::On(text))
            }
            "for" => {
                self.tokens = &self.tokens[1..];
                let lasts = self.duration()?;
                let before = self.parts.lasts.replace((token.start, lasts));
                before.map_or(Ok(()), |_| self.wrong(token, Wrong::Twice))
            }
            "port" => {
                self.tokens = &self.tokens[1..];
                let port = self.value(Piece::Port, port)?;
                let before = self.parts.port.replace((token.start, port));
                before.map_or(Ok(()), |_| self.wrong(token, Wrong::Twice))
            }
            _ if word.starts_with(|c: char| c.is_ascii_digit()) => {
                let last = self.number()?;
                self.value(Piece::Connects, |word| word.starts_with("connect").then_some(()))?;
                self.begin(token, When::Connects { first: 1, last })
            }
            _ => self.trouble(token),
        }
    }

    /// Sets when the fault begins.
    fn begin(&mut self, token: &Token<'_>, when: When) -> Result<(), FaultError> {
        match self.parts.when.replace((token.start, when)) {
            None => Ok(()),
            Some(_) => self.wrong(token, Wrong::SecondSchedule),
        }
    }

    /// `A to B`, `A-B` or `A`.
    fn range(&mut self) -> Result<When, FaultError> {
        let token = self.tokens.first();
        let ends = token.and_then(Token::word).and_then(|word| word.split_once('-'));
        if let Some((first, last)) = ends {
            let ends = from_one(first).zip(from_one(last)).filter(|(first, last)| first <= last);
            let (first, last) = self.value(Piece::Last, |_| ends)?;
            return Ok(When::Connects { first, last });
        }
        let first = self.number()?;
        let mut last = first;
        if self.tokens.first().and_then(Token::word) == Some("to") {
            self.tokens = &self.tokens[1..];
            last = self.value(Piece::Last, |word| from_one(word).filter(|&last| last >= first))?;
        }
        Ok(When::Connects { first, last })
    }

    /// `the 4th` behind `connects 1 to 3`: what goes without saying, but may be said.
    fn next_connect(&mut self) -> Result<(), FaultError> {
        if self.tokens.first().and_then(Token::word) == Some("the") {
            self.tokens = &self.tokens[1..];
        }
        let next = match self.parts.when {
            Some((_, When::Connects { last, .. })) => last.checked_add(1),
            _ => None,
        };
        self.value(Piece::Next, |word| (next.is_some() && ordinal(word) == next).then_some(()))
    }

    /// `N bytes` or `N messages`.
    fn amount(&mut self) -> Result<When, FaultError> {
        let count = self.number()?;
        self.value(Piece::Counted, |word| match word {
            "byte" | "bytes" => Some(When::AfterBytes(count)),
            "message" | "messages" => Some(When::AfterMessages(count)),
            _ => None,
        })
    }

    fn trouble(&mut self, token: &'a Token<'a>) -> Result<(), FaultError> {
        let Some((word, len)) = self.longest() else {
            let nearest = self.meant();
            return self.wrong(token, Wrong::Unknown { nearest });
        };
        self.tokens = &self.tokens[len..];
        let trouble = match word.make {
            Make::Plain(trouble) => trouble,
            Make::Time(make) => make(self.duration()?),
            Make::Number(make) => make(self.number()?),
        };
        match self.parts.what.replace(trouble) {
            None => Ok(()),
            Some(_) => self.wrong(token, Wrong::SecondTrouble),
        }
    }

    /// The longest word for a trouble that comes next, and of how many tokens it is.
    fn longest(&self) -> Option<(&'static Word, usize)> {
        let aliases = ALIASES.iter().filter_map(|(said, words)| {
            Some((*said, WORDS.iter().find(|word| word.words == *words)?))
        });
        let said = WORDS.iter().map(|word| (word.words, word)).chain(aliases);
        let found = said.filter_map(|(said, word)| Some((word, self.tokens_of(said)?)));
        found.max_by_key(|(_, len)| *len)
    }

    /// How many of the next tokens are these words, however they are spaced.
    fn tokens_of(&self, words: &str) -> Option<usize> {
        let wanted = joined(words);
        (1..=self.tokens.len().min(words.split(' ').count())).find(|&len| self.next(len) == wanted)
    }

    /// The next `len` tokens, without spaces.
    fn next(&self, len: usize) -> String {
        self.tokens.iter().take(len).map_while(Token::word).collect()
    }

    /// The word that is nearest to what comes next.
    fn meant(&self) -> Option<&'static str> {
        let troubles = WORDS.iter().map(|word| word.words);
        let troubles = troubles.filter(|_| self.parts.what.is_none());
        nearest(CLAUSES.into_iter().chain(troubles).map(|words| {
            let written = self.next(words.split(' ').count());
            (words, distance(&written, &joined(words)))
        }))
    }

    fn duration(&mut self) -> Result<Duration, FaultError> {
        let some = |word: &str| parse_duration(word).filter(|duration| !duration.is_zero());
        self.timed(Piece::Duration, some)
    }

    /// A time, whose unit may stand apart: `90 s`.
    fn timed(
        &mut self,
        piece: Piece,
        read: impl Fn(&str) -> Option<Duration>,
    ) -> Result<Duration, FaultError> {
        let number = self.tokens.first().and_then(Token::word).and_then(count);
        if let Some(time) = number.and_then(|_| read(&self.next(2))) {
            self.tokens = &self.tokens[2..];
            return Ok(time);
        }
        self.value(piece, read)
    }

    fn number(&mut self) -> Result<u64, FaultError> {
        self.value(Piece::Number, from_one)
    }

    fn text(&mut self) -> Result<Vec<u8>, FaultError> {
        let token = self.take(Piece::Text)?;
        match &token.kind {
            Kind::Text(text) if !text.is_empty() => Ok(text.clone()),
            Kind::Text(_) | Kind::Word(_) => self.wrong(token, Wrong::Wanted(Piece::Text)),
        }
    }

    /// The next token, as `read` understands it.
    fn value<T>(
        &mut self,
        piece: Piece,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, FaultError> {
        let token = self.take(piece)?;
        match token.word().and_then(read) {
            Some(value) => Ok(value),
            None => self.wrong(token, Wrong::Wanted(piece)),
        }
    }

    fn take(&mut self, piece: Piece) -> Result<&'a Token<'a>, FaultError> {
        let (first, rest) = self.tokens.split_first().ok_or_else(|| {
            FaultError::new(self.words, self.words.len(), "", Wrong::Missing(piece))
        })?;
        self.tokens = rest;
        Ok(first)
    }

    fn wrong<T>(&self, token: &Token<'_>, wrong: Wrong) -> Result<T, FaultError> {
        Err(FaultError::new(self.words, token.start, token.raw, wrong))
    }

    fn finish(self) -> Result<Fault, FaultError> {
        let Parts { what, when, lasts, port } = self.parts;
        let wrong = |start, wrong| FaultError::new(self.words, start, &self.words[start..], wrong);
        let trouble = what.ok_or_else(|| wrong(0, Wrong::NoTrouble))?;
        let starts =
            (when.as_ref().map(|part| part.0), lasts.map(|part| part.0), port.map(|part| part.0));
        let fault = Fault {
            what: trouble,
            when: when.map_or(When::Now, |(_, when)| when),
            lasts: lasts.map(|(_, lasts)| lasts),
            port: port.map(|(_, port)| port),
        };
        fault.check().map_err(|misfit| {
            let start = match misfit {
                Misfit::Schedule | Misfit::Nothing => starts.0,
                Misfit::Lasts => starts.1,
                Misfit::Port => starts.2,
            };
            wrong(start.unwrap_or(0), Wrong::Misfit { trouble, misfit })
        })?;
        Ok(fault)
    }
}

fn joined(words: &str) -> String {
    words.split(' ').collect()
}

fn from_one(text: &str) -> Option<u64> {
    count(text).filter(|&number| number > 0)
}

/// `1st`, `2nd`, `3rd`, `4th`, or the number alone.
fn ordinal(text: &str) -> Option<u64> {
    let endings = ["st", "nd", "rd", "th"];
    from_one(endings.iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text))
}

fn port(text: &str) -> Option<u16> {
    from_one(text).and_then(|number| u16::try_from(number).ok())
}
