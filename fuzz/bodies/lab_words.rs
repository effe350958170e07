//! Random words for a lab's ports, as TOML and as JSON: both say the same, what is accepted means the same
//! once it was written down and read again, and what is refused is refused in both languages.

use crate::lab_dice::Dice;
use holdline_lab::{ListenWords, MannerWords, PortConfig, PortKind, PortWords};
use holdline_peer::fault::{Fault, Sentences};

/// The words of a port.
const PORT: &[&str] =
    &["name", "kind", "listen", "names", "fault", "framing", "identity", "reply", "rule"];

/// Reads `bytes` as words, or makes words of them.
pub(crate) fn run(bytes: &[u8]) {
    let mut dice = Dice(bytes);
    match dice.byte() % 4 {
        0 => of_text(&String::from_utf8_lossy(dice.0)),
        1 => listen(&String::from_utf8_lossy(dice.0)),
        _ => made(&mut dice),
    }
}

/// Somebody's own text, in either language.
fn of_text(text: &str) {
    if let Ok(words) = toml::from_str(text) {
        port(words);
    }
    if let Ok(words) = serde_json::from_str(text) {
        manner(&words);
    }
}

/// The same words in both languages.
fn made(dice: &mut Dice<'_>) {
    let mut value = dice.object(PORT);
    let object = value.as_object_mut().expect("it was made as one");
    object.entry("name").or_insert("cars".into());
    object.entry("listen").or_insert("0".into());
    let as_json: Option<PortWords> = serde_json::from_value(value.clone()).ok();
    // TOML has no null, no number beyond 64 bits with a sign, and says so.
    if let Ok(text) = toml::to_string(&value) {
        assert_eq!(toml::from_str(&text).ok(), as_json, "{text}");
    }
    if let Some(words) = as_json {
        port(words);
    }
}

fn port(words: PortWords) {
    // A name would be looked up.
    let words = PortWords { relay: None, ..words };
    match words.config() {
        Ok(port) => {
            manner(&port.words);
            port.faults.iter().for_each(|fault| {
                assert_eq!(Fault::parse(&fault.to_string()).as_ref(), Ok(fault), "{fault}");
            });
        }
        Err(refused) => said(&refused.what),
    }
    let mut port = PortConfig::new("cars", words.kind, ([127, 0, 0, 1], 0).into());
    for fault in &words.fault {
        if let Err(refused) = port.commit(fault) {
            said(&refused.what);
            said(&refused.hint);
        }
    }
}

fn manner(words: &MannerWords) {
    let written = serde_json::to_string(words).expect("words are text, numbers and lists");
    let read: MannerWords = serde_json::from_str(&written).expect(&written);
    assert_eq!(&read, words, "{written}");
}

fn listen(text: &str) {
    match ListenWords::parse(text, PortKind::Tcp) {
        Ok(place) => {
            let again = format!("{}={}", place.name, place.listen);
            assert_eq!(ListenWords::parse(&again, PortKind::Tcp), Ok(place), "{again}");
        }
        Err(refused) => said(&refused.what),
    }
}

/// A refusal says something in both languages.
fn said(what: &Sentences) {
    assert!(!what.en.trim().is_empty(), "{what:?}");
    assert!(what.zh.contains(|letter| matches!(letter, '\u{4e00}'..='\u{9fff}')), "{what:?}");
}
