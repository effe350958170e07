//! Faults that ports commit, in words.

use crate::config::PortKind;
use holdline_peer::fault::{Fault, FaultError, Sentences, Trouble, WORDS, Who, Word};

/// Words that are no fault, or one that the port cannot commit: why, and the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}; {}", what.en, hint.en)]
pub struct FaultRefusal {
    /// What is wrong.
    pub what: Sentences,
    /// What to do about it.
    pub hint: Sentences,
}

impl From<FaultError> for FaultRefusal {
    fn from(error: FaultError) -> Self {
        Self { what: error.what(), hint: error.hint() }
    }
}

/// Reads a fault for a port, which has this name and this number.
pub(crate) fn fault_of(
    words: &str,
    name: &str,
    kind: PortKind,
    number: u16,
) -> Result<Fault, FaultRefusal> {
    let fault = Fault::parse(words)?;
    if let Some(misfit) = misfit(fault.what, kind) {
        return Err(not_ours(fault.what, misfit, name, kind));
    }
    match fault.port {
        Some(other) if other != number => Err(FaultRefusal {
            what: Sentences {
                en: format!("`{name}` is port {number}, not {other}"),
                zh: format!("`{name}` 的端口号是 {number}，不是 {other}"),
            },
            hint: Sentences { en: "leave `port` out".into(), zh: "去掉 `port`".into() },
        }),
        _ => Ok(fault),
    }
}

/// Every word for a fault that a port of a kind can commit.
pub(crate) fn committed(kind: PortKind) -> impl Iterator<Item = &'static Word> {
    WORDS.iter().filter(move |word| misfit(word.trouble(), kind).is_none())
}

/// Why no port of a kind can commit a fault.
#[derive(Clone, Copy)]
enum Misfit {
    OfModule,
    OfNames,
    NoTls,
    NoStream,
}

fn misfit(trouble: Trouble, kind: PortKind) -> Option<Misfit> {
    let is_of_stream = matches!(trouble, Trouble::HalfOpen | Trouble::Split(_) | Trouble::Merge(_));
    match trouble.who() {
        Who::Module => Some(Misfit::OfModule),
        Who::Line if !trouble.is_on_line_of_server() => Some(Misfit::OfNames),
        Who::Line => (is_of_stream && kind == PortKind::Udp).then_some(Misfit::NoStream),
        Who::Server => {
            (matches!(trouble, Trouble::Tls(_)) && !kind.is_sealed()).then_some(Misfit::NoTls)
        }
    }
}

impl Misfit {
    fn reason(self) -> [&'static str; 2] {
        match self {
            Self::OfModule => [
                "that happens in the module, and `holdline run --fault` does it there",
                "那是模块自己的故障，请用 `holdline run --fault`",
            ],
            Self::OfNames => [
                "names are looked up before a device calls, and `holdline run --fault` does it there",
                "域名解析在设备连接之前，请用 `holdline run --fault`",
            ],
            Self::NoTls => ["it does not speak TLS", "它不是 TLS 端口"],
            Self::NoStream => ["datagrams stand alone", "UDP 数据报彼此独立"],
        }
    }
}

fn not_ours(trouble: Trouble, misfit: Misfit, name: &str, kind: PortKind) -> FaultRefusal {
    let ours: Vec<_> = committed(kind).map(Word::form).collect();
    let [en, zh] = misfit.reason();
    FaultRefusal {
        what: Sentences {
            en: format!("`{trouble}` is not what port `{name}` can do: {en}"),
            zh: format!("端口 `{name}` 做不到 `{trouble}`：{zh}"),
        },
        hint: Sentences {
            en: format!("it can: {}", ours.join(", ")),
            zh: format!("可以用：{}", ours.join("、")),
        },
    }
}
