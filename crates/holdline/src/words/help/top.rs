//! The help of `holdline` itself.

use super::Page;
use super::shared::EVERYWHERE;

pub(super) const HOLDLINE: Page = Page {
    command: "holdline",
    about: "在普通电脑上运行 Luat 的 socket 脚本，连接真实网络",
    more: None,
    arguments: &[EVERYWHERE],
};

/// clap's own command.
pub(super) const HELP: Page =
    Page {
        command: "help", about: "显示本帮助，或某个命令的帮助", more: None, arguments: &[]
    };
