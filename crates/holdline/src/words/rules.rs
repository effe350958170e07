//! What is wrong with a rule for a server.

use super::Lang;
use crate::report::Problem;
use holdline_peer::{MaskError, PatternError};

impl Lang {
    /// A rule without an action.
    pub(crate) fn rule_does_nothing(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "the rule has no action, so the server would do nothing".to_owned(),
                "这条规则没有动作，服务器什么也不会做".to_owned(),
            ),
            self.pick(
                "add `:reply(\"...\")`, `:reply_hex(\"AA 01\")`, `:close()` or `:reset()`; `:reply(\"\")` \
                 for a server that says nothing on purpose"
                    .to_owned(),
                "加上 `:reply(\"...\")`、`:reply_hex(\"AA 01\")`、`:close()` 或 `:reset()`；若有意不回复，写 \
                 `:reply(\"\")`"
                    .to_owned(),
            ),
        )
    }

    /// Pieces of nothing.
    pub(crate) fn nothing_to_split(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "`split` is about a reply, which does not stand here".to_owned(),
                "`split` 只对回复有意义，这里没有回复".to_owned(),
            ),
            self.pick(
                "add `:reply(\"...\")`, or take `:split` out".to_owned(),
                "加上 `:reply(\"...\")`，或去掉 `:split`".to_owned(),
            ),
        )
    }

    /// A rule that says a thing twice.
    pub(crate) fn said_twice_in_a_rule(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "the rule says this already; it has one wait, one size of pieces, one reply and one end"
                    .to_owned(),
                "这条规则已经说过这一项；一条规则只有一次等待、一种分段、一个回复和一种结束方式".to_owned(),
            ),
            self.pick("keep one of the two".to_owned(), "两处只留一处".to_owned()),
        )
    }

    /// A rule is spoken of too late.
    pub(crate) fn rule_is_settled(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "this rule is settled already: the next word of the test settled it".to_owned(),
                "这条规则已经生效：测试的下一个词就会让它生效".to_owned(),
            ),
            self.pick(
                "write all of it at once: `server:when(\"login\"):after(\"2s\"):reply(\"ok\")`"
                    .to_owned(),
                "一次写完：`server:when(\"login\"):after(\"2s\"):reply(\"ok\")`".to_owned(),
            ),
        )
    }

    /// An empty text as a cue.
    pub(crate) fn waits_for_nothing(self, word: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("`{word}` waits for an empty text"),
                format!("`{word}` 等待的是空文本"),
            ),
            self.pick(
                "write the text; for any message, `server:when_matches(\"\")`".to_owned(),
                "写出文本；若指任何消息，写 `server:when_matches(\"\")`".to_owned(),
            ),
        )
    }

    /// A text that is no regular expression.
    pub(crate) fn not_a_pattern(self, error: &PatternError) -> Problem {
        let what = error.what();
        Problem { text: self.pick(what.en, what.zh), hint: None }
    }

    /// A text that is no mask.
    pub(crate) fn not_a_mask(self, given: &str, error: &MaskError) -> Problem {
        let what = error.what();
        let text = self.pick(
            format!("`{given}` is not bytes in hex: {}", what.en),
            format!("`{given}` 不是十六进制字节：{}", what.zh),
        );
        Problem { text, hint: None }
    }
}
