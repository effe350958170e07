//! What `read("*n")` takes for a number.

/// The number at the start of `text`, after blanks, and how many bytes it took with them.
pub(super) fn number_prefix(text: &[u8]) -> (Option<f64>, usize) {
    let start = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let len = numeral_len(&text[start..]);
    let numeral = text[start..start + len].strip_prefix(b"+").unwrap_or(&text[start..start + len]);
    let number = std::str::from_utf8(numeral).ok().and_then(|numeral| numeral.parse().ok());
    (number, start + len)
}

/// How many bytes at the start of `text` are a sign, digits with a point, and an exponent.
fn numeral_len(text: &[u8]) -> usize {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = |at: usize| usize::from(matches!(text.get(at), Some(b'+' | b'-')));
    let whole_at = sign(0);
    let whole = digits(whole_at);
    let mut end = whole_at + whole;
    let mut fraction = 0;
    if text.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let exponent_at = end + 1 + sign(end + 1);
        let exponent = digits(exponent_at.min(text.len()));
        if exponent > 0 {
            end = exponent_at + exponent;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_ends_where_it_is_none_any_more() {
        let check = |text: &str, number, len| {
            assert_eq!(number_prefix(text.as_bytes()), (number, len), "{text}");
        };
        check("", None, 0);
        check("  12 34", Some(12.0), 4);
        check("-1.5e3x", Some(-1500.0), 6);
        check("+.5", Some(0.5), 3);
        check("7.", Some(7.0), 2);
        check("1e", Some(1.0), 1);
        check("1e+", Some(1.0), 1);
        check(" x", None, 1);
        check("-", None, 0);
        check(".", None, 0);
    }
}
