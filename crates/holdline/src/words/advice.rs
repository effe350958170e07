//! What `holdline doctor` concludes: what stands in the way, whose it is, and what to do.

use super::Lang;
use super::doctor::span;
use crate::doctor::{
    Answer, CallFailure, Finding, Greeting, Idle, NameFailure, Scope, Speaks, Verdict, Whose,
};

impl Lang {
    /// The verdict in one line.
    pub(crate) fn verdict(self, verdict: Verdict, from_here: bool) -> &'static str {
        let (en, zh) = match (verdict, from_here) {
            (Verdict::Open, false) => (
                "nothing stands in the way: a module can reach this server",
                "没有障碍：模块可以连接这台服务器",
            ),
            (Verdict::Open, true) => (
                "nothing stands in the way of a program on this machine",
                "没有障碍：本机上的程序可以连接这台服务器",
            ),
            (Verdict::Blocked, _) => ("something stands in the way", "有障碍"),
            (Verdict::Unclear, _) => ("it cannot be told from this machine", "从本机无法判断"),
        };
        self.either(en, zh)
    }

    /// The label of the verdict.
    pub(crate) fn verdict_label(self) -> &'static str {
        self.either("verdict", "结论")
    }

    /// The label of what to do.
    pub(crate) fn advice_label(self) -> &'static str {
        self.either("do", "办法")
    }

    /// A step, and whose its trouble is.
    pub(crate) fn step_and(self, step: &str, whose: &str) -> String {
        self.pick(format!("{step}, {whose}"), format!("{step}，{whose}"))
    }

    /// Whose a trouble is.
    pub(crate) fn whose(self, whose: Whose) -> &'static str {
        let (en, zh) = match whose {
            Whose::Yours => ("yours", "在你这边"),
            Whose::Server => ("the server's", "在服务器"),
            Whose::Network => ("the network's", "在网络途中"),
            Whose::Operator => ("the operator's", "在运营商"),
        };
        self.either(en, zh)
    }

    /// What to do about a finding that stands in the way, or that says something for the script.
    pub(crate) fn advice(self, finding: &Finding) -> Option<String> {
        let (en, zh) = match finding {
            Finding::NameFailed { why: NameFailure::Unknown, .. } => (
                "check the spelling, and that the name has an A record in the public DNS",
                "检查拼写，并确认该域名在公共 DNS 中有 A 记录",
            ),
            Finding::NameFailed { .. } => (
                "check this machine's network and name server, then ask again",
                "检查本机的网络和域名服务器，然后重试",
            ),
            Finding::OnlyIpv6 { .. } => (
                "give the server an IPv4 address and the name an A record",
                "给服务器一个 IPv4 地址，并给域名添加 A 记录",
            ),
            Finding::Scope { scope, .. } => scope_advice(*scope)?,
            Finding::NotConnected { why, .. } => call_advice(*why),
            Finding::Greeting {
                greeting: Greeting::Closed { .. } | Greeting::Reset { .. },
                ..
            } => CUT_OFF,
            Finding::Greeting { greeting: Greeting::Spoke { speaks, .. }, .. }
            | Finding::Speaks { speaks, .. }
            | Finding::Answer { answer: Answer::Said { speaks, .. }, .. } => {
                speaks_advice(*speaks)?
            }
            Finding::Answer { .. } => (
                "if the server should answer this text, compare it with what the server expects: \
                 line ends, length, check sum",
                "如果服务器本该答复这段内容，请核对格式：换行、长度、校验",
            ),
            Finding::Greeting { greeting: Greeting::Silent, .. } => return None,
            Finding::Idle(idle) => return self.idle_advice(idle),
            Finding::Name { .. } | Finding::Connected { .. } => return None,
            Finding::Handshake { .. }
            | Finding::HandshakeFailed { .. }
            | Finding::Certificate(_)
            | Finding::Verified { .. }
            | Finding::NotVerified { .. }
            | Finding::NotJudged { .. }
            | Finding::ClientCertificate { .. }
            | Finding::Tls12 { .. } => return self.handshake_advice(finding),
        };
        Some(self.either(en, zh).to_owned())
    }

    fn idle_advice(self, idle: &Idle) -> Option<String> {
        let other_path = self.either(
            "the operator's own translation is not on the path from here; many forget after a few \
             minutes, so stay below 4 minutes there",
            "从本机出发不经过运营商的地址转换，它往往几分钟就忘记连接，因此在模块上心跳最好短于 4 分钟",
        );
        let beat = idle.heartbeat_ms.map(|ms| self.heartbeat(&span(ms)));
        let unknown = idle.lost_ms.filter(|_| beat.is_none()).map(|lost| {
            let lost = span(lost);
            self.pick(
                format!(
                    "no silence survived, the shortest was {lost}: look again with a shorter --idle"
                ),
                format!("最短的静默（{lost}）也没有存活：请用更短的 --idle 再试"),
            )
        });
        let known = beat.or(unknown);
        if known.is_none() && idle.kept_ms.is_none() {
            return None;
        }
        let parts: Vec<_> = known.into_iter().chain([other_path.to_owned()]).collect();
        Some(parts.join(self.either("; ", "；")))
    }

    fn heartbeat(self, every: &str) -> String {
        self.pick(
            format!("a heartbeat every {every} is short enough for this path"),
            format!("对这条路径，每 {every} 一次心跳足够"),
        )
    }

    /// What is left to look at where nothing stands in the way, but the module still fails.
    pub(crate) fn still_failing(self) -> &'static str {
        self.either(
            "if the module still fails, look at its side: signal, registration, attach and PDP; a SIM \
             in arrears (a 4G module then often finds 2G only); no China Unicom SIM in a 2G module; \
             for TLS a core file with SSL (some 2G ones have none)",
            "如果模块仍连不上，请检查模块一侧：信号、网络注册、附着和 PDP；SIM 卡是否欠费（4G 模块欠费时常只能注册 2G）；\
             2G 模块不要用中国联通卡；用 TLS 时 core 文件要支持 SSL（部分 2G core 不支持）",
        )
    }
}

/// What to do about a server that takes a connection and ends it.
const CUT_OFF: (&str, &str) = (
    "look at the server's log: a list of allowed addresses, a limit of connections, a \
                 proxy with nothing behind it",
    "查看服务器日志：是否有地址白名单、连接数上限，或代理后面没有服务",
);

fn scope_advice(scope: Scope) -> Option<(&'static str, &'static str)> {
    let advice = match scope {
        Scope::Public => return None,
        Scope::Loopback | Scope::Private | Scope::LinkLocal => (
            "give the server a public address, forward a port of your router to it, or use a tunnel; \
             for scripts that run on this machine, ask with --from-here",
            "给服务器一个公网地址、在路由器上做端口映射，或使用内网穿透；如果脚本在本机运行，请加 --from-here",
        ),
        Scope::CarrierNat => (
            "ask the operator for a public address, or use a tunnel",
            "向运营商申请公网地址，或使用内网穿透",
        ),
        Scope::Documentation | Scope::Unspecified | Scope::Multicast | Scope::Reserved => {
            ("put the server's own address into the script", "在脚本里写服务器自己的地址")
        }
    };
    Some(advice)
}

fn call_advice(why: CallFailure) -> (&'static str, &'static str) {
    match why {
        CallFailure::Refused => (
            "start the server's program, let it listen on 0.0.0.0 and not on 127.0.0.1, check the \
             port number; else a firewall there refuses it",
            "启动服务器程序，让它监听 0.0.0.0 而不是 127.0.0.1，检查端口号；否则是那边的防火墙在拒绝",
        ),
        CallFailure::Reset => CUT_OFF,
        CallFailure::TimedOut => (
            "open the port in the cloud's security group and in the server's firewall; check the \
             address",
            "在云平台的安全组和服务器的防火墙里放行这个端口；检查地址是否写对",
        ),
        CallFailure::HostUnreachable => {
            ("check the address, and that the server is on", "检查地址是否写对、服务器是否开机")
        }
        CallFailure::NoNetwork => {
            ("bring this machine online, then ask again", "让本机连上网络，然后重试")
        }
        CallFailure::NotAllowed => {
            ("let this machine's firewall pass it, then ask again", "在本机防火墙中放行，然后重试")
        }
        CallFailure::Local => (
            "close programs that hold many connections, then ask again",
            "关闭占用大量连接的程序，然后重试",
        ),
    }
}

fn speaks_advice(speaks: Speaks) -> Option<(&'static str, &'static str)> {
    let advice = match speaks {
        Speaks::Tls => (
            "connect with TLS (`socket.tcp(true)`, or `socketssl.connect`), and look closer with \
             --tls; or use the server's plain port",
            "脚本用 TLS 连接（`socket.tcp(true)` 或 `socketssl.connect`），并用 --tls 进一步检查；\
             或改用服务器的普通端口",
        ),
        Speaks::Http => (
            "the script has to speak HTTP here; for a protocol of its own, check the port number",
            "脚本在这里要使用 HTTP；如果用的是自定义协议，请检查端口号",
        ),
        Speaks::Ssh | Speaks::Mail => (
            "check the port number: no script of a module talks to this",
            "检查端口号：模块脚本不会与它通信",
        ),
        Speaks::Other | Speaks::Nothing => return None,
    };
    Some(advice)
}
