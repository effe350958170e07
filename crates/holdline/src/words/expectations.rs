//! What a test expected, and what it got.

use super::Lang;
use crate::testing::text::{clock, length};
use crate::testing::{Assertion, Expectation, Got, Noun, State};

/// Bytes of a text or a file that are shown.
const SHOWN_BYTES_MAX: usize = 80;

impl Lang {
    /// What an assertion wants, within its window.
    pub(crate) fn expected(self, assertion: &Assertion, of: &Expectation) -> String {
        let mut text = match assertion {
            Assertion::AtLeast(count) => {
                self.pick(format!("at least {count}"), format!("至少 {count} 次"))
            }
            Assertion::AtMost(count) => {
                self.pick(format!("at most {count}"), format!("至多 {count} 次"))
            }
            Assertion::Exactly(0) => self.pick("never".to_owned(), "从不".to_owned()),
            Assertion::Exactly(count) => {
                self.pick(format!("exactly {count}"), format!("恰好 {count} 次"))
            }
            Assertion::Every { period } => {
                let period = length(*period);
                self.pick(format!("every {period}"), format!("每 {period} 一次"))
            }
            Assertion::Equals(state) => self.state(state),
            Assertion::Contains(part) => {
                let part = shown(part);
                self.pick(format!("a text with {part} in it"), format!("包含 {part} 的文本"))
            }
            Assertion::IsMissing => self.state(&State::Missing),
        };
        if let Some(since) = of.since() {
            let since = clock(since);
            text += &self.pick(format!(" since {since}"), format!("，自 {since} 起"));
        }
        if let Some(before) = of.before() {
            let before = clock(before);
            text += &self.pick(format!(" before {before}"), format!("，在 {before} 之前"));
        }
        text
    }

    /// What was found in its place.
    pub(crate) fn got(self, got: &Got, noun: Noun) -> String {
        match got {
            Got::Count { first_and_last: None, .. } => {
                self.pick("none".to_owned(), "没有".to_owned())
            }
            Got::Count { count, first_and_last: Some((first, last)) } => {
                let (count, first, last) =
                    (self.counted(*count, noun), clock(*first), clock(*last));
                if first == last {
                    return self
                        .pick(format!("{count}, at {first}"), format!("{count}，在 {first}"));
                }
                self.pick(
                    format!("{count}, the first at {first}, the last at {last}"),
                    format!("{count}，第一次在 {first}，最后一次在 {last}"),
                )
            }
            Got::LongGap { count, from, to } => self.gap(*count, noun, (*from, *to), true),
            Got::ShortGap { count, from, to } => self.gap(*count, noun, (*from, *to), false),
            Got::State(state) => self.state(state),
        }
    }

    fn gap(
        self,
        count: usize,
        noun: Noun,
        (from, to): (std::time::Duration, std::time::Duration),
        is_long: bool,
    ) -> String {
        let (count, gap) = (self.counted(count, noun), length(to.saturating_sub(from)));
        let (from, to) = (clock(from), clock(to));
        let (kind, kind_zh) = if is_long { ("longest", "最长") } else { ("shortest", "最短") };
        self.pick(
            format!("{count}, the {kind} gap {gap}, from {from} to {to}"),
            format!("{count}，{kind_zh}间隔 {gap}，从 {from} 到 {to}"),
        )
    }

    fn counted(self, count: usize, noun: Noun) -> String {
        let (one, many, zh) = match noun {
            Noun::Message => ("message", "messages", "条消息"),
            Noun::Connect => ("connection", "connections", "次连接"),
            Noun::Restart => ("restart", "restarts", "次重启"),
            Noun::Line => ("line", "lines", "行日志"),
            Noun::Notice => ("notice", "notices", "条提示"),
            Noun::Text => ("time", "times", "次"),
        };
        match (count, self) {
            (0, _) => self.pick(
                format!("no {many}"),
                format!("没有{}", zh.trim_start_matches(['条', '次', '行'])),
            ),
            (1, Self::En) => format!("1 {one}"),
            (_, Self::En) => format!("{count} {many}"),
            (_, Self::Zh) => format!("{count} {zh}"),
        }
    }

    fn state(self, state: &State) -> String {
        match state {
            State::Number(number) => number.to_string(),
            State::Flag(flag) => flag.to_string(),
            State::Bytes(bytes) => shown(bytes),
            State::Missing => self.pick("no such file".to_owned(), "没有这个文件".to_owned()),
        }
    }

    /// What happened of the same kind, though it was not what was wanted.
    pub(crate) fn happened_instead(self, found: &[(Vec<u8>, usize)], max: usize) -> String {
        let times = |count: &usize| self.pick(format!("{count} x"), format!("{count} 次"));
        let some: Vec<String> = found
            .iter()
            .take(max)
            .map(|(bytes, count)| format!("{} {}", times(count), shown(bytes)))
            .collect();
        let some = some.join(", ");
        let more = found.len().saturating_sub(max);
        let rest = match more {
            0 => String::new(),
            _ => self.pick(format!(" and {more} others"), format!("，还有 {more} 种")),
        };
        self.pick(format!("there was {some}{rest}"), format!("实际出现的是 {some}{rest}"))
    }

    /// Where the script looked for a server and found none.
    pub(crate) fn dialled_in_vain(self, place: &str) -> String {
        let port = place.rsplit_once(':').map_or("", |(_, port)| port);
        self.pick(
            format!(
                "the script dialled {place}, where the test has no server: world:server({port})"
            ),
            format!("脚本连接了 {place}，而测试里没有这个服务器：world:server({port})"),
        )
    }
}

/// Bytes as a test writes them.
fn shown(bytes: &[u8]) -> String {
    let part = &bytes[..bytes.len().min(SHOWN_BYTES_MAX)];
    let text = match std::str::from_utf8(part) {
        Ok(text) => text.escape_debug().to_string().replace("\\'", "'"),
        Err(_) => part.escape_ascii().to_string(),
    };
    let rest =
        if part.len() < bytes.len() { format!("... {} bytes", bytes.len()) } else { String::new() };
    format!("\"{text}\"{rest}")
}
