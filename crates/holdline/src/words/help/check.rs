//! The help of `holdline check`.

use super::shared::{COLOR, EVERYWHERE};
use super::{Argument, Page, argument};

pub(super) const CHECK: Page = Page {
    command: "check",
    about: "不运行脚本，直接阅读工程的源码，指出会出的问题",
    more: None,
    arguments: &[OWN, EVERYWHERE],
};

const OWN: &[Argument] = &[
    argument("project", "含有 `main.lua` 的文件夹；或一个 `.lua` 文件，检查它和它加载的文件"),
    argument("lib", "存放库文件的文件夹，优先于内置库；其中的问题不报告"),
    argument("json", "把每个问题写成一行 JSON"),
    COLOR,
];
