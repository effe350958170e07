//! Which messages are wanted: the same words wherever messages are asked for.

use super::Problem;
use crate::store::{Filter, Group, Kind};
use crate::words::bytes_of_hex;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use utoipa::IntoParams;

/// Which messages are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Of these devices, with commas between them.
    #[param(value_type = Vec<String>, required = false, style = Form, explode = false,
        example = json!(["860000000000001"]))]
    device: Option<String>,
    /// At this port.
    #[param(example = "tcp-9999")]
    port: Option<String>,
    /// After this message.
    #[param(minimum = 0, maximum = 18_446_744_073_709_551_615_u64, example = 42)]
    after: Option<u64>,
    /// With all that else happened: connects, names, ends, faults, and messages by framing.
    #[serde(default)]
    #[param(default = false)]
    events: bool,
    /// Of these kinds only, with commas between them.
    #[param(value_type = Vec<Kind>, required = false, min_items = 1, style = Form, explode = false,
        example = json!(["received", "sent"]))]
    kinds: Option<String>,
    /// Of these groups only, with commas between them: `received`, `sent`, `messages` by framing, and
    /// `events`, which are all the rest.
    #[param(value_type = Vec<Group>, required = false, min_items = 1, style = Form, explode = false,
        example = json!(["received", "events"]))]
    show: Option<String>,
    /// With this text somewhere, as UTF-8.
    #[param(example = "heart data")]
    text: Option<String>,
    /// With these bytes somewhere, in hex.
    #[param(example = "7e 01", pattern = "^(\\s*[0-9a-fA-F]\\s*[0-9a-fA-F])*\\s*$")]
    hex: Option<String>,
}

impl Wanted {
    pub(super) fn filter(&self) -> Result<Filter, Problem> {
        self.filter_after(0)
    }

    /// `after` is where they begin unless told.
    pub(super) fn filter_after(&self, after: i64) -> Result<Filter, Problem> {
        let search = match (&self.text, &self.hex) {
            (None, None) => None,
            (Some(text), None) => Some(text.clone().into_bytes()),
            (None, Some(hex)) => Some(bytes_of_hex(hex)?),
            (Some(_), Some(_)) => {
                return Err(Problem::new(
                    axum::http::StatusCode::UNPROCESSABLE_ENTITY,
                    "either `text` or `hex` is searched for",
                    "`text` 与 `hex` 只能搜索其中一个",
                ));
            }
        };
        Ok(Filter {
            devices: parts(self.device.as_deref())
                .filter(|device| !device.is_empty())
                .map(str::to_owned)
                .collect(),
            port: self.port.clone(),
            kinds: self.kinds()?,
            search: search.filter(|bytes| !bytes.is_empty()),
            after: self.after.map_or(after, |after| i64::try_from(after).unwrap_or(i64::MAX)),
        })
    }

    /// None are all.
    fn kinds(&self) -> Result<Vec<Kind>, Problem> {
        let kinds: Result<Vec<_>, _> = parts(self.kinds.as_deref()).map(kind).collect();
        let mut kinds = kinds?;
        for word in parts(self.show.as_deref()) {
            let group = group(word)?;
            kinds.extend(Kind::ALL.into_iter().filter(|kind| kind.group() == group));
        }
        if kinds.is_empty() && !self.events {
            return Ok(vec![Kind::Received, Kind::Sent]);
        }
        Ok(kinds)
    }
}

fn parts(list: Option<&str>) -> impl Iterator<Item = &str> {
    list.into_iter().flat_map(|list| list.split(','))
}

fn kind(name: &str) -> Result<Kind, Problem> {
    let word: StrDeserializer<'_, Error> = name.into_deserializer();
    Kind::deserialize(word).map_err(|_| {
        let all = Kind::ALL.map(Kind::name).join(", ");
        Problem::bad(
            format!("`{name}` is no kind of message; there are {all}"),
            format!("`{name}` 不是消息种类；可用的有 {all}"),
        )
    })
}

fn group(name: &str) -> Result<Group, Problem> {
    let known = Group::ALL.into_iter().find(|group| group.name() == name);
    known.ok_or_else(|| {
        let all = Group::ALL.map(Group::name).join(", ");
        Problem::bad(
            format!("`{name}` is no group of messages; there are {all}"),
            format!("`{name}` 不是消息分组；可用的有 {all}"),
        )
    })
}
