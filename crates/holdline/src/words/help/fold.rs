//! Lines that fit a terminal. Chinese has no spaces: a line may end after each of its letters, except
//! where a mark would be left alone.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Marks that never begin a line.
const CLOSING: &str = "，。；：、！？）」”]";

/// Marks that never end one.
const OPENING: &str = "（「“[";

/// Breaks the lines of `page` that take more than so many columns. What follows stands below the
/// line's last column of text: that is where its last two spaces end.
pub(super) fn fold(page: &str, columns: usize) -> String {
    page.split('\n').map(|line| folded(line, columns)).collect::<Vec<_>>().join("\n")
}

fn folded(line: &str, columns: usize) -> String {
    let line = line.trim_end();
    let indent = line.rfind("  ").map_or(0, |at| width(&line[..at + 2]));
    let (mut out, mut used) = (String::new(), 0);
    for piece in pieces(line) {
        if used > indent && used + width(piece.trim_end()) > columns {
            out.truncate(out.trim_end().len());
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        }
        out.push_str(piece);
        used += width(piece);
    }
    out
}

/// `line` in parts that stay whole.
fn pieces(line: &str) -> Vec<&str> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let pairs = line.char_indices().zip(line.char_indices().skip(1));
    for ((_, before), (at, after)) in pairs {
        if may_break(before, after) {
            pieces.push(&line[start..at]);
            start = at;
        }
    }
    pieces.push(&line[start..]);
    pieces
}

fn may_break(before: char, after: char) -> bool {
    let is_wide = |c: char| c.width() == Some(2);
    let is_between = is_wide(before) || is_wide(after);
    before == ' ' || is_between && !OPENING.contains(before) && !CLOSING.contains(after)
}

/// The columns of `text`, whose colours take none.
fn width(text: &str) -> usize {
    let mut parts = text.split('\x1b');
    let plain = parts.next().unwrap_or_default().width();
    plain
        + parts.map(|part| part.split_once('m').map_or(0, |(_, text)| text.width())).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn chinese_ends_anywhere_and_words_and_flags_stay_whole() {
        assert_eq!(fold("连接一个串口", 6), "连接一\n个串口");
        assert_eq!(fold("加上 `--virtual` 则全部可用", 12), "加上\n`--virtual`\n则全部可用");
        assert_eq!(fold("short", 80), "short");
        assert_eq!(fold("  --a  `--virtual`", 10), "  --a  `--virtual`");
    }

    #[test]
    fn marks_stay_with_the_letter_that_they_belong_to() {
        assert_eq!(fold("一二三，四", 6), "一二\n三，四");
        assert_eq!(fold("一二（三四）", 6), "一二\n（三\n四）");
        assert_eq!(fold("一二 [三四]", 7), "一二\n[三四]");
    }

    #[test]
    fn what_follows_stands_below_the_text_and_not_below_the_flag() {
        assert_eq!(fold("  --a <B>  一二三四", 15), "  --a <B>  一二\n           三四");
        assert_eq!(fold("    一二三四", 8), "    一二\n    三四");
    }

    #[test]
    fn colours_take_no_room() {
        assert_eq!(fold("\x1b[1m一二\x1b[0m三四", 8), "\x1b[1m一二\x1b[0m三四");
        assert_eq!(fold("\x1b[1m--a\x1b[0m  一二三", 9), "\x1b[1m--a\x1b[0m  一二\n     三");
    }
}
