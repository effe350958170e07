//! All of Holdline's own sentences, in English and Chinese.

mod notices;

use crate::report::{Half, Mistake, Problem};
use clap::ValueEnum;
use holdline_device::LoadError;
use holdline_modem::{ConnectFailure, LineEnd};
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
    /// The language that the environment asks for.
    pub(crate) fn of_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
        match locale {
            Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Self::Zh,
            Some(_) | None => Self::En,
        }
    }

    /// The language that the command line asks for, also where the rest of it makes no sense.
    pub(crate) fn of_arguments() -> Option<Self> {
        let args: Vec<_> = std::env::args_os().collect();
        let named = |value: &std::ffi::OsStr| Self::from_str(value.to_str()?, false).ok();
        args.windows(2).find_map(|pair| match pair[0].to_str()? {
            "--lang" => named(&pair[1]),
            _ => named(pair[1].to_str()?.strip_prefix("--lang=")?.as_ref()),
        })
    }

    /// The one of both that fits.
    fn pick(self, en: String, zh: String) -> String {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// The label of a way out.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::En => "hint",
            Self::Zh => "提示",
        }
    }

    /// A flag's value that makes no sense.
    pub(crate) fn mistake(self, mistake: &Mistake) -> Problem {
        let (text, hint) = match mistake {
            Mistake::Duration { given } => (
                self.pick(format!("`{given}` is not a duration"), format!("`{given}` 不是时长")),
                self.pick(
                    "write numbers with a unit (ms, s, m, h): `90s`, `10m`, `1m30s`, `500ms`; \
                     ten years at most"
                        .to_owned(),
                    "数字后面写单位（ms、s、m、h），如 `90s`、`10m`、`1m30s`、`500ms`，最长十年"
                        .to_owned(),
                ),
            ),
            Mistake::Boot { given } => (
                self.pick(
                    format!("`{given}` is not a boot time"),
                    format!("`{given}` 不是开机时间"),
                ),
                self.pick(
                    "`fast` (1 s), `module` (7.24 s, as on a real module) or a duration like `3s`"
                        .to_owned(),
                    "可用 `fast`（1 秒）、`module`（7.24 秒，同真实模块）或时长，如 `3s`"
                        .to_owned(),
                ),
            ),
            Mistake::Module { given } => (
                self.pick(
                    format!("`{given}` is not a module that Holdline knows"),
                    format!("没有名为 `{given}` 的模块"),
                ),
                self.pick(
                    "`air202` (2G) or `air724ug` (4G)".to_owned(),
                    "可用 `air202`（2G）或 `air724ug`（4G）".to_owned(),
                ),
            ),
            Mistake::Number { given } => (
                self.pick(
                    format!("`{given}` is not a whole number"),
                    format!("`{given}` 不是整数"),
                ),
                self.pick(
                    "write digits only: `0`, `3`, `12`".to_owned(),
                    "只写数字，如 `0`、`3`、`12`".to_owned(),
                ),
            ),
            Mistake::Redirect { given, half } => {
                (self.redirect_mistake(given, *half), self.redirect_form())
            }
        };
        Problem::with_hint(text, hint)
    }

    fn redirect_mistake(self, given: &str, half: Half) -> String {
        let (from, to) = given.split_once('=').unwrap_or((given, ""));
        match half {
            Half::Both => self.pick(
                format!("`{given}` has no `=` between the two addresses"),
                format!("`{given}` 的两个地址之间缺少 `=`"),
            ),
            Half::From => self.pick(
                format!("`{from}`, left of `=` in `{given}`, is not an address"),
                format!("`{given}` 中 `=` 左边的 `{from}` 不是地址"),
            ),
            Half::To => self.pick(
                format!("`{to}`, right of `=` in `{given}`, is not an address"),
                format!("`{given}` 中 `=` 右边的 `{to}` 不是地址"),
            ),
        }
    }

    fn redirect_form(self) -> String {
        self.pick(
            "write FROM=TO, as in `120.26.196.195:9999=127.0.0.1:9999` or `*=localhost`; \
             an IPv6 address stands in brackets, `[::1]:9999`"
                .to_owned(),
            "写成 FROM=TO，如 `120.26.196.195:9999=127.0.0.1:9999` 或 `*=localhost`；\
             IPv6 地址加方括号，如 `[::1]:9999`"
                .to_owned(),
        )
    }

    /// The project that was named could not be loaded.
    pub(crate) fn cannot_load(self, path: &Path) -> String {
        let path = path.display();
        self.pick(format!("cannot load project `{path}`"), format!("无法加载工程 `{path}`"))
    }

    /// Why a project, or a library folder, could not be loaded.
    pub(crate) fn load_problem(self, error: &LoadError) -> Problem {
        if self == Self::En {
            let hint = error.hint().or_else(|| Some(self.project_form()));
            return Problem { text: error.to_string(), hint };
        }
        let (text, hint) = match error {
            LoadError::Read { path, source: _ } => {
                (format!("读不到 `{}`", path.display()), Some(self.project_form()))
            }
            LoadError::NoMain { folder, candidate } => (
                format!("`{}` 里没有 `main.lua`", folder.display()),
                Some(match candidate {
                    Some(name) => {
                        format!("要运行单个文件：holdline run {}", folder.join(name).display())
                    }
                    None => "工程是一个含有 `main.lua` 的文件夹，与烧录时一样".to_owned(),
                }),
            ),
            LoadError::NotSource { path, found: _ } => (
                format!("`{}` 不是 Lua 源码", path.display()),
                Some("请用 UTF-8 或 GBK 编码的 `.lua` 源码；编译过的文件在这里不能运行".to_owned()),
            ),
            LoadError::TooLarge { folder, max } => (
                format!("`{}` 超过 {max} 字节", folder.display()),
                Some("请指定 `main.lua` 所在的文件夹，而不是它的上级".to_owned()),
            ),
        };
        Problem { text, hint }
    }

    fn project_form(self) -> String {
        self.pick(
            "name a folder that holds `main.lua`, or one `.lua` file".to_owned(),
            "请指定含有 `main.lua` 的文件夹，或单个 `.lua` 文件".to_owned(),
        )
    }

    /// The event file cannot be opened.
    pub(crate) fn cannot_open_events(self, path: &Path) -> Problem {
        let path = path.display();
        Problem::with_hint(
            self.pick(
                format!("cannot open event file `{path}`"),
                format!("无法打开事件文件 `{path}`"),
            ),
            self.pick(
                "name a file in a folder that exists, or `-` for standard output".to_owned(),
                "请指定已有文件夹中的文件，或用 `-` 表示标准输出".to_owned(),
            ),
        )
    }

    /// The folder for the device's files cannot be used.
    pub(crate) fn cannot_open_files(self, folder: &Path) -> Problem {
        let folder = folder.display();
        Problem::with_hint(
            self.pick(
                format!("cannot keep files in `{folder}`"),
                format!("无法在 `{folder}` 中保存文件"),
            ),
            self.pick(
                "name a folder that you may write and that no other run uses: --state FOLDER"
                    .to_owned(),
                "请用 --state 指定一个可写、且没有被其他运行占用的文件夹".to_owned(),
            ),
        )
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
    pub(crate) fn connect_failed(self, to: &str, why: ConnectFailure) -> String {
        let reason = match why {
            ConnectFailure::Refused => "对方拒绝",
            ConnectFailure::TimedOut => "超时",
            ConnectFailure::NameNotFound => "找不到域名",
            ConnectFailure::Unreachable => "网络不可达",
            ConnectFailure::Local => "本机资源不足",
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

    /// The device's side ended at the server.
    pub(crate) fn server_was_left(self) -> &'static str {
        match self {
            Self::En => "the device is gone",
            Self::Zh => "设备已离开",
        }
    }

    /// The server ends the line.
    pub(crate) fn server_drops(self) -> &'static str {
        match self {
            Self::En => "drops the line; watch the device come back",
            Self::Zh => "断开连接，请看设备如何重连",
        }
    }

    /// What the demo shows.
    pub(crate) fn demo_intro(self, address: &str) -> String {
        self.pick(
            format!(
                "a device runs examples/long-connection and holds a line to a server on {address}; \
                 the script names another address, which leads here. Ctrl-C ends it"
            ),
            format!(
                "设备正在运行 examples/long-connection，与 {address} 上的服务器保持长连接；\
                 脚本里写的是别的地址，这里转到了本机。按 Ctrl-C 结束"
            ),
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
