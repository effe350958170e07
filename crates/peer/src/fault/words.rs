//! Every word for a trouble, with what it does in one line.

use super::Trouble::*;
use super::{TlsTrouble, Trouble, Ways};
use alloc::format;
use alloc::string::String;
use core::time::Duration;

/// A word for a trouble.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word itself, in lower case, as faults are printed.
    pub words: &'static str,
    /// The trouble, and which value follows the word.
    pub make: Make,
    /// Who commits it.
    pub who: Who,
    /// What it does, in English.
    pub en: &'static str,
    /// What it does, in Chinese.
    pub zh: &'static str,
}

/// How a word becomes a trouble.
#[derive(Clone, Copy, Debug)]
pub enum Make {
    /// The word alone.
    Plain(Trouble),
    /// A duration follows.
    Time(fn(Duration) -> Trouble),
    /// A number follows.
    Number(fn(u64) -> Trouble),
}

/// Who commits a trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The server: it can tell connects, bytes and messages.
    Server,
    /// What lies between device and server.
    Line,
    /// The module.
    Module,
}

/// What follows a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    None,
    Time(Duration),
    Number(u64),
}

impl Value {
    pub(super) const fn is_nothing(self) -> bool {
        match self {
            Self::None => false,
            Self::Time(time) => time.is_zero(),
            Self::Number(number) => number == 0,
        }
    }
}

impl Word {
    /// The trouble, with the least of a value where one follows the word.
    pub fn trouble(&self) -> Trouble {
        match self.make {
            Make::Plain(trouble) => trouble,
            Make::Time(make) => make(Duration::from_micros(1)),
            Make::Number(make) => make(1),
        }
    }

    /// The word with what follows it, as in `latency DURATION`.
    pub fn form(&self) -> String {
        let value = match self.make {
            Make::Plain(_) => "",
            Make::Time(_) => " DURATION",
            Make::Number(_) => " N",
        };
        format!("{}{value}", self.words)
    }
}

impl Trouble {
    /// The word that makes it.
    pub fn word(self) -> &'static Word {
        let is_made = |word: &&Word| match (word.make, self.value()) {
            (Make::Plain(trouble), Value::None) => trouble == self,
            (Make::Time(make), Value::Time(time)) => make(time) == self,
            (Make::Number(make), Value::Number(number)) => make(number) == self,
            (Make::Plain(_) | Make::Time(_) | Make::Number(_), _) => false,
        };
        WORDS.iter().find(is_made).expect("`WORDS` has a word for every trouble")
    }

    pub(super) fn value(self) -> Value {
        match self {
            Latency(time) | Jitter(time) | Merge(time) | NatIdle(time) | NameSlow(time) => {
                Value::Time(time)
            }
            Rate(number) => Value::Number(number),
            Split(size) => Value::Number(size as u64),
            Refuse | Silent | Close | Reset | Down | Restart | Tls(_) | HalfOpen | BlackHole(_)
            | NameNotFound | NameChanged | PdpLost | RegistrationLost | WeakSignal | SimOut
            | SimPin | SimArrears | FlightMode | UartNoise | UartOverrun | FlashFull | PowerCut => {
                Value::None
            }
        }
    }
}

/// Every word, in the order of the lists that people are shown: those of the server, of the line,
/// of the module.
pub const WORDS: &[Word] = &[
    server(
        "refuse",
        Make::Plain(Refuse),
        ["connects are refused, as if nobody listened", "拒绝连接，就像没有人在监听"],
    ),
    server(
        "silent",
        Make::Plain(Silent),
        ["takes bytes and says nothing", "收下数据，但什么都不回"],
    ),
    server(
        "close",
        Make::Plain(Close),
        ["closes the connection in the regular way (FIN)", "正常关闭连接（FIN）"],
    ),
    server("reset", Make::Plain(Reset), ["breaks the connection (RST)", "强行断开连接（RST）"]),
    server(
        "server down",
        Make::Plain(Down),
        [
            "the server's process is killed: lines are closed, connects are refused",
            "服务器进程被杀：已有连接被关闭，新连接被拒绝",
        ],
    ),
    server(
        "server restart",
        Make::Plain(Restart),
        ["the server's process is killed and back at once", "服务器进程被杀后立刻重启"],
    ),
    server(
        "tls expired",
        Make::Plain(Tls(TlsTrouble::Expired)),
        ["the certificate has expired", "证书已过期"],
    ),
    server(
        "tls not yet valid",
        Make::Plain(Tls(TlsTrouble::NotYetValid)),
        ["the certificate is not valid yet", "证书尚未生效"],
    ),
    server(
        "tls wrong name",
        Make::Plain(Tls(TlsTrouble::WrongName)),
        ["the certificate is for another name", "证书上的名字不对"],
    ),
    server(
        "tls self signed",
        Make::Plain(Tls(TlsTrouble::SelfSigned)),
        ["the certificate vouches for itself", "证书是自签名的"],
    ),
    server(
        "tls unknown issuer",
        Make::Plain(Tls(TlsTrouble::UnknownIssuer)),
        ["the certificate is from an issuer that nobody trusts", "证书的签发者不受信任"],
    ),
    server(
        "tls issuer missing",
        Make::Plain(Tls(TlsTrouble::IssuerMissing)),
        ["the server leaves out the certificate of its issuer", "服务器没有发中间证书"],
    ),
    server(
        "tls wants client certificate",
        Make::Plain(Tls(TlsTrouble::WantsClientCertificate)),
        ["the server asks for a certificate of the device", "服务器要求设备出示证书"],
    ),
    server(
        "tls refuses client certificate",
        Make::Plain(Tls(TlsTrouble::RefusesClientCertificate)),
        ["the server does not take the device's certificate", "服务器不接受设备的证书"],
    ),
    server(
        "tls version refused",
        Make::Plain(Tls(TlsTrouble::VersionRefused)),
        ["no version of TLS that both speak", "双方没有共同的 TLS 版本"],
    ),
    server(
        "tls cipher refused",
        Make::Plain(Tls(TlsTrouble::CipherRefused)),
        ["no cipher that both have", "双方没有共同的加密套件"],
    ),
    server(
        "tls not tls",
        Make::Plain(Tls(TlsTrouble::NotTls)),
        ["what listens there does not speak TLS", "对方端口不是 TLS"],
    ),
    server(
        "tls cut off",
        Make::Plain(Tls(TlsTrouble::CutOff)),
        ["the server hangs up in the middle of the handshake", "握手到一半服务器断开"],
    ),
    line(
        "half open",
        Make::Plain(HalfOpen),
        [
            "the server's machine was replaced: existing lines are dead and nobody says so, new ones work",
            "服务器换了机器：旧连接已死但没有人通知，新连接正常",
        ],
    ),
    line(
        "black hole",
        Make::Plain(BlackHole(Ways::Both)),
        ["packets vanish in both directions, and nobody is told", "双向数据包悄悄消失"],
    ),
    line(
        "black hole up",
        Make::Plain(BlackHole(Ways::Up)),
        ["what the device sends vanishes", "设备发出的数据包悄悄消失"],
    ),
    line(
        "black hole down",
        Make::Plain(BlackHole(Ways::Down)),
        ["what is sent to the device vanishes", "发给设备的数据包悄悄消失"],
    ),
    line("latency", Make::Time(Latency), ["a packet takes so long", "每个数据包要走这么久"]),
    line(
        "jitter",
        Make::Time(Jitter),
        [
            "a packet takes up to so much longer, each another time",
            "每个数据包随机多走一段时间，最多这么久",
        ],
    ),
    line(
        "rate",
        Make::Number(Rate),
        ["so many bytes a second get through", "每秒最多通过这么多字节"],
    ),
    line(
        "split",
        Make::Number(|n| Split(usize::try_from(n).unwrap_or(usize::MAX))),
        ["segments have at most so many bytes", "数据被拆成最多这么多字节的小段"],
    ),
    line(
        "merge",
        Make::Time(Merge),
        [
            "what is sent within so much time arrives as one segment",
            "这段时间内发出的数据合成一段到达（粘包）",
        ],
    ),
    line(
        "nat idle",
        Make::Time(NatIdle),
        [
            "a line that is idle for so long is forgotten by what stands between",
            "空闲这么久的连接被中间设备忘掉（NAT 超时）",
        ],
    ),
    line(
        "name not found",
        Make::Plain(NameNotFound),
        ["names have no address", "域名解析不到地址"],
    ),
    line(
        "name slow",
        Make::Time(NameSlow),
        ["the answer to a name takes so long", "域名解析要等这么久"],
    ),
    line(
        "name changed",
        Make::Plain(NameChanged),
        [
            "names lead to another address, where nobody listens",
            "域名指向了另一个地址，那里没有人监听",
        ],
    ),
    module(
        "pdp lost",
        Make::Plain(PdpLost),
        ["the network takes the module's address back", "网络收回模块的 IP 地址（PDP 去激活）"],
    ),
    module(
        "registration lost",
        Make::Plain(RegistrationLost),
        ["no network takes the module", "模块掉网，注册不上"],
    ),
    module("weak signal", Make::Plain(WeakSignal), ["the signal is weak", "信号很弱"]),
    module("sim out", Make::Plain(SimOut), ["the SIM card is out of its slot", "SIM 卡被拔出"]),
    module("sim pin", Make::Plain(SimPin), ["the SIM card wants its PIN", "SIM 卡要求输入 PIN 码"]),
    module(
        "sim arrears",
        Make::Plain(SimArrears),
        [
            "the SIM card is not paid for: the network gives no address",
            "SIM 卡欠费：网络不分配地址",
        ],
    ),
    module(
        "flight mode",
        Make::Plain(FlightMode),
        ["the module is in flight mode", "模块处于飞行模式"],
    ),
    module(
        "uart noise",
        Make::Plain(UartNoise),
        ["bytes on the serial wires are changed", "串口线上有干扰，字节出错"],
    ),
    module(
        "uart overrun",
        Make::Plain(UartOverrun),
        ["a serial port loses bytes because nobody read them in time", "串口来不及读，丢了数据"],
    ),
    module(
        "flash full",
        Make::Plain(FlashFull),
        ["the file system has no room left", "文件系统没有空间了"],
    ),
    module(
        "power cut",
        Make::Plain(PowerCut),
        [
            "the module loses its power, and starts again when it is back",
            "模块断电，来电后重新启动",
        ],
    ),
];

const fn server(words: &'static str, make: Make, [en, zh]: [&'static str; 2]) -> Word {
    Word { words, make, who: Who::Server, en, zh }
}

const fn line(words: &'static str, make: Make, [en, zh]: [&'static str; 2]) -> Word {
    Word { words, make, who: Who::Line, en, zh }
}

const fn module(words: &'static str, make: Make, [en, zh]: [&'static str; 2]) -> Word {
    Word { words, make, who: Who::Module, en, zh }
}
