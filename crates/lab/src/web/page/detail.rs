//! One row with all of its bytes, in every way in which people read them.

use super::words::Words;
use maud::{Markup, html};

pub(super) fn shown(words: &Words) -> Markup {
    html! {
        dialog #detail aria-labelledby="detail-title" {
            div.bar {
                h3 #detail-title {}
                button #detail-before type="button" title=(words.row_before) aria-label=(words.row_before) { "\u{2191}" }
                button #detail-after type="button" title=(words.row_after) aria-label=(words.row_after) { "\u{2193}" }
                button #detail-close type="button" { (words.close) }
            }
            p #detail-about {}
            div #detail-message {
                h4 { (words.as_text) }
                pre #detail-text tabindex="0" aria-label=(words.as_text) {}
                div #detail-as-json {
                    h4 { (words.as_json) }
                    pre #detail-json tabindex="0" aria-label=(words.as_json) {}
                }
                h4 { (words.as_bytes) }
                pre #detail-bytes tabindex="0" aria-label=(words.as_bytes) {}
                (copies(words))
                (numbers(words))
                (comparison(words))
            }
        }
    }
}

fn copies(words: &Words) -> Markup {
    let forms =
        [("hex", "hex"), ("text", words.text), ("c", "C"), ("lua", "Lua"), ("base64", "Base64")];
    html! {
        div.bar role="group" aria-label=(words.copy_as) {
            span.note { (words.copy_as) }
            @for (form, word) in forms { button type="button" data-form=(form) { (word) } }
            output #copied {}
        }
    }
}

fn numbers(words: &Words) -> Markup {
    html! {
        details #numbers {
            summary { (words.numbers) }
            label.bar { (words.numbers_at) " " input #number-at type="number" min="0" value="0"; }
            table {
                thead {
                    tr {
                        th scope="col" { (words.number_kind) }
                        th scope="col" { (words.little_endian) }
                        th scope="col" { (words.big_endian) }
                    }
                }
                tbody #number-list {}
            }
        }
    }
}

fn comparison(words: &Words) -> Markup {
    html! {
        details #comparison {
            summary { (words.compare) }
            div.bar {
                label { (words.compare_with) " " select #compare-with {} }
                button #mark type="button" { (words.mark) }
            }
            p #compare-told.note role="status" {}
            pre #compare-bytes tabindex="0" aria-label=(words.compare) {}
        }
    }
}
