//! What seeds find, in words.

use super::Lang;
use crate::report::Problem;
use holdline_peer::fault::{FaultError, Shown};
use holdline_sim::swarm::{Place, Reason, Unclear};
use std::path::Path;

impl Lang {
    /// Words after `--fault` are no fault.
    pub(crate) fn bad_fault(self, words: &str, error: &FaultError) -> Problem {
        let what = self.of(&error.what());
        Problem::with_hint(format!("--fault: `{words}`: {what}"), self.of(&error.hint()))
    }

    /// A fault that nobody would see the end of.
    pub(crate) fn fault_takes_too_long(self, words: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!(
                    "--fault: `{words}` is not over within ten years, which is what is waited for"
                ),
                format!("--fault：`{words}` 十年内不会结束，最多等十年"),
            ),
            self.pick(
                "write an earlier time, or a shorter one after `for`".to_owned(),
                "`at` 写早一些，或 `for` 写短一些".to_owned(),
            ),
        )
    }

    /// Seeds are for one project.
    pub(crate) fn one_project_for_seeds(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "--seeds and --fault are for one project".to_owned(),
                "--seeds 和 --fault 只能用于一个工程".to_owned(),
            ),
            self.pick(
                "name one folder with a `main.lua`".to_owned(),
                "请只写一个含有 `main.lua` 的文件夹".to_owned(),
            ),
        )
    }

    /// Not `A..B`.
    pub(crate) fn bad_seeds(self, given: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("--seeds: `{given}` is not a range of seeds"),
                format!("--seeds：`{given}` 不是种子的范围"),
            ),
            self.pick(
                "write the first and the last, as in `1..1000`".to_owned(),
                "写出第一个和最后一个，如 `1..1000`".to_owned(),
            ),
        )
    }

    /// Not `PORT=HOW`.
    pub(crate) fn bad_server(self, given: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("--server: `{given}` does not say what a server does"),
                format!("--server：`{given}` 没有说明服务器怎么做"),
            ),
            self.pick(
                "write `9999=echo` or `9999=silent`".to_owned(),
                "写成 `9999=echo` 或 `9999=silent`".to_owned(),
            ),
        )
    }

    /// A test cannot be kept.
    pub(crate) fn cannot_save(self, path: &Path) -> String {
        let path = path.display();
        self.pick(format!("cannot write the test `{path}`"), format!("无法写入测试 `{path}`"))
    }

    /// Nothing can be told of a script by seeds.
    pub(crate) fn unclear(self, unclear: &Unclear) -> Problem {
        match unclear {
            Unclear::Fails(reason) => Problem::with_hint(
                self.pick(
                    format!(
                        "nothing can be told: the script fails where nothing goes wrong: {}",
                        self.swarm_reason(reason)
                    ),
                    format!("无法判断：没有任何故障时脚本就失败：{}", self.swarm_reason(reason)),
                ),
                self.pick(
                    "`holdline run --virtual --speed max --for 15m PROJECT` shows it, `holdline \
                     check PROJECT` may know why; a server that should answer: `--server PORT=echo`"
                        .to_owned(),
                    "用 `holdline run --virtual --speed max --for 15m 工程` 查看，`holdline check 工程` \
                     可能知道原因；如果脚本要等服务器回复：`--server 端口=echo`"
                        .to_owned(),
                ),
            ),
            Unclear::NothingDialled => Problem::with_hint(
                self.pick(
                    "nothing can be told: the script connects to nobody in 15 minutes".to_owned(),
                    "无法判断：脚本在 15 分钟内没有发起任何连接".to_owned(),
                ),
                self.pick(
                    "does it wait for a serial port, a key or a message? write a test file that \
                     gives it that"
                        .to_owned(),
                    "它是否在等串口、按键或消息？请写一个测试文件来提供".to_owned(),
                ),
            ),
            Unclear::NoBeat { places, watched } => self.no_beat(places, &Shown(*watched)),
            Unclear::Vm(error) => Problem { text: error.to_string(), hint: None },
        }
    }

    fn no_beat(self, places: &[Place], watched: &Shown) -> Problem {
        let names = places.iter().map(|place| place.address.to_string()).collect::<Vec<_>>();
        let names = names.join(", ");
        Problem::with_hint(
            self.pick(
                format!(
                    "nothing can be told: the script connects to {names}, and in {watched} says \
                     nothing there again and again that could be missed"
                ),
                format!("无法判断：脚本连接了 {names}，但在 {watched} 内没有反复发送任何数据"),
            ),
            self.pick(
                "a script without a heartbeat cannot notice a dead line either; one that \
                 carries a serial port needs a test file that feeds it"
                    .to_owned(),
                "没有心跳的脚本也发现不了已经失效的连接；转发串口的脚本需要用测试文件提供串口数据"
                    .to_owned(),
            ),
        )
    }

    /// What is expected at an address.
    pub(crate) fn calm_place(self, address: &str, gap: Option<&str>) -> String {
        match gap {
            Some(gap) => self.pick(
                format!("in the calm {address} hears the device at least every {gap}"),
                format!("没有故障时，{address} 至少每 {gap} 收到一次数据"),
            ),
            None => self.pick(
                format!("{address} is not judged: it hears nothing again and again"),
                format!("不判断 {address}：它没有反复收到数据"),
            ),
        }
    }

    /// Why a seed failed, in one line.
    pub(crate) fn swarm_reason(self, reason: &Reason) -> String {
        match reason {
            Reason::HostFault { words } => self.own_fault(words),
            Reason::Stuck { place } => {
                let stuck = self.stuck(place.as_ref());
                self.pick(
                    format!("the script is {stuck}: a loop without a wait"),
                    format!("脚本{stuck}：循环中没有等待"),
                )
            }
            Reason::Error { text } => self.pick(
                format!("a script error that the calm does not have: {text}"),
                format!("出现了没有故障时没有的脚本错误：{text}"),
            ),
            Reason::BootLoop { restarts, cause } => {
                let cause = self.desk_cause(cause);
                self.pick(
                    format!(
                        "a boot loop: {restarts} restarts within 10 minutes, the last: {cause}"
                    ),
                    format!("反复重启：10 分钟内 {restarts} 次，最后一次：{cause}"),
                )
            }
            Reason::Storm { address, connects } => self.pick(
                format!("a storm: {connects} connects within a minute, the last to {address}"),
                format!("连接风暴：一分钟内连接 {connects} 次，最后一次连接 {address}"),
            ),
            Reason::Silent { address, wording, pause, calm } => {
                let (pause, calm) = (Shown(*pause), Shown(*calm));
                match quoted(wording.as_deref()) {
                    Some(what) => self.pick(
                        format!(
                            "{address} does not hear {what} any more: not for {pause} after all \
                             was well again, in the calm at least every {calm}"
                        ),
                        format!(
                            "{address} 不再收到 {what}：故障结束后 {pause} 没有收到，平时至少每 {calm} 一次"
                        ),
                    ),
                    None => self.pick(
                        format!(
                            "{address} does not hear from the device any more: not for {pause} \
                             after all was well again, in the calm at least every {calm}"
                        ),
                        format!(
                            "{address} 不再收到数据：故障结束后 {pause} 没有收到，平时至少每 {calm} 一次"
                        ),
                    ),
                }
            }
            Reason::TooFast { address, wording, heard, calm, within } => {
                let within = Shown(*within);
                let what = quoted(wording.as_deref());
                let en = what.clone().unwrap_or_else(|| "the device".to_owned());
                let zh = what.map_or_else(|| "数据".to_owned(), |what| format!(" {what} "));
                self.pick(
                    format!(
                        "{address} hears {en} too often: {heard} times in {within}, in the calm \
                         at most {calm}; was a timer started twice?"
                    ),
                    format!(
                        "{address} 收到{zh}太频繁：{within} 内 {heard} 次，平时最多 {calm} 次；是否重复启动了定时器？"
                    ),
                )
            }
            Reason::NotConnected { address } => self.pick(
                format!("the device holds no line to {address} any more"),
                format!("设备不再保持到 {address} 的连接"),
            ),
        }
    }

    /// A seed that failed; its faults follow.
    pub(crate) fn seed_failed(self, seed: u64, reason: &str) -> String {
        self.pick(
            format!("seed {seed} fails: {reason}\nit takes no more than:"),
            format!("种子 {seed} 失败：{reason}\n只需要这些故障："),
        )
    }

    /// No socket is left for the script.
    pub(crate) fn sockets_are_used_up(self, taken: usize) -> String {
        self.pick(
            format!(
                "the script has {taken} sockets in use at the end, all that the module has: is each \
                 one closed that failed or was lost?"
            ),
            format!(
                "结束时脚本占用了 {taken} 个 socket，模块已经没有空闲的：连接失败或断开的是否都关闭了？"
            ),
        )
    }

    /// Before the command that does the same again.
    pub(crate) fn repeat_with(self) -> &'static str {
        match self {
            Self::En => "repeat with",
            Self::Zh => "重现",
        }
    }

    /// How many seeds were tried, and what came of it.
    pub(crate) fn seeds_tried(self, tried: u64, failed: usize, stopped: bool) -> String {
        let (en, zh) = if stopped { ("stopped: ", "已停止：") } else { ("", "") };
        let seeds = if tried == 1 { "seed" } else { "seeds" };
        self.pick(
            format!("{en}{tried} {seeds} tried, {failed} failed"),
            format!("{zh}试了 {tried} 个种子，{failed} 个失败"),
        )
    }

    /// A line while seeds are tried.
    pub(crate) fn seeds_so_far(self, tried: u64, count: u64) -> String {
        self.pick(format!("{tried} of {count} seeds"), format!("{tried}/{count} 个种子"))
    }

    /// The bar while seeds are tried.
    pub(crate) fn seeds_bar(self) -> &'static str {
        match self {
            Self::En => "{wide_bar} {pos}/{len} seeds, {rate}/s, {eta} left",
            Self::Zh => "{wide_bar} {pos}/{len} 个种子，{rate}/秒，剩余 {eta}",
        }
    }

    /// Rows of a story that are not shown.
    pub(crate) fn rows_left_out(self, count: usize) -> String {
        self.pick(
            format!("... {count} more; `--story` shows all"),
            format!("... 省略 {count} 行，`--story` 全部显示"),
        )
    }

    /// The name of a run with faults, where there are any.
    pub(crate) fn seed_with(self, seed: u64, faults: &[String]) -> String {
        let faults = match faults.is_empty() {
            true => self.pick("no fault".to_owned(), "没有故障".to_owned()),
            false => faults.join(", "),
        };
        self.pick(format!("seed {seed}: {faults}"), format!("种子 {seed}：{faults}"))
    }

    /// The name of seeds of which none failed.
    pub(crate) fn seeds_are_well(self, first: u64, last: u64) -> String {
        self.pick(
            format!("seeds {first}..{last}: well again after every fault"),
            format!("种子 {first}..{last}：每次故障后都恢复正常"),
        )
    }

    /// Nothing is wrong after faults.
    pub(crate) fn all_well(self) -> String {
        self.pick("all is well again".to_owned(), "一切恢复正常".to_owned())
    }

    /// The name of a test that was found.
    pub(crate) fn saved_test(self, faults: &str) -> String {
        self.pick(format!("is well again after: {faults}"), format!("故障之后恢复正常：{faults}"))
    }
}

/// A wording, as text.
fn quoted(wording: Option<&[u8]>) -> Option<String> {
    wording.map(|wording| format!("`{}`", wording.trim_ascii().escape_ascii()))
}
