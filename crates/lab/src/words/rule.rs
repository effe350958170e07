//! A rule, in words: on which cue a server says or does what.

use super::{PatternWords, WordsError, bytes_of_hex, duration, wrong};
use holdline_peer::{Cue, Rule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A rule: one cue, and what is done on it. Of the rules about messages the first that fits decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleWords {
    /// Cue: `connect`.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<On>,
    /// Cue: a message is this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    equals: Option<String>,
    /// Cue: a message starts with this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    /// Cue: a message has this text somewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    contains: Option<String>,
    /// Cue: a message has a place that this regular expression matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<String>,
    /// Cue: a message starts with these bytes in hex, where `?` is any digit.
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    /// Cue: again and again, from the connect on, such as `10s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<String>,
    /// Wait so long first, such as `2s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// Say this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<String>,
    /// Say these bytes, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_hex: Option<String>,
    /// Say what the device said.
    #[serde(default, skip_serializing_if = "is_not")]
    echo: bool,
    /// Say it in pieces of at most so many bytes, 10 ms apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 18_446_744_073_709_551_615_u64)]
    split: Option<usize>,
    /// Then end the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<Then>,
}

fn is_not(flag: &bool) -> bool {
    !flag
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum On {
    /// A device connected.
    Connect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Then {
    /// In the regular way (FIN).
    Close,
    /// At once (RST).
    Reset,
}

impl RuleWords {
    /// What they mean.
    pub fn rule(&self) -> Result<Rule, WordsError> {
        let mut rule = Rule::on(self.cue()?);
        if let Some(after) = &self.after {
            rule = rule.after(duration(after)?);
        }
        rule = match (&self.reply, &self.reply_hex, self.echo) {
            (None, None, false) => rule,
            (Some(text), None, false) => rule.say(text.as_bytes()),
            (None, Some(hex), false) => rule.say(bytes_of_hex(hex)?),
            (None, None, true) => rule.echo(),
            _ => {
                return Err(wrong(
                    "a rule says one thing: `reply`, `reply_hex` or `echo`",
                    "一条规则只有一种回复：`reply`、`reply_hex` 或 `echo`",
                ));
            }
        };
        if let Some(len) = self.split {
            rule = rule.split(len);
        }
        Ok(match self.then {
            None => rule,
            Some(Then::Close) => rule.close(),
            Some(Then::Reset) => rule.reset(),
        })
    }

    fn cue(&self) -> Result<Cue, WordsError> {
        let every = self.every.as_deref().map(duration).transpose()?;
        let of_messages = PatternWords {
            equals: self.equals.clone(),
            prefix: self.prefix.clone(),
            contains: self.contains.clone(),
            matches: self.matches.clone(),
            hex: self.hex.clone(),
        };
        let others = [self.on.map(|On::Connect| Cue::Connect), every.map(Cue::Every)];
        let mut given = of_messages.cues()?.into_iter().chain(others.into_iter().flatten());
        match (given.next(), given.next()) {
            (Some(cue), None) => Ok(cue),
            _ => Err(wrong(
                "a rule has one cue: `on`, `equals`, `prefix`, `contains`, `matches`, `hex` or `every`",
                "一条规则只有一个条件：`on`、`equals`、`prefix`、`contains`、`matches`、`hex` 或 `every`",
            )),
        }
    }
}
