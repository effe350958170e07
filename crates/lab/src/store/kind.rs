//! What kinds of rows there are: their numbers in the file, and their names in the API.

use crate::row::{End, Event};
use holdline_peer::line::Way;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;

/// What a row of the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Bytes from the device, as one read brought them.
    Received,
    /// Bytes to the device.
    Sent,
    /// A message that the port's framing made of what came.
    Message,
    /// The device connected; the bytes are its address as text.
    Accepted,
    /// The device was turned away; the bytes are its address as text.
    Refused,
    /// The device said who it is; the bytes are its name.
    Named,
    /// The connection is over; the bytes say why, as text.
    Closed,
    /// A fault struck; the bytes are its words.
    FaultBegan,
    /// A fault is over; the bytes are its words.
    FaultEnded,
    /// The port treats devices in another manner from here on; the bytes are its words in JSON.
    MannerChanged,
    /// The TLS handshake is done; the bytes are what was agreed on, as text.
    Secured,
    /// The TLS handshake failed; the bytes say why, as text.
    HandshakeFailed,
    /// Bytes from the device that a fault of the line swallowed, as they were on the line.
    LostUp,
    /// Bytes to the device that a fault of the line swallowed, as they were on the line.
    LostDown,
    /// The port's script runs, from its first line; there are no bytes.
    ScriptBegan,
    /// The script said a line, which the bytes are.
    ScriptSaid,
    /// Something went wrong in the script; the bytes say what and where, as Lua words it.
    ScriptFailed,
    /// The script did not let go, and begins anew; the bytes are the place, `file:line`.
    ScriptStuck,
    /// The script was behind; the bytes are how many connects and messages it has not heard of.
    ScriptBehind,
    /// The script said many lines in a second; the bytes are how many are left out.
    ScriptTooLoud,
}

/// Kinds that are shown or left out together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Group {
    /// Bytes from devices.
    Received,
    /// Bytes to devices.
    Sent,
    /// Messages that framings made.
    Messages,
    /// All that else happened.
    Events,
}

impl Kind {
    pub(crate) const ALL: [Self; 20] = [
        Self::Received,
        Self::Sent,
        Self::Message,
        Self::Accepted,
        Self::Refused,
        Self::Named,
        Self::Closed,
        Self::FaultBegan,
        Self::FaultEnded,
        Self::MannerChanged,
        Self::Secured,
        Self::HandshakeFailed,
        Self::LostUp,
        Self::LostDown,
        Self::ScriptBegan,
        Self::ScriptSaid,
        Self::ScriptFailed,
        Self::ScriptStuck,
        Self::ScriptBehind,
        Self::ScriptTooLoud,
    ];

    /// In the file. Never changes: files outlive programs.
    pub(crate) fn number(self) -> i64 {
        self as i64 + 1
    }

    pub(crate) fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// As the API has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
            Self::Message => "message",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Named => "named",
            Self::Closed => "closed",
            Self::FaultBegan => "fault-began",
            Self::FaultEnded => "fault-ended",
            Self::MannerChanged => "manner-changed",
            Self::Secured => "secured",
            Self::HandshakeFailed => "handshake-failed",
            Self::LostUp => "lost-up",
            Self::LostDown => "lost-down",
            Self::ScriptBegan => "script-began",
            Self::ScriptSaid => "script-said",
            Self::ScriptFailed => "script-failed",
            Self::ScriptStuck => "script-stuck",
            Self::ScriptBehind => "script-behind",
            Self::ScriptTooLoud => "script-too-loud",
        }
    }

    /// With which it is shown.
    pub(crate) fn group(self) -> Group {
        match self {
            Self::Received => Group::Received,
            Self::Sent => Group::Sent,
            Self::Message => Group::Messages,
            Self::Accepted
            | Self::Refused
            | Self::Named
            | Self::Closed
            | Self::FaultBegan
            | Self::FaultEnded
            | Self::MannerChanged
            | Self::Secured
            | Self::HandshakeFailed
            | Self::LostUp
            | Self::LostDown
            | Self::ScriptBegan
            | Self::ScriptSaid
            | Self::ScriptFailed
            | Self::ScriptStuck
            | Self::ScriptBehind
            | Self::ScriptTooLoud => Group::Events,
        }
    }

    /// Whether it is bytes that crossed the line, each once.
    pub(crate) fn is_traffic(self) -> bool {
        matches!(self, Self::Received | Self::Sent)
    }
}

impl Group {
    pub(crate) const ALL: [Self; 4] = [Self::Received, Self::Sent, Self::Messages, Self::Events];

    /// As the API and the page have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
            Self::Messages => "messages",
            Self::Events => "events",
        }
    }
}

/// An event as the file has it.
pub(super) fn written(event: &Event) -> (Kind, Cow<'_, [u8]>) {
    let text = |text: String| Cow::Owned(text.into_bytes());
    match event {
        Event::Received(bytes) => (Kind::Received, bytes.into()),
        Event::Sent(bytes) => (Kind::Sent, bytes.into()),
        Event::Message(bytes) => (Kind::Message, bytes.into()),
        Event::Accepted(address) => (Kind::Accepted, text(address.to_string())),
        Event::Refused(address) => (Kind::Refused, text(address.to_string())),
        Event::Named(name) => (Kind::Named, name.into()),
        Event::Closed(end) => (Kind::Closed, text(end.words())),
        Event::FaultBegan(words) => (Kind::FaultBegan, words.as_bytes().into()),
        Event::FaultEnded(words) => (Kind::FaultEnded, words.as_bytes().into()),
        Event::MannerChanged(words) => (Kind::MannerChanged, words.as_bytes().into()),
        Event::Secured(words) => (Kind::Secured, words.as_bytes().into()),
        Event::HandshakeFailed(words) => (Kind::HandshakeFailed, words.as_bytes().into()),
        Event::Lost(Way::Up, bytes) => (Kind::LostUp, bytes.into()),
        Event::Lost(Way::Down, bytes) => (Kind::LostDown, bytes.into()),
        Event::ScriptBegan => (Kind::ScriptBegan, [].as_slice().into()),
        Event::ScriptSaid(line) => (Kind::ScriptSaid, line.into()),
        Event::ScriptFailed(words) => (Kind::ScriptFailed, words.as_bytes().into()),
        Event::ScriptStuck(place) => (Kind::ScriptStuck, place.as_bytes().into()),
        Event::ScriptBehind(count) => (Kind::ScriptBehind, text(count.to_string())),
        Event::ScriptTooLoud(count) => (Kind::ScriptTooLoud, text(count.to_string())),
    }
}

impl End {
    /// As the file and the API have it; the page says it in the reader's language.
    pub(super) fn words(&self) -> String {
        match self {
            Self::ByDevice => "closed by the device".into(),
            Self::Unannounced => "closed by the device without a close_notify".into(),
            Self::Unsecured => "the TLS handshake failed".into(),
            Self::Broken(why) => format!("broken: {why}"),
            Self::ByServer => "closed by the server".into(),
            Self::ByServerReset => "reset by the server".into(),
            Self::TooSlow => "the device does not read".into(),
            Self::Crowded => "too much waited for all, and the most for this one".into(),
            Self::Idle => "silent for long".into(),
            Self::ByTarget => "closed by the target".into(),
            Self::TargetBroken(why) => format!("broken by the target: {why}"),
            Self::Unreachable(why) => format!("no way to the target: {why}"),
            Self::Stopped => "the lab stopped".into(),
            Self::Killed => "the lab was killed".into(),
        }
    }
}

/// Whether an end, told by its reason as the file has it, was a reset (RST) that the lab sent.
pub(crate) fn is_reset_by_server(reason: &str) -> bool {
    let whole = [End::ByServerReset, End::TooSlow, End::Crowded];
    let begun = [End::TargetBroken(String::new()), End::Unreachable(String::new())];
    whole.iter().any(|end| reason == end.words())
        || begun.iter().any(|end| reason.starts_with(&end.words()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_is_told_by_its_reason() {
        let why = || "connection reset".to_owned();
        let by_server = [
            End::ByServerReset,
            End::TooSlow,
            End::Crowded,
            End::TargetBroken(why()),
            End::Unreachable(why()),
        ];
        assert!(by_server.iter().all(|end| is_reset_by_server(&end.words())));
        let others = [End::ByDevice, End::Broken(why()), End::ByServer, End::ByTarget, End::Idle];
        assert!(!others.iter().any(|end| is_reset_by_server(&end.words())));
    }
}
