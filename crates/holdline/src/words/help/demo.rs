//! The help of `holdline demo`.

use super::shared::{COLOR, EVERYWHERE};
use super::{Argument, Page, argument};

pub(super) const DEMO: Page = Page {
    command: "demo",
    about: "演示一条长连接的两端（设备和服务器）：不需要任何文件、服务器或网络",
    more: None,
    arguments: &[OWN, EVERYWHERE],
};

const OWN: &[Argument] = &[
    argument("run_for", "运行这么久后停止，如 `90s`、`10m`、`1m30s` [默认：按 Ctrl-C 停止]"),
    COLOR,
];
