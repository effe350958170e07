//! Arguments that several commands have.

use super::{Argument, argument};

/// Those of every command.
pub(super) const EVERYWHERE: &[Argument] = &[
    Argument {
        id: "lang",
        help: "帮助、提示和错误信息的语言 [默认：由 LC_ALL、LC_MESSAGES、LANG 决定]",
        values: &[("en", "English"), ("zh", "中文")],
    },
    argument("help", "显示帮助；`-h` 只显示摘要"),
    argument("version", "显示版本"),
];

pub(super) const COLOR: Argument = Argument {
    id: "color",
    help: "输出是否带颜色",
    values: &[("auto", "输出到终端时才带"), ("always", "总是带"), ("never", "从不带")],
};

pub(super) const MODULE: Argument =
    argument("module", "模块型号：`air202`（2G）、`air724ug`（4G）或 `none`（不设限制的 4G）");

pub(super) const LIB: Argument = argument("lib", "存放库文件的文件夹，优先于内置库");

/// Where a lab's page is, who may see it, and what is kept.
pub(super) const PAGE: &[Argument] = &[
    argument("http", "网页和 API 的地址 [默认：127.0.0.1:8080]"),
    argument(
        "password_file",
        "存放网页和 API 密码的文件，有密码即启用 TLS；除本机以外的地址都必须有密码",
    ),
    argument("tls_cert", "网页的证书，PEM 格式 [默认：由测试服务器自己生成]"),
    argument("tls_key", "该证书的私钥，PEM 格式"),
    argument("store", "保存全部记录的文件 [默认：用户状态目录中的一个文件]"),
    argument("keep_days", "记录保留的天数 [默认：30]"),
    argument("keep_megabytes", "记录文件最多占用的兆字节数，超出时先删除最早的 [默认：1000]"),
];
