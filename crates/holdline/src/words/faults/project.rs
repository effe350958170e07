//! What keeps a project from coming together.

use crate::check::fault::ProjectFault;
use crate::report::Problem;
use crate::words::Lang;

impl Lang {
    pub(super) fn project_fault(self, fault: &ProjectFault) -> Problem {
        match fault {
            ProjectFault::NoSuchFile { name, near } => self.no_such_file(name, near.as_deref()),
            ProjectFault::NoSuchLibrary { name } => self.no_such_library(name),
            ProjectFault::WrongCase { name, file } => self.wrong_case(name, file),
            ProjectFault::Compiled { file } => self.compiled(file),
            ProjectFault::RequireLoop { chain } => self.require_loop(chain),
            ProjectFault::Undefined { name } => self.define(
                name,
                [
                    format!("`sys.init` stops here: `{name}` is not defined"),
                    format!("`sys.init` 会在这里报错停止：没有定义 `{name}`"),
                ],
            ),
            ProjectFault::DefinedLate { name, init_line } => self.define(
                name,
                [
                    format!(
                        "`{name}` comes after `sys.init` in line {init_line}, which stops without it"
                    ),
                    format!(
                        "`{name}` 在第 {init_line} 行的 `sys.init` 之后才定义，`sys.init` 会报错停止"
                    ),
                ],
            ),
            ProjectFault::DefinedInModule { name, module } => self.define(
                name,
                [
                    format!("`sys.init` stops here: `{name}` belongs to module `{module}`, it is no global"),
                    format!("`sys.init` 会在这里报错停止：`{name}` 属于模块 `{module}`，不是全局变量"),
                ],
            ),
            ProjectFault::NoRun => self.no_run(),
            ProjectFault::NoInit => self.no_init(),
            ProjectFault::AfterRun => self.after_run(),
        }
    }

    fn no_such_file(self, name: &str, near: Option<&str>) -> Problem {
        let what = [
            format!(
                "there is no file `{name}.lua` in the project and no library `{name}`: the module \
                 stops here"
            ),
            format!("工程中没有 `{name}.lua`，也没有库 `{name}`：模块会在这里报错停止"),
        ];
        let Some(near) = near else {
            let instead = [
                "put the file beside `main.lua`: the module knows no folders",
                "请把文件放在 `main.lua` 旁边：模块上没有子文件夹",
            ];
            return self.told(what, instead);
        };
        let en = format!("did you mean `require \"{near}\"`?");
        let zh = format!("是否想写 `require \"{near}\"`？");
        self.told(what, [&en, &zh])
    }

    fn no_such_library(self, name: &str) -> Problem {
        let what = [
            format!(
                "library `{name}` is on the module, but not in Holdline: a run stops here with an \
                 error"
            ),
            format!("模块上有库 `{name}`，但 Holdline 不支持：运行到这里会报错"),
        ];
        let en =
            format!("add a `{name}.lua` of your own, or name a folder that has one: --lib FOLDER");
        let zh = format!("自己提供 `{name}.lua`，或用 --lib 指定存放它的文件夹");
        self.told(what, [&en, &zh])
    }

    fn wrong_case(self, name: &str, file: &str) -> Problem {
        let what = [
            format!(
                "there is no `{name}.lua`, but `{file}`: the module tells capital letters apart"
            ),
            format!("没有 `{name}.lua`，只有 `{file}`：模块区分大小写"),
        ];
        let require = format!("`require \"{}\"`", file.trim_end_matches(".lua"));
        self.told(what, [&require, &require])
    }

    fn compiled(self, file: &str) -> Problem {
        let what = [
            format!("`{file}` is compiled or encrypted; Holdline runs source only"),
            format!("`{file}` 是编译或加密过的文件，Holdline 只能运行源码"),
        ];
        self.told(what, ["put the `.lua` source beside it", "请把 `.lua` 源码放在旁边"])
    }

    fn require_loop(self, chain: &str) -> Problem {
        let what = [
            format!(
                "files require each other in a circle, {chain}: the module stops with `loop or \
                 previous error loading module`"
            ),
            format!(
                "文件循环 require：{chain}，模块会报错 `loop or previous error loading module` 并停止"
            ),
        ];
        let instead = [
            "let one require the other inside a function, or put what both need into a third file",
            "让其中一个在函数内部 require，或把共用的部分放进第三个文件",
        ];
        self.told(what, instead)
    }

    /// `PROJECT` or `VERSION` is not there when it is asked for.
    fn define(self, name: &str, what: [String; 2]) -> Problem {
        let value = if name == "VERSION" { "1.0.0" } else { "MY_PROJECT" };
        let en = format!("`{name} = \"{value}\"` at the top of `main.lua`");
        let zh = format!("在 `main.lua` 开头写 `{name} = \"{value}\"`");
        self.told(what, [&en, &zh])
    }

    fn no_run(self) -> Problem {
        let what = [
            "the main file ends here: nothing waits for messages, so no timer and no task goes on",
            "主文件在这里结束：没有等待消息，定时器和任务都不会运行",
        ];
        let instead = [
            "`sys.init(0, 0)` and then `sys.run()`, as the last two lines",
            "最后两行写 `sys.init(0, 0)` 和 `sys.run()`",
        ];
        self.told(what.map(str::to_owned), instead)
    }

    fn no_init(self) -> Problem {
        let what = [
            "`sys.run()` without `sys.init`: the system is not started, and no network comes",
            "有 `sys.run()` 却没有 `sys.init`：系统没有初始化，也就没有网络",
        ];
        let instead =
            ["`sys.init(0, 0)` before `sys.run()`", "在 `sys.run()` 之前写 `sys.init(0, 0)`"];
        self.told(what.map(str::to_owned), instead)
    }

    fn after_run(self) -> Problem {
        let what = [
            "this never runs: `sys.run()` does not return",
            "这里永远不会运行：`sys.run()` 不会返回",
        ];
        self.told(what.map(str::to_owned), ["move it above `sys.init`", "移到 `sys.init` 之前"])
    }
}
