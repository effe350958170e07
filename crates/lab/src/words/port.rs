//! A port, in words.

use super::framing::FramingWords;
use super::identity::IdentityWords;
use super::object::objects;
use super::{RuleWords, WordsError, target, wrong};
use crate::config::{PortConfig, PortKind};
use holdline_peer::fault::Sentences;
use holdline_peer::{Manner, Reply, Rule};
use rustls::pki_types::ServerName;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use utoipa::ToSchema;

/// A port where devices connect, as a configuration file has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortWords {
    /// What it is called.
    pub name: String,
    /// What is spoken.
    #[serde(default)]
    pub kind: PortKind,
    /// Where it listens: `ADDRESS:PORT`, or `PORT` at this machine alone.
    pub listen: String,
    /// TLS: names and addresses that the certificate is for, beside what devices ask for.
    #[serde(default)]
    pub names: Vec<String>,
    /// TCP and UDP: the server that devices are passed on to, `HOST:PORT`; looked up once.
    pub relay: Option<String>,
    /// The Lua file that answers where no rule does, beside the configuration file; whoever reads that
    /// opens it, see [`PortConfig::answers`].
    pub lua: Option<PathBuf>,
    /// What goes wrong from the start, in words as docs/faults.md has them.
    #[serde(default)]
    pub fault: Vec<String>,
    /// Where one message ends and the next begins: `none` unless told.
    pub framing: Option<FramingWords>,
    /// Where devices say who they are.
    pub identity: Option<IdentityWords>,
    /// The answer to a message that no rule takes.
    #[serde(default)]
    pub reply: ReplyWords,
    /// What is done on which cue.
    #[serde(default, deserialize_with = "objects")]
    pub rule: Vec<RuleWords>,
}

/// What a port does with devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MannerWords {
    /// Where one message ends and the next begins: `none` unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    framing: Option<FramingWords>,
    /// Where devices say who they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityWords>,
    /// The answer to a message that no rule takes.
    #[serde(default)]
    reply: ReplyWords,
    /// What is done on which cue.
    #[serde(default, deserialize_with = "objects")]
    rules: Vec<RuleWords>,
}

/// The answer to a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReplyWords {
    /// None.
    #[default]
    Silent,
    /// The message itself.
    Echo,
}

impl PortWords {
    /// What they mean.
    pub fn config(&self) -> Result<PortConfig, WordsError> {
        let of_port = |error: WordsError| {
            wrong(
                format!("port `{}`: {}", self.name, error.what.en),
                format!("端口 `{}`：{}", self.name, error.what.zh),
            )
        };
        let ListenWords { listen, .. } =
            ListenWords::parse(&self.listen, self.kind).map_err(of_port)?;
        let words = MannerWords {
            framing: self.framing.clone(),
            identity: self.identity.clone(),
            reply: self.reply,
            rules: self.rule.clone(),
        };
        let manner = words.manner().map_err(of_port)?;
        let names = self.names().map_err(of_port)?;
        let relay = self.relay().map_err(of_port)?;
        let port = PortConfig::new(self.name.clone(), self.kind, listen);
        let mut port = PortConfig { names, relay, manner, words, ..port };
        for fault in &self.fault {
            port.commit(fault).map_err(|refusal| of_port(refusal.into()))?;
        }
        Ok(port)
    }

    /// Where devices are passed on to.
    fn relay(&self) -> Result<Option<SocketAddr>, WordsError> {
        let Some(words) = &self.relay else { return Ok(None) };
        if self.kind.is_sealed() {
            let kind = self.kind.word();
            return Err(wrong(
                format!(
                    "`relay` passes TLS on as it comes, and not as `{kind}`: make it `kind = \"tcp\"`"
                ),
                format!("`relay` 原样转发 TLS，不能用于 `{kind}`：请改为 `kind = \"tcp\"`"),
            ));
        }
        if self.lua.is_some() {
            return Err(wrong(
                "`relay` passes devices on to a server, and `lua` would answer them here: leave one of the two out",
                "`relay` 把设备转发到服务器，而 `lua` 在这里回复设备：两者只能留一个",
            ));
        }
        target(words).map(Some)
    }

    /// What the certificate is for.
    fn names(&self) -> Result<Vec<String>, WordsError> {
        if !self.names.is_empty() && !self.kind.is_sealed() {
            return Err(wrong(
                "`names` are for a certificate, and only `tls` and `mtls` have one",
                "`names` 用于证书，只有 `tls` 和 `mtls` 端口才有",
            ));
        }
        let odd = self.names.iter().find(|name| ServerName::try_from(name.as_str()).is_err());
        if let Some(name) = odd {
            return Err(wrong(
                format!("`{name}` is neither a name nor an address, as `a.example` or `192.0.2.1`"),
                format!("`{name}` 既不是域名也不是地址；写法如 `a.example`、`192.0.2.1`"),
            ));
        }
        Ok(self.names.clone())
    }
}

impl MannerWords {
    /// As the store keeps them.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("words are text, numbers and lists")
    }

    /// What they mean.
    pub(crate) fn manner(&self) -> Result<Manner, WordsError> {
        let framing = self.framing.as_ref().map(FramingWords::framing).transpose()?;
        let identity = self.identity.as_ref().map(IdentityWords::identity).transpose()?;
        Ok(Manner {
            framing: framing.unwrap_or_default(),
            identity,
            rules: self.rules()?,
            reply: match self.reply {
                ReplyWords::Silent => Reply::Silent,
                ReplyWords::Echo => Reply::Echo,
            },
        })
    }

    /// What the rules mean; an error says which one it is in.
    fn rules(&self) -> Result<Vec<Rule>, WordsError> {
        let read = |(number, words): (usize, &RuleWords)| {
            words.rule().map_err(|WordsError { what: Sentences { en, zh } }| {
                wrong(format!("rule {number}: {en}"), format!("规则 {number}：{zh}"))
            })
        };
        (1..).zip(&self.rules).map(read).collect()
    }
}

/// `[NAME=]ADDRESS:PORT`, or `[NAME=]PORT` at this machine alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenWords {
    /// What the port is called: its kind and number, unless told.
    pub name: String,
    /// Where it listens.
    pub listen: SocketAddr,
}

impl ListenWords {
    /// Reads what somebody wrote.
    pub fn parse(words: &str, kind: PortKind) -> Result<Self, WordsError> {
        let (name, place) = match words.split_once('=') {
            Some((name, place)) => (Some(name), place),
            None => (None, words),
        };
        let alone =
            || place.parse().ok().map(|port| (IpAddr::from(Ipv4Addr::LOCALHOST), port).into());
        let listen: SocketAddr = place.parse().ok().or_else(alone).ok_or_else(|| {
            let ways = "`9999`, `127.0.0.1:9999`, `[::1]:9999`, `cars=9999`";
            wrong(
                format!("`{words}` is no place to listen; write it as in {ways}"),
                format!("`{words}` 不是监听地址；写法如 {ways}"),
            )
        })?;
        if name == Some("") {
            return Err(wrong(
                format!("`{words}` has no name before the `=`"),
                format!("`{words}` 的 `=` 前面没有名称"),
            ));
        }
        let unnamed = || match listen.port() {
            0 => kind.word().to_owned(),
            port => format!("{}-{port}", kind.word()),
        };
        Ok(Self { name: name.map_or_else(unnamed, str::to_owned), listen })
    }
}
