//! The help of `holdline editor`.

use super::shared::EVERYWHERE;
use super::{Argument, Page, argument};

pub(super) const EDITOR: Page = Page {
    command: "editor",
    about: "写出脚本接口的说明，供带 Lua 语言服务器的编辑器使用",
    more: None,
    arguments: &[OWN, EVERYWHERE],
};

const OWN: &[Argument] = &[argument("project", "含有 `main.lua` 的文件夹")];
