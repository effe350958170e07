//! What `holdline doctor --tls` found.

use super::Lang;
use super::tls::date;
use crate::doctor::{Fault, Finding, Shown};

impl Lang {
    /// A finding about TLS in one line; nothing for others.
    pub(super) fn handshake(self, finding: &Finding) -> String {
        match finding {
            Finding::Handshake { took_ms, version, cipher, .. } => self.pick(
                format!("{version} with {cipher} after {took_ms} ms"),
                format!("{took_ms} 毫秒后以 {version} 和 {cipher} 完成握手"),
            ),
            Finding::HandshakeFailed { fault, .. } => self.tls_fault(fault),
            Finding::Certificate(shown) => self.shown(shown),
            Finding::Verified { by_file, needs } => {
                let by = self.judged_by(*by_file);
                self.pick(
                    format!("verified by {by}; a script that checks needs `caCert` with `{needs}`"),
                    format!("由{by}验证通过；要验证的脚本需要 `{needs}` 的证书作为 `caCert`"),
                )
            }
            Finding::NotVerified { by_file, needs, fault } => {
                let (by, why) = (self.judged_by(*by_file), self.tls_fault(fault));
                self.pick(
                    format!("not verified by {by}: {why}. The chain ends at `{needs}`"),
                    format!("{by}验证不通过：{why}。证书链止于 `{needs}`"),
                )
            }
            Finding::NotJudged { needs } => self.pick(
                format!("this machine has no authorities to judge by; the chain ends at `{needs}`"),
                format!("本机没有可用来判断的机构证书；证书链止于 `{needs}`"),
            ),
            Finding::ClientCertificate { insists } => self.client_certificate(*insists),
            Finding::Tls12 { fault: None } => {
                self.pick("TLS 1.2 is spoken too".to_owned(), "也支持 TLS 1.2".to_owned())
            }
            Finding::Tls12 { fault: Some(fault) } => {
                let why = self.tls_fault(fault);
                self.pick(
                    format!("TLS 1.2, the newest that modules speak, is refused: {why}"),
                    format!("不支持模块最高能用的 TLS 1.2：{why}"),
                )
            }
            Finding::Name { .. }
            | Finding::NameFailed { .. }
            | Finding::OnlyIpv6 { .. }
            | Finding::Scope { .. }
            | Finding::Connected { .. }
            | Finding::NotConnected { .. }
            | Finding::Greeting { .. }
            | Finding::Speaks { .. }
            | Finding::Answer { .. }
            | Finding::Idle(_) => String::new(),
        }
    }

    fn judged_by(self, by_file: bool) -> &'static str {
        match by_file {
            true => self.either("the given file", "所给文件"),
            false => self.either("this machine's authorities", "本机信任的机构"),
        }
    }

    fn tls_fault(self, fault: &Fault) -> String {
        match fault {
            Fault::Tls(failure) => self.tls_failure(failure),
            Fault::TimedOut => self.pick(
                "the server did not answer in time".to_owned(),
                "服务器没有及时应答".to_owned(),
            ),
            Fault::NotConnected => self
                .pick("no second connection was made".to_owned(), "第二次连接没有成功".to_owned()),
        }
    }

    fn client_certificate(self, insists: bool) -> String {
        match insists {
            true => self.pick(
                "the server insists on a certificate of the device".to_owned(),
                "服务器坚持要求设备的证书".to_owned(),
            ),
            false => self.pick(
                "the server asks for a certificate of the device, and goes on without".to_owned(),
                "服务器会询问设备的证书，但没有也可以".to_owned(),
            ),
        }
    }

    fn shown(self, shown: &Shown) -> String {
        let Shown { subject, issuer, names, begins_s, ends_s, days_left, key, .. } = shown;
        let (begins, ends) = (date(*begins_s), date(*ends_s));
        let names = match names.as_slice() {
            [] => String::new(),
            names => {
                let list = names.join(", ");
                self.pick(format!(", for {list}"), format!("，名字 {list}"))
            }
        };
        let signed = match shown.self_signed {
            true => self.pick("self-signed".to_owned(), "自签名".to_owned()),
            false => self.pick(format!("signed by `{issuer}`"), format!("由 `{issuer}` 签发")),
        };
        self.pick(
            format!(
                "`{subject}`{names}, {signed}, {key}, {begins} to {ends} ({days_left} days left)"
            ),
            format!(
                "`{subject}`{names}，{signed}，{key}，{begins} 至 {ends}（剩余 {days_left} 天）"
            ),
        )
    }

    /// What to do about a finding about TLS; nothing for others.
    pub(super) fn handshake_advice(self, finding: &Finding) -> Option<String> {
        let (en, zh) = match finding {
            Finding::HandshakeFailed { fault: Fault::Tls(_), .. } => (
                "look at the server's TLS settings; where it speaks none, use its TLS port or connect \
                 without TLS",
                "检查服务器的 TLS 设置；如果它不用 TLS，请换它的 TLS 端口，或不用 TLS 连接",
            ),
            Finding::HandshakeFailed { .. } => (
                "check that nothing on the way breaks TLS, then ask again",
                "检查途中是否有设备破坏 TLS，然后重试",
            ),
            Finding::Certificate(_) => {
                ("let the server have a new certificate in time", "请及时给服务器更换证书")
            }
            Finding::NotVerified { .. } | Finding::NotJudged { .. } => (
                "a script that checks gives the certificate of the authority named here as `caCert` (or \
                 in `verifysvrcerts`); try the file with --ca. A script without it checks nothing",
                "要验证服务器的脚本，请把这里所说的机构的证书作为 `caCert`（或写进 `verifysvrcerts`），\
                 并用 --ca 试一下该文件；不给出则不验证",
            ),
            Finding::ClientCertificate { .. } => (
                "give `clientCert` and `clientKey` (with `socketssl`: `clientcert`, `clientkey`)",
                "请给出 `clientCert` 和 `clientKey`（`socketssl` 则是 `clientcert`、`clientkey`）",
            ),
            Finding::Tls12 { fault: Some(_) } => {
                ("let the server speak TLS 1.2 as well", "请让服务器同时支持 TLS 1.2")
            }
            Finding::Handshake { .. }
            | Finding::Verified { .. }
            | Finding::Tls12 { fault: None }
            | Finding::Name { .. }
            | Finding::NameFailed { .. }
            | Finding::OnlyIpv6 { .. }
            | Finding::Scope { .. }
            | Finding::Connected { .. }
            | Finding::NotConnected { .. }
            | Finding::Greeting { .. }
            | Finding::Speaks { .. }
            | Finding::Answer { .. }
            | Finding::Idle(_) => return None,
        };
        Some(self.either(en, zh).to_owned())
    }
}
