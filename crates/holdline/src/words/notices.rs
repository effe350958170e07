//! Notices: what the module does here, where, and what to do about it.

use super::{Lang, errands, files, tls};
use holdline_device::{Notice, NoticeKind};

impl Lang {
    /// A notice in full.
    pub(crate) fn notice(self, notice: &Notice) -> String {
        let detail = |index: usize| notice.detail.get(index).map_or("?", String::as_str);
        let text = match self {
            Self::En => english(notice.kind, detail),
            Self::Zh => chinese(notice.kind, detail),
        };
        match &notice.place {
            Some(place) => format!("{place}: {text}"),
            None => text,
        }
    }
}

fn english<'a>(kind: NoticeKind, detail: impl Fn(usize) -> &'a str) -> String {
    match kind {
        NoticeKind::OwnLibrary => format!(
            "the project brings its own `{}`; the built-in one runs in its place. To use yours, \
             put it into a folder of its own and name it: --lib FOLDER",
            detail(0)
        ),
        NoticeKind::LostPublish => format!(
            "`{}` was published while the task was in `{}`, not in `recv`; the module drops it. \
             Keep such data in a table and publish only a sign that there is some",
            detail(0),
            detail(1)
        ),
        NoticeKind::StaleWait => format!(
            "this `sys.wait` ended early: the socket of the task still takes its wake-ups ({}). \
             As on the module; check the time after the wait, or wait in another task",
            detail(0)
        ),
        NoticeKind::NewestDatagramFirst => {
            "several datagrams wait, and the module hands the newest out first. Number them, or \
             read more often"
                .to_owned()
        }
        NoticeKind::QueueWiped => format!(
            "`socket.connect` dropped {} queued sends; the module tells no one. Send again once \
             `CONNECT` has come",
            detail(0)
        ),
        NoticeKind::ReceiveBacklog => {
            "more than 256 reports wait unread; the rest waits in the core. Read in a loop until \
             nothing is left"
                .to_owned()
        }
        NoticeKind::FileNotWritten => files::not_written_in_english(detail(0), detail(1)),
        NoticeKind::UsedBeforeLocal => used_before_local_in_english(detail(0), detail(1)),
        NoticeKind::NoAtPort => format!(
            "`{}` was answered with ERROR: there is no AT port behind `ril` here. Ask `net`, \
             `sim`, `misc` or `socket` for what it would tell",
            detail(0)
        ),
        NoticeKind::ClosedTwice => {
            "`close` on a client that is closed already waits for ever, as on the module. Drop the \
             client after its first `close`, and make a new one"
                .to_owned()
        }
        NoticeKind::UartNotSetUp => format!(
            "a write to serial port {port} is gone: the script has not set the port up, or has \
             closed it. Call `uart.setup({port}, 115200, 8, uart.PAR_NONE, uart.STOP_1)` before",
            port = detail(0)
        ),
        NoticeKind::CertificateMissing => tls::missing_in_english(detail(0), detail(1)),
        NoticeKind::NoAuthority => tls::no_authority_in_english(detail(0)),
        NoticeKind::DisconnectUnanswered => tls::UNANSWERED_IN_ENGLISH.to_owned(),
        NoticeKind::NotSupported => missing_in_english(detail(0), detail(1)),
        NoticeKind::ErrorReport => errands::report_in_english(detail(0), detail(1)),
        NoticeKind::NoUpdate => errands::no_update_in_english(detail(0)),
        NoticeKind::OutOfMemory => out_of_memory(Lang::En, detail(0)),
        NoticeKind::CompiledScript => format!(
            "`{}` is compiled or encrypted, which cannot run here. Put its `.lua` source beside it",
            detail(0)
        ),
    }
}

fn chinese<'a>(kind: NoticeKind, detail: impl Fn(usize) -> &'a str) -> String {
    match kind {
        NoticeKind::OwnLibrary => format!(
            "工程自带 `{}`，这里运行的是内置的同名库。要用自己的，请放到单独的文件夹并指定：--lib 文件夹",
            detail(0)
        ),
        NoticeKind::LostPublish => format!(
            "发布 `{}` 时任务正在 `{}`，不在 `recv` 中等待，模块会丢弃这条消息。请把数据放进表里，只发布“有数据”的通知",
            detail(0),
            detail(1)
        ),
        NoticeKind::StaleWait => format!(
            "这个 `sys.wait` 提前结束：任务的 socket 仍会唤醒它（{}），模块上也是如此。请在等待之后检查时间，或换一个任务等待",
            detail(0)
        ),
        NoticeKind::NewestDatagramFirst => {
            "有多个数据报在排队，模块先交出最新的一个。请给数据报编号，或更勤地读取".to_owned()
        }
        NoticeKind::QueueWiped => format!(
            "`socket.connect` 丢弃了 {} 个排队的发送，模块不会通知。请在收到 `CONNECT` 之后重新发送",
            detail(0)
        ),
        NoticeKind::ReceiveBacklog => {
            "有 256 个以上的数据未读，其余的留在底层。请循环读取，直到读空".to_owned()
        }
        NoticeKind::UsedBeforeLocal => format!(
            "`{name}` 在这里是 nil：`local {name}` 写在后面的第 {line} 行，而局部变量只在它自己那一行之后才可见。\
             请把那个 `local` 移到本函数之前，或去掉那里的 `local`",
            name = detail(0),
            line = detail(1)
        ),
        NoticeKind::FileNotWritten => files::not_written_in_chinese(detail(0), detail(1)),
        NoticeKind::NoAtPort => format!(
            "`{}` 得到 ERROR：这里的 `ril` 后面没有 AT 口。需要的信息请用 `net`、`sim`、`misc` 或 `socket` 获取",
            detail(0)
        ),
        NoticeKind::ClosedTwice => {
            "对已经关闭的客户端再次 `close` 会永远等待，模块上也是如此。请在第一次 `close` 后丢弃它，重新创建".to_owned()
        }
        NoticeKind::UartNotSetUp => format!(
            "写往串口 {port} 的数据丢掉了：脚本还没有打开这个串口，或者已经关闭。\
             请先调用 `uart.setup({port}, 115200, 8, uart.PAR_NONE, uart.STOP_1)`",
            port = detail(0)
        ),
        NoticeKind::CertificateMissing => tls::missing_in_chinese(detail(0), detail(1)),
        NoticeKind::NoAuthority => tls::no_authority_in_chinese(detail(0)),
        NoticeKind::DisconnectUnanswered => tls::UNANSWERED_IN_CHINESE.to_owned(),
        NoticeKind::NotSupported => missing_in_chinese(detail(0), detail(1)),
        NoticeKind::ErrorReport => errands::report_in_chinese(detail(0), detail(1)),
        NoticeKind::NoUpdate => errands::no_update_in_chinese(detail(0)),
        NoticeKind::OutOfMemory => out_of_memory(Lang::Zh, detail(0)),
        NoticeKind::CompiledScript => format!(
            "`{}` 是编译或加密过的文件，在这里不能运行。请把它的 `.lua` 源码放在旁边",
            detail(0)
        ),
    }
}

fn missing_in_english(name: &str, page: &str) -> String {
    format!(
        "modules have `{name}`; it is not supported here. {page} lists what is. The script goes on \
         where it asks first what the module has, or where the project brings its own"
    )
}

fn missing_in_chinese(name: &str, page: &str) -> String {
    let page = page.replace(".md", ".zh.md");
    format!(
        "模块上有 `{name}`，这里不支持；支持的接口见 {page}。\
         脚本先判断模块有没有，或工程自带一份，就能继续运行"
    )
}

fn used_before_local_in_english(name: &str, line: &str) -> String {
    format!(
        "`{name}` is nil here: `local {name}` stands further down, in line {line}, and a local is \
         known only below its own line. Move that `local` above this function, or leave the word \
         `local` out there"
    )
}

/// The script's heap of so many `bytes` is full.
fn out_of_memory(lang: Lang, bytes: &str) -> String {
    let kb = bytes.parse::<usize>().unwrap_or(0) / 1024;
    lang.pick(
        format!(
            "the script has taken all memory that a module has for Lua, {kb} KB (twice as many bytes \
             here, since values have 64 bits). Look for a table that only grows; \
             `print(collectgarbage(\"count\"))` tells. `--module none` lifts the limit"
        ),
        format!(
            "脚本用完了模块给 Lua 的全部内存：{kb} KB（这里的值是 64 位的，所以实际给了两倍）。\
             请找出只增不减的表，可用 `print(collectgarbage(\"count\"))` 查看。`--module none` 可取消限制"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdline_device::Place;

    #[test]
    fn the_first_tutorials_bug_is_explained_with_its_line() {
        let place = Some(Place { file: "test.lua".to_owned(), line: 40 });
        let detail = vec!["sndcb".to_owned(), "97".to_owned()];
        let notice = Notice { kind: NoticeKind::UsedBeforeLocal, place, detail };
        for lang in [Lang::En, Lang::Zh] {
            let text = lang.notice(&notice);
            assert!(text.starts_with("test.lua:40: "), "{text}");
            assert!(
                text.contains("sndcb") && text.contains("97") && text.contains("nil"),
                "{text}"
            );
        }
    }
}
