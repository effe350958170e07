//! The help of `holdline doctor`.

use super::shared::EVERYWHERE;
use super::{Argument, Page, argument};

pub(super) const DOCTOR: Page = Page {
    command: "doctor",
    about: "查明模块为什么连不上服务器，问题在哪一方",
    more: Some("退出码 0：模块可以连上；1：有障碍；2：无法判断。"),
    arguments: &[OWN, EVERYWHERE],
};

const OWN: &[Argument] = &[
    argument("target", "服务器，照脚本里的写法"),
    argument("tls", "检查服务器的 TLS：版本、加密套件、证书，以及由谁签发"),
    argument("ca", "用这个文件判断服务器的证书，如同脚本的 `caCert`，不用本机信任的证书机构"),
    argument("host_name", "证书上必须有的域名 [默认：HOST]"),
    argument("idle", "测出静默的连接能保持多久，最多试到这么久"),
    argument("probe", r"向服务器发送什么，如脚本的心跳；可用 `\r`、`\n`、`\t`、`\\` 和 `\xHH`"),
    argument("listen_only", "什么都不向服务器发送，也不试探它是否使用 TLS"),
    argument("from_here", "为在本机运行的脚本判断，而不是为移动网络上的模块"),
    argument("timeout", "建立连接或等待答复最多花多久"),
    argument("listen", "服务器会不会先说话，听多久"),
    argument("json", "不逐行输出，而是写出一个 JSON 对象"),
];
