//! A device's file names on this machine: as they are where that is safe, else by `%` and the bytes
//! in hex. Two names never become one, and none becomes a hidden file, of which a temporary one is.

use std::ffi::OsStr;
use std::fmt::Write as _;

/// What a temporary file's name starts with.
const TEMPORARY: &str = ".holdline-";

/// A device's name on this machine.
pub(super) fn on_host(name: &str) -> String {
    let last = name.chars().count().saturating_sub(1);
    let mut safe = String::with_capacity(name.len());
    for (at, letter) in name.chars().enumerate() {
        let dot_inside = letter == '.' && at != 0 && at != last;
        if letter.is_alphanumeric() || "_-#+=,@~()".contains(letter) || dot_inside {
            safe.push(letter);
        } else {
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                write!(safe, "%{byte:02X}").expect("a `String` takes all");
            }
        }
    }
    safe
}

/// The device's name of what has this name on this machine, if a device can give it.
pub(super) fn on_device(safe: &str) -> Option<String> {
    let mut parts = safe.split('%');
    let mut name = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        name.push(u8::from_str_radix(code, 16).ok()?);
        name.extend(rest.as_bytes());
    }
    String::from_utf8(name).ok().filter(|name| on_host(name) == safe)
}

/// The name of the `number`th temporary file.
pub(super) fn temporary(number: u64) -> String {
    format!("{TEMPORARY}{}-{number}", std::process::id())
}

/// Whether a file on this machine is a temporary one.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(TEMPORARY.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_readable() {
        for name in ["nvm_para.lua", "para_bak.lua", "#lua_user#", "配置.txt", "a-b_c.tar.gz"] {
            assert_eq!(on_host(name), name);
            assert_eq!(on_device(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn odd_names_become_safe_ones_and_stay_apart() {
        let odd = [
            "..", ".", ".x", "x.", "x%2E", "%", "a b", "a:b", "a\\b", "a\nb", "\u{1}", "*", "a?",
            "\"", "%2E%2E", "%2Ex",
        ];
        let mut safe: Vec<String> = odd.iter().map(|name| on_host(name)).collect();
        let back: Vec<_> = safe.iter().filter_map(|name| on_device(name)).collect();
        assert_eq!(back, odd);
        for name in &safe {
            assert!(
                !name.starts_with('.') && !name.ends_with('.') && !name.contains(['\\', ':', ' '])
            );
        }
        safe.sort();
        safe.dedup();
        assert_eq!(safe.len(), odd.len());
    }

    #[test]
    fn what_no_device_can_have_named_has_no_name() {
        for name in [".lock", "a b", "%", "%2", "%zz", "%FF", "%61", ".holdline-1-1"] {
            assert_eq!(on_device(name), None, "{name}");
        }
    }

    #[test]
    fn no_name_of_a_device_is_a_temporary_one() {
        let temporary = temporary(1);
        assert!(is_temporary(temporary.as_ref()));
        assert!(!is_temporary(on_host(&temporary).as_ref()));
    }
}
