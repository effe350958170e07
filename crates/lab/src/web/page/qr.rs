//! Text as a QR code, for whoever would have to type it into a phone.

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// Light modules around it, as the standard wants.
const BORDER: i32 = 4;

/// The code as a picture with a name; nothing if the text is too long for one.
pub(super) fn shown(text: &str, name: &str) -> Option<Markup> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * BORDER;
    Some(html! {
        svg viewBox=(format!("0 0 {side} {side}")) role="img" aria-label=(name) shape-rendering="crispEdges" {
            path d=(path(&code)) {}
        }
    })
}

/// A square for each dark module.
fn path(code: &QrCode) -> String {
    let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    all.filter(|&(x, y)| code.get_module(x, y)).fold(String::new(), |mut path, (x, y)| {
        // Text cannot fail to be written into a `String`.
        let _ = write!(path, "M{} {}h1v1h-1z", x + BORDER, y + BORDER);
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_its_name() {
        let shown = shown("192.168.1.5:9999", "<b>").expect("short enough").into_string();
        assert!(shown.contains("viewBox=\"0 0 29 29\""), "{shown}");
        assert!(shown.contains("aria-label=\"&lt;b&gt;\""), "{shown}");
        // Each corner has a dark frame of seven by seven modules.
        for (x, y) in [(4, 4), (18, 4), (4, 18)] {
            for at in 0..7 {
                assert!(shown.contains(&format!("M{} {y}h", x + at)), "{x} {y} {shown}");
                assert!(shown.contains(&format!("M{x} {}h", y + at)), "{x} {y} {shown}");
            }
        }
        assert!(super::shown(&"x".repeat(3000), "").is_none());
    }
}
