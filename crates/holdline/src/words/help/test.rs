//! The help of `holdline test`.

use super::shared::{COLOR, EVERYWHERE, LIB, MODULE};
use super::{Argument, Page, argument};

pub(super) const TEST: Page = Page {
    command: "test",
    about: "验证脚本工程能否应对各种遭遇：在虚拟时间里运行它的测试",
    more: Some(
        "退出码 0：全部测试通过，或重放与录下的运行相同；1：有测试失败，或重放出现差别；\
         2：有测试出错，或没有测试。",
    ),
    arguments: &[OWN, SEEDS, FILES, EVERYWHERE],
};

const OWN: &[Argument] = &[
    argument("places", "含有 `tests` 文件夹的工程文件夹，或测试文件"),
    argument("filter", "只运行名字包含该文本的测试"),
    argument("fail_fast", "在第一个没有通过的测试后结束"),
    argument("seed", "测试没有写明种子时，随机的部分由这个种子决定"),
    MODULE,
    LIB,
    argument("words", "列出测试里能说的全部词，不运行测试"),
    argument(
        "replay",
        "不运行测试，而是把录下的运行重放给脚本，指出第一处差别；\
         EVENTS 是 `holdline run --events` 写出的文件",
    ),
    argument("story", "用表格显示每个测试里两端发生的一切"),
    COLOR,
];

/// What tries faults without a test.
const SEEDS: &[Argument] = &[
    argument("seeds", "逐个尝试这些种子，每个种子对应一组随机故障；不需要测试"),
    argument("all", "遇到第一个失败的种子后继续"),
    argument("fault", "让这个故障发生，如 `at 3m10s reset`，并讲述经过；可以重复给出"),
    argument("recover_within", "最后一个故障之后，最多过多久一切必须恢复正常"),
    argument(
        "server",
        "这个端口的服务器怎么做：`9999=echo` 原样返回，`9999=silent` 只收不回 [默认：silent]",
    ),
    argument("save", "把发现的问题写成测试，错误改好之前它都会失败"),
];

/// Reports in files.
const FILES: &[Argument] = &[
    argument("html", "写出画有全部测试的网页，用浏览器打开"),
    argument("junit", "写出 JUnit 的 XML，CI 服务可以显示"),
    argument("json", "把全部内容写成 JSON，格式见 docs/test-reports.zh.md"),
];
