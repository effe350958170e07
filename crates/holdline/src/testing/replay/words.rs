//! What a replay found, for people.

use super::{Difference, Replayed};
use crate::events::Head;
use crate::words::Lang;
use holdline_device::Instant;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Letters of an event that are shown; of two that differ, from shortly before the difference.
const SHOWN_LETTERS_MAX: usize = 300;

/// Letters that two events have in common and that are shown before their difference.
const COMMON_LETTERS: usize = 60;

/// Tells how a replay of the run that `then` tells of went with what `now` tells of.
pub(crate) fn tell(replayed: &Replayed, then: &Head, now: &Head, lang: Lang) -> String {
    let mut text = String::new();
    for change in changes(then, now, lang) {
        writeln!(text, "{change}").expect("a string takes what is written to it");
    }
    if replayed.is_cut_off {
        writeln!(text, "{}", lang.run_was_cut_off()).expect("a string takes what is written to it");
    }
    let Replayed { facts, orders, until, difference, .. } = replayed;
    match difference {
        None => text + &lang.no_difference(*until, *facts, *orders) + "\n",
        Some(difference) => text + &tell_difference(difference, lang),
    }
}

/// What is not as it was in the run.
fn changes(then: &Head, now: &Head, lang: Lang) -> Vec<String> {
    let mut changes = Vec::new();
    if then.holdline != now.holdline {
        changes.push(lang.other_holdline(&then.holdline, &now.holdline));
    }
    for (then, now) in [(&then.project, &now.project), (&then.library, &now.library)] {
        let names: BTreeSet<_> = then.keys().chain(now.keys()).collect();
        // An event file beside the sources is no change.
        let matters = |name: &str| then.contains_key(name) || name.ends_with(".lua");
        let differs = |name: &&String| then.get(*name) != now.get(*name) && matters(name);
        let changed = names.into_iter().filter(differs);
        changes.extend(changed.map(|name| {
            lang.file_changed(name, then.get(name).is_some(), now.get(name).is_some())
        }));
    }
    changes
}

fn tell_difference(difference: &Difference, lang: Lang) -> String {
    let Difference { at, line, was, is, before } = difference;
    let mut text = format!("{}\n", lang.first_difference(*at, *line));
    for event in before {
        writeln!(text, "    {}", start_of(&shown(event)))
            .expect("a string takes what is written to it");
    }
    let [was, is] = [was, is].map(|event| event.as_deref().map(shown));
    let from = match (&was, &is) {
        (Some(was), Some(is)) => common(was, is),
        (Some(_), None) | (None, Some(_)) | (None, None) => 0,
    };
    for (who, event) in [(lang.the_run(), was), (lang.the_script_now(), is)] {
        let event = event.map_or_else(|| lang.nothing(), |event| part(&event, from));
        writeln!(text, "  {who} {event}").expect("a string takes what is written to it");
    }
    text
}

/// An event as a line that reads well: `00:00:05.000 > send socket 0, attempt 1, text "hello"`.
fn shown(event: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(event) else {
        return event.to_owned();
    };
    let micros = fields.get("ms").and_then(Value::as_f64).unwrap_or_default() * 1000.0;
    let at = Instant::from_micros(micros.round() as u64);
    let (arrow, name) = match (fields.get("order"), fields.get("fact")) {
        (Some(name), _) => (">", name),
        (None, Some(name)) => ("<", name),
        (None, None) => return event.to_owned(),
    };
    let is_text = fields.get("text").is_some_and(|text| !text.to_string().contains('\u{fffd}'));
    let known =
        ["ms", "device", "order", "fact", "due", "len", if is_text { "hex" } else { "text" }];
    let rest = fields.iter().filter(|(key, _)| !known.contains(&key.as_str()));
    let rest: Vec<_> = rest.map(|(key, value)| format!("{key} {value}")).collect();
    let name = name.as_str().unwrap_or_default();
    format!("{at} {arrow} {name} {}", rest.join(", ")).trim_end().to_owned()
}

/// How many letters two texts have in common at their start.
fn common(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
}

fn start_of(text: &str) -> String {
    part(text, 0)
}

/// The letters around letter `at`.
fn part(text: &str, at: usize) -> String {
    let total = text.chars().count();
    let start = if total <= SHOWN_LETTERS_MAX { 0 } else { at.saturating_sub(COMMON_LETTERS) };
    let mut part: String = text.chars().skip(start).take(SHOWN_LETTERS_MAX).collect();
    if start > 0 {
        part.insert_str(0, "... ");
    }
    if total > start + SHOWN_LETTERS_MAX {
        part.push_str(" ...");
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_well() {
        let sent = r#"{"ms":5000.25,"device":0,"order":"send","socket":0,"attempt":1,"len":2,"text":"a\n","hex":"610a","confirm":"taken"}"#;
        let text = r#"00:00:05.000 > send attempt 1, confirm "taken", socket 0, text "a\n""#;
        assert_eq!(shown(sent), text);
        let bytes = r#"{"ms":0.0,"device":0,"order":"print","len":1,"text":"�","hex":"ff"}"#;
        assert_eq!(shown(bytes), r#"00:00:00.000 > print hex "ff""#);
        let fact = r#"{"ms":60000.0,"device":0,"fact":"time_passed","due":60000.0}"#;
        assert_eq!(shown(fact), "00:01:00.000 < time_passed");
    }

    #[test]
    fn of_long_texts_the_difference_is_shown() {
        let (one, other) = ("x".repeat(1000) + "a", "x".repeat(1000) + "b");
        let from = common(&one, &other);
        assert!(part(&one, from).ends_with("xa") && part(&other, from).ends_with("xb"));
        assert_eq!(part("short", 0), "short");
        assert_eq!(part(&one, 0).len(), SHOWN_LETTERS_MAX + 4);
    }
}
