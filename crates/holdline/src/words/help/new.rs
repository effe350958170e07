//! The help of `holdline new`.

use super::shared::EVERYWHERE;
use super::{Argument, Page, argument};

pub(super) const NEW: Page = Page {
    command: "new",
    about: "创建一个可以运行的工程，附带能通过的测试",
    more: None,
    arguments: &[OWN, EVERYWHERE],
};

const OWN: &[Argument] = &[
    argument("name", "要创建的文件夹，最后一段就是工程名"),
    Argument {
        id: "kind",
        help: "工程做什么",
        values: &[
            ("long", "任务中的一条长连接，第二代接口"),
            ("callbacks", "用回调维持的一条长连接，第一代接口"),
            ("short", "每次上报各建一条连接，第二代接口"),
            ("transparent", "串口与服务器之间的透传，第二代接口"),
            ("tls", "TLS 上的一条长连接，第二代接口"),
        ],
    },
];
