//! How names, times and amounts are shown.

use super::words::{Words, fill};
use maud::{Markup, html};
use std::time::Duration;

/// Text from outside as something that can be seen and moves nothing around it: what is no letter of
/// its own (control characters, and those that turn the direction of writing) is told by its number.
pub(super) fn visible(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars().fold(String::new(), |mut shown, letter| {
        match letter {
            '\r' => shown += r"\r",
            '\n' => shown += r"\n",
            '\t' => shown += r"\t",
            '\0'..='\x1f' | '\x7f' => shown += &format!(r"\x{:02x}", u32::from(letter)),
            _ if is_hidden(letter) => shown += &format!("<{:X}>", u32::from(letter)),
            _ => shown.push(letter),
        }
        shown
    })
}

/// The same as `HIDDEN` in `assets/bytes.js`.
fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// What stands between backticks as what a person types.
pub(super) fn with_code(text: &str) -> Markup {
    html! {
        @for (nth, part) in text.split('`').enumerate() {
            @if nth % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// A length of time in its two largest units.
pub(super) fn duration(words: &Words, time: Duration) -> String {
    let millis = time.as_millis();
    if millis < 1000 {
        return fill(words.millis, &[("n", &millis)]);
    }
    if millis < 60_000 && millis % 1000 >= 50 {
        return fill(words.seconds, &[("n", &format!("{:.1}", time.as_secs_f64()))]);
    }
    let seconds = time.as_secs();
    let units = [
        (words.days, seconds / 86_400),
        (words.hours, seconds / 3600 % 24),
        (words.minutes, seconds / 60 % 60),
        (words.seconds, seconds % 60),
    ];
    let first = units.iter().position(|(_, count)| *count > 0).unwrap_or(3);
    let two = units.iter().skip(first).take(2).filter(|(_, count)| *count > 0);
    two.map(|(unit, count)| fill(unit, &[("n", count)])).collect::<Vec<_>>().join(" ")
}

/// An amount of bytes.
pub(super) fn amount(bytes: i64) -> String {
    let mut amount = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if amount < 1000.0 {
            let places = usize::from(unit != "B" && amount < 100.0);
            return format!("{amount:.places$} {unit}");
        }
        amount /= 1000.0;
    }
    format!("{amount:.1} TB")
}

/// Microseconds since 1970 as what the browser shows in its own time zone.
pub(super) fn moment(at: i64) -> Markup {
    let time = chrono::DateTime::from_timestamp_micros(at).unwrap_or_default();
    let time = time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    html! { time datetime=(time) { (time) } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::page::words;

    #[test]
    fn what_cannot_be_seen_is_told() {
        assert_eq!(visible(b"a\r\n\x1b[31m"), r"a\r\n\x1b[31m");
        assert_eq!(visible("\u{202e}gpj\u{200b}".as_bytes()), "<202E>gpj<200B>");
        assert_eq!(visible(&[0xff, b'b']), "\u{fffd}b");
    }

    #[test]
    fn what_is_typed_is_code_and_never_html() {
        let shown = with_code("run `a <b>` now").into_string();
        assert_eq!(shown, "run <code>a &lt;b&gt;</code> now");
    }

    #[test]
    fn times_and_amounts_are_short() {
        let of = |millis| duration(&words::EN, Duration::from_millis(millis));
        assert_eq!(of(7), "7 ms");
        assert_eq!(of(10_000), "10 s");
        assert_eq!(of(10_060), "10.1 s");
        assert_eq!(of(60_000), "1 min");
        assert_eq!(of(93_784_000), "1 d 2 h");
        assert_eq!(
            [0, 999, 1000, 150_000, 2_500_000].map(amount),
            ["0 B", "999 B", "1.0 kB", "150 kB", "2.5 MB"]
        );
    }
}
