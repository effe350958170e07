//! All of Holdline's own sentences, in English and Chinese.

mod advice;
mod desk;
mod doctor;
mod errands;
mod expectations;
mod faults;
mod files;
mod handshake;
mod help;
mod identity;
mod lab;
mod notices;
mod problems;
mod projects;
mod proofs;
mod replays;
mod rules;
mod seeds;
mod serial;
mod stories;
mod tests;
mod tls;
mod usage;
mod verdicts;
mod worlds;

pub(crate) use tls::date;
pub(crate) use worlds::WrongWorld;

use clap::ValueEnum;
use holdline_device::{Place, Stuck};
use holdline_modem::{ConnectFailure, LineEnd};
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

/// The language of Holdline's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// 中文
    Zh,
}

impl Lang {
    /// The language that is not this one.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }

    /// The language that the environment asks for.
    pub(crate) fn of_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
        match locale {
            Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Self::Zh,
            Some(_) | None => Self::En,
        }
    }

    /// The language that `words` of a command line ask for, also where the rest of it makes no sense.
    pub(crate) fn of_arguments(words: impl Iterator<Item = OsString>) -> Option<Self> {
        let words = words.map(|word| word.to_string_lossy().into_owned());
        let words: Vec<_> = words.take_while(|word| word != "--").collect();
        words.iter().enumerate().find_map(|(at, word)| {
            let value = match word.strip_prefix("--lang")? {
                "" => words.get(at + 1)?,
                value => value.strip_prefix('=')?,
            };
            Self::from_str(value, false).ok()
        })
    }

    /// The one of both that fits.
    fn pick(self, en: String, zh: String) -> String {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// `text` with a label before it.
    pub(crate) fn labelled(self, label: &str, text: &str) -> String {
        self.pick(format!("{label}: {text}"), format!("{label}：{text}"))
    }

    /// The label of a way out.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::En => "hint",
            Self::Zh => "提示",
        }
    }

    /// What the doctor begins with.
    pub(crate) fn doctor_looks_at(self, target: &str) -> String {
        self.pick(format!("looking at {target}"), format!("检查 {target}"))
    }

    /// A file of authorities cannot be used.
    pub(crate) fn cannot_read_authorities(self, path: &Path) -> String {
        let path = path.display();
        self.pick(
            format!("cannot read the certificates in `{path}`"),
            format!("无法读取 `{path}` 中的证书"),
        )
    }

    /// Standard output takes no more findings.
    pub(crate) fn cannot_write_findings(self) -> String {
        self.pick("cannot write the findings".to_owned(), "无法写出检查结果".to_owned())
    }

    /// The event file takes no more.
    pub(crate) fn cannot_write_events(self) -> String {
        self.pick("cannot write events".to_owned(), "无法写入事件".to_owned())
    }

    /// The loop or a Lua state could not be made.
    pub(crate) fn cannot_start(self) -> String {
        self.pick("cannot start".to_owned(), "无法启动".to_owned())
    }

    /// The loop broke down.
    pub(crate) fn cannot_go_on(self) -> String {
        self.pick("cannot go on".to_owned(), "无法继续".to_owned())
    }

    /// A line stands.
    pub(crate) fn connected(self, to: &str) -> String {
        self.pick(format!("connected to {to}"), format!("已连接 {to}"))
    }

    /// A line could not be made.
    pub(crate) fn connect_failed(self, to: &str, why: &ConnectFailure) -> String {
        let reason = match why {
            ConnectFailure::Refused => "对方拒绝",
            ConnectFailure::TimedOut => "超时",
            ConnectFailure::NameNotFound => "找不到域名",
            ConnectFailure::Unreachable => "网络不可达",
            ConnectFailure::Local => "本机资源不足",
            ConnectFailure::Tls(failure) => {
                let reason = self.tls_failure(failure);
                return self.pick(
                    format!("no TLS with {to}: {reason}"),
                    format!("与 {to} 的 TLS 连接失败：{reason}"),
                );
            }
        };
        self.pick(format!("cannot connect to {to}: {why}"), format!("连接 {to} 失败：{reason}"))
    }

    /// The address that a script names leads elsewhere.
    pub(crate) fn redirected(self, from: &str, to: &str) -> String {
        self.pick(format!("{to} (for {from})"), format!("{to}（代替 {from}）"))
    }

    /// A line ended, and not by the script.
    pub(crate) fn ended(self, to: &str, how: LineEnd) -> String {
        let (en, zh) = match how {
            LineEnd::Closed => ("closed by the server", "被服务器关闭"),
            LineEnd::Reset => ("reset by the server", "被服务器重置"),
            LineEnd::TimedOut => ("dead: nothing was acknowledged", "已断：对方一直没有确认"),
        };
        self.pick(format!("line to {to} {en}"), format!("到 {to} 的连接{zh}"))
    }

    /// The script closed a line.
    pub(crate) fn closed(self, to: &str) -> String {
        self.pick(format!("line to {to} closed by the script"), format!("脚本关闭了到 {to} 的连接"))
    }

    /// The device has an address, or has it no more.
    pub(crate) fn online(self, online: bool) -> String {
        match online {
            true => self.pick("network ready".to_owned(), "网络就绪".to_owned()),
            false => self.pick("network lost".to_owned(), "网络断开".to_owned()),
        }
    }

    /// The script asked for a restart.
    pub(crate) fn restart_asked(self, reason: &str) -> String {
        match reason {
            "" => self.pick("the script restarts the device".to_owned(), "脚本重启设备".to_owned()),
            _ => self.pick(
                format!("the script restarts the device: {reason}"),
                format!("脚本重启设备：{reason}"),
            ),
        }
    }

    /// A script error restarts the device; message and traceback follow.
    pub(crate) fn script_failed(self) -> String {
        self.pick(
            "script error, the device restarts:".to_owned(),
            "脚本出错，设备重启：".to_owned(),
        )
    }

    /// The script has not let go, and where; the traceback follows.
    pub(crate) fn script_stuck(self, stuck: &Stuck) -> String {
        let stuck = self.stuck(stuck.place.as_ref());
        self.pick(
            format!(
                "the script is {stuck}: it has run for too long without `sys.wait` or \
                 `rtos.receive`, so the device restarts, as by a module's watchdog:"
            ),
            format!(
                "脚本{stuck}：长时间运行而没有 `sys.wait` 或 `rtos.receive`，设备重启，同模块的看门狗："
            ),
        )
    }

    /// What is said of a script that did not let go.
    fn stuck(self, place: Option<&Place>) -> String {
        match place {
            Some(place) => self.pick(format!("stuck at {place}"), format!("卡在 {place}")),
            None => self.pick("stuck".to_owned(), "卡住了".to_owned()),
        }
    }

    /// The supply failed.
    pub(crate) fn power_cut(self) -> String {
        self.pick(
            "the device has no power; it starts when that is back".to_owned(),
            "设备断电，来电后重新启动".to_owned(),
        )
    }

    /// The soft watchdog was not fed.
    pub(crate) fn soft_dog_bites(self, period: Duration) -> String {
        let ms = period.as_millis();
        self.pick(
            format!(
                "the soft watchdog restarts the device: `rtos.eatSoftDog` was not called for {ms} ms. \
                 `sys` opens it on 4G, and feeds it while `sys.run` runs"
            ),
            format!(
                "软件看门狗重启设备：{ms} 毫秒内没有调用 `rtos.eatSoftDog`。\
                 4G 上 `sys` 会打开它，并在 `sys.run` 运行时喂狗"
            ),
        )
    }

    /// Holdline itself is wrong.
    pub(crate) fn own_fault(self, words: &str) -> String {
        self.pick(
            format!(
                "a fault of Holdline itself, not of the script: {words}. The device restarts; \
                 please report this with the script"
            ),
            format!("这是 Holdline 自身的错误，与脚本无关：{words}。设备重启；请连同脚本一起报告"),
        )
    }

    /// The same error once more.
    pub(crate) fn script_failed_again(self, first_line: &str, times: u32) -> String {
        self.pick(
            format!("the same script error, time {times}: {first_line}"),
            format!("同样的脚本错误，第 {times} 次：{first_line}"),
        )
    }

    /// As many restarts as were allowed have been.
    pub(crate) fn restarts_used_up(self, allowed: u32) -> String {
        self.pick(
            format!("stopped: restart {} is more than --restarts {allowed} allows", allowed + 1),
            format!("已停止：第 {} 次重启超过了 --restarts {allowed}", u64::from(allowed) + 1),
        )
    }

    /// The script switched the device off.
    pub(crate) fn powered_off(self) -> String {
        self.pick("the script switched the device off".to_owned(), "脚本关机".to_owned())
    }

    /// A device reached the server.
    pub(crate) fn server_accepted(self) -> &'static str {
        match self {
            Self::En => "a device is connected",
            Self::Zh => "设备已连上",
        }
    }

    /// A device was turned away at the server.
    pub(crate) fn server_refused(self) -> &'static str {
        match self {
            Self::En => "a device is turned away",
            Self::Zh => "拒绝了设备的连接",
        }
    }

    /// The device's side ended at the server.
    pub(crate) fn server_was_left(self) -> &'static str {
        match self {
            Self::En => "the device is gone",
            Self::Zh => "设备已离开",
        }
    }

    /// It does something bad on purpose.
    pub(crate) fn server_breaks(self, words: &str) -> String {
        self.pick(
            format!("breaks the line on purpose ({words}); watch the device come back"),
            format!("制造故障（{words}），请看设备如何恢复"),
        )
    }

    pub(crate) fn demo_intro(self) -> &'static str {
        match self {
            Self::En => {
                "a device runs examples/long-connection and holds a line to a server in the same process; \
                 the script names another address, which leads here. Ctrl-C ends it"
            }
            Self::Zh => {
                "设备正在运行 examples/long-connection，与同一进程里的服务器保持长连接；\
                 脚本里写的是别的地址，这里转到了本机。按 Ctrl-C 结束"
            }
        }
    }

    pub(crate) fn demo_page_elsewhere(self, taken: u16) -> String {
        self.pick(
            format!("port {taken} is taken, so the page has another one"),
            format!("端口 {taken} 已被占用，网页改用其他端口"),
        )
    }

    /// The run had to be cut off.
    pub(crate) fn script_never_waits(self, waited: Duration) -> String {
        let ms = waited.as_millis();
        self.pick(
            format!(
                "the script has not let go for {ms} ms, so it was cut off; \
                 a loop without `sys.wait` or `rtos.receive`?"
            ),
            format!("脚本在 {ms} 毫秒内没有让出，已强行结束；是否有不含 `sys.wait` 或 `rtos.receive` 的循环？"),
        )
    }
}
