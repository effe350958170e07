//! Sources that are no Lua 5.1.

use crate::check::fault::Syntax;
use crate::report::Problem;
use crate::words::Lang;

impl Lang {
    pub(super) fn syntax_fault(self, fault: &Syntax) -> Problem {
        match fault {
            Syntax::Unexpected { found } if found.is_empty() => self.told(
                [
                    "the file ends in the middle of a statement".to_owned(),
                    "文件在语句中间结束".to_owned(),
                ],
                ["finish the statement", "请把语句写完"],
            ),
            Syntax::Unexpected { found } => self.told(
                [format!("`{found}` cannot stand here"), format!("这里不能有 `{found}`")],
                [
                    "look at what stands right before it: a sign, a name or an `end` may be missing",
                    "请看前面紧挨着的部分：可能缺少符号、名字或 `end`",
                ],
            ),
            Syntax::Foreign { found, lua } => self.told(
                [format!("`{found}` is not Lua"), format!("Lua 没有 `{found}`")],
                [&format!("`{lua}`"), &format!("`{lua}`")],
            ),
            Syntax::NoValue { after } => self.told(
                [
                    format!("no value stands behind `{after}`"),
                    format!("`{after}` 后面缺少值"),
                ],
                ["a value: a name, a number, a string, `nil`", "写一个值：名字、数字、字符串或 `nil`"],
            ),
            Syntax::Unclosed { opened, missing } => self.told(
                [
                    format!("`{opened}` has no `{missing}` that ends it"),
                    format!("`{opened}` 缺少结尾的 `{missing}`"),
                ],
                [
                    &format!("put the `{missing}` where it belongs; `else if` needs an `end` of its own, `elseif` does not"),
                    &format!("在相应的位置加上 `{missing}`；`else if` 需要多一个 `end`，`elseif` 不需要"),
                ],
            ),
            Syntax::Missing { word, found } => {
                let en = if found.is_empty() { "the file ends".to_owned() } else { format!("`{found}` stands") };
                let zh = if found.is_empty() { "文件结束".to_owned() } else { format!("出现 `{found}`") };
                self.told(
                    [format!("{en} where `{word}` is needed"), format!("应为 `{word}` 的地方{zh}")],
                    [&format!("put `{word}` before it"), &format!("在前面加上 `{word}`")],
                )
            }
            Syntax::ExtraEnd => self.told(
                [
                    "this `end` ends nothing".to_owned(),
                    "多余的 `end`".to_owned(),
                ],
                [
                    "take it out, or look above for a `then`, `do` or `function` that is missing",
                    "删掉它，或检查前面是否缺少 `then`、`do` 或 `function`",
                ],
            ),
            Syntax::AfterLast => self.told(
                [
                    "nothing may follow `return` or `break` in its block".to_owned(),
                    "`return` 或 `break` 之后不能再有语句".to_owned(),
                ],
                ["`do return end`, or move it to the end", "写成 `do return end`，或移到最后"],
            ),
            Syntax::Number { found } => self.told(
                [format!("`{found}` is no number"), format!("`{found}` 不是数字")],
                [
                    "digits, or `0x` and hexadecimal digits; a name begins with a letter",
                    "写数字，或 `0x` 加十六进制数字；名字要以字母开头",
                ],
            ),
        }
    }
}
