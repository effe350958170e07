//! Why a TLS connection was not made.

use super::Lang;
use chrono::{DateTime, Utc};
use holdline_modem::{TlsFailure, TlsFile, TlsFileFault};

impl Lang {
    /// A failed handshake, with what to do about it where that is known.
    pub(crate) fn tls_failure(self, failure: &TlsFailure) -> String {
        match self {
            Self::En => english(failure),
            Self::Zh => chinese(failure),
        }
    }

    /// The first connection of a run that verifies nothing.
    pub(crate) fn tls_unverified(self, to: &str) -> String {
        self.pick(
            format!(
                "{to}: the script gives no caCert, so the server's certificate is not verified, as \
                 on the module: anybody could answer in its place. `--tls verify` refuses such \
                 connections"
            ),
            format!(
                "{to}：脚本没有给出 caCert，因此与模块上一样不验证服务器证书，任何人都可能冒充服务器。\
                 用 `--tls verify` 可以拒绝这样的连接"
            ),
        )
    }
}

/// A certificate file that a script names is not there.
pub(super) fn missing_in_english(field: &str, path: &str) -> String {
    let unverified = if field == "caCert" { ", so the server is not verified" } else { "" };
    format!(
        "`{field}` names the file `{path}`, which is not there; as on the module the connection \
         goes on without it{unverified}. Put the file into the project's folder, or name one of the \
         device's own files with its full path"
    )
}

/// The same.
pub(super) fn missing_in_chinese(field: &str, path: &str) -> String {
    let unverified = if field == "caCert" { "，因此不验证服务器" } else { "" };
    format!(
        "`{field}` 指定的文件 `{path}` 不存在；与模块上一样，连接会不带它继续{unverified}。\
         请把文件放进工程文件夹，或用完整路径指定设备自己的文件"
    )
}

/// A server is to be verified by the files at `paths`, which are not there, or by none.
pub(super) fn no_authority_in_english(paths: &str) -> String {
    match paths {
        "" => "the server is to be verified, but `crtconfig.verifysvrcerts` names no certificate to \
               do it by, so the connection fails. Name the file of the server's authority there, or \
               connect with `chksvrcrt` false"
            .to_owned(),
        paths => format!(
            "the server is to be verified by `{paths}`, which is not there. Put the file into the \
             project's folder"
        ),
    }
}

/// The same in Chinese.
pub(super) fn no_authority_in_chinese(paths: &str) -> String {
    match paths {
        "" => {
            "要验证服务器，但 `crtconfig.verifysvrcerts` 没有给出用来验证的证书，因此连接会失败。\
               请在那里写上签发服务器证书的机构的证书文件，或把 `chksvrcrt` 设为 false"
                .to_owned()
        }
        paths => format!("要用 `{paths}` 验证服务器，但该文件不存在。请把它放进工程文件夹"),
    }
}

/// `socketssl.disconnect` has no event.
pub(super) const UNANSWERED_IN_ENGLISH: &str = "`socketssl.disconnect` came while the connect still waited for the network: no event follows, \
     as on the module, and the socket stays in DISCONNECTING. Use `socketssl.close`, or wait for \
     CONNECT first";

/// The same in Chinese.
pub(super) const UNANSWERED_IN_CHINESE: &str = "在连接还在等待网络时调用了 `socketssl.disconnect`：与模块上一样，不会有任何事件，socket 会一直停在 \
     DISCONNECTING。请用 `socketssl.close`，或等 CONNECT 之后再断开";

fn english(failure: &TlsFailure) -> String {
    match failure {
        TlsFailure::NameMismatch { wanted, names } => format!(
            "the server's certificate is for {}, not for `{wanted}`. Connect by a name that it has, \
             or give one as `hostName`",
            listed(names, "no name at all", ", ")
        ),
        TlsFailure::Expired { subject, ended_s } => {
            format!("the certificate of `{subject}` expired at {}", date(*ended_s))
        }
        TlsFailure::NotYetValid { subject, begins_s } => format!(
            "the certificate of `{subject}` is not valid before {}; is this machine's clock right?",
            date(*begins_s)
        ),
        TlsFailure::UnknownIssuer { issuer } => format!(
            "the server's chain of certificates ends at `{issuer}`, which is not in caCert. Put \
             that authority's certificate into the file"
        ),
        TlsFailure::IssuerMissing { subject, issuer } => format!(
            "`{issuer}`, the issuer of `{subject}`, is not in caCert, and the server did not send \
             its certificate. Either the server must send the intermediate certificate, or caCert \
             is the file of another authority"
        ),
        TlsFailure::SelfSigned { subject } => format!(
            "the server's certificate `{subject}` is self-signed and is not the one in caCert. Put \
             it there if that is the server you mean"
        ),
        TlsFailure::BadCertificate { subject, problem } => {
            format!("the certificate of `{subject}` cannot be used: {problem}")
        }
        TlsFailure::ClientCertificateWanted => {
            "the server wants a client certificate; give clientCert and clientKey".to_owned()
        }
        TlsFailure::ClientCertificateRefused(alert) => format!(
            "the server does not accept the client certificate (alert `{alert}`). Was it issued by \
             an authority that the server knows?"
        ),
        TlsFailure::ProtocolRefused => {
            "there is no common version of TLS: this side speaks 1.2 and 1.3".to_owned()
        }
        TlsFailure::CipherRefused => {
            "there is no common cipher: this side speaks AES-GCM and ChaCha20 with ECDHE; docs/\
             quirks.md tells more"
                .to_owned()
        }
        TlsFailure::NotTls => {
            "what answers on this port does not speak TLS. Is it the port for plain connections?"
                .to_owned()
        }
        TlsFailure::CutOff => "the server cut the connection in the TLS handshake".to_owned(),
        TlsFailure::Alert(alert) => format!("the server gave up with the TLS alert `{alert}`"),
        TlsFailure::Protocol(problem) => format!("TLS protocol error: {problem}"),
        TlsFailure::File { file, fault } => english_file(*file, fault),
        TlsFailure::Unverified => {
            "refused by `--tls verify`: the script gives no caCert, so nobody could tell whether \
             this is the right server"
                .to_owned()
        }
    }
}

fn english_file(file: TlsFile, fault: &TlsFileFault) -> String {
    let name = file.field();
    let what = if file == TlsFile::ClientKey { "key" } else { "certificate" };
    match fault {
        TlsFileFault::Empty => {
            format!("{name} holds no {what}: a line `-----BEGIN ...-----` is expected")
        }
        TlsFileFault::Unreadable(problem) => format!("{name} cannot be read: {problem}"),
        TlsFileFault::PasswordMissing => {
            format!("{name} is encrypted; give its password as `clientPassword`")
        }
        TlsFileFault::PasswordWrong => format!("{name} does not open with this clientPassword"),
        TlsFileFault::Encryption(method) => format!(
            "{name} is encrypted with {method}, which cannot be opened here; write it anew: openssl \
             pkcs8 -topk8 -in KEY -out NEW"
        ),
        TlsFileFault::Mismatch => format!("{name} is not the key of clientCert"),
        TlsFileFault::Missing => {
            format!("{name} is missing: clientCert and clientKey belong together")
        }
    }
}

fn chinese(failure: &TlsFailure) -> String {
    match failure {
        TlsFailure::NameMismatch { wanted, names } => format!(
            "服务器证书属于 {}，而不是 `{wanted}`。请用证书里的名字连接，或用 `hostName` 指定",
            listed(names, "（没有任何名字）", "、")
        ),
        TlsFailure::Expired { subject, ended_s } => {
            format!("`{subject}` 的证书已于 {} 过期", date(*ended_s))
        }
        TlsFailure::NotYetValid { subject, begins_s } => {
            format!("`{subject}` 的证书要到 {} 才生效；请检查本机时间", date(*begins_s))
        }
        TlsFailure::UnknownIssuer { issuer } => {
            format!("服务器的证书链止于 `{issuer}`，它不在 caCert 中。请把这个机构的证书放进该文件")
        }
        TlsFailure::IssuerMissing { subject, issuer } => format!(
            "`{subject}` 的签发者 `{issuer}` 不在 caCert 中，服务器也没有发送它的证书。\
             要么服务器应当发送中间证书，要么 caCert 是别的机构的文件"
        ),
        TlsFailure::SelfSigned { subject } => {
            format!(
                "服务器证书 `{subject}` 是自签名的，且不是 caCert 中的那一张。确认无误后可以把它放进 caCert"
            )
        }
        TlsFailure::BadCertificate { subject, problem } => {
            format!("`{subject}` 的证书不能使用：{problem}")
        }
        TlsFailure::ClientCertificateWanted => {
            "服务器要求客户端证书，请给出 clientCert 和 clientKey".to_owned()
        }
        TlsFailure::ClientCertificateRefused(alert) => {
            format!("服务器不接受客户端证书（警报 `{alert}`）。签发它的机构是服务器认识的吗？")
        }
        TlsFailure::ProtocolRefused => "双方没有共同的 TLS 版本：这里支持 1.2 和 1.3".to_owned(),
        TlsFailure::CipherRefused => {
            "双方没有共同的加密套件：这里支持带 ECDHE 的 AES-GCM 和 ChaCha20，详见 docs/quirks.zh.md"
                .to_owned()
        }
        TlsFailure::NotTls => "这个端口上的服务不是 TLS。是不是普通连接的端口？".to_owned(),
        TlsFailure::CutOff => "服务器在 TLS 握手过程中断开了连接".to_owned(),
        TlsFailure::Alert(alert) => format!("服务器以 TLS 警报 `{alert}` 结束了握手"),
        TlsFailure::Protocol(problem) => format!("TLS 协议错误：{problem}"),
        TlsFailure::File { file, fault } => chinese_file(*file, fault),
        TlsFailure::Unverified => {
            "被 `--tls verify` 拒绝：脚本没有给出 caCert，无法确认对方是不是正确的服务器".to_owned()
        }
    }
}

fn chinese_file(file: TlsFile, fault: &TlsFileFault) -> String {
    let name = file.field();
    let what = if file == TlsFile::ClientKey { "密钥" } else { "证书" };
    match fault {
        TlsFileFault::Empty => {
            format!("{name} 里没有{what}：应当有 `-----BEGIN ...-----` 这样的行")
        }
        TlsFileFault::Unreadable(problem) => format!("{name} 无法读取：{problem}"),
        TlsFileFault::PasswordMissing => {
            format!("{name} 是加密的，请用 `clientPassword` 给出密码")
        }
        TlsFileFault::PasswordWrong => format!("{name} 不能用这个 clientPassword 打开"),
        TlsFileFault::Encryption(method) => format!(
            "{name} 的加密方式 {method} 在这里无法打开，请重新生成：openssl pkcs8 -topk8 -in KEY -out NEW"
        ),
        TlsFileFault::Mismatch => format!("{name} 不是 clientCert 的密钥"),
        TlsFileFault::Missing => format!("缺少 {name}：clientCert 和 clientKey 必须一起给出"),
    }
}

fn listed(names: &[String], none: &str, between: &str) -> String {
    if names.is_empty() {
        return none.to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between)
}

/// A moment of UTC as people write it.
pub(crate) fn date(at_s: i64) -> String {
    match DateTime::<Utc>::from_timestamp(at_s, 0) {
        Some(at) => at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        None => format!("{at_s} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_in_the_words_of_both_languages() {
        let failure = TlsFailure::NameMismatch {
            wanted: "iot.example".into(),
            names: vec!["a.example".into(), "*.b.example".into()],
        };
        let expired = TlsFailure::Expired { subject: "CN=old".into(), ended_s: 1_609_459_200 };
        for lang in [Lang::En, Lang::Zh] {
            let text = lang.tls_failure(&failure);
            for word in ["`iot.example`", "`a.example`", "`*.b.example`"] {
                assert!(text.contains(word), "{text}");
            }
            let text = lang.tls_failure(&expired);
            assert!(text.contains("CN=old") && text.contains("2021-01-01 00:00:00 UTC"), "{text}");
        }
    }
}
