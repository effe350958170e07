//! How tests went, and what their words take.

use super::Lang;
use crate::report::Problem;
use crate::testing::Window;
use crate::testing::text::{clock, length};
use crate::testing::words::Kind;
use holdline_modem::{ConnectFailure, LineEnd, UartId};
use holdline_peer::fault::{Fault, FaultError};
use std::path::Path;
use std::time::Duration;

impl Lang {
    /// The one of both that fits, where nothing is to be filled in.
    fn plain(self, en: &'static str, zh: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// The word for a verdict: passed, failed, or in error.
    pub(crate) fn verdict_of_test(self, passed: &Option<bool>) -> &'static str {
        match passed {
            Some(true) => self.plain("ok    ", "通过"),
            Some(false) => self.plain("FAILED", "失败"),
            None => self.plain("ERROR ", "错误"),
        }
    }

    /// How long it took in both times.
    pub(crate) fn ran_in(self, virtual_time: &str, took_ms: u128) -> String {
        self.pick(
            format!("{virtual_time} in {took_ms} ms"),
            format!("{virtual_time}，用时 {took_ms} 毫秒"),
        )
    }

    /// The labels of what was expected and got, of one width.
    pub(crate) fn expected_and_got(self) -> [&'static str; 2] {
        match self {
            Self::En => ["expected: ", "got:      "],
            Self::Zh => ["期望：", "实际："],
        }
    }

    /// What is running.
    pub(crate) fn test_is_running(self, name: &str) -> String {
        self.pick(format!("running: {name}"), format!("正在运行：{name}"))
    }

    /// Two runs with one hash went the same way.
    pub(crate) fn hash_of_run(self, hash: u64) -> String {
        self.pick(format!("hash {hash:016x}"), format!("哈希 {hash:016x}"))
    }

    /// All tests in a line; `left` were not run, since one before them failed.
    pub(crate) fn tests_counted(
        self,
        [passed, failed, wrong]: [usize; 3],
        left: usize,
        hash: u64,
    ) -> String {
        let rest = match left {
            0 => String::new(),
            _ => self.pick(format!(", not run: {left}"), format!("，未运行 {left}")),
        };
        let run = self.hash_of_run(hash);
        self.pick(
            format!("passed: {passed}, failed: {failed}, in error: {wrong}{rest}   {run}"),
            format!("通过 {passed}，失败 {failed}，错误 {wrong}{rest}   {run}"),
        )
    }

    /// A test file or folder cannot be read.
    pub(crate) fn cannot_read_test(self, path: &Path) -> String {
        let path = path.display();
        self.pick(format!("cannot read `{path}`"), format!("无法读取 `{path}`"))
    }

    /// Why a connection could not be made, alone.
    pub(crate) fn connect_failure(self, why: &ConnectFailure) -> String {
        match (self, why) {
            (_, ConnectFailure::Tls(failure)) => self.tls_failure(failure),
            (Self::En, _) => why.to_string(),
            (Self::Zh, ConnectFailure::Refused) => "对方拒绝".to_owned(),
            (Self::Zh, ConnectFailure::TimedOut) => "超时".to_owned(),
            (Self::Zh, ConnectFailure::NameNotFound) => "找不到域名".to_owned(),
            (Self::Zh, ConnectFailure::Unreachable) => "网络不可达".to_owned(),
            (Self::Zh, ConnectFailure::Local) => "本机资源不足".to_owned(),
        }
    }

    /// How a line ended, alone.
    pub(crate) fn line_end(self, how: LineEnd) -> &'static str {
        match how {
            LineEnd::Closed => self.plain("closed by the server", "被服务器关闭"),
            LineEnd::Reset => self.plain("reset by the server", "被服务器重置"),
            LineEnd::TimedOut => {
                self.plain("dead: nothing was acknowledged", "已断：对方一直没有确认")
            }
        }
    }

    /// Which calls led to an error.
    pub(crate) fn called_from(self, file: &str, lines: &[u32]) -> String {
        let places: Vec<String> = lines.iter().map(|line| format!("{file}:{line}")).collect();
        let places = places.join(", ");
        self.pick(format!("called from {places}"), format!("调用处：{places}"))
    }

    /// The nearest name.
    pub(crate) fn did_you_mean(self, near: &str) -> String {
        self.pick(format!("did you mean `{near}`?"), format!("是不是 `{near}`？"))
    }

    /// A word that there is not; the nearest, or who knows it, or all that can be said.
    pub(crate) fn unknown_word(
        self,
        kind: &Kind,
        name: &str,
        near: Option<&str>,
        other: Option<&Kind>,
    ) -> Problem {
        let called = kind.called;
        let text = self.pick(
            format!("there is no `{called}:{name}`"),
            format!("没有 `{called}:{name}` 这个词"),
        );
        let hint = match (near, other) {
            (Some(near), _) => self.did_you_mean(&format!("{called}:{near}")),
            (None, Some(other)) => self.did_you_mean(&format!("{}:{name}", other.called)),
            (None, None) if kind.words.is_empty() => self.pick(
                format!("put it into `expect(...)`: `expect({called}):at_least(1)`"),
                format!("放进 `expect(...)`：`expect({called}):at_least(1)`"),
            ),
            (None, None) => {
                let all: Vec<&str> = kind.words.iter().map(|word| word.name).collect();
                let all = all.join(", ");
                self.pick(format!("`{called}` knows {all}"), format!("`{called}` 认识 {all}"))
            }
        };
        Problem::with_hint(text, hint)
    }

    /// A global that there is not.
    pub(crate) fn unknown_name(self, name: &str, near: Option<&str>) -> Problem {
        let text = self.pick(format!("there is no `{name}`"), format!("没有 `{name}`"));
        let hint = match near {
            Some(near) => self.did_you_mean(near),
            None => self.pick(
                "a test has `test`, `expect`, the `world` that it is given, and Lua's `string`, \
                 `table` and `math`; it reads no files"
                    .to_owned(),
                "测试里有 `test`、`expect`、传入的 `world`，以及 Lua 的 `string`、`table`、`math`；不读文件"
                    .to_owned(),
            ),
        };
        Problem::with_hint(text, hint)
    }

    /// An option that there is not.
    pub(crate) fn unknown_option(self, word: &str, name: &str, known: &[&str]) -> Problem {
        let known = known.join(", ");
        Problem::with_hint(
            self.pick(
                format!("`{word}` has no option `{name}`"),
                format!("`{word}` 没有选项 `{name}`"),
            ),
            self.pick(format!("it has {known}"), format!("可用的有 {known}")),
        )
    }

    /// A window in which nothing can happen.
    pub(crate) fn empty_window(self, window: Window, now: Duration) -> Problem {
        let (from, to, now) = (clock(window.from), clock(window.to), clock(now));
        Problem::with_hint(
            self.pick(
                format!("from {from} to {to} there is no time to look at: it is {now}"),
                format!("从 {from} 到 {to} 没有可看的时间：现在是 {now}"),
            ),
            self.pick(
                "let time pass first, or look at an earlier time".to_owned(),
                "先让时间走，或看更早的时间".to_owned(),
            ),
        )
    }

    /// A window in which a period has no room.
    pub(crate) fn window_too_short(self, window: Window, period: Duration) -> Problem {
        let (len, period) = (length(window.to.saturating_sub(window.from)), length(period));
        Problem::with_hint(
            self.pick(
                format!("in a window of {len}, `every` {period} could not fail"),
                format!("在 {len} 的窗口里，每 {period} 一次不可能失败"),
            ),
            self.pick(
                "let more time pass, or look from an earlier time on".to_owned(),
                "让时间多走一些，或从更早的时间看起".to_owned(),
            ),
        )
    }

    /// A server that no device has looked for.
    pub(crate) fn nobody_dialled(self, host: Option<&str>, port: u16) -> Problem {
        let place = host.map_or(port.to_string(), |host| format!("{host}:{port}"));
        Problem::with_hint(
            self.pick(
                format!("no device dialled the server {place}, so this could not fail"),
                format!("没有设备连接过服务器 {place}，不可能失败"),
            ),
            self.pick(
                "is it the address in the script? Did the device have time to connect?".to_owned(),
                "脚本里是这个地址吗？设备来得及连接吗？".to_owned(),
            ),
        )
    }

    /// Nothing can come from a serial port that no script has opened.
    pub(crate) fn never_opened(self, port: UartId) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("the script did not open {port}, so this could not fail"),
                format!("脚本没有打开 {port}，不可能失败"),
            ),
            self.pick(
                "is it the id in the script's `uart.setup`? Did the device have time to open it?"
                    .to_owned(),
                "脚本的 `uart.setup` 里是这个编号吗？设备来得及打开吗？".to_owned(),
            ),
        )
    }

    /// `run_until` looks back.
    pub(crate) fn moment_is_past(self, moment: Duration, now: Duration) -> Problem {
        let (moment, now) = (clock(moment), clock(now));
        Problem::with_hint(
            self.pick(
                format!("{moment} is past: it is {now}"),
                format!("{moment} 已过：现在是 {now}"),
            ),
            self.pick(
                "`world:run(\"5m\")` lets time pass from now on".to_owned(),
                "`world:run(\"5m\")` 从现在起让时间经过".to_owned(),
            ),
        )
    }

    /// `within` looks further back than there is time.
    pub(crate) fn longer_than_the_world(self, time: Duration, now: Duration) -> Problem {
        let (time, now) = (length(time), length(now));
        Problem::with_hint(
            self.pick(
                format!("the last {time} are not there: the world is {now} old"),
                format!("没有最近的 {time}：世界只有 {now}"),
            ),
            self.pick(
                "leave `:within` out to look at all".to_owned(),
                "去掉 `:within` 就看全部".to_owned(),
            ),
        )
    }

    /// Words that are no fault.
    pub(crate) fn not_a_fault(self, error: &FaultError) -> Problem {
        let (what, hint) = (error.what(), error.hint());
        Problem::with_hint(self.pick(what.en, what.zh), self.pick(hint.en, hint.zh))
    }

    /// A fault that somebody else commits.
    pub(crate) fn fault_of_another(self, fault: &Fault, whose: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("`{fault}` does not happen here, but to a {whose}"),
                format!("`{fault}` 不发生在这里，而发生在 {whose} 上"),
            ),
            self.pick(
                format!("write `{whose}:fault(\"{fault}\")`, or `world:fault(...)` for all"),
                format!("写 `{whose}:fault(\"{fault}\")`，或用 `world:fault(...)` 作用于全部"),
            ),
        )
    }

    /// Options by name.
    pub(crate) fn named_values(self, known: &[&str]) -> String {
        let known = known.join(", ");
        self.pick(format!("a table with {known}"), format!("含 {known} 的表"))
    }

    pub(crate) fn a_count(self) -> &'static str {
        self.plain("a whole number such as 3", "整数，如 3")
    }

    pub(crate) fn a_count_from_one(self) -> &'static str {
        self.plain("a whole number from 1 on", "从 1 起的整数")
    }

    pub(crate) fn something_that_happens(self) -> &'static str {
        self.plain(
            "something that happens, such as `server:connects()`",
            "会发生的事，如 `server:connects()`",
        )
    }

    pub(crate) fn a_port(self) -> &'static str {
        self.plain("a port from 1 to 65535", "1 到 65535 的端口")
    }

    pub(crate) fn a_uart(self) -> &'static str {
        self.plain("a serial port: 1, 2, 3 or 0x81 (USB)", "串口号：1、2、3 或 0x81（USB）")
    }

    pub(crate) fn a_text(self) -> &'static str {
        self.plain("a text in quotes", "带引号的文本")
    }

    pub(crate) fn a_flag(self) -> &'static str {
        self.plain("true or false", "true 或 false")
    }

    pub(crate) fn a_state(self) -> &'static str {
        self.plain(
            "a whole number from 0 on, a text, true or false",
            "从 0 起的整数、文本、true 或 false",
        )
    }

    pub(crate) fn a_hex_mask(self) -> &'static str {
        self.plain("bytes in hex such as \"AA ?? 01\"", "十六进制字节，如 \"AA ?? 01\"")
    }

    pub(crate) fn hex_bytes(self) -> &'static str {
        self.plain("bytes in hex such as \"AA 01\"", "十六进制字节，如 \"AA 01\"")
    }

    pub(crate) fn a_length_of_time(self) -> &'static str {
        self.plain("a length of time such as \"5m\" or \"1h30s\"", "时长，如 \"5m\" 或 \"1h30s\"")
    }

    pub(crate) fn a_moment(self) -> &'static str {
        self.plain(
            "a moment since the world's start such as \"1h5m\" or \"01:05:00\"",
            "从世界开始算起的时刻，如 \"1h5m\" 或 \"01:05:00\"",
        )
    }
}
