//! The form that breaks something on purpose.

use super::words::{Words, fill};
use crate::web::lang::Lang;
use holdline_peer::fault::{Make, Word};
use maud::{Markup, html};

/// A button for each of `offered`, with when it strikes and for how long, and one that takes all back.
pub(super) fn form<'a>(
    words: &Words,
    lang: Lang,
    offered: impl Iterator<Item = &'a Word>,
) -> Markup {
    let whens = [
        ("now", words.fault_now),
        ("connects", words.fault_connects),
        ("bytes", words.fault_bytes),
        ("messages", words.fault_messages),
    ];
    html! {
        form.faults data-lifted=(words.lifted) {
            div.bar {
                select name="when" aria-label=(words.fault_when) {
                    @for (value, word) in whens { option value=(value) { (word) } }
                }
                input name="count" type="number" min="1" value="3" aria-label=(words.fault_count);
                input name="lasts" placeholder=(words.fault_lasts) aria-label=(words.fault_lasts);
            }
            dl {
                @for word in offered {
                    dt {
                        button value=(word.words) { (word.words) }
                        @if let Some(value) = usual(word) {
                            input value=(value)
                                aria-label=(fill(words.fault_value, &[("word", &word.words)]));
                        }
                    }
                    dd { @match lang { Lang::En => (word.en), Lang::Zh => (word.zh) } }
                }
            }
            div.bar { button value="" { (words.lift) } output {} }
        }
    }
}

/// What a word that wants a value is tried with first; none for the others.
const fn usual(word: &Word) -> Option<&'static str> {
    match word.make {
        Make::Plain(_) => None,
        Make::Time(_) => Some("800ms"),
        Make::Number(_) => Some("100"),
    }
}
