//! The help of `holdline lab`.

use super::shared::{EVERYWHERE, PAGE};
use super::{Argument, Page, argument};

pub(super) const LAB: Page = Page {
    command: "lab",
    about: "充当设备要连接的服务器：显示设备发来的数据、回复设备、故意制造故障",
    more: None,
    arguments: &[OWN, PAGE, EVERYWHERE],
};

const OWN: &[Argument] = &[
    argument("config", "配置文件，写明有哪些端口、各做什么 [例子：docs/lab.zh.md]"),
    argument("tcp", "监听 TCP：`9999`、`0.0.0.0:9999`、`cars=[::1]:9999`"),
    argument("udp", "监听 UDP"),
    argument("tls", "监听 TLS，使用测试服务器自带证书机构签发的证书"),
    argument("mtls", "监听 TLS，并要求设备也出示该机构签发的证书"),
    argument("lua", "没有规则处理的消息由这个 Lua 文件回复设备，用于没有自己的 Lua 文件的所有端口"),
];
