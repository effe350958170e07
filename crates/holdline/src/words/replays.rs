//! Runs put to a script again.

use super::Lang;
use crate::events::{Fault, Unreadable, VERSION};
use crate::report::Problem;
use holdline_device::Instant;
use std::path::Path;

impl Lang {
    /// A file of the project is not what it was in the run.
    pub(crate) fn file_changed(self, name: &str, was: bool, is: bool) -> String {
        match (was, is) {
            (true, false) => self.pick(
                format!("`{name}` was there in the run, and is not now"),
                format!("运行时有 `{name}`，现在没有"),
            ),
            (false, true) => self.pick(
                format!("`{name}` is there now, and was not in the run"),
                format!("现在有 `{name}`，运行时没有"),
            ),
            (_, _) => self.pick(
                format!("`{name}` has changed since the run"),
                format!("`{name}` 在运行之后改过"),
            ),
        }
    }

    /// Another Holdline has made the file.
    pub(crate) fn other_holdline(self, then: &str, now: &str) -> String {
        self.pick(
            format!("the run was of Holdline {then}, and this is {now}: it may be what differs"),
            format!("运行用的是 Holdline {then}，现在是 {now}，差别可能由此而来"),
        )
    }

    /// The file does not tell how the run ended.
    pub(crate) fn run_was_cut_off(self) -> &'static str {
        match self {
            Self::En => "the run did not end in order; what it told until then is replayed",
            Self::Zh => "那次运行没有正常结束，只重放它写下的部分",
        }
    }

    /// All was the same.
    pub(crate) fn no_difference(self, until: Instant, facts: u64, orders: u64) -> String {
        self.pick(
            format!("no difference until {until}: {facts} facts, {orders} orders"),
            format!("到 {until} 为止没有差别：{facts} 个事实，{orders} 个命令"),
        )
    }

    /// Something was not the same; what came before follows.
    pub(crate) fn first_difference(self, at: Instant, line: usize) -> String {
        self.pick(
            format!("first difference at {at}, line {line} of the event file, after"),
            format!("第一处差别在 {at}，事件文件第 {line} 行，之前是"),
        )
    }

    /// The label of what the run did.
    pub(crate) fn the_run(self) -> &'static str {
        match self {
            Self::En => "the run:",
            Self::Zh => "那次运行：",
        }
    }

    /// The label of what the script does.
    pub(crate) fn the_script_now(self) -> &'static str {
        match self {
            Self::En => "now:    ",
            Self::Zh => "现在：    ",
        }
    }

    /// No order.
    pub(crate) fn nothing(self) -> String {
        self.pick("nothing at this point".to_owned(), "此处什么都没做".to_owned())
    }

    /// The event file cannot be opened for reading.
    pub(crate) fn cannot_read_events(self, path: &Path) -> Problem {
        let path = path.display();
        Problem::with_hint(
            self.pick(
                format!("cannot read the event file `{path}`"),
                format!("读不到事件文件 `{path}`"),
            ),
            self.event_file_form(),
        )
    }

    /// A line is about a device that is not powered on, or is so twice.
    pub(crate) fn wrong_device(self, path: &Path, line: usize) -> Problem {
        let path = path.display();
        Problem::with_hint(
            self.pick(
                format!("{path}:{line}: the device of this event was not powered on once before"),
                format!("{path}:{line}：此前这个设备没有开机，或开机了两次"),
            ),
            self.event_file_form(),
        )
    }

    /// The event file tells of no device.
    pub(crate) fn nothing_to_replay(self, path: &Path) -> Problem {
        let path = path.display();
        Problem::with_hint(
            self.pick(
                format!(
                    "{path}: no device was powered on in this file: there is nothing to replay"
                ),
                format!("{path}：文件里没有设备开机，没有可以重放的内容"),
            ),
            self.event_file_form(),
        )
    }

    /// A line of the event file cannot be read.
    pub(crate) fn unreadable_event(self, path: &Path, (line, why): &Fault) -> Problem {
        let (en, zh) = match why {
            Unreadable::Read(error) => {
                (format!("cannot be read: {error}"), format!("读取失败：{error}"))
            }
            Unreadable::CutOff => {
                ("the file ends in the middle of this line".into(), "文件在这一行中间断了".into())
            }
            Unreadable::NotJson(words) => (
                format!("this line is no JSON object: {words}"),
                format!("这一行不是 JSON 对象：{words}"),
            ),
            Unreadable::NoHead => (
                format!(
                    "the file has no first line that tells of the run, so it is older than version {VERSION} of the form"
                ),
                format!("文件没有说明运行情况的第一行，是第 {VERSION} 版之前的格式"),
            ),
            Unreadable::NotEvents => ("this is no event file".into(), "这不是事件文件".into()),
            Unreadable::Version(version) => (
                format!(
                    "the file is of version {version} of the form, and this Holdline reads version {VERSION}"
                ),
                format!("文件是第 {version} 版格式，这个 Holdline 只读第 {VERSION} 版"),
            ),
            Unreadable::Field(field) => (
                format!("`{field}` is missing here, or makes no sense"),
                format!("缺少 `{field}`，或它的值没有意义"),
            ),
            Unreadable::UnknownFact(name) => {
                (format!("there is no fact `{name}`"), format!("没有名为 `{name}` 的事实"))
            }
        };
        let path = path.display();
        let hint = match why {
            Unreadable::CutOff => self.pick(
                "the run was killed while it wrote: take the last line out, and what is before it is replayed".to_owned(),
                "运行在写这一行时被杀：删去最后一行，就可以重放前面的部分".to_owned(),
            ),
            Unreadable::Version(_) | Unreadable::NoHead => self.pick(
                "record the run again with this Holdline: holdline run --events FILE PROJECT".to_owned(),
                "请用这个 Holdline 重新记录：holdline run --events 文件 工程目录".to_owned(),
            ),
            Unreadable::Read(_)
            | Unreadable::NotJson(_)
            | Unreadable::NotEvents
            | Unreadable::Field(_)
            | Unreadable::UnknownFact(_) => self.event_file_form(),
        };
        Problem::with_hint(
            self.pick(format!("{path}:{line}: {en}"), format!("{path}:{line}：{zh}")),
            hint,
        )
    }

    fn event_file_form(self) -> String {
        self.pick(
            "name a file that `holdline run --events FILE` wrote, as it wrote it".to_owned(),
            "请指定由 `holdline run --events 文件` 写出、未经改动的文件".to_owned(),
        )
    }
}
