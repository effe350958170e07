//! The virtual world of a run.

use super::Lang;
use crate::report::Problem;
use holdline_peer::fault::FaultError;

/// Why a flag has no place in the world that a run is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrongWorld {
    /// Real sockets keep real time.
    RealTime,
    /// On real sockets the servers are real.
    RealServers,
    /// The virtual world has no real sockets.
    NoSockets,
    /// The virtual world has no real serial wires.
    NoWires,
    /// The virtual world has no real certificates.
    NoCertificates,
}

impl Lang {
    /// A flag has no place in the world that the run is in.
    pub(crate) fn wrong_world(self, flag: &str, why: WrongWorld) -> Problem {
        let (en, zh) = match why {
            WrongWorld::RealTime => (
                "real sockets keep real time: no server waits or hurries for us",
                "真实的套接字只按真实时间走，服务器不会跟着变快或变慢",
            ),
            WrongWorld::RealServers => (
                "on real sockets the servers are those that the script dials",
                "使用真实套接字时，服务器就是脚本所连的那些",
            ),
            WrongWorld::NoSockets => (
                "nothing leaves the virtual world: it has no real sockets",
                "虚拟世界里没有真实的套接字，什么都不会发出去",
            ),
            WrongWorld::NoWires => (
                "a real serial wire keeps real time, and the virtual world has none",
                "真实的串口按真实时间走，虚拟世界里没有",
            ),
            WrongWorld::NoCertificates => (
                "no certificate is made or looked at in the virtual world",
                "虚拟世界里不产生也不检查证书",
            ),
        };
        let hint = match why {
            WrongWorld::RealTime | WrongWorld::RealServers => self.pick(
                format!("add `--virtual`, or leave `{flag}` out"),
                format!("加上 `--virtual`，或去掉 `{flag}`"),
            ),
            WrongWorld::NoSockets | WrongWorld::NoWires | WrongWorld::NoCertificates => self.pick(
                format!("leave `--virtual` out, or `{flag}`"),
                format!("去掉 `--virtual`，或去掉 `{flag}`"),
            ),
        };
        let text = match why {
            WrongWorld::RealTime | WrongWorld::RealServers => self.pick(
                format!("`{flag}` needs the virtual world: {en}"),
                format!("`{flag}` 只能用于虚拟世界：{zh}"),
            ),
            WrongWorld::NoSockets | WrongWorld::NoWires | WrongWorld::NoCertificates => self.pick(
                format!("`{flag}` needs the real world: {en}"),
                format!("`{flag}` 只能用于真实世界：{zh}"),
            ),
        };
        Problem::with_hint(text, hint)
    }

    /// A fault begins, or is over.
    pub(crate) fn fault_news(self, begins: bool, words: &str) -> String {
        match begins {
            true => self.pick(format!("fault: {words}"), format!("故障：{words}")),
            false => self.pick(format!("fault over: {words}"), format!("故障结束：{words}")),
        }
    }

    /// The script waits for what will not come.
    pub(crate) fn nothing_will_happen(self) -> &'static str {
        match self {
            Self::En => {
                "nothing will happen any more: the script waits without a timer, and no server \
                 speaks first. The run ends"
            }
            Self::Zh => "不会再发生任何事：脚本在等待，没有定时器，也没有服务器会先说话。运行结束",
        }
    }

    /// Not a fault.
    pub(super) fn fault_mistake(self, error: &FaultError) -> (String, String) {
        let (what, hint) = (error.what(), error.hint());
        (self.pick(what.en, what.zh), self.pick(hint.en, hint.zh))
    }

    /// Not a pace.
    pub(super) fn speed_mistake(self, given: &str) -> (String, String) {
        (
            self.pick(format!("`{given}` is not a speed"), format!("`{given}` 不是速度")),
            self.pick(
                "write how many times as fast as real time, up to 1000000, or `max`: `60`, `0.5`, \
                 `max`"
                    .to_owned(),
                "写真实时间的倍数（最大 1000000）或 `max`，如 `60`、`0.5`、`max`".to_owned(),
            ),
        )
    }

    /// Not a virtual server.
    pub(super) fn virtual_server_mistake(self, given: &str) -> (String, String) {
        (
            self.pick(
                format!("`{given}` is not a virtual server"),
                format!("`{given}` 不是虚拟服务器"),
            ),
            self.pick(
                "write PORT for a server that says nothing, or PORT=echo: `9999`, `9999=echo`"
                    .to_owned(),
                "写 端口（只收不回）或 端口=echo（原样返回），如 `9999`、`9999=echo`".to_owned(),
            ),
        )
    }
}
