//! Bytes written in hex.

use super::{WordsError, wrong};

/// Two digits a byte; blanks between them are welcome.
pub(crate) fn bytes_of_hex(hex: &str) -> Result<Vec<u8>, WordsError> {
    let digits: Vec<char> = hex.chars().filter(|letter| !letter.is_whitespace()).collect();
    if !digits.len().is_multiple_of(2) {
        return Err(wrong(
            format!(
                "`{hex}` has an odd number of digits; write two for each byte, as in `7e 01 ff`"
            ),
            format!("`{hex}` 的位数是奇数；每个字节写两位，如 `7e 01 ff`"),
        ));
    }
    digits.chunks(2).map(|pair| Ok(digit(pair[0], hex)? << 4 | digit(pair[1], hex)?)).collect()
}

fn digit(letter: char, hex: &str) -> Result<u8, WordsError> {
    let value = letter.to_digit(16).and_then(|value| u8::try_from(value).ok());
    value.ok_or_else(|| {
        wrong(
            format!("`{letter}` in `{hex}` is no digit of hex; write 0 to 9 and a to f"),
            format!("`{hex}` 中的 `{letter}` 不是十六进制数字；请写 0 到 9、a 到 f"),
        )
    })
}

#[test]
fn bytes_are_read_with_and_without_blanks() {
    assert_eq!(bytes_of_hex("7e01 FF\n"), Ok(vec![0x7e, 1, 0xff]));
    assert_eq!(bytes_of_hex(""), Ok(Vec::new()));
    for bad in ["7", "7g", "7e 0", "é1"] {
        assert!(bytes_of_hex(bad).unwrap_err().what.en.contains(bad), "{bad}");
    }
}
