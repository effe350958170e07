//! What a finding means for a module: fine, in the way, or not to be told from here.

use super::{Answer, CallFailure, Fault, Finding, Greeting, NameFailure, Scope, Speaks};
use holdline_modem::TlsFailure;
use serde::Serialize;

/// Whose a trouble is: who can remove it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Whose {
    /// The author's, in the script.
    Yours,
    /// Whoever runs the server.
    Server,
    /// Whoever runs what is between: firewalls, security groups, routers.
    Network,
    /// The mobile operator.
    Operator,
}

/// What a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Weight {
    /// As it should be.
    Fine,
    /// Worth knowing.
    Note,
    /// Nothing can be told from this machine.
    Unclear,
    /// A module does not get past this.
    Blocks(Whose),
}

/// What all findings come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// Nothing stands in the way.
    Open,
    /// Something does.
    Blocked,
    /// It could not be told.
    Unclear,
}

impl Verdict {
    /// The verdict on `findings`.
    pub(crate) fn on(findings: &[Finding]) -> Self {
        let weights = || findings.iter().map(Finding::weight);
        if weights().any(|weight| matches!(weight, Weight::Blocks(_))) {
            Self::Blocked
        } else if weights().any(|weight| weight == Weight::Unclear) {
            Self::Unclear
        } else {
            Self::Open
        }
    }
}

impl Finding {
    /// What it means for a module.
    pub(crate) fn weight(&self) -> Weight {
        match self {
            Self::NameFailed { why: NameFailure::Unknown, .. } => Weight::Blocks(Whose::Yours),
            Self::NameFailed { why: NameFailure::NotAsked, .. } => Weight::Unclear,
            Self::OnlyIpv6 { .. } => Weight::Blocks(Whose::Server),
            Self::Scope { scope, from_here, .. } => scope.weight(*from_here),
            Self::NotConnected { why, .. } => why.weight(),
            Self::Greeting { greeting, .. } => greeting.weight(),
            Self::Speaks { speaks, .. } => speaks.weight(),
            Self::Answer { answer, .. } => answer.weight(),
            Self::Name { .. } | Self::Connected { .. } => Weight::Fine,
            Self::Idle(_) | Self::NotJudged { .. } => Weight::Note,
            Self::Handshake { .. } | Self::Verified { .. } | Self::Tls12 { fault: None } => {
                Weight::Fine
            }
            Self::HandshakeFailed { fault, .. } => fault.weight(),
            Self::Certificate(shown) if shown.days_left < DAYS_FEW => Weight::Note,
            Self::Certificate(_) => Weight::Fine,
            Self::NotVerified { by_file, fault, .. } => fault.weight_of_look(*by_file),
            Self::ClientCertificate { insists: true } => Weight::Blocks(Whose::Yours),
            Self::ClientCertificate { insists: false } => Weight::Note,
            Self::Tls12 { fault: Some(Fault::Tls(_)) } => Weight::Blocks(Whose::Server),
            Self::Tls12 { fault: Some(_) } => Weight::Unclear,
        }
    }
}

/// Days that are worth a word when no more are left.
const DAYS_FEW: i64 = 30;

impl Fault {
    fn weight(&self) -> Weight {
        match self {
            Self::Tls(TlsFailure::NotTls) => Weight::Blocks(Whose::Yours),
            Self::Tls(_) => Weight::Blocks(Whose::Server),
            Self::TimedOut => Weight::Blocks(Whose::Network),
            Self::NotConnected => Weight::Unclear,
        }
    }

    /// A module does not know this machine's authorities: a script brings its own, so a server that
    /// has one of its own is as good.
    fn weight_of_look(&self, by_file: bool) -> Weight {
        let Self::Tls(failure) = self else { return Weight::Unclear };
        let is_stranger =
            matches!(failure, TlsFailure::UnknownIssuer { .. } | TlsFailure::SelfSigned { .. });
        match (is_stranger, by_file) {
            (true, false) => Weight::Note,
            (true, true) => Weight::Blocks(Whose::Yours),
            (false, _) => Weight::Blocks(Whose::Server),
        }
    }
}

impl Scope {
    fn weight(self, from_here: bool) -> Weight {
        match self {
            Self::Public => Weight::Fine,
            Self::Loopback | Self::Private | Self::CarrierNat | Self::LinkLocal if from_here => {
                Weight::Fine
            }
            Self::CarrierNat => Weight::Blocks(Whose::Operator),
            Self::Loopback
            | Self::Private
            | Self::LinkLocal
            | Self::Documentation
            | Self::Unspecified
            | Self::Multicast
            | Self::Reserved => Weight::Blocks(Whose::Yours),
        }
    }
}

impl CallFailure {
    fn weight(self) -> Weight {
        match self {
            Self::Refused | Self::Reset => Weight::Blocks(Whose::Server),
            Self::TimedOut | Self::HostUnreachable => Weight::Blocks(Whose::Network),
            Self::NoNetwork | Self::NotAllowed | Self::Local => Weight::Unclear,
        }
    }
}

impl Greeting {
    fn weight(&self) -> Weight {
        match self {
            Self::Silent => Weight::Fine,
            Self::Closed { .. } | Self::Reset { .. } => Weight::Blocks(Whose::Server),
            Self::Spoke { speaks, .. } => speaks.weight(),
        }
    }
}

impl Speaks {
    fn weight(self) -> Weight {
        match self {
            Self::Tls => Weight::Blocks(Whose::Yours),
            Self::Http | Self::Ssh | Self::Mail => Weight::Note,
            Self::Other | Self::Nothing => Weight::Fine,
        }
    }
}

impl Answer {
    fn weight(&self) -> Weight {
        match self {
            Self::Said { speaks, .. } => speaks.weight(),
            Self::Nothing { .. } | Self::Closed { .. } => Weight::Note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> Finding {
        let address = "192.0.2.1:9".parse().unwrap();
        Finding::NotConnected { address, why: CallFailure::Refused, took_ms: 1 }
    }

    fn scope(scope: Scope, from_here: bool) -> Finding {
        Finding::Scope { address: "192.0.2.1".parse().unwrap(), scope, from_here }
    }

    #[test]
    fn what_blocks_outweighs_what_is_unclear() {
        let address = "192.0.2.1:9".parse().unwrap();
        let unclear = Finding::NotConnected { address, why: CallFailure::NoNetwork, took_ms: 1 };
        assert_eq!(Verdict::on(&[unclear.clone(), refused()]), Verdict::Blocked);
        assert_eq!(Verdict::on(&[unclear]), Verdict::Unclear);
        assert_eq!(Verdict::on(&[scope(Scope::Public, false)]), Verdict::Open);
    }

    #[test]
    fn private_addresses_block_a_module_and_nobody_on_this_machine() {
        for place in [Scope::Loopback, Scope::Private, Scope::CarrierNat, Scope::LinkLocal] {
            assert!(matches!(scope(place, false).weight(), Weight::Blocks(_)), "{place:?}");
            assert_eq!(scope(place, true).weight(), Weight::Fine, "{place:?}");
        }
        for place in [Scope::Documentation, Scope::Unspecified, Scope::Multicast, Scope::Reserved] {
            assert_eq!(scope(place, true).weight(), Weight::Blocks(Whose::Yours), "{place:?}");
        }
    }
}
