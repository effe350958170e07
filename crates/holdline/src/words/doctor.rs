//! What `holdline doctor` found, step by step.

use super::Lang;
use crate::doctor::{Answer, CallFailure, Finding, Greeting, Idle, NameFailure, Scope, Speaks};
use std::fmt::Display;
use std::net::IpAddr;

impl Lang {
    /// The label of a finding's step.
    pub(crate) fn step(self, finding: &Finding) -> &'static str {
        let (en, zh) = match finding {
            Finding::Name { .. } | Finding::NameFailed { .. } => ("name", "域名"),
            Finding::OnlyIpv6 { .. } | Finding::Scope { .. } => ("address", "地址"),
            Finding::Connected { .. } | Finding::NotConnected { .. } => ("connect", "连接"),
            Finding::Greeting { .. } => ("listen", "倾听"),
            Finding::Speaks { .. } | Finding::Answer { .. } => ("ask", "询问"),
            Finding::Idle(_) => ("idle", "静默"),
            Finding::Certificate(_) => ("shows", "证书"),
            Finding::Verified { .. } | Finding::NotVerified { .. } | Finding::NotJudged { .. } => {
                ("trust", "信任")
            }
            Finding::Handshake { .. }
            | Finding::HandshakeFailed { .. }
            | Finding::ClientCertificate { .. }
            | Finding::Tls12 { .. } => ("tls", "TLS"),
        };
        self.either(en, zh)
    }

    /// A finding in one line.
    pub(crate) fn finding(self, finding: &Finding) -> String {
        match finding {
            Finding::Name { host, addresses, took_ms } => {
                let list = joined(addresses);
                let both =
                    addresses.iter().any(IpAddr::is_ipv4) && addresses.iter().any(IpAddr::is_ipv6);
                let note = match both {
                    true => self.either("; a module uses IPv4", "；模块使用 IPv4"),
                    false => "",
                };
                self.pick(
                    format!("`{host}` is {list} ({took_ms} ms){note}"),
                    format!("`{host}` 是 {list}（{took_ms} 毫秒）{note}"),
                )
            }
            Finding::NameFailed { host, why, took_ms } => self.name_failed(host, *why, *took_ms),
            Finding::OnlyIpv6 { host } => self.pick(
                format!("`{host}` has IPv6 addresses only; modules use IPv4"),
                format!("`{host}` 只有 IPv6 地址，而模块使用 IPv4"),
            ),
            Finding::Scope { address, scope, .. } => {
                let place = self.scope(*scope);
                self.pick(format!("{address} is {place}"), format!("{address} 是{place}"))
            }
            Finding::Connected { address, took_ms } => self.pick(
                format!("{address} answered after {took_ms} ms"),
                format!("{address} 在 {took_ms} 毫秒后接受连接"),
            ),
            Finding::NotConnected { address, why, took_ms } => {
                let why = self.call_failure(*why);
                self.pick(
                    format!("{address}: {why} (after {took_ms} ms)"),
                    format!("{address}：{why}（{took_ms} 毫秒后）"),
                )
            }
            Finding::Greeting { greeting, listened_ms, .. } => {
                self.greeting(greeting, *listened_ms)
            }
            Finding::Speaks { speaks, .. } => self.speaks(*speaks),
            Finding::Answer { answer, .. } => self.answer(answer),
            Finding::Idle(idle) => self.idle(idle),
            Finding::Handshake { .. }
            | Finding::HandshakeFailed { .. }
            | Finding::Certificate(_)
            | Finding::Verified { .. }
            | Finding::NotVerified { .. }
            | Finding::NotJudged { .. }
            | Finding::ClientCertificate { .. }
            | Finding::Tls12 { .. } => self.handshake(finding),
        }
    }

    fn name_failed(self, host: &str, why: NameFailure, took_ms: u64) -> String {
        match why {
            NameFailure::Unknown => self.pick(
                format!("there is no `{host}` ({took_ms} ms)"),
                format!("找不到 `{host}`（{took_ms} 毫秒）"),
            ),
            NameFailure::NotAsked => self.pick(
                format!("no name server told about `{host}` ({took_ms} ms)"),
                format!("没有域名服务器答复 `{host}`（{took_ms} 毫秒）"),
            ),
        }
    }

    fn scope(self, scope: Scope) -> &'static str {
        let (en, zh) = match scope {
            Scope::Public => ("a public address", "公网地址"),
            Scope::Loopback => (
                "this machine itself; on a module it is the module itself",
                "本机；在模块上则是模块自己",
            ),
            Scope::Private => (
                "a private address; a module on the mobile network is outside of that network",
                "内网地址；模块在移动网络上，不在这个内网里",
            ),
            Scope::CarrierNat => {
                ("behind an operator's translation (100.64/10)", "运营商内部的地址（100.64/10）")
            }
            Scope::LinkLocal => {
                ("an address that holds on one cable only", "链路本地地址，只在同一段网线上有效")
            }
            Scope::Documentation => {
                ("an address for examples; nobody has it", "文档示例用的地址，没有主机使用")
            }
            Scope::Unspecified => (
                "no address: a server listens on it, nobody connects to it",
                "空地址：服务器可以监听它，但不能连接它",
            ),
            Scope::Multicast => ("an address of a group, not of a server", "组播地址，不是服务器"),
            Scope::Reserved => ("a reserved address; nobody has it", "保留地址，没有主机使用"),
        };
        self.either(en, zh)
    }

    fn call_failure(self, why: CallFailure) -> &'static str {
        let (en, zh) = match why {
            CallFailure::Refused => ("refused", "被拒绝"),
            CallFailure::Reset => ("taken, and reset at once", "接受后立即被重置"),
            CallFailure::TimedOut => ("no answer", "没有回应"),
            CallFailure::HostUnreachable => ("no way to this host", "到不了这台主机"),
            CallFailure::NoNetwork => ("this machine has no way out", "本机没有通向那里的网络"),
            CallFailure::NotAllowed => {
                ("this machine does not let the connection out", "本机禁止发出这个连接")
            }
            CallFailure::Local => ("this machine could not even try", "本机资源不足，无法尝试"),
        };
        self.either(en, zh)
    }

    fn greeting(self, greeting: &Greeting, listened_ms: u64) -> String {
        match greeting {
            Greeting::Silent => self.pick(
                format!("the server waits for the first word ({listened_ms} ms of silence)"),
                format!("服务器等对方先说话（静默 {listened_ms} 毫秒）"),
            ),
            Greeting::Closed { after_ms } => self.pick(
                format!("the server took the connection and closed it after {after_ms} ms"),
                format!("服务器接受连接，{after_ms} 毫秒后又关闭"),
            ),
            Greeting::Reset { after_ms } => self.pick(
                format!("the connection was reset after {after_ms} ms"),
                format!("连接在 {after_ms} 毫秒后被重置"),
            ),
            Greeting::Spoke { text, speaks } => {
                let kind = self.speaks(*speaks);
                self.pick(
                    format!("the server speaks first: `{text}`; {kind}"),
                    format!("服务器先说话：`{text}`；{kind}"),
                )
            }
        }
    }

    fn speaks(self, speaks: Speaks) -> String {
        let (en, zh) = match speaks {
            Speaks::Tls => ("this port wants TLS", "这个端口要求 TLS"),
            Speaks::Http => ("this is an HTTP server", "这是 HTTP 服务器"),
            Speaks::Ssh => ("this is an SSH server", "这是 SSH 服务器"),
            Speaks::Mail => ("this is a mail or file server", "这是邮件或文件服务器"),
            Speaks::Other => ("it has a protocol of its own", "它用自己的协议"),
            Speaks::Nothing => (
                "it is neither TLS nor HTTP, as a plain server should be",
                "不是 TLS 也不是 HTTP，是普通服务器",
            ),
        };
        self.either(en, zh).to_owned()
    }

    fn answer(self, answer: &Answer) -> String {
        match answer {
            Answer::Nothing { waited_ms } => self.pick(
                format!("no answer to the probe within {waited_ms} ms"),
                format!("{waited_ms} 毫秒内没有答复"),
            ),
            Answer::Closed { after_ms } => self.pick(
                format!("the server ended the connection {after_ms} ms after the probe"),
                format!("收到探测 {after_ms} 毫秒后，服务器结束连接"),
            ),
            Answer::Said { text, speaks, after_ms } => {
                let kind = match speaks {
                    Speaks::Other | Speaks::Nothing => String::new(),
                    kind @ (Speaks::Tls | Speaks::Http | Speaks::Ssh | Speaks::Mail) => {
                        self.pick("; ".to_owned(), "；".to_owned()) + &self.speaks(*kind)
                    }
                };
                self.pick(
                    format!("the answer came after {after_ms} ms: `{text}`{kind}"),
                    format!("{after_ms} 毫秒后答复：`{text}`{kind}"),
                )
            }
        }
    }

    fn idle(self, idle: &Idle) -> String {
        let mut parts = Vec::new();
        if let Some(kept) = idle.kept_ms.map(span) {
            parts.push(
                self.pick(format!("{kept} of silence survived"), format!("静默 {kept} 仍存活")),
            );
        }
        if let Some(lost) = idle.lost_ms.map(span) {
            parts.push(self.pick(
                format!("{lost} did not: the path had forgotten the connection"),
                format!("静默 {lost} 后，途中已忘记连接"),
            ));
        }
        if let Some(ended) = idle.ended_ms.map(span) {
            parts.push(self.pick(
                format!("a silent connection was ended from the other side after {ended}"),
                format!("静默 {ended} 后被对方结束"),
            ));
        }
        if let Some(spoke) = idle.spoke_ms().map(span) {
            parts.push(self.pick(
                format!("the server speaks by itself after {spoke}"),
                format!("服务器 {spoke} 后会主动说话"),
            ));
        }
        if parts.is_empty() {
            parts.push(self.pick("nothing was learnt".to_owned(), "没有得到结果".to_owned()));
        }
        parts.join(self.either("; ", "；"))
    }

    /// Silent connections are under way.
    pub(crate) fn idle_under_way(self, time_ms: u64, ended: usize, of: usize) -> String {
        let time = span(time_ms);
        self.pick(
            format!("{of} connections are silent: {time}, {ended} have ended"),
            format!("{of} 个连接保持静默：{time}，{ended} 个已结束"),
        )
    }

    /// The one of both that fits.
    pub(super) fn either(self, en: &'static str, zh: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }
}

/// A time as one would type it: `1m30s`.
pub(super) fn span(ms: u64) -> String {
    match (ms / 60_000, ms % 60_000) {
        (0, 0..10_000) if !ms.is_multiple_of(1000) => format!("{ms}ms"),
        (0, rest) => format!("{}s", rest / 1000),
        (minutes, 0..1000) => format!("{minutes}m"),
        (minutes, rest) => format!("{minutes}m{}s", rest / 1000),
    }
}

fn joined(list: &[impl Display]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_they_are_typed() {
        for (ms, text) in
            [(7, "7ms"), (9_999, "9999ms"), (45_300, "45s"), (60_000, "1m"), (90_500, "1m30s")]
        {
            assert_eq!(span(ms), text);
        }
    }
}
