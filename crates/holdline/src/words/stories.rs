//! What happened in a test's world.

use super::Lang;
use crate::console::clean;
use crate::report::Problem;
use crate::testing::story::{Actor, Closer, What};
use holdline_device::RestartCause;
use std::path::Path;

impl Lang {
    /// The heads of the table of all that happened.
    pub(crate) fn heads_of_story(self) -> [&'static str; 4] {
        match self {
            Self::En => ["time", "device", "line", "server"],
            Self::Zh => ["时间", "设备", "连接", "服务器"],
        }
    }

    /// Rows of a story that are not shown.
    pub(crate) fn rows_not_shown(self, rows: usize) -> String {
        self.pick(format!("... {rows} more"), format!("... 省略 {rows} 行"))
    }

    /// Why a device of a test started anew.
    pub(crate) fn restarted(self, cause: &RestartCause) -> String {
        match cause {
            RestartCause::Asked(reason) => self.restart_asked(reason),
            RestartCause::Error(text) => {
                format!("{} {}", self.script_failed(), text.lines().next().unwrap_or_default())
            }
            RestartCause::Stuck(stuck) => self.script_stuck(stuck),
            RestartCause::SoftDog(period) => self.soft_dog_bites(*period),
            RestartCause::PowerCut => self.power_cut(),
            RestartCause::Fault(words) => self.own_fault(words),
        }
    }

    /// A report of tests cannot be written.
    pub(crate) fn cannot_write_report(self, path: &Path) -> Problem {
        let path = path.display();
        Problem::with_hint(
            self.pick(
                format!("cannot write the report `{path}`"),
                format!("无法写入报告 `{path}`"),
            ),
            self.pick(
                "name a file in a folder that exists and that you may write".to_owned(),
                "请指定已有且可写的文件夹中的文件".to_owned(),
            ),
        )
    }

    /// Somebody to whom things happen.
    pub(crate) fn actor(self, actor: &Actor) -> String {
        match actor {
            Actor::World => self.pick("world".to_owned(), "世界".to_owned()),
            Actor::Device(number) => {
                self.pick(format!("device {number}"), format!("设备 {number}"))
            }
            Actor::Server { host: None, port } => {
                self.pick(format!("server :{port}"), format!("服务器 :{port}"))
            }
            Actor::Server { host: Some(host), port } => {
                let host = clean(host.as_bytes());
                self.pick(format!("server {host}:{port}"), format!("服务器 {host}:{port}"))
            }
        }
    }

    /// What happened, to whom it happened.
    pub(crate) fn happened(self, what: &What) -> String {
        let said = |text: &String| clean(text.as_bytes());
        let (en, zh) = match what {
            What::PoweredOn => ("powered on".to_owned(), "开机".to_owned()),
            What::Restarting(why) => {
                let why = said(&why.text);
                (format!("restarts: {why}"), format!("重启：{why}"))
            }
            What::PoweredOff => ("powered off".to_owned(), "关机".to_owned()),
            What::Online => ("network ready".to_owned(), "网络就绪".to_owned()),
            What::Offline => ("network lost".to_owned(), "网络断开".to_owned()),
            What::Log(bytes) => return clean(bytes.strip_suffix(b"\n").unwrap_or(bytes)),
            What::Notice(told) => return said(&told.text),
            What::UartSent { port, bytes } => {
                let bytes = quoted(bytes);
                (format!("{port} writes {bytes}"), format!("{port} 写出 {bytes}"))
            }
            What::UartReceived { port, bytes } => {
                let bytes = quoted(bytes);
                (format!("{port} hears {bytes}"), format!("{port} 收到 {bytes}"))
            }
            What::FaultBegan(words) => {
                let words = said(words);
                (format!("fault: {words}"), format!("故障：{words}"))
            }
            What::FaultEnded(words) => {
                let words = said(words);
                (format!("fault over: {words}"), format!("故障结束：{words}"))
            }
            What::Expected { words, held: true } => {
                let words = said(words);
                (format!("holds: {words}"), format!("成立：{words}"))
            }
            What::Expected { words, held: false } => {
                let words = said(words);
                (format!("does not hold: {words}"), format!("不成立：{words}"))
            }
            What::Dialled { .. }
            | What::Connected { .. }
            | What::ConnectFailed { .. }
            | What::Ended { .. }
            | What::Closed { .. }
            | What::BrokenOff { .. }
            | What::Sent { .. }
            | What::Received { .. }
            | What::Refused { .. }
            | What::Accepted { .. }
            | What::ServerReceived { .. }
            | What::ServerSent { .. }
            | What::ServerClosed { .. } => return self.happened_on_line(what),
        };
        self.pick(en, zh)
    }

    /// What happened on a line, at either end; nothing for all else.
    fn happened_on_line(self, what: &What) -> String {
        let said = |text: &String| clean(text.as_bytes());
        let (en, zh) = match what {
            What::Dialled { to, .. } => {
                let to = said(to);
                (format!("dials {to}"), format!("连接 {to}"))
            }
            What::Connected { .. } => ("connected".to_owned(), "已连接".to_owned()),
            What::ConnectFailed { why, .. } => {
                let why = said(why);
                (format!("not connected: {why}"), format!("连接失败：{why}"))
            }
            What::Ended { how, .. } => {
                let how = said(how);
                (format!("line lost: {how}"), format!("连接断开：{how}"))
            }
            What::Closed { .. } => ("closed".to_owned(), "已关闭".to_owned()),
            What::BrokenOff { .. } => ("line broken off".to_owned(), "连接中断".to_owned()),
            What::Sent { bytes, .. } | What::ServerSent { bytes, .. } => {
                let bytes = quoted(bytes);
                (format!("sends {bytes}"), format!("发送 {bytes}"))
            }
            What::Received { bytes, .. } | What::ServerReceived { bytes, .. } => {
                let bytes = quoted(bytes);
                (format!("hears {bytes}"), format!("收到 {bytes}"))
            }
            What::Refused { conn } => {
                let conn = conn.0;
                (format!("refuses #{conn}"), format!("拒绝 #{conn}"))
            }
            What::Accepted { conn } => {
                let conn = conn.0;
                (format!("accepts #{conn}"), format!("接受 #{conn}"))
            }
            What::ServerClosed { conn, by } => {
                let conn = conn.0;
                match by {
                    Closer::Device => {
                        (format!("#{conn} ended by the device"), format!("#{conn} 被设备断开"))
                    }
                    Closer::Server => (format!("closes #{conn}"), format!("关闭 #{conn}")),
                    Closer::ServerReset => (format!("resets #{conn}"), format!("重置 #{conn}")),
                }
            }
            What::PoweredOn
            | What::Restarting(_)
            | What::PoweredOff
            | What::Online
            | What::Offline
            | What::Log(_)
            | What::Notice(_)
            | What::UartSent { .. }
            | What::UartReceived { .. }
            | What::FaultBegan(_)
            | What::FaultEnded(_)
            | What::Expected { .. } => return String::new(),
        };
        self.pick(en, zh)
    }
}

/// Bytes as a Lua string would be written, with what is no text by its number.
fn quoted(bytes: &[u8]) -> String {
    let text = clean(bytes).replace("\\x0D", "\\r").replace("\\x0A", "\\n").replace('\t', "\\t");
    format!("\"{text}\"")
}
