//! What is wrong with a file that `--identity` names.

use super::Lang;
use crate::commands::NumberFault;
use crate::report::Problem;
use holdline_device::{BadNumber, Number};
use std::path::Path;

impl Lang {
    /// The file cannot be read.
    pub(crate) fn cannot_read_identity(self, file: &Path) -> Problem {
        let file = file.display();
        Problem::with_hint(
            self.pick(
                format!("cannot read identity file `{file}`"),
                format!("读不到身份文件 `{file}`"),
            ),
            self.identity_form(),
        )
    }

    /// A line of the file makes no sense.
    pub(crate) fn bad_identity(self, file: &Path, line: usize, fault: &NumberFault) -> Problem {
        let (text, hint) = match fault {
            NumberFault::NotToml(why) => (
                self.pick(format!("not TOML: {why}"), format!("不是 TOML：{why}")),
                self.identity_form(),
            ),
            NumberFault::UnknownName(name) => (
                self.pick(
                    format!("a device has no number called `{name}`"),
                    format!("设备没有名为 `{name}` 的号码"),
                ),
                self.identity_form(),
            ),
            NumberFault::NotText => (
                self.pick("the value is not text".to_owned(), "值不是文本".to_owned()),
                self.identity_form(),
            ),
            NumberFault::Bad(name, BadNumber::CheckDigit { right }, given) => (
                self.pick(
                    format!("`{given}` is no {name}: its check digit is wrong"),
                    format!("`{given}` 不是 {name}：校验位不对"),
                ),
                self.pick(format!("with the right one: {right}"), format!("正确的是：{right}")),
            ),
            NumberFault::Bad(name, BadNumber::Form(number), given) => (
                self.pick(format!("`{given}` is no {name}"), format!("`{given}` 不是 {name}")),
                self.number_form(*number),
            ),
        };
        Problem::with_hint(format!("{}:{line}: {text}", file.display()), hint)
    }

    fn identity_form(self) -> String {
        self.pick(
            "write names and values in quotes, as in `imei = \"490154203237518\"`; the names are imei, \
             iccid, imsi, sn, muid, model, number"
                .to_owned(),
            "每行写一个名字和带引号的值，如 `imei = \"490154203237518\"`；名字有 imei、iccid、imsi、sn、muid、model、number"
                .to_owned(),
        )
    }

    fn number_form(self, number: Number) -> String {
        let (en, zh) = match number {
            Number::Imei => ("15 digits, the last a check digit", "15 位数字，最后一位是校验位"),
            Number::Iccid => (
                "19 or 20 digits that begin with 89, the last a check digit",
                "以 89 开头的 19 或 20 位数字，最后一位是校验位",
            ),
            Number::Imsi => {
                ("15 digits: country, network, subscriber", "15 位数字：国家码、网络码、用户号")
            }
            Number::Sn | Number::Muid | Number::Model => {
                ("1 to 64 ASCII characters without a space", "1 到 64 个不含空格的 ASCII 字符")
            }
            Number::Phone => {
                ("1 to 15 digits, perhaps behind a `+`", "1 到 15 位数字，前面可有 `+`")
            }
        };
        self.pick(en.to_owned(), zh.to_owned())
    }
}
