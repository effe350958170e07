//! What is wrong with a test.

use super::Lang;
use crate::report::Problem;
use crate::testing::Alarm;
use holdline_device::BadNumber;
use std::path::Path;

impl Lang {
    /// A test does too much to be kept.
    pub(crate) fn too_much_happens(self, max: usize) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("more than {max} things happened in this run"),
                format!("这次运行里发生的事情超过 {max} 件"),
            ),
            self.pick(
                "let less time pass, let faults end sooner, or make the script quieter".to_owned(),
                "让时间少走一些，让故障早些结束，或让脚本安静一些".to_owned(),
            ),
        )
    }

    /// A device restarts and restarts, or is stuck, so that the test ends here.
    pub(crate) fn device_is_unwell(self, alarm: &Alarm) -> Problem {
        match alarm {
            Alarm::Stuck(stuck) => Problem { text: self.swarm_reason(&stuck.into()), hint: None },
            Alarm::BootLoop(restarts, why) => Problem::with_hint(
                self.pick(
                    format!("a boot loop: {restarts} restarts within 10 minutes, the last: {why}"),
                    format!("反复重启：10 分钟内 {restarts} 次，最后一次：{why}"),
                ),
                self.pick(
                    "a test in which a device may restart more often says so: \
                     `test(\"...\", { restarts = 100 }, function(world)`"
                        .to_owned(),
                    "若测试允许更多次重启，请写明：`test(\"...\", { restarts = 100 }, function(world)`"
                        .to_owned(),
                ),
            ),
        }
    }

    /// An IMEI that is none.
    pub(crate) fn bad_imei(self, imei: &str, why: &BadNumber) -> Problem {
        let hint = match why {
            BadNumber::Form(_) => {
                self.pick("write 15 digits".to_owned(), "写 15 位数字".to_owned())
            }
            BadNumber::CheckDigit { right } => self.pick(
                format!("its last digit is a check digit, and wrong; this is one: `{right}`"),
                format!("最后一位是校验位，不正确；正确的是 `{right}`"),
            ),
        };
        Problem::with_hint(
            self.pick(format!("`{imei}` is not an IMEI"), format!("`{imei}` 不是 IMEI")),
            hint,
        )
    }

    /// `expect(x)` and nothing more.
    pub(crate) fn nothing_asserted(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "the expectation says nothing, so it could not fail".to_owned(),
                "这个期望什么也没有说，不可能失败".to_owned(),
            ),
            self.pick(
                "add what must hold: `:at_least(1)`, `:every(\"10s\")`, `:never()`".to_owned(),
                "补上要求：`:at_least(1)`、`:every(\"10s\")`、`:never()`".to_owned(),
            ),
        )
    }

    /// An expectation at the world's first moment.
    pub(crate) fn no_time_has_passed(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "no time has passed, so nothing can have happened".to_owned(),
                "时间还没有走，什么都不可能发生".to_owned(),
            ),
            self.pick(
                "let time pass first: `world:run(\"1m\")`".to_owned(),
                "先让时间走：`world:run(\"1m\")`".to_owned(),
            ),
        )
    }

    /// A state has no window.
    pub(crate) fn state_has_no_times(self) -> Problem {
        Problem::with_hint(
            self.pick("this is how something stands now: it has no times, so it happens neither in a window nor every so often".to_owned(), "这是现在的状态，没有时间，因此不能限定时间窗口，也不能按周期发生".to_owned()),
            self.pick("use `:equals(...)`, without `:since`, `:before`, `:within` or `:every`".to_owned(), "用 `:equals(...)`，不要加 `:since`、`:before`、`:within` 或 `:every`".to_owned()),
        )
    }

    /// Slack without a period.
    pub(crate) fn nothing_to_give_or_take(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "`give_or_take` is about `every`, which does not stand here".to_owned(),
                "`give_or_take` 只对 `every` 有意义，这里没有 `every`".to_owned(),
            ),
            self.pick(
                "add `:every(\"10s\")`, or take `:give_or_take` out".to_owned(),
                "加上 `:every(\"10s\")`，或去掉 `:give_or_take`".to_owned(),
            ),
        )
    }

    /// An expectation that always holds.
    pub(crate) fn at_least_none(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "`at_least(0)` always holds, so it proves nothing".to_owned(),
                "`at_least(0)` 永远成立，什么也证明不了".to_owned(),
            ),
            self.pick(
                "write `:at_least(1)`, or `:never()` where nothing may happen".to_owned(),
                "写 `:at_least(1)`；若不允许发生，写 `:never()`".to_owned(),
            ),
        )
    }

    /// A count of what cannot be counted.
    pub(crate) fn cannot_be_counted(self) -> Problem {
        Problem::with_hint(
            self.pick("this cannot be counted".to_owned(), "这个不能计数".to_owned()),
            self.pick(
                "use `:equals(...)` or `:contains(...)`".to_owned(),
                "用 `:equals(...)` 或 `:contains(...)`".to_owned(),
            ),
        )
    }

    /// A state asked of what happens.
    pub(crate) fn happens_and_does_not_stand(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "this is something that happens, so it is counted".to_owned(),
                "这是会发生的事情，只能计数".to_owned(),
            ),
            self.pick(
                "use `:at_least(n)`, `:at_most(n)`, `:exactly(n)`, `:never()` or `:every(\"10s\")`"
                    .to_owned(),
                "用 `:at_least(n)`、`:at_most(n)`、`:exactly(n)`、`:never()` 或 `:every(\"10s\")`"
                    .to_owned(),
            ),
        )
    }

    /// The empty text is in everything.
    pub(crate) fn contains_nothing(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "the empty text is in everything, so this proves nothing".to_owned(),
                "任何文本都包含空文本，什么也证明不了".to_owned(),
            ),
            self.pick(
                "write the text that must be in it".to_owned(),
                "写出必须包含的文本".to_owned(),
            ),
        )
    }

    /// Only a file can be missing.
    pub(crate) fn only_files_are_missing(self) -> Problem {
        Problem::with_hint(
            self.pick("only a file can be missing".to_owned(), "只有文件才可能不存在".to_owned()),
            self.pick(
                "use it with `device:flash(\"/path\")`".to_owned(),
                "与 `device:flash(\"/path\")` 一起用".to_owned(),
            ),
        )
    }

    /// An expectation is spoken of too late.
    pub(crate) fn expectation_is_settled(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "this expectation is settled already: the next word of the test settled it"
                    .to_owned(),
                "这个期望已经结算：测试的下一个词就会结算它".to_owned(),
            ),
            self.pick(
                "write all of it at once: `expect(x):at_least(1):since(\"5m\")`".to_owned(),
                "一次写完：`expect(x):at_least(1):since(\"5m\")`".to_owned(),
            ),
        )
    }

    /// A word was said to something else.
    pub(crate) fn said_to_the_wrong(self, word: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("`{word}` was said to something that does not know it"),
                format!("`{word}` 用在了不认识它的对象上"),
            ),
            self.pick(
                format!("write a colon before it: `thing:{word}(...)`"),
                format!("前面写冒号：`thing:{word}(...)`"),
            ),
        )
    }

    /// A dot in place of a colon.
    pub(crate) fn write_a_colon(self, word: &str) -> Problem {
        Problem::with_hint(
            self.pick(format!("`{word}` was called with a dot"), format!("`{word}` 前面用了点")),
            self.pick(
                format!("write a colon: `:{word}(...)`"),
                format!("请写冒号：`:{word}(...)`"),
            ),
        )
    }

    /// Something cannot be set.
    pub(crate) fn cannot_be_set(self, called: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("nothing can be set in `{called}`"),
                format!("不能给 `{called}` 赋值"),
            ),
            self.pick(
                format!(
                    "say it with a word, such as `{called}:...`, or keep it in a local of your own"
                ),
                format!("用词来说，如 `{called}:...`，或存进自己的局部变量"),
            ),
        )
    }

    /// A value too many.
    pub(crate) fn too_many_values(self, word: &str, shown: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("`{word}` does not take {shown} there"),
                format!("`{word}` 不需要这里的 {shown}"),
            ),
            self.pick("take it out".to_owned(), "请去掉".to_owned()),
        )
    }

    /// A value of a wrong kind.
    pub(crate) fn wrong_value(self, word: &str, shown: &str, wanted: &str) -> Problem {
        let text = self.pick(
            format!("`{word}` takes {wanted}, not {shown}"),
            format!("`{word}` 需要{wanted}，而不是 {shown}"),
        );
        Problem { text, hint: None }
    }

    /// An empty text to look for.
    pub(crate) fn looks_for_nothing(self, word: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("`{word}` looks for an empty text, which is everywhere"),
                format!("`{word}` 查找的是空文本，到处都有"),
            ),
            self.pick(
                "leave it out to count all, or write what to look for".to_owned(),
                "不写则统计全部，否则写出要找的文本".to_owned(),
            ),
        )
    }

    /// A test that does not end.
    pub(crate) fn test_never_ends(self, max: u64) -> Problem {
        Problem::with_hint(
            self.pick(format!("the test has run {max} instructions of Lua and has not ended; a loop without an end?"), format!("测试已运行 {max} 条 Lua 指令仍未结束；是否有死循环？")),
            self.pick("let time pass with `world:run(...)` rather than with a loop".to_owned(), "让时间经过请用 `world:run(...)`，不要用循环".to_owned()),
        )
    }

    /// A test that takes too much memory.
    pub(crate) fn test_takes_too_much(self) -> String {
        self.pick(
            "the test takes more memory than it may have".to_owned(),
            "测试占用的内存超过了限制".to_owned(),
        )
    }

    /// `test` within a test.
    pub(crate) fn test_within_a_test(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "a test cannot declare another".to_owned(),
                "测试里不能再声明测试".to_owned(),
            ),
            self.pick(
                "write both beside each other in the file".to_owned(),
                "把两个测试并列写在文件里".to_owned(),
            ),
        )
    }

    /// `test` with wrong values.
    pub(crate) fn not_a_test(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "`test` takes a name and a function".to_owned(),
                "`test` 需要一个名字和一个函数".to_owned(),
            ),
            self.pick(
                "write `test(\"what must hold\", function(world) ... end)`".to_owned(),
                "写 `test(\"要成立的事\", function(world) ... end)`".to_owned(),
            ),
        )
    }

    /// A search by a pattern of Lua's takes too long.
    pub(crate) fn pattern_never_ends(self, call: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("`string.{call}` does not come to an end with this pattern"),
                format!("`string.{call}` 用这个模式查找，没有尽头"),
            ),
            self.pick(
                "use fewer `-`, `*` and `+` in one pattern, or a shorter text".to_owned(),
                "一个模式里少用 `-`、`*` 和 `+`，或缩短文本".to_owned(),
            ),
        )
    }

    /// `expect` outside a test.
    pub(crate) fn expect_outside_a_test(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "`expect` stands outside a test, where there is no world".to_owned(),
                "`expect` 写在了测试之外，那里没有世界".to_owned(),
            ),
            self.pick(
                "write it within `test(\"...\", function(world) ... end)`".to_owned(),
                "写到 `test(\"...\", function(world) ... end)` 里面".to_owned(),
            ),
        )
    }

    /// `expect` of a plain value.
    pub(crate) fn not_an_observation(self, shown: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!(
                    "`expect` takes something to look at, and {shown} is a value that cannot change"
                ),
                format!("`expect` 需要可观察的东西，而 {shown} 是不会变的值"),
            ),
            self.pick(
                "look at the world: `expect(server:received(\"text\")):at_least(1)`".to_owned(),
                "观察世界：`expect(server:received(\"文本\")):at_least(1)`".to_owned(),
            ),
        )
    }

    /// A file without a test.
    pub(crate) fn file_without_tests(self) -> Problem {
        Problem::with_hint(
            self.pick("there is no test in this file".to_owned(), "这个文件里没有测试".to_owned()),
            self.pick(
                "write `test(\"what must hold\", function(world) ... end)`".to_owned(),
                "写 `test(\"要成立的事\", function(world) ... end)`".to_owned(),
            ),
        )
    }

    /// A test without an expectation.
    pub(crate) fn test_without_expectation(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "the test expects nothing, so it could not fail".to_owned(),
                "这个测试没有任何期望，不可能失败".to_owned(),
            ),
            self.pick(
                "add what must hold, such as `expect(server:connects()):exactly(1)`".to_owned(),
                "加上要求，如 `expect(server:connects()):exactly(1)`".to_owned(),
            ),
        )
    }

    /// A test that is there at one time only.
    pub(crate) fn test_has_gone(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "the file declares other tests each time that it is read".to_owned(),
                "文件每次读取时声明的测试不同".to_owned(),
            ),
            self.pick(
                "declare tests without chance".to_owned(),
                "声明测试时不要依赖随机".to_owned(),
            ),
        )
    }

    /// No tests beside a project.
    pub(crate) fn no_tests_folder(self, tests: &Path) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("`{}` has no test files", tests.display()),
                format!("`{}` 里没有测试文件", tests.display()),
            ),
            self.pick(
                "write one: `tests/first.lua` beside `main.lua`".to_owned(),
                "在 `main.lua` 旁边写一个：`tests/first.lua`".to_owned(),
            ),
        )
    }

    /// A test file that is in no project.
    pub(crate) fn not_in_tests(self, file: &Path) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("`{}` is not in a project's `tests` folder", file.display()),
                format!("`{}` 不在工程的 `tests` 文件夹里", file.display()),
            ),
            self.pick(
                "put it into a folder `tests` beside the project's `main.lua`".to_owned(),
                "把它放到工程 `main.lua` 旁边的 `tests` 文件夹里".to_owned(),
            ),
        )
    }

    /// No test has the name that is looked for.
    pub(crate) fn no_test_of_that_name(self, text: &str) -> Problem {
        Problem::with_hint(
            self.pick(
                format!("no test has `{text}` in its name"),
                format!("没有名字包含 `{text}` 的测试"),
            ),
            self.pick(
                "leave `--filter` out to run all tests".to_owned(),
                "去掉 `--filter` 即运行全部测试".to_owned(),
            ),
        )
    }

    /// A recorded run is of one project.
    pub(crate) fn one_project_to_replay(self) -> Problem {
        Problem::with_hint(
            self.pick(
                "`--replay` takes one project".to_owned(),
                "`--replay` 只能用于一个工程".to_owned(),
            ),
            self.pick(
                "name the project that the events were written by".to_owned(),
                "写出产生这些事件的工程".to_owned(),
            ),
        )
    }
}
