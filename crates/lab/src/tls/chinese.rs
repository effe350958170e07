//! Reasons in Chinese: the store has them in English, as the API does.

/// A reason, and the same in Chinese; `{}` is a value.
const REASONS: [(&str, &str); 17] = [
    (
        "the device shows no certificate, and this port wants one",
        "端口要求客户端证书，设备没有出示",
    ),
    ("the device's certificate is not taken: {}", "不接受设备的证书：{}"),
    ("the device speaks neither TLS 1.2 nor TLS 1.3", "设备既不支持 TLS 1.2 也不支持 TLS 1.3"),
    (
        "the device has no cipher of this port: it needs AES-GCM or ChaCha20 with ECDHE and ECDSA",
        "没有共同的加密套件：设备需要支持 AES-GCM 或 ChaCha20，以及 ECDHE 和 ECDSA",
    ),
    (
        "the device does not know who signed the certificate: it needs the lab's ca.crt (it says {})",
        "设备不认识证书的签发者：请把测试服务器的 ca.crt 给它（告警 {}）",
    ),
    (
        "the device finds the certificate out of date: look at its clock too (it says {})",
        "设备认为证书不在有效期内：也请检查设备的时钟（告警 {}）",
    ),
    ("the device does not take the certificate (it says {})", "设备不接受证书（告警 {}）"),
    (
        "the device finds a signature wrong: its ca.crt may be another lab's (it says {})",
        "设备认为签名不对：它的 ca.crt 可能来自另一个测试服务器（告警 {}）",
    ),
    ("the device broke the handshake off (it says {})", "设备中止了握手（告警 {}）"),
    ("the device broke the handshake off", "设备中止了握手"),
    ("the device does not go on (it says {})", "设备不继续握手（告警 {}）"),
    ("the device does not speak TLS: it says `{}`", "设备说的不是 TLS：`{}`"),
    ("the lab hangs up", "测试服务器断开"),
    ("the device hung up", "设备断开"),
    ("the device broke the connection: {}", "连接中断：{}"),
    ("it was not done in {}", "{} 内没有完成"),
    ("it gave way to newer ones: too many were unfinished", "未完成的握手太多，让给了新的"),
];

/// What is added where the lab does so on purpose.
const ON_PURPOSE: (&str, &str) = ("; on purpose: ", "；故意的：");

/// What a row of a handshake says, in Chinese where there are words for it.
pub(crate) fn in_chinese(kept: &str) -> String {
    let (reason, trouble) = match kept.rsplit_once(ON_PURPOSE.0) {
        Some((reason, trouble)) => (reason, format!("{}{trouble}", ON_PURPOSE.1)),
        None => (kept, String::new()),
    };
    let known = REASONS.iter().find_map(|(en, zh)| Some(zh.replace("{}", value(en, reason)?)));
    known.unwrap_or_else(|| reason.to_owned()) + &trouble
}

/// What stands in a reason at the place of the value; nothing, if it has none.
fn value<'a>(pattern: &str, reason: &'a str) -> Option<&'a str> {
    match pattern.split_once("{}") {
        Some((before, after)) => reason.strip_prefix(before)?.strip_suffix(after),
        None => (reason == pattern).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::super::failure;
    use super::in_chinese;
    use holdline_peer::fault::TlsTrouble;
    use rustls::{AlertDescription as Alert, CertificateError, Error, PeerIncompatible as Lack};

    #[test]
    fn every_reason_has_its_words() {
        let alerts = [
            Alert::UnknownCA,
            Alert::CertificateExpired,
            Alert::BadCertificate,
            Alert::DecryptError,
            Alert::CloseNotify,
            Alert::InternalError,
        ];
        let errors = alerts.map(Error::AlertReceived).into_iter().chain([
            Error::NoCertificatesPresented,
            CertificateError::UnknownIssuer.into(),
            Lack::Tls12NotOffered.into(),
            Lack::NoCipherSuitesInCommon.into(),
        ]);
        let reasons = errors.map(|error| failure::reason(&error));
        for reason in reasons.chain([failure::no_tls(b"GET /"), failure::broken_off()]) {
            assert!(!in_chinese(&reason).contains("device"), "{reason}");
        }
    }

    #[test]
    fn values_and_what_is_on_purpose_stand() {
        let alert = Error::AlertReceived(Alert::UnknownCA);
        let kept = failure::on_purpose(failure::reason(&alert), Some(TlsTrouble::Expired));
        let zh = in_chinese(&kept);
        assert!(zh.contains("UnknownCA") && zh.ends_with("；故意的：tls expired"), "{zh}");
        assert_eq!(in_chinese("TLS 1.3, TLS13_AES"), "TLS 1.3, TLS13_AES");
    }
}
