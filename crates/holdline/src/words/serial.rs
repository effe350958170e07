//! Sentences about serial ports and what they are connected to.

use super::Lang;
use crate::driver::{Cable, News, RETRY_AFTER, Target};
use crate::report::Problem;
use holdline_modem::{UART_RX_BYTES, UartId};
use std::io;

impl Lang {
    /// What `--uart` takes.
    pub(crate) fn cable_form(self) -> String {
        let forms = "`1=pty`, `1=/dev/ttyUSB0`, `1=tcp:HOST:PORT`, `1=tcp-listen:ADDRESS:PORT`, \
                     `1=stdio`, `1=file:IN,OUT`";
        self.pick(
            format!("write N=TARGET with N 1, 2, 3 or usb: {forms}"),
            format!("写成 N=TARGET，N 为 1、2、3 或 usb：{forms}"),
        )
    }

    /// Two cables for one port, or two users of standard input and output.
    pub(crate) fn cable_twice(self, cable: &Cable) -> Problem {
        let (port, target) = (cable.port.number(), &cable.target);
        Problem::with_hint(
            self.pick(
                format!("--uart {port}={target}: the port, or standard output, is in use already"),
                format!("--uart {port}={target}：这个串口或标准输出已被占用"),
            ),
            self.pick(
                "give each port one --uart, and `stdio` to one port, without `--events -`"
                    .to_owned(),
                "每个串口只写一个 --uart；`stdio` 只能给一个串口，且不能与 `--events -` 同用"
                    .to_owned(),
            ),
        )
    }

    /// What `--uart` names cannot be had.
    pub(crate) fn cannot_connect_uart(self, cable: &Cable, error: &io::Error) -> Problem {
        let (port, target) = (cable.port.number(), &cable.target);
        Problem::with_hint(
            self.pick(
                format!("cannot connect serial port {port} to `{target}`"),
                format!("无法把串口 {port} 连接到 `{target}`"),
            ),
            self.cable_way_out(&cable.target, error),
        )
    }

    fn cable_way_out(self, target: &Target, error: &io::Error) -> String {
        let is_device = matches!(target, Target::Device(_));
        let is = |kind: io::ErrorKind| error.kind() == kind;
        let (en, zh) = match () {
            () if is_device && is(io::ErrorKind::NotFound) => (
                "plug it in, or look at what there is: `ls /dev/tty*`",
                "请插好设备，或查看有哪些设备：`ls /dev/tty*`",
            ),
            () if is_device && is(io::ErrorKind::PermissionDenied) => (
                "let yourself use it: `sudo usermod -aG dialout $USER`, then log in again",
                "请给自己权限：`sudo usermod -aG dialout $USER`，然后重新登录",
            ),
            () if is_device && is(io::ErrorKind::ResourceBusy) => {
                ("another program has it open; close that one", "另一个程序占用了它，请先关闭")
            }
            () if is(io::ErrorKind::AddrInUse) => (
                "another program listens there; take another port, or 0 for any free one",
                "另一个程序已在监听，请换一个端口，或用 0 自动选择",
            ),
            () if is_device => (
                "name a serial device; for plain files there is file:IN,OUT",
                "请指定串口设备；普通文件请用 file:IN,OUT",
            ),
            () => return self.cable_form(),
        };
        self.pick(en.to_owned(), zh.to_owned())
    }

    /// What happened to the wire of a serial port.
    pub(crate) fn serial(self, port: UartId, news: &News) -> String {
        let n = port.number();
        let retry = RETRY_AFTER.as_secs();
        let (en, zh) = match news {
            News::Ready(name) => {
                (format!("serial port {n} is {name}"), format!("串口 {n} 是 {name}"))
            }
            News::Connected(name) => (
                format!("serial port {n}: somebody is at {name}"),
                format!("串口 {n}：{name} 已连上"),
            ),
            News::Lost(name, why) => (
                format!(
                    "serial port {n}: nobody is at {name}{}; what the script writes is gone. \
                     Plug it in or start it: it is looked for every {retry} s",
                    colon(why)
                ),
                format!(
                    "串口 {n}：{name} 没有连上{}，脚本写的数据会丢掉。请插好设备或启动对方，每 {retry} 秒重试一次",
                    colon(why)
                ),
            ),
            News::Refused(name, why) => (
                format!(
                    "serial port {n}: {name} does not take the settings of `uart.setup`: {why}. \
                     Look up which baud rates it can do"
                ),
                format!("串口 {n}：{name} 不接受 `uart.setup` 的参数：{why}。请查看它支持的波特率"),
            ),
            News::Stuck(name) => (
                format!(
                    "serial port {n}: who is at {name} does not read; a script that writes much \
                     waits until it does"
                ),
                format!("串口 {n}：{name} 那一端没有读数据；脚本写得多时会一直等到对方读"),
            ),
            News::InputEnded(name) => (
                format!("serial port {n}: {name} has no more to read"),
                format!("串口 {n}：{name} 已读完"),
            ),
            News::Unheard(bytes) => (
                format!("serial port {n}: {bytes} bytes were written while nobody was there"),
                format!("串口 {n}：对方不在时写出了 {bytes} 字节"),
            ),
            News::Unnamed => (
                format!(
                    "serial port {n} is not connected: it hears nothing, and what is written to \
                     it is gone. Connect it: --uart {n}=pty, --uart {n}=/dev/ttyUSB0, \
                     --uart {n}=tcp:HOST:PORT"
                ),
                format!(
                    "串口 {n} 没有连接：收不到数据，写出的数据会丢掉。请连接它：--uart {n}=pty，\
                     --uart {n}=/dev/ttyUSB0，--uart {n}=tcp:主机:端口"
                ),
            ),
        };
        self.pick(en, zh)
    }

    /// Bytes came in that found no room.
    pub(crate) fn uart_overrun(self, port: UartId, lost: usize, total: u64) -> String {
        let n = port.number();
        self.pick(
            format!(
                "serial port {n}: {lost} bytes lost, {total} in all: the script has not read for \
                 {UART_RX_BYTES} bytes. Read in the callback until `uart.read` gives \"\""
            ),
            format!(
                "串口 {n}：丢失 {lost} 字节，共 {total} 字节：脚本有 {UART_RX_BYTES} 字节没有读。\
                 请在回调里循环 `uart.read`，直到返回 \"\""
            ),
        )
    }
}

fn colon(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!(": {why}") }
}
