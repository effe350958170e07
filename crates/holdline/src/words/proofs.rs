//! What a test does not prove, since it could not fail.

use super::Lang;
use crate::report::Problem;
use crate::testing::text::clock;
use std::time::Duration;

impl Lang {
    /// A fault that did not come.
    pub(crate) fn fault_never_struck(self, fault: &str, end: Duration) -> Problem {
        let end = clock(end);
        Problem::with_hint(
            self.pick(
                format!(
                    "the fault `{fault}` did not strike until {end}, so this proves nothing of it"
                ),
                format!("到 {end} 为止，故障 `{fault}` 没有发生，这说明不了什么"),
            ),
            self.pick(
                "let time pass until it comes, see that what it waits for happens, or take it out"
                    .to_owned(),
                "让时间走到它发生的时候，确认它等待的事会出现，或者删掉它".to_owned(),
            ),
        )
    }

    /// A fault that is there to the end.
    pub(crate) fn fault_stands(self, fault: &str, ending: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!(
                    "the fault `{fault}` stands to the end, so nothing can be well again after it"
                ),
                format!("故障 `{fault}` 一直没有结束，之后不可能恢复正常"),
            ),
            self.pick(
                format!("say for how long, such as `{ending}`"),
                format!("请说明持续多久，例如 `{ending}`"),
            ),
        )
    }

    /// More sockets than there are.
    pub(crate) fn never_so_many_sockets(self, all: u64) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("the module has {all} sockets, so this says nothing"),
                format!("模块一共有 {all} 个 socket，这个期望说明不了什么"),
            ),
            self.pick(
                "write fewer, such as `:at_most(1)`".to_owned(),
                "写小一些，如 `:at_most(1)`".to_owned(),
            ),
        )
    }

    /// A number is compared with something else.
    pub(crate) fn equals_a_number(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "this is a number, and is compared with none".to_owned(),
                "这是数字，不能和别的比较".to_owned(),
            ),
            self.pick("write `:equals(1)`".to_owned(), "写 `:equals(1)`".to_owned()),
        )
    }

    /// True or false is compared with something else.
    pub(crate) fn equals_a_flag(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "this is true or false, and is compared with neither".to_owned(),
                "这是 true 或 false，不能和别的比较".to_owned(),
            ),
            self.pick("write `:equals(true)`".to_owned(), "写 `:equals(true)`".to_owned()),
        )
    }

    /// A text is compared with something else.
    pub(crate) fn equals_a_text(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "this is a text, and is compared with none".to_owned(),
                "这是文本，不能和别的比较".to_owned(),
            ),
            self.pick(
                "write it in quotes: `:equals(\"3\")`".to_owned(),
                "加上引号：`:equals(\"3\")`".to_owned(),
            ),
        )
    }

    /// A text is looked for in what is none.
    pub(crate) fn contains_no_text(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "this is no text, so nothing is in it".to_owned(),
                "这不是文本，里面找不到内容".to_owned(),
            ),
            self.pick("use `:equals(...)`".to_owned(), "用 `:equals(...)`".to_owned()),
        )
    }
}
