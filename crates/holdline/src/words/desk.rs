//! What the lab's page tells of the device beside it.

use super::Lang;
use crate::commands::desk::{Line, Port, State, amount};
use crate::console::clean;
use crate::report::Problem;
use holdline_device::RestartCause;
use holdline_modem::{LineEnd, Status, UartId};
use holdline_peer::fault::Sentences;
use std::net::SocketAddr;
use std::time::Duration;

macro_rules! words {
    ($($name:ident: $en:literal | $zh:literal;)*) => {
        impl Lang {
            $(
                pub(crate) fn $name(self) -> &'static str {
                    match self {
                        Self::En => $en,
                        Self::Zh => $zh,
                    }
                }
            )*
        }
    };
}

words! {
    desk_device: "Device" | "设备";
    desk_network: "Network" | "网络";
    desk_sockets: "Sockets" | "连接";
    desk_timers: "Timers" | "定时器";
    desk_memory: "Memory" | "内存";
    desk_serial: "Serial ports" | "串口";
    desk_restarts: "Restarts" | "重启";
    desk_faults: "Faults" | "故障";
    desk_module: "module" | "模块";
    desk_up: "up" | "已运行";
    desk_no_power: "no power" | "没有供电";
    desk_sim: "SIM card" | "SIM 卡";
    desk_registered: "registered" | "已注册";
    desk_attached: "attached" | "已附着";
    desk_online: "has an address" | "已有地址";
    desk_flight_mode: "flight mode" | "飞行模式";
    desk_signal: "signal" | "信号";
    desk_in_use: "in use" | "占用";
    desk_running: "running" | "运行中";
    desk_files: "files" | "文件";
    desk_count: "so far" | "次数";
    faults_can_be_lifted: "DELETE /api/beside/faults takes them back" | "DELETE /api/beside/faults 可全部撤销";
}

impl Lang {
    /// What both languages say.
    pub(crate) fn both(say: impl Fn(Self) -> String) -> Sentences {
        Sentences { en: say(Self::En), zh: say(Self::Zh) }
    }

    /// Where the page is, and the port to which lines lead.
    pub(crate) fn beside_is_at(self, http: &str, led: &[(&str, SocketAddr)]) -> String {
        let led: Vec<_> = led.iter().map(|(kind, to)| format!("{kind} {to}")).collect();
        let [en, zh] = [led.join(", "), led.join("、")];
        self.pick(
            format!("the lab is open: {http}; the script's lines lead there: {en}"),
            format!("测试服务器已启动：{http}；脚本的连接转到这里：{zh}"),
        )
    }

    /// A flag says how a lab is that nobody has asked for.
    pub(crate) fn flag_of_lab(self, flag: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("`{flag}` is about a lab, and this run has none"),
                format!("`{flag}` 用于测试服务器，而这次运行没有开启"),
            ),
            self.pick(
                format!("add `--lab`, or leave `{flag}` out"),
                format!("加上 `--lab`，或去掉 `{flag}`"),
            ),
        )
    }

    /// The lab's store is in trouble, or well again.
    pub(crate) fn lab_trouble(self, why: Option<&str>) -> String {
        match why {
            Some(why) => self.pick(
                format!("the lab cannot keep what happens: {why}; it reads nothing until it can"),
                format!("测试服务器无法写入记录：{why}；在恢复之前不再接收数据"),
            ),
            None => self.pick(
                "the lab keeps what happens again".to_owned(),
                "测试服务器又能写入记录了".to_owned(),
            ),
        }
    }

    /// As many faults as there may be.
    pub(crate) fn faults_are_many(self, max: usize) -> String {
        self.pick(
            format!("{max} faults wait or stand, and no more may"),
            format!("已有 {max} 个等待或持续中的故障，不能再加"),
        )
    }

    pub(crate) fn desk_yes(self, is: bool) -> &'static str {
        match (self, is) {
            (Self::En, true) => "yes",
            (Self::En, false) => "no",
            (Self::Zh, true) => "是",
            (Self::Zh, false) => "否",
        }
    }

    pub(crate) fn desk_sim_is(self, status: &Status) -> &'static str {
        let (en, zh) = match status.sim_ready {
            _ if status.sim_locked => ("wants its PIN", "等待 PIN"),
            Some(true) => ("ready", "就绪"),
            Some(false) => ("none", "没有"),
            None => ("starting", "启动中"),
        };
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    pub(crate) fn desk_socket(self, number: u16) -> String {
        self.pick(format!("socket {number}"), format!("连接 {number}"))
    }

    pub(crate) fn desk_timer(self, number: u32) -> String {
        self.pick(format!("timer {number}"), format!("定时器 {number}"))
    }

    pub(crate) fn desk_in(self, left: Duration) -> String {
        let left = self.span(left);
        self.pick(format!("in {left}"), format!("{left}后"))
    }

    /// A length of time, to a tenth of a second where it is short.
    pub(crate) fn span(self, time: Duration) -> String {
        let seconds = time.as_secs();
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        match seconds {
            0..60 => {
                let tenths = format!("{}.{}", seconds, time.subsec_millis() / 100);
                self.pick(format!("{tenths} s"), format!("{tenths} 秒"))
            }
            60..3600 => self.pick(
                format!("{minutes} min {} s", seconds % 60),
                format!("{minutes} 分 {} 秒", seconds % 60),
            ),
            _ => {
                self.pick(format!("{hours} h {minutes} min"), format!("{hours} 小时 {minutes} 分"))
            }
        }
    }

    /// A line of a socket, with what waits for the script to read it.
    pub(crate) fn desk_line(self, line: &Line, unread: usize) -> String {
        let speech = line.speech.word();
        let (state, place) = (self.desk_state(line.state), &line.place);
        let bytes = format!("↓ {} ↑ {}", amount(line.received), amount(line.sent));
        let unread = match unread {
            0 => String::new(),
            unread => {
                let unread = amount(unread as u64);
                self.pick(format!(" · {unread} unread"), format!(" · {unread} 未读"))
            }
        };
        format!("{state} · {speech} {place} · {bytes}{unread}")
    }

    fn desk_state(self, state: State) -> &'static str {
        let (en, zh) = match state {
            State::Connecting => ("connecting", "连接中"),
            State::Connected => ("connected", "已连接"),
            State::Closing => ("closing", "关闭中"),
            State::Broken => ("broken off", "已中断"),
            State::Failed => ("not connected", "连接失败"),
            State::Ended(LineEnd::Closed) => ("closed by the server", "被服务器关闭"),
            State::Ended(LineEnd::Reset) => ("reset by the server", "被服务器重置"),
            State::Ended(LineEnd::TimedOut) => ("dead", "已断"),
        };
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    pub(crate) fn desk_port(self, port: UartId, what: &Port) -> String {
        let settings = what.settings.map_or_else(
            || self.pick("closed".to_owned(), "未打开".to_owned()),
            |settings| {
                self.pick(format!("{} baud", settings.baud), format!("波特率 {}", settings.baud))
            },
        );
        let mut told = format!("{settings} · ↓ {} ↑ {}", amount(what.received), amount(what.sent));
        if what.lost > 0 {
            let lost = amount(what.lost);
            told += &self.pick(format!(" · {lost} lost"), format!(" · 丢失 {lost}"));
        }
        if let Some(news) = &what.wire {
            told += &format!(" · {}", self.serial(port, news));
        }
        told
    }

    /// Why the device started anew, in a line.
    pub(crate) fn desk_cause(self, cause: &RestartCause) -> String {
        match cause {
            RestartCause::Asked(reason) => self.restart_asked(&clean(reason.as_bytes())),
            RestartCause::Error(error) => {
                let first = clean(error.lines().next().unwrap_or_default().as_bytes());
                self.pick(format!("script error: {first}"), format!("脚本出错：{first}"))
            }
            RestartCause::Stuck(stuck) => {
                let stuck = self.stuck(stuck.place.as_ref());
                self.pick(format!("{stuck}: it did not wait"), format!("脚本{stuck}：一直没有让出"))
            }
            RestartCause::SoftDog(period) => {
                let ms = period.as_millis();
                self.pick(
                    format!("the soft watchdog was not fed for {ms} ms"),
                    format!("软件看门狗 {ms} 毫秒没有喂"),
                )
            }
            RestartCause::Fault(words) => self.own_fault(words),
            RestartCause::PowerCut => self.pick("power cut".to_owned(), "断电".to_owned()),
        }
    }

    /// Whether a fault stands, or waits for its time.
    pub(crate) fn desk_stands(self, stands: bool) -> &'static str {
        match (self, stands) {
            (Self::En, true) => "stands",
            (Self::En, false) => "waits",
            (Self::Zh, true) => "持续中",
            (Self::Zh, false) => "等待中",
        }
    }
}
