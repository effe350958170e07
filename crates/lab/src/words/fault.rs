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
    if !is_committed(fault.what, kind) {
        return Err(not_ours(fault.what, name, kind));
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

/// Whether a port can commit a fault.
fn is_committed(trouble: Trouble, kind: PortKind) -> bool {
    trouble.who() == Who::Server && (kind.is_sealed() || !matches!(trouble, Trouble::Tls(_)))
}

fn not_ours(trouble: Trouble, name: &str, kind: PortKind) -> FaultRefusal {
    let is_ours = |word: &&Word| {
        word.who == Who::Server && (kind.is_sealed() || !word.words.starts_with("tls"))
    };
    let ours: Vec<_> = WORDS.iter().filter(is_ours).map(Word::form).collect();
    FaultRefusal {
        what: Sentences {
            en: format!("`{trouble}` is not what port `{name}` can do"),
            zh: format!("端口 `{name}` 做不到 `{trouble}`"),
        },
        hint: Sentences {
            en: format!("it can: {}", ours.join(", ")),
            zh: format!("可以用：{}", ours.join("、")),
        },
    }
}
