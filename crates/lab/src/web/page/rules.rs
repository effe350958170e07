//! The form for a port's framing, identity, reply and rules. `assets/rules.js` makes it work, and
//! `assets/manner.js` knows what its fields are in JSON.

use super::words::Words;
use maud::{Markup, html};

pub(super) fn form(words: &Words) -> Markup {
    html! {
        form.rules novalidate data-kept=(words.rules_kept) {
            p.note { (words.rules_about) }
            // Nothing is written before the lab has said how things are.
            fieldset.parts disabled {
                legend.hidden { (words.rules) }
                div.part data-part="framing" { (framing(words)) }
                div.part data-part="identity" { (identity(words)) }
                p.note { (words.rules_order) }
                ol aria-label=(words.rules) {}
                template { li { fieldset.rule data-part="rule" { (rule(words)) } } }
                button type="button" data-act="add" { (words.rule_add) }
                div.part data-part="reply" { (reply(words)) }
            }
            p.unread hidden {}
            details {
                summary { (words.as_json) }
                p.note { (words.rules_json_about) }
                textarea name="rules" rows="12" readonly spellcheck="false" aria-label=(words.as_json) {}
            }
            div.bar {
                button.main { (words.rules_keep) }
                button type="button" data-act="undo" disabled { (words.rules_undo) }
                output {}
            }
        }
    }
}

fn framing(words: &Words) -> Markup {
    let kinds = [
        ("none", words.framing_none),
        ("line", words.framing_line),
        ("fixed", words.framing_fixed),
        ("idle", words.framing_idle),
        ("length", words.framing_length),
    ];
    let orders = [("big", words.big_endian), ("little", words.little_endian)];
    let counts = [
        ("rest", words.counts_rest),
        ("length-and-rest", words.counts_length_and_rest),
        ("whole", words.counts_whole),
    ];
    let of_length = Shown { of: "kind", r#for: "length" };
    html! {
        (kind(words, words.framing, &kinds))
        (number(Shown { of: "kind", r#for: "fixed" }, "bytes", words.framing_bytes, "12"))
        (line(Shown { of: "kind", r#for: "idle" }, "gap", words.framing_gap, "200ms"))
        (number(of_length, "skip", words.length_skip, "0"))
        (number(of_length, "length", words.length_size, "2"))
        (of_length.label(words.length_order, &list("order", &orders)))
        (of_length.label(words.length_counts, &list("counts", &counts)))
    }
}

fn identity(words: &Words) -> Markup {
    let kinds = [
        ("none", words.identity_none),
        ("imei", words.identity_imei),
        ("pattern", words.identity_pattern),
        ("bytes", words.identity_bytes),
        ("name", words.identity_name),
    ];
    let of_bytes = Shown { of: "kind", r#for: "bytes" };
    let of_pattern = Shown { of: "kind", r#for: "pattern" };
    html! {
        (kind(words, words.identity, &kinds))
        (line(of_pattern, "expression", words.identity_expression, "id=([0-9]+)"))
        (line(of_bytes, "start", words.identity_start, ""))
        (number(of_bytes, "skip", words.identity_skip, "0"))
        (number(of_bytes, "len", words.identity_len, "8"))
        (line(Shown { of: "kind", r#for: "name" }, "name", words.identity_called, "car_1"))
    }
}

fn reply(words: &Words) -> Markup {
    let kinds = [("silent", words.reply_silent), ("echo", words.reply_echo)];
    kind(words, words.reply, &kinds)
}

/// A rule: when, what is said, and how.
fn rule(words: &Words) -> Markup {
    let moves = [
        ("up", words.rule_up, "\u{2191}"),
        ("down", words.rule_down, "\u{2193}"),
        ("remove", words.rule_remove, "\u{2715}"),
    ];
    let then = [("", words.then_stay), ("close", words.then_close), ("reset", words.then_reset)];
    html! {
        legend {}
        div.moves {
            @for (act, word, sign) in moves {
                button type="button" data-act=(act) aria-label=(word) title=(word) { (sign) }
            }
        }
        div.line { (cue(words)) }
        div.line { (say(words)) }
        div.more {
            label { (words.rule_after) input data-field="after" placeholder="2s" autocomplete="off"; }
            label {
                (words.rule_split)
                input data-field="split" inputmode="numeric" autocomplete="off";
            }
            label { (words.rule_then) (list("then", &then)) }
        }
        p.note.rest hidden {}
    }
}

fn cue(words: &Words) -> Markup {
    let cues = [
        ("equals", words.cue_equals),
        ("prefix", words.cue_prefix),
        ("contains", words.cue_contains),
        ("matches", words.cue_matches),
        ("hex", words.cue_hex),
        ("on", words.cue_connect),
        ("every", words.cue_every),
    ];
    let texts = Shown { of: "cue", r#for: "equals prefix contains" };
    html! {
        label {
            span { (words.rule_when) }
            select data-field="cue" {
                option value="" hidden { (words.only_json) }
                @for (value, word) in cues { option value=(value) { (word) } }
            }
        }
        (texts.input("cue-text", words.cue_text, "ping"))
        (Shown { r#for: "matches", ..texts }.input("cue-pattern", words.cue_pattern, "temp=[0-9]+"))
        (Shown { r#for: "hex", ..texts }.input("cue-mask", words.cue_mask, "7e ?? 01"))
        (Shown { r#for: "every", ..texts }.input("cue-time", words.cue_time, "10s"))
    }
}

fn say(words: &Words) -> Markup {
    let says = [
        ("reply", words.text),
        ("reply_hex", words.hex),
        ("echo", words.say_echo),
        ("", words.say_nothing),
    ];
    let text = Shown { of: "say", r#for: "reply" };
    html! {
        label { span { (words.rule_say) } (list("say", &says)) }
        (text.input("say-text", words.say_text, "ok\\r\\n"))
        (Shown { r#for: "reply_hex", ..text }.input("say-hex", words.say_hex, "7e 01 7e"))
    }
}

/// What is shown while the list `of` has one of the choices `for`, which blanks part.
#[derive(Clone, Copy)]
struct Shown {
    of: &'static str,
    r#for: &'static str,
}

impl Shown {
    fn label(self, word: &str, field: &Markup) -> Markup {
        html! { label data-of=(self.of) data-for=(self.r#for) hidden { span { (word) } (field) } }
    }

    /// A field that has no room for its name.
    fn input(self, name: &str, word: &str, sample: &str) -> Markup {
        html! {
            input data-of=(self.of) data-for=(self.r#for) data-field=(name) hidden placeholder=(sample)
                aria-label=(word) title=(word) autocomplete="off" autocapitalize="off" spellcheck="false";
        }
    }
}

/// A line that begins with what is usual.
fn line(shown: Shown, name: &str, word: &str, usual: &str) -> Markup {
    let field = html! {
        input data-field=(name) value=(usual) autocomplete="off" autocapitalize="off" spellcheck="false";
    };
    shown.label(word, &field)
}

fn number(shown: Shown, name: &str, word: &str, usual: &str) -> Markup {
    let field =
        html! { input data-field=(name) value=(usual) inputmode="numeric" autocomplete="off"; };
    shown.label(word, &field)
}

/// Which kind a part is of; what no field says is edited as JSON.
fn kind(words: &Words, word: &str, kinds: &[(&str, &str)]) -> Markup {
    html! {
        label {
            span { (word) }
            select data-field="kind" {
                @for (value, word) in kinds { option value=(value) { (word) } }
                option value="json" hidden { (words.only_json) }
            }
        }
    }
}

fn list(name: &str, choices: &[(&str, &str)]) -> Markup {
    html! {
        select data-field=(name) { @for (value, word) in choices { option value=(value) { (word) } } }
    }
}
