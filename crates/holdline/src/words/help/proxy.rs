//! The help of `holdline proxy`.

use super::shared::{EVERYWHERE, PAGE};
use super::{Argument, Page, argument};

pub(super) const PROXY: Page = Page {
    command: "proxy",
    about: "架在设备与服务器之间：显示并记录双方的数据、故意制造故障",
    more: None,
    arguments: &[OWN, PAGE, EVERYWHERE],
};

const OWN: &[Argument] = &[
    argument("listen", "设备不连服务器，而是连到这里：`9999`、`0.0.0.0:9999`、`cars=[::1]:9999`"),
    argument("target", "数据转发到的服务器：`example.com:9999`"),
    argument("udp", "转发数据报，而不是 TCP"),
    argument(
        "fault",
        "启动时就制造故障：`reset on \"STOP\"`、`at 5m silent for 90s`（可以重复给出）",
    ),
];
