//! What `new` and `editor` say.

use super::Lang;
use crate::commands::new::{Kind, Next};
use crate::editor::{FOLDER, SETTINGS};
use crate::report::Problem;
use holdline_device::catalogue::Words;
use std::path::Path;

impl Lang {
    /// The one of the catalogue's two texts.
    pub(crate) fn of_catalogue(self, words: Words) -> &'static str {
        match self {
            Self::En => words.en,
            Self::Zh => words.zh,
        }
    }

    /// Follows the mark of a definition file.
    pub(crate) fn definitions_are_generated(self) -> &'static str {
        match self {
            Self::En => "which writes it anew each time: change nothing here.",
            Self::Zh => "每次都会重新生成，请勿修改。",
        }
    }

    /// A call that 2G modules have.
    pub(crate) fn only_2g(self) -> &'static str {
        match self {
            Self::En => "Only 2G modules have it.",
            Self::Zh => "仅 2G 模块有。",
        }
    }

    /// A call that 4G modules have.
    pub(crate) fn only_4g(self) -> &'static str {
        match self {
            Self::En => "Only 4G modules have it.",
            Self::Zh => "仅 4G 模块有。",
        }
    }

    /// How a call differs from the module's.
    pub(crate) fn differs_here(self, how: &str) -> String {
        self.pick(format!("*In Holdline:* {how}"), format!("*在 Holdline 中：*{how}"))
    }

    /// What a project of that kind is.
    pub(crate) fn kind_of_project(self, kind: Kind) -> &'static str {
        let (en, zh) = match kind {
            Kind::Long => (
                "Holds one long connection in a task (generation B): heartbeats, and a pause that \
                 grows while reconnecting fails.",
                "用一个任务保持长连接（第二代接口）：定时心跳，重连失败时间隔逐渐加长。",
            ),
            Kind::Callbacks => (
                "Holds one long connection by callbacks (generation A): heartbeats, and a pause \
                 that grows while reconnecting fails.",
                "用回调保持长连接（第一代接口）：定时心跳，重连失败时间隔逐渐加长。",
            ),
            Kind::Short => (
                "Makes a connection for each report (generation B), and a pause that grows while \
                 that fails.",
                "每次上报建立一个连接（第二代接口），失败时间隔逐渐加长。",
            ),
            Kind::Transparent => (
                "Carries bytes between a serial port and a server (generation B), and keeps them \
                 while there is no connection.",
                "在串口与服务器之间透传（第二代接口），没有连接时保存数据。",
            ),
            Kind::Tls => (
                "Holds one long connection over TLS in a task (generation B): heartbeats, and a \
                 pause that grows while reconnecting fails.",
                "用一个任务保持 TLS 长连接（第二代接口）：定时心跳，重连失败时间隔逐渐加长。",
            ),
        };
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// A project was made.
    pub(crate) fn project_made(self, folder: &Path, next: &Next) -> String {
        let at = quoted(folder);
        let Next { about, flags, breaks: (file, line, broken) } = next;
        let file = folder.join(file);
        let file = file.display();
        self.pick(
            format!(
                "Made {at}. {about}\n\n\
                 Next:\n\
                 \x20 holdline test {at}\n\
                 \x20     proves it in virtual time: hours of faults take milliseconds\n\
                 \x20 holdline run {at}{flags} --lab\n\
                 \x20     runs it beside a server: a page shows both ends and breaks the line, until \
                 Ctrl-C\n\n\
                 See a test fail: in {file} change `{line}`\n\
                 into `{broken}`, and run the tests again. They tell the line, what was expected, \
                 what came,\nand what happened at both ends; `holdline test {at} --story` tells \
                 all of it.\nChange it back, and they pass.\n"
            ),
            format!(
                "已创建 {at}。{about}\n\n\
                 接下来：\n\
                 \x20 holdline test {at}\n\
                 \x20     在虚拟时间里验证：几小时的故障只要几毫秒\n\
                 \x20 holdline run {at}{flags} --lab\n\
                 \x20     在测试服务器旁边运行：网页显示线路的两端，还能制造故障；按 Ctrl-C 结束\n\n\
                 看看测试怎样失败：把 {file} 里的 `{line}`\n\
                 改成 `{broken}`，再运行测试。失败时会说明哪一行、期望什么、实际得到什么，\n\
                 以及两端发生了什么；`holdline test {at} --story` 显示全过程。改回来，测试就通过了。\n"
            ),
        )
    }

    /// An editor was told.
    pub(crate) fn editor_told(self, project: &Path, is_kept: bool) -> String {
        let (folder, settings) = (project.join(FOLDER), project.join(SETTINGS));
        let (folder, settings) = (folder.display(), settings.display());
        let made = self.pick(
            format!("{folder} has the definitions of every call, for the Lua extension (LuaLS)\n"),
            format!("{folder} 中已有所有接口的定义，供 Lua 扩展（LuaLS）使用\n"),
        );
        let kept = match is_kept {
            false => String::new(),
            true => self.pick(
                format!(
                    "{settings} was there and is kept: see that `workspace.library` in it has \
                     `{FOLDER}`,\nand that `runtime.version` is `Lua 5.1`\n"
                ),
                format!(
                    "{settings} 已经存在，没有改动：请确认其中 `workspace.library` 包含 `{FOLDER}`，\n\
                     并且 `runtime.version` 为 `Lua 5.1`\n"
                ),
            ),
        };
        made + &kept
    }

    /// A name that no project can have.
    pub(crate) fn bad_project_name(self, path: &Path) -> Problem {
        let name = path.file_name().unwrap_or(path.as_os_str()).display();
        Problem::with_hint(
            self.pick(
                format!("`{name}` is no name for a project"),
                format!("`{name}` 不能作为工程名"),
            ),
            self.pick(
                "a name begins with a letter and has letters, digits, `-` and `_`: `water_meter`; \
                 a module sends it with its requests"
                    .to_owned(),
                "名字以英文字母开头，只含英文字母、数字、`-` 和 `_`，如 `water_meter`；\
                 模块会在请求中使用它"
                    .to_owned(),
            ),
        )
    }

    /// A project's folder is there already.
    pub(crate) fn project_exists(self, folder: &Path) -> Problem {
        let at = quoted(folder);
        Problem::with_hint(
            self.pick(format!("{at} is there already"), format!("{at} 已经存在")),
            self.pick(
                format!(
                    "choose another name; nothing was changed. For a project that is there, \
                     `holdline editor {at}` writes what editors need"
                ),
                format!(
                    "请换一个名字；没有做任何改动。已有的工程可用 `holdline editor {at}` \
                     生成编辑器需要的定义"
                ),
            ),
        )
    }

    /// A project's folder would stand in one that is not there.
    pub(crate) fn no_folder_for_project(self, folder: &Path) -> Problem {
        let above = folder.parent().unwrap_or(folder).display();
        let (text, hint) = (
            self.pick(format!("there is no folder `{above}`"), format!("没有文件夹 `{above}`")),
            self.pick(
                format!("make it first, `mkdir -p {above}`, or choose another place"),
                format!("请先创建：`mkdir -p {above}`，或换一个位置"),
            ),
        );
        Problem::with_hint(text, hint)
    }

    /// A project's folder cannot be made.
    pub(crate) fn cannot_make_project(self, folder: &Path) -> Problem {
        let at = quoted(folder);
        Problem::with_hint(
            self.pick(format!("cannot make {at}"), format!("无法创建 {at}")),
            self.writable_place(),
        )
    }

    /// A project's file cannot be written.
    pub(crate) fn cannot_write_project_file(self, path: &Path) -> Problem {
        let path = path.display();
        Problem::with_hint(
            self.pick(format!("cannot write `{path}`"), format!("无法写入 `{path}`")),
            self.writable_place(),
        )
    }

    fn writable_place(self) -> String {
        self.pick(
            "choose a place that you may write and that has room".to_owned(),
            "请选择有写权限、空间足够的位置".to_owned(),
        )
    }

    /// A definition file that somebody else wrote.
    pub(crate) fn not_our_definitions(self, path: &Path) -> Problem {
        let path = path.display();
        Problem::with_hint(
            self.pick(
                format!("`{path}` was not written by Holdline, and is kept"),
                format!("`{path}` 不是 Holdline 生成的，没有覆盖"),
            ),
            self.pick(
                "move it elsewhere, then try again".to_owned(),
                "请把它移到别处，再试一次".to_owned(),
            ),
        )
    }

    /// There is no project for an editor to know.
    pub(crate) fn no_project_for_editor(self, folder: &Path) -> Problem {
        let folder = folder.display();
        Problem::with_hint(
            self.pick(
                format!("`{folder}` has no `main.lua`"),
                format!("`{folder}` 里没有 `main.lua`"),
            ),
            self.pick(
                "name a project's folder; `holdline new NAME` makes one".to_owned(),
                "请指定工程文件夹；`holdline new 名字` 可以新建一个".to_owned(),
            ),
        )
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-~+@,:".contains(c);
    match text.chars().all(is_plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
