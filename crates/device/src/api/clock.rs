//! The calendar under `os.date` and `os.time`, on a clock that is passed in.
//!
//! Nothing here knows what time it is. Texts are as C's `strftime` writes them in its default
//! locale, so month and day names are English.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use mlua::{Error, IntoLua, Lua, Result, Table, Value};

/// How far the device's local time is ahead of UTC.
// Luat: which zone the firmware's `os.date` is in is not documented; its network time code sets the
// clock to China's time, so that is what local means here.
pub(crate) const ZONE_SECS: i64 = 8 * 60 * 60;

/// What `os.date` gives for a format.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Date {
    /// The format, filled in.
    Text(Vec<u8>),
    /// The table that the format `*t` asks for.
    Fields(Fields),
}

impl IntoLua for Date {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        match self {
            Self::Text(text) => lua.create_string(text).map(Value::String),
            Self::Fields(fields) => fields.into_lua(lua),
        }
    }
}

/// A moment by the calendar, as in Lua's date tables.
///
/// What goes into [`time_from_fields`] may be out of its range: month 13 is the next January.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fields {
    /// The year, in full.
    pub(crate) year: i64,
    /// The month, from 1.
    pub(crate) month: i64,
    /// The day of the month, from 1.
    pub(crate) day: i64,
    /// The hour, from 0.
    pub(crate) hour: i64,
    /// The minute, from 0.
    pub(crate) min: i64,
    /// The second, from 0.
    pub(crate) sec: i64,
}

impl Fields {
    /// Reads the table that a script gives to `os.time`.
    ///
    /// Raises as Lua does for a date without day, month or year; the time of day is noon if it is
    /// not given.
    pub(crate) fn from_table(lua: &Lua, table: &Table) -> Result<Self> {
        let field = |name, default| field(lua, table, name, default);
        Ok(Self {
            year: field("year", None)?,
            month: field("month", None)?,
            day: field("day", None)?,
            hour: field("hour", Some(12))?,
            min: field("min", Some(0))?,
            sec: field("sec", Some(0))?,
        })
    }

    fn of(moment: NaiveDateTime) -> Self {
        Self {
            year: moment.year().into(),
            month: moment.month().into(),
            day: moment.day().into(),
            hour: moment.hour().into(),
            min: moment.minute().into(),
            sec: moment.second().into(),
        }
    }

    /// The moment that the calendar has for these; `None` beyond its years.
    fn moment(&self) -> Option<NaiveDateTime> {
        let months = self.year.checked_mul(12)?.checked_add(self.month)?.checked_sub(1)?;
        let year = i32::try_from(months.div_euclid(12)).ok()?;
        let month = u32::try_from(months.rem_euclid(12)).ok()? + 1;
        let midnight = NaiveDate::from_ymd_opt(year, month, 1)?.and_hms_opt(0, 0, 0)?;
        let days = TimeDelta::try_days(self.day.checked_sub(1)?)?;
        let hours = TimeDelta::try_hours(self.hour)?;
        let minutes = TimeDelta::try_minutes(self.min)?;
        let seconds = TimeDelta::try_seconds(self.sec)?;
        [days, hours, minutes, seconds]
            .into_iter()
            .try_fold(midnight, |moment, delta| moment.checked_add_signed(delta))
    }
}

/// As the table of `os.date("*t")`, with `wday`, `yday` and `isdst` as well.
impl IntoLua for Fields {
    fn into_lua(self, lua: &Lua) -> Result<Value> {
        let table = lua.create_table()?;
        table.raw_set("year", self.year)?;
        table.raw_set("month", self.month)?;
        table.raw_set("day", self.day)?;
        table.raw_set("hour", self.hour)?;
        table.raw_set("min", self.min)?;
        table.raw_set("sec", self.sec)?;
        if let Some(moment) = self.moment() {
            table.raw_set("wday", moment.weekday().number_from_sunday())?;
            table.raw_set("yday", moment.ordinal())?;
        }
        table.raw_set("isdst", false)?;
        Ok(Value::Table(table))
    }
}

/// `os.date(format, secs)`: the time `secs` after the start of 1970 in UTC, as `format` asks.
///
/// A format that begins with `!` is filled in for UTC, any other for the device's zone. `None`, for
/// which Lua gives `nil`, if the time is beyond the calendar.
pub(crate) fn date(secs: i64, format: &[u8]) -> Option<Date> {
    let (format, zone) = match format.strip_prefix(b"!") {
        Some(format) => (format, Zone { ahead_secs: 0, offset: "+0000", name: "GMT" }),
        None => (format, Zone { ahead_secs: ZONE_SECS, offset: "+0800", name: "CST" }),
    };
    let moment = DateTime::from_timestamp_secs(secs.checked_add(zone.ahead_secs)?)?.naive_utc();
    if format == b"*t" {
        return Some(Date::Fields(Fields::of(moment)));
    }
    let mut text = Vec::new();
    fill_in(&mut text, format, moment, &zone);
    Some(Date::Text(text))
}

/// `os.time(table)`: the seconds from the start of 1970 in UTC to `fields` in the device's zone.
///
/// `None`, for which Lua gives `nil`, if the time is beyond the calendar.
pub(crate) fn time_from_fields(fields: &Fields) -> Option<i64> {
    Some(fields.moment()?.and_utc().timestamp() - ZONE_SECS)
}

/// What a format needs to know about a zone.
struct Zone {
    ahead_secs: i64,
    offset: &'static str,
    name: &'static str,
}

/// Appends `format` with its `%` letters replaced; a `%` that is followed by none of them stays.
fn fill_in(text: &mut Vec<u8>, format: &[u8], moment: NaiveDateTime, zone: &Zone) {
    let mut rest = format;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let Some((&letter, after)) = after.split_first().filter(|_| byte == b'%') else {
            text.push(byte);
            continue;
        };
        rest = after;
        match longhand(letter) {
            Some(longhand) => fill_in(text, longhand, moment, zone),
            None => fill_in_letter(text, letter, moment, zone),
        }
    }
}

/// The letters that stand for several others.
fn longhand(letter: u8) -> Option<&'static [u8]> {
    match letter {
        b'c' => Some(b"%a %b %e %H:%M:%S %Y"),
        b'D' | b'x' => Some(b"%m/%d/%y"),
        b'F' => Some(b"%Y-%m-%d"),
        b'r' => Some(b"%I:%M:%S %p"),
        b'R' => Some(b"%H:%M"),
        b'T' | b'X' => Some(b"%H:%M:%S"),
        _ => None,
    }
}

/// Appends what one letter that follows a `%` stands for.
fn fill_in_letter(text: &mut Vec<u8>, letter: u8, moment: NaiveDateTime, zone: &Zone) {
    let filled = match letter {
        b'Y' => moment.year().to_string(),
        b'G' => moment.iso_week().year().to_string(),
        b'Z' => zone.name.to_owned(),
        b'z' => zone.offset.to_owned(),
        b'a' => moment.format("%a").to_string(),
        b'A' => moment.format("%A").to_string(),
        b'b' | b'h' => moment.format("%b").to_string(),
        b'B' => moment.format("%B").to_string(),
        b'C' => format!("{:02}", moment.year().div_euclid(100)),
        b'd' => moment.format("%d").to_string(),
        b'e' => moment.format("%e").to_string(),
        b'g' => format!("{:02}", moment.iso_week().year().rem_euclid(100)),
        b'H' => moment.format("%H").to_string(),
        b'I' => moment.format("%I").to_string(),
        b'j' => moment.format("%j").to_string(),
        b'm' => moment.format("%m").to_string(),
        b'M' => moment.format("%M").to_string(),
        b'n' => "\n".to_owned(),
        b'p' => moment.format("%p").to_string(),
        b'S' => moment.format("%S").to_string(),
        b't' => "\t".to_owned(),
        b'u' => moment.format("%u").to_string(),
        b'U' => moment.format("%U").to_string(),
        b'V' => moment.format("%V").to_string(),
        b'w' => moment.format("%w").to_string(),
        b'W' => moment.format("%W").to_string(),
        b'y' => format!("{:02}", moment.year().rem_euclid(100)),
        b'%' => "%".to_owned(),
        other => return text.extend_from_slice(&[b'%', other]),
    };
    text.extend_from_slice(filled.as_bytes());
}

/// A field of a date table as a C `int`; what is no number counts as not given.
fn field(lua: &Lua, table: &Table, name: &str, default: Option<i64>) -> Result<i64> {
    let number = lua.coerce_number(table.get(name)?)?.map(|number| i64::from(number as i32));
    number
        .or(default)
        .ok_or_else(|| Error::external(format!("field '{name}' missing in date table")))
}
