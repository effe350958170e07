//! What stands in the way of a run, each with a way out.

use super::Lang;
use crate::report::{Half, Mistake, Problem};
use holdline_device::LoadError;
use std::path::Path;

impl Lang {
    /// A flag's value that is none of those that it takes; nothing where it has none.
    pub(crate) fn not_a_choice(self, given: &str, choices: &[String]) -> Problem {
        let choices: Vec<_> = choices.iter().map(|choice| format!("`{choice}`")).collect();
        let text = match given.is_empty() {
            true => self.pick("a value is missing".to_owned(), "缺少值".to_owned()),
            false => self
                .pick(format!("`{given}` is none of its values"), format!("没有 `{given}` 这个值")),
        };
        Problem::with_hint(
            text,
            self.pick(
                format!("it takes {}", choices.join(", ")),
                format!("可用 {}", choices.join("、")),
            ),
        )
    }

    /// A flag's value that makes no sense.
    pub(crate) fn mistake(self, mistake: &Mistake) -> Problem {
        let (text, hint) = match mistake {
            Mistake::Duration { given } => (
                self.pick(format!("`{given}` is not a duration"), format!("`{given}` 不是时长")),
                self.pick(
                    "write numbers with a unit (ms, s, m, h, d): `90s`, `10m`, `1m30s`, `500ms`; \
                     ten years at most"
                        .to_owned(),
                    "数字后面写单位（ms、s、m、h、d），如 `90s`、`10m`、`1m30s`、`500ms`，最长十年"
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
                    "`air202` (2G), `air724ug` (4G) or `none` (4G without limits)".to_owned(),
                    "可用 `air202`（2G）、`air724ug`（4G）或 `none`（不设限制的 4G）".to_owned(),
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
            Mistake::Count { given } => self.count_mistake(given),
            Mistake::Target { given } => (
                self.pick(
                    format!("`{given}` is not a server's address"),
                    format!("`{given}` 不是服务器地址"),
                ),
                self.target_form(),
            ),
            Mistake::Probe { given } => (
                self.pick(
                    format!("`{given}` is not a text to send"),
                    format!("`{given}` 不是可发送的文本"),
                ),
                self.probe_form(),
            ),
            Mistake::Cable { given } => self.cable_mistake(given),
            Mistake::Fault(error) => self.fault_mistake(error),
            Mistake::Speed { given } => self.speed_mistake(given),
            Mistake::VirtualServer { given } => self.virtual_server_mistake(given),
            Mistake::TimeServer { given } => self.time_server_mistake(given),
            Mistake::Redirect { given, half } => {
                (self.redirect_mistake(given, *half), self.redirect_form())
            }
        };
        Problem::with_hint(text, hint)
    }

    fn count_mistake(self, given: &str) -> (String, String) {
        let most = u32::MAX;
        (
            self.pick(
                format!("`{given}` is not a whole number from 1 to {most}"),
                format!("`{given}` 不是 1 到 {most} 的整数"),
            ),
            self.pick(
                "write digits only: `1`, `30`, `1000`".to_owned(),
                "只写数字，如 `1`、`30`、`1000`".to_owned(),
            ),
        )
    }

    fn target_form(self) -> String {
        self.pick(
            "write host and port, no more: `example.com:9999`, `203.0.113.5:9999`".to_owned(),
            "只写主机和端口，如 `example.com:9999`、`203.0.113.5:9999`".to_owned(),
        )
    }

    fn probe_form(self) -> String {
        self.pick(
            r"write at least one byte; after `\` comes `r`, `n`, `t`, `0`, `\` or `xHH`".to_owned(),
            r"至少写一个字节；`\` 后面只能是 `r`、`n`、`t`、`0`、`\` 或 `xHH`".to_owned(),
        )
    }

    fn cable_mistake(self, given: &str) -> (String, String) {
        (
            self.pick(
                format!("`{given}` connects no serial port"),
                format!("`{given}` 没有连接任何串口"),
            ),
            self.cable_form(),
        )
    }

    fn time_server_mistake(self, given: &str) -> (String, String) {
        (
            self.pick(
                format!("`{given}` is not the address of a server"),
                format!("`{given}` 不是服务器地址"),
            ),
            self.pick(
                "write HOST or HOST:PORT, as in `192.168.1.1` or `127.0.0.1:1123`".to_owned(),
                "写成 主机 或 主机:端口，如 `192.168.1.1` 或 `127.0.0.1:1123`".to_owned(),
            ),
        )
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

    /// Why a project could not be loaded.
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

    /// A folder named by `--lib` cannot be read.
    pub(crate) fn cannot_read_library(self, folder: &Path) -> Problem {
        let folder = folder.display();
        Problem::with_hint(
            self.pick(
                format!("cannot read the library folder `{folder}`"),
                format!("读不到库文件夹 `{folder}`"),
            ),
            self.pick(
                "name a folder that holds library files: --lib FOLDER".to_owned(),
                "请用 --lib 指定一个存放库文件的文件夹".to_owned(),
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
}
