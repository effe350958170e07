//! Lua's patterns, by the rules of Lua 5.1, zeros in a pattern included.
//!
//! Lua's own matcher is in C, where no hook counts: a pattern like `(".-"):rep(20)` would keep the
//! host for ever, and one of a few thousand items would overflow its stack. This one counts its steps
//! and its depth.

/// Captures that a pattern may have.
const CAPTURES_MAX: usize = 32;

/// How deep the items of a pattern may nest in each other's search.
const DEPTH_MAX: usize = 200;

/// Characters by which a pattern is more than plain text.
const SPECIALS: &[u8] = b"^$*+?.([%-";

/// Why a match cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The pattern makes no sense; carries Lua's words.
    Malformed(&'static str),
    /// It took more steps than it was given.
    Spent,
}

/// What a capture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capture {
    /// From and to a place of the subject.
    Text(usize, usize),
    /// A place of the subject, from 0.
    Place(usize),
    /// Begun at a place and not ended.
    Open(usize),
}

/// Whether `pattern` is more than plain text.
pub(super) fn has_specials(pattern: &[u8]) -> bool {
    until_zero(pattern).iter().any(|byte| SPECIALS.contains(byte))
}

/// A pattern ends at its first zero.
fn until_zero(pattern: &[u8]) -> &[u8] {
    let end = pattern.iter().position(|&byte| byte == 0).unwrap_or(pattern.len());
    &pattern[..end]
}

/// A search for one pattern in one subject.
pub(super) struct Matcher<'a> {
    subject: &'a [u8],
    pattern: &'a [u8],
    captures: Vec<Capture>,
    depth: usize,
    steps_left: u64,
}

type Found<T> = Result<Option<T>, Fault>;

impl<'a> Matcher<'a> {
    /// A search that may take `steps` steps.
    pub(super) fn new(subject: &'a [u8], pattern: &'a [u8], steps: u64) -> Self {
        let pattern = until_zero(pattern);
        Self { subject, pattern, captures: Vec::new(), depth: 0, steps_left: steps }
    }

    /// Takes the `^` off that binds a pattern to where its search begins; whether there was one.
    pub(super) fn take_anchor(&mut self) -> bool {
        let rest = self.pattern.strip_prefix(b"^");
        self.pattern = rest.unwrap_or(self.pattern);
        rest.is_some()
    }

    /// The first match that begins at `from` or later, or at `from` alone where it is `anchored`.
    pub(super) fn search(&mut self, from: usize, anchored: bool) -> Found<(usize, usize)> {
        let last = if anchored { from } else { self.subject.len() };
        for start in from..=last {
            self.captures.clear();
            if let Some(end) = self.deeper(start, 0)? {
                return Ok(Some((start, end)));
            }
        }
        Ok(None)
    }

    pub(super) const fn steps_left(&self) -> u64 {
        self.steps_left
    }

    /// How many captures the last match has.
    pub(super) fn captures_len(&self) -> usize {
        self.captures.len()
    }

    /// Capture `index` of the match from `start` to `end`, which itself counts where there is none.
    pub(super) fn capture(&self, index: usize, start: usize, end: usize) -> Result<Capture, Fault> {
        match self.captures.get(index) {
            None if index == 0 => Ok(Capture::Text(start, end)),
            None => Err(Fault::Malformed("invalid capture index")),
            Some(Capture::Open(_)) => Err(Fault::Malformed("unfinished capture")),
            Some(&capture) => Ok(capture),
        }
    }

    fn step(&mut self) -> Result<(), Fault> {
        self.steps_left = self.steps_left.checked_sub(1).ok_or(Fault::Spent)?;
        Ok(())
    }

    /// `at`, one level deeper.
    fn deeper(&mut self, s: usize, p: usize) -> Found<usize> {
        if self.depth == DEPTH_MAX {
            return Err(Fault::Malformed("pattern too complex"));
        }
        self.depth += 1;
        let found = self.at(s, p);
        self.depth -= 1;
        found
    }

    /// Where the match of the pattern from `p` on ends that begins at `s` of the subject.
    fn at(&mut self, mut s: usize, mut p: usize) -> Found<usize> {
        loop {
            self.step()?;
            let Some(&item) = self.pattern.get(p) else { return Ok(Some(s)) };
            match (item, self.pattern.get(p + 1)) {
                (b'(', Some(b')')) => return self.begin(Capture::Place(s), s, p + 2),
                (b'(', _) => return self.begin(Capture::Open(s), s, p + 1),
                (b')', _) => return self.end(s, p + 1),
                (b'$', None) => return Ok((s == self.subject.len()).then_some(s)),
                (b'%', Some(b'b')) => match self.balanced(s, p + 2)? {
                    Some(end) => (s, p) = (end, p + 4),
                    None => return Ok(None),
                },
                (b'%', Some(b'f')) => match self.frontier(s, p + 2)? {
                    Some(after) => p = after,
                    None => return Ok(None),
                },
                (b'%', Some(digit @ b'0'..=b'9')) => match self.repeated(s, *digit)? {
                    Some(end) => (s, p) = (end, p + 2),
                    None => return Ok(None),
                },
                _ => {
                    let after = self.class_end(p)?;
                    let fits = self.fits(s, p, after);
                    match self.pattern.get(after) {
                        Some(b'?') => {
                            if fits && let Some(end) = self.deeper(s + 1, after + 1)? {
                                return Ok(Some(end));
                            }
                            p = after + 1;
                        }
                        Some(b'*') => return self.longest(s, p, after),
                        Some(b'+') if fits => return self.longest(s + 1, p, after),
                        Some(b'-') => return self.shortest(s, p, after),
                        _ if !fits => return Ok(None),
                        _ => (s, p) = (s + 1, after),
                    }
                }
            }
        }
    }

    fn begin(&mut self, capture: Capture, s: usize, p: usize) -> Found<usize> {
        if self.captures.len() == CAPTURES_MAX {
            return Err(Fault::Malformed("too many captures"));
        }
        let level = self.captures.len();
        self.captures.push(capture);
        let found = self.deeper(s, p)?;
        if found.is_none() {
            self.captures.truncate(level);
        }
        Ok(found)
    }

    fn end(&mut self, s: usize, p: usize) -> Found<usize> {
        let is_open = |capture: &Capture| matches!(capture, Capture::Open(_));
        let open = self.captures.iter().rposition(is_open);
        let level = open.ok_or(Fault::Malformed("invalid pattern capture"))?;
        let before = self.captures[level];
        if let Capture::Open(start) = before {
            self.captures[level] = Capture::Text(start, s);
        }
        let found = self.deeper(s, p)?;
        if found.is_none() {
            self.captures[level] = before;
        }
        Ok(found)
    }

    /// As many as there are, then fewer, until the rest fits too.
    fn longest(&mut self, s: usize, p: usize, after: usize) -> Found<usize> {
        let mut count = 0;
        while self.fits(s + count, p, after) {
            self.step()?;
            count += 1;
        }
        for count in (0..=count).rev() {
            if let Some(end) = self.deeper(s + count, after + 1)? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    /// None, then more, until the rest fits too.
    fn shortest(&mut self, mut s: usize, p: usize, after: usize) -> Found<usize> {
        loop {
            if let Some(end) = self.deeper(s, after + 1)? {
                return Ok(Some(end));
            }
            if !self.fits(s, p, after) {
                return Ok(None);
            }
            s += 1;
        }
    }

    /// `%bxy`: the end of what begins with `x` and ends with its `y`.
    fn balanced(&mut self, s: usize, p: usize) -> Found<usize> {
        let pair = (self.pattern.get(p), self.pattern.get(p + 1));
        let (Some(&open), Some(&close)) = pair else {
            return Err(Fault::Malformed("unbalanced pattern"));
        };
        if self.subject.get(s) != Some(&open) {
            return Ok(None);
        }
        let mut depth = 1_usize;
        for at in s + 1..self.subject.len() {
            self.step()?;
            if self.subject[at] == close {
                depth -= 1;
                if depth == 0 {
                    return Ok(Some(at + 1));
                }
            } else if self.subject[at] == open {
                depth += 1;
            }
        }
        Ok(None)
    }

    /// `%f[set]`: what follows in the pattern, where the set begins to fit here.
    fn frontier(&self, s: usize, p: usize) -> Found<usize> {
        if self.pattern.get(p) != Some(&b'[') {
            return Err(Fault::Malformed("missing '[' after '%f' in pattern"));
        }
        let after = self.class_end(p)?;
        let before = s.checked_sub(1).map_or(0, |before| self.subject[before]);
        let here = self.subject.get(s).copied().unwrap_or(0);
        let begins = !self.is_in_set(before, p, after - 1) && self.is_in_set(here, p, after - 1);
        Ok(begins.then_some(after))
    }

    /// `%1`: the end of what a capture holds, once more.
    fn repeated(&mut self, s: usize, digit: u8) -> Found<usize> {
        let capture = usize::from(digit).checked_sub(usize::from(b'1'));
        let (from, to) = match capture.and_then(|index| self.captures.get(index)) {
            Some(&Capture::Text(from, to)) => (from, to),
            Some(Capture::Place(_)) => return Ok(None),
            Some(Capture::Open(_)) | None => {
                return Err(Fault::Malformed("invalid capture index"));
            }
        };
        self.steps_left = self.steps_left.saturating_sub((to - from) as u64 / 16);
        let fits = self.subject[s..].starts_with(&self.subject[from..to]);
        Ok(fits.then_some(s + to - from))
    }

    /// The end of the single-character item at `p`.
    fn class_end(&self, p: usize) -> Result<usize, Fault> {
        match self.pattern[p] {
            b'%' if p + 1 == self.pattern.len() => {
                Err(Fault::Malformed("malformed pattern (ends with '%')"))
            }
            b'%' => Ok(p + 2),
            b'[' => self.set_end(p + 1),
            _ => Ok(p + 1),
        }
    }

    fn set_end(&self, mut p: usize) -> Result<usize, Fault> {
        if self.pattern.get(p) == Some(&b'^') {
            p += 1;
        }
        // The first character is never the end.
        loop {
            let missing = Fault::Malformed("malformed pattern (missing ']')");
            let item = *self.pattern.get(p).ok_or(missing)?;
            p += if item == b'%' && p + 1 < self.pattern.len() { 2 } else { 1 };
            if self.pattern.get(p) == Some(&b']') {
                return Ok(p + 1);
            }
        }
    }

    /// Whether there is a character at `s` that fits the item from `p` to `after`.
    fn fits(&self, s: usize, p: usize, after: usize) -> bool {
        let Some(&byte) = self.subject.get(s) else { return false };
        match self.pattern[p] {
            b'.' => true,
            b'%' => is_of_class(byte, self.pattern[p + 1]),
            b'[' => self.is_in_set(byte, p, after - 1),
            literal => literal == byte,
        }
    }

    /// Whether `byte` is in the set whose `[` is at `p` and whose `]` is at `end`.
    fn is_in_set(&self, byte: u8, p: usize, end: usize) -> bool {
        let is_negated = self.pattern[p + 1] == b'^';
        let mut at = p + 1 + usize::from(is_negated);
        while at < end {
            let fits = match &self.pattern[at..end] {
                [b'%', class, ..] => {
                    at += 2;
                    is_of_class(byte, *class)
                }
                [low, b'-', high, ..] => {
                    at += 3;
                    (*low..=*high).contains(&byte)
                }
                [literal, ..] => {
                    at += 1;
                    *literal == byte
                }
                [] => false,
            };
            if fits {
                return !is_negated;
            }
        }
        is_negated
    }
}

/// Whether `byte` is of the class that a letter after `%` names; any other character is itself.
fn is_of_class(byte: u8, class: u8) -> bool {
    let fits = match class.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => byte.is_ascii_whitespace() || byte == 0x0B,
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        b'z' => byte == 0,
        _ => return class == byte,
    };
    fits != class.is_ascii_uppercase()
}
