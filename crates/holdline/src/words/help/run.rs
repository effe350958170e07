//! The help of `holdline run`.

use super::shared::{COLOR, EVERYWHERE, LIB, MODULE, PAGE};
use super::{Argument, Page, argument};

pub(super) const RUN: Page = Page {
    command: "run",
    about: "使用本机的网络运行脚本工程",
    more: None,
    arguments: &[OWN, PAGE, EVERYWHERE],
};

const OWN: &[Argument] = &[
    argument("project", "含有 `main.lua` 的文件夹，或一个 `.lua` 文件"),
    argument(
        "is_virtual",
        "在虚拟世界里运行：脚本所连的每个地址都有服务器，只收不回，时间快慢由 `--speed` 决定。\
         设备的文件只在内存里，除非给出 `--state`；时钟从 2024-01-01 开始",
    ),
    argument("speed", "虚拟世界比真实时间快多少倍，或 `max` [默认：1]"),
    argument("server", "虚拟世界里这个端口的服务器原样返回收到的数据"),
    argument(
        "fault",
        "让故障发生，写法见 docs/faults.zh.md：`refuse 3 connects`、`at 5m reset`、\
         `silent for 2m`、`server down for 1h`、`tls expired 2 connects`、`pdp lost`",
    ),
    argument(
        "redirect",
        "把连接改道；FROM 是 `host:port`、`host` 或 `*`，TO 是 `host:port` 或 `host`",
    ),
    argument(
        "uart",
        "连接一个串口：N 是 1、2、3 或 `usb`，TARGET 是 `/dev/ttyUSB0` 之类的串口设备、`pty`、\
         `tcp:HOST:PORT`、`tcp-listen:ADDRESS:PORT`、`stdio` 或 `file:IN,OUT`",
    ),
    argument("ntp", "`ntp` 向这个服务器查询时间，代替脚本和库里写的所有服务器"),
    argument(
        "lab",
        "在设备旁边打开测试服务器：脚本的连接都转到这里，网页同时显示两端。\
         CONFIG 是测试服务器的配置文件 [默认：TCP、UDP、TLS 各一个端口]",
    ),
    argument("run_for", "运行这么久后停止，如 `90s`、`10m`、`1m30s`"),
    argument("restarts", "允许设备重启的次数；再重启一次，运行就以退出码 1 结束"),
    argument("boot", "从上电到联网的时间：`fast`（1 秒）、`module`（7.24 秒）或时长"),
    MODULE,
    LIB,
    argument("state", "存放设备自己的文件的文件夹 [默认：状态目录中每个工程各一个]"),
    argument("events", "把每个事件写成一行 JSON；`-` 表示标准输出"),
    argument("identity", "写有设备号码的 TOML 文件：imei、iccid、imsi、sn、muid、model、number"),
    argument(
        "seed",
        "种子，随机数和设备号码由它决定 [默认：随机；号码取自存放设备文件的文件夹；\
         加上 `--virtual` 则为 0]",
    ),
    argument("tls", "没有 `caCert` 的 TLS：`module` 与模块一致，不验证服务器；`verify` 拒绝连接"),
    argument("quiet", "只显示脚本的输出和错误"),
    COLOR,
];
