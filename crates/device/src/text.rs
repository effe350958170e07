//! Bytes of a script as text.

use encoding_rs::GBK;

/// UTF-8, or else GBK, as sources are either; what is neither becomes U+FFFD.
pub fn text_of(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_not_utf8) => {
            let text = GBK.decode_without_bom_handling_and_without_replacement(bytes);
            text.map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), Into::into)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn a_text_is_read_in_either_encoding() {
        assert_eq!(text_of("网络 ok".as_bytes()), "网络 ok");
        assert_eq!(text_of(b"\xCD\xF8\xC2\xE7 ok"), "网络 ok");
        assert_eq!(text_of(b"ok\xFF"), "ok\u{fffd}");
    }
}
